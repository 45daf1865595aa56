"""Finds what a file says of motors at the points of a scan: NXdata's axes, NXpositioner, attributes of areaDetector.

See https://manual.nexusformat.org/classes/base_classes/NXdata.html (``axes``, ``AXISNAME_indices``) and .../NXpositioner.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import h5py

from swmr_viewer.core.data import SharedSources, declared_extent
from swmr_viewer.core.files import as_text, object_id, text_of
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.nexus import NexusFile, axis_names_of, signal_of
from swmr_viewer.core.plain_text import plain
from swmr_viewer.core.positions.values_along import ValuesAlong

_ENDINGS = re.compile(r"(_value_set|_set|_setpoint|_demand|_value|_rbv|_readback)$", re.IGNORECASE)
"""GDA's and others': of one motor there are several fields."""
_ASKED = re.compile(r"(value|)(_set|_setpoint|_demand)$", re.IGNORECASE)
_READ_BACKS = ("", "_value", "_rbv", "_readback")
_COUNTED = re.compile(r"(counts?|cts|cps|photons?)(/s)?$|(1/s|[kmunp\u00b5]?(hz|v|a))$", re.IGNORECASE)
"""Units of monitors, which NXdata declares in the same way as positions."""
_READ_BACK_RECORD = re.compile(r"\.RBV$")
"""EPICS' motor record: the field with where the motor is."""
MOST_OTHERS = 8
"""Motors beside the scan's axes that are looked at: each is one more value to read."""


@frozen(eq=False)
class Motor:
    """One motor."""

    name: str
    values: tuple[ValuesAlong, ...]
    """Where its positions are, the best first: what was read back, and then what was asked for."""
    is_of_scan: bool = True
    """Whether the scan moves it; otherwise that is to be seen."""
    axis: int | None = None
    """The axis of the scan that it is, as far as the file says so."""


class MotorFinder:
    """Looks for the motors of one data set.

    Parameters
    ----------
    h5file : h5py.File
        The open file.
    data_path : str
        The data set.
    scan_rank : int
        How many of its leading axes are the scan's.
    sources : SharedSources, optional
        Where virtual datasets open theirs.
    """

    def __init__(self, h5file: h5py.File, data_path: str, scan_rank: int, sources: SharedSources | None = None) -> None:
        self._file = NexusFile(h5file)
        self._data_path, self._scan_rank, self._sources = data_path, scan_rank, sources
        self._instruments = self._file.instruments_in("/" + data_path.strip("/").split("/")[0])
        self._values: dict[str, list[ValuesAlong]] = {}
        self._seen: set[tuple[int, int]] = set()
        self._axis_of: dict[str, int] = {}
        self._declared: list[str] = []
        self.awaited: list[str] = []
        """Links that lead nowhere yet."""
        self.groups: list[str] = []
        """Where to look for more, the likeliest first; the last one is the data set's entry. After ``motors``."""
        self.along_frames: set[tuple[int, int]] = set()
        """What is declared along axes of the frames. After ``motors``."""

    def motors(self) -> tuple[Motor, ...]:
        """Return the motors of the scan: those of its axes, the fastest first, and what else is declared along them."""
        group = self._file.axes_group_of(self._data_path) or self._file.default_axes_group()
        axes = [name for name in reversed(self._axis_names(group)) if name != "."]
        of_scan = dict.fromkeys([_base_of(name) for name in axes])
        self._axis_of = {_base_of(name): number for number, name in enumerate(self._axis_names(group)) if name != "."}
        if group is not None:
            self._add_declared(group, axes)
        self.groups = self._groups_round(group)
        names = dict.fromkeys([*of_scan, *self._declared])
        for name in names:
            for parent in self._instruments:
                self._add_positioner(f"{parent}/{name}", usual_name=name)
        return tuple(motor for name in names if (motor := self._motor(name)) is not None)

    def others(self, most: int = MOST_OTHERS) -> Iterator[Motor | None]:
        """Yield what else there is for each point, after ``motors``; None in between: there may be hundreds, each 1 ms to look at."""
        n_found = 0
        for path in self._other_paths():
            name = path.rsplit("/", 1)[-1]
            motor = self._motor(name, is_of_scan=False) if name not in self._values and self._add_other(path) else None
            n_found += motor is not None
            yield motor
            if n_found == most:
                return

    def _other_paths(self) -> Iterator[str]:
        for parent in self._instruments:
            yield from self._file.children(parent)
        for parent in dict.fromkeys([*self._instruments, self._data_path.rpartition("/")[0]]):
            yield from self._file.children(f"{parent}/NDAttributes")

    def _groups_round(self, axes_group: str | None) -> list[str]:
        parent, entry = self._data_path.rpartition("/")[0], "/" + self._data_path.strip("/").split("/")[0]
        near = [*filter(None, (axes_group, parent)), *self._instruments]
        return list(dict.fromkeys([*near, *(f"{group}/NDAttributes" for group in near), entry if parent.strip("/") else "/"]))

    def _motor(self, name: str, *, is_of_scan: bool = True) -> Motor | None:
        values = sorted(self._values.get(name, ()), key=lambda found: not found.is_read_back)
        return Motor(plain(name), tuple(values), is_of_scan, self._axis_of.get(name)) if values else None

    def _axis_names(self, group: str | None) -> list[str]:
        names = axis_names_of(self._file.attributes_at(group) or {}) if group is not None else []
        return names[: self._scan_rank] if len(names) >= self._scan_rank else []

    # ---- what the groups hold

    def _add_declared(self, group: str, axes: list[str]) -> None:
        """Add the fields that NXdata declares along the scan's axes, and those beside them that are called alike."""
        signals = {signal_of(self._file.attributes_at(group) or {}), self._data_path.rsplit("/", 1)[-1]}
        for name, found, along in self._file.axes_in(group):
            if along and max(along) >= self._scan_rank and isinstance(found, h5py.Dataset):
                self.along_frames.add(object_id(found))
            if name in signals or not along or max(along) >= self._scan_rank:
                continue
            is_axis = name in axes
            if self._add(_base_of(name), f"{group}/{name}", found, along, counts=not is_axis) and not is_axis:
                self._declared.append(_base_of(name))
                if len(along) == 1:
                    self._axis_of.setdefault(_base_of(name), along[0])
        there = set(map(as_text, self._file.at(group)))
        for base in map(_base_of, axes):
            for path in (f"{group}/{base}{ending}" for ending in _READ_BACKS if f"{base}{ending}" in there):
                self._add(base, path, self._file.at(path), None)

    def _add_positioner(self, path: str, usual_name: str = "") -> bool:
        if not self._file.has_class(path, "NXpositioner", usual_name):
            return False
        name, there = path.rsplit("/", 1)[-1], set(map(as_text, self._file.at(path)))
        asked, along = self._file.at(f"{path}/value_set") if "value_set" in there else None, self._axis_of.get(name)
        is_along = along is not None and isinstance(asked, h5py.Dataset) and len(declared_extent(asked)[0]) == 1 < self._scan_rank
        added = "value" in there and self._add(name, f"{path}/value", self._file.at(f"{path}/value"), None)
        along_axis = (along,) if along is not None and is_along else None
        return ("value_set" in there and self._add(name, f"{path}/value_set", asked, along_axis)) or added

    def _add_other(self, path: str) -> bool:
        """Add an NXpositioner, or the read-back of an EPICS motor record among the attributes of frames."""
        if "/NDAttributes/" not in path:
            return self._add_positioner(path)
        found = self._file.at(path)
        is_read_back = found is not None and _READ_BACK_RECORD.search(text_of(found, "NDAttrSource"))
        return bool(is_read_back) and self._add(path.rsplit("/", 1)[-1], path, found, None)

    def _add(self, base: str, path: str, found: object, along: tuple[int, ...] | None, *, counts: bool = False) -> bool:
        if found is None:
            if self._file.is_broken_link(path):
                self.awaited.append(path)
            return False
        values = ValuesAlong.found_in(found, along, self._scan_rank, was_asked=bool(_ASKED.search(path)), path=path, sources=self._sources)
        if values is None or values.identity in self._seen or (counts and (not values.unit or _COUNTED.match(values.unit))):
            return False
        self._seen.add(values.identity)
        self._values.setdefault(base, []).append(values)
        return True


def _base_of(name: str) -> str:
    """Return the name of the motor, of any of its fields."""
    return _ENDINGS.sub("", name) or name
