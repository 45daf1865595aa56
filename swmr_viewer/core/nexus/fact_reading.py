"""Reads the NeXus facts of a data set, once, before it is followed; whatever fails is left out.

Field names and meanings: https://manual.nexusformat.org/classes/base_classes/ (NXdetector, NXbeam, NXmonochromator, NXdata).
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import h5py
import numpy as np

from swmr_viewer.core.data.frame_kinds import COLOR_IMAGE, COLOR_MODES
from swmr_viewer.core.data.sources import interpretation_of
from swmr_viewer.core.data_facts import DataFacts, ScanAxis
from swmr_viewer.core.files.links import as_text, identity, open_object
from swmr_viewer.core.nexus.axis_values import values_of_pixels
from swmr_viewer.core.nexus.units import in_unit, is_pixels
from swmr_viewer.core.nexus.values import BROKEN, MOST_VALUES, Values, text_of
from swmr_viewer.core.plain_text import plain

_DEFECTIVE = 2**32 - 2
_TIMES = ("start_time", "frame_time", "timestamp", "NDAttributes/NDArrayTimeStamp")


def read_facts(h5file: h5py.File, data_path: str, scan_rank: int, frame_shape: tuple[int, ...]) -> DataFacts:
    """Return what the file says of a data set.

    Parameters
    ----------
    h5file : h5py.File
        The open file.
    data_path : str
        The data set.
    scan_rank : int
        How many of its leading axes are the scan's.
    frame_shape : tuple of int
        The shape of one frame.
    """
    try:
        return _Reading(h5file, data_path, scan_rank, frame_shape).facts()
    except Exception:  # no metadata is worth a scan that cannot be followed
        return DataFacts()


class _Reading:
    """The groups that may tell something of one data set."""

    def __init__(self, h5file: h5py.File, path: str, scan_rank: int, frame_shape: tuple[int, ...]) -> None:
        self.h5file = h5file
        self.scan_rank = scan_rank
        self.frame_shape = frame_shape
        self.parent = path.rstrip("/").rpartition("/")[0] or "/"
        self.entry = "/" + path.strip("/").split("/")[0]
        self.data = self.at(path)
        self.values = Values(self.at)
        if isinstance(self.data, h5py.Dataset):  # a flat one has fewer scan axes than the scan
            self.scan_rank = max(0, self.data.ndim - len(frame_shape))
        self.instruments = [one for one in self.children(self.entry) if self.has_class(one, "NXinstrument", "instrument")]
        self.detector = self.find_detector()

    # ---- looking

    def at(self, path: str) -> Any:
        with suppress(Exception):
            return self.h5file["/"] if path == "/" else open_object(self.h5file, path)
        return None

    def children(self, path: str) -> list[str]:
        group = self.at(path)
        if not isinstance(group, h5py.Group):
            return []
        direct = (name for name in group if isinstance(group.get(name, getlink=True), h5py.HardLink | h5py.SoftLink))
        return [f"{path.rstrip('/')}/{as_text(name)}" for name in direct]

    def has_class(self, path: str, nx_class: str, usual_name: str = "") -> bool:
        group = self.at(path)
        if not isinstance(group, h5py.Group):
            return False
        told = text_of(group, "NX_class")
        return nx_class in told if told else bool(usual_name) and path.rsplit("/", 1)[-1] == usual_name

    def is_data(self, path: str) -> bool:
        """Whether this is the data set itself, by another name."""
        found = self.at(path)
        with suppress(*BROKEN):
            return isinstance(found, h5py.Dataset) and isinstance(self.data, h5py.Dataset) and identity(found) == identity(self.data)
        return False

    def find_detector(self) -> str | None:
        """The group that holds the data set, by any of its names; else the one of the same name; else the only one there is."""
        if self.has_class(self.parent, "NXdetector"):
            return self.parent
        detectors = [one for parent in self.instruments for one in self.children(parent) if self.has_class(one, "NXdetector", "detector")]
        name = self.parent.rsplit("/", 1)[-1]
        for one in detectors:
            if any(self.is_data(child) for child in self.children(one)):
                return one
        named = [one for one in detectors if one.rsplit("/", 1)[-1] == name]
        if named:
            return named[0]
        return detectors[0] if len(detectors) == 1 and len(self.frame_shape) >= 2 else None

    # ---- what is told

    def facts(self) -> DataFacts:
        detector = self.detector
        names, units, values = self.frame_axes()
        length, number = self.values.length, self.values.number
        size = (length(f"{detector}/x_pixel_size"), length(f"{detector}/y_pixel_size")) if detector else (None, None)
        pixel_size = (size[0], size[1]) if size[0] and size[1] else None
        beam_center, wavelength_m = self.beam_center(pixel_size), self.wavelength()
        distance_m = length(f"{detector}/distance", f"{detector}/detector_distance") if detector else None
        saturation = number(f"{detector}/saturation_value") if detector else None
        return DataFacts(
            axis_names=names,
            axis_units=units,
            axis_values=values,
            unit=" ".join(text_of(self.data, "units")),
            interpretation=self.interpretation(),
            gap_values=self.gap_values(saturation),
            mask_path=self.mask_path(),
            time_path=self.time_path(),
            beam_center=beam_center,
            distance_m=distance_m,
            wavelength_m=wavelength_m,
            pixel_size_m=pixel_size,
            saturation_value=saturation,
            scan_axes=self.scan_axes(),
            left_out=tuple(self.values.left_out.items()),
        )

    def gap_values(self, saturation: float | None) -> tuple[int, ...]:
        """Dectris' marks: 2**32 - 1 in gaps, 2**32 - 2 for defective pixels; -1 and -2 once these were made signed.

        A file whose detector saturates no earlier counts so far. Signed ones must be told: by the lowest value that is a
        measurement (NXdetector/underload_value), or by the data's fill value.
        """
        if not isinstance(self.data, h5py.Dataset):
            return ()
        kind = self.data.dtype
        if kind.kind == "u" and kind.itemsize == 4:
            return () if saturation is not None and saturation >= _DEFECTIVE else (_DEFECTIVE,)
        if kind.kind != "i":
            return ()
        lowest = self.values.number(f"{self.detector}/underload_value") if self.detector else None
        fill = self.data.fillvalue
        return (-1, -2) if (lowest is not None and lowest >= 0) or fill in (-1, -2) else ()

    def interpretation(self) -> str:
        """The data set's own word, or colour where areaDetector writes down its mode for each frame (0, mono, is its fill as well)."""
        told = interpretation_of(self.data) if isinstance(self.data, h5py.Dataset) else ""
        if told not in ("", "image") or len(self.frame_shape) < 3:
            return told
        groups = [one for one in (self.parent, self.detector, self.entry, *self.instruments) if one]
        modes = (self.first_value(f"{group.rstrip('/')}/NDAttributes/ColorMode") for group in groups)
        return COLOR_IMAGE if any(mode in COLOR_MODES for mode in modes) else told

    def first_value(self, path: str) -> str:
        found = self.at(path)
        with suppress(*BROKEN):
            return str(int(found[0])) if isinstance(found, h5py.Dataset) and found.ndim == 1 and found.size else ""
        return ""

    def mask_path(self) -> str | None:
        """What is called so near the data, whatever it is: what cannot be used is said when it is tried."""
        if len(self.frame_shape) == 0:
            return None
        groups = [one for one in (self.detector, self.parent) if one]
        for path in (f"{group.rstrip('/')}/{name}" for group in groups for name in ("pixel_mask", "detectorSpecific/pixel_mask")):
            if isinstance(self.at(path), h5py.Dataset) or self.is_broken_link(path):
                return path
        return None

    def is_broken_link(self, path: str) -> bool:
        """Whether there is a link to another file or place, and nothing behind it yet."""
        with suppress(Exception):
            return isinstance(self.h5file.get(path, getlink=True), h5py.ExternalLink | h5py.SoftLink) and self.at(path) is None
        return False

    def time_path(self) -> str | None:
        groups = [one for one in (self.detector, self.parent, *self.instruments) if one]
        for path in (f"{group}/{name}" for group in groups for name in _TIMES):
            found = self.at(path)
            is_per_point = isinstance(found, h5py.Dataset) and found.dtype.kind in "iuf" and found.ndim >= 1
            if is_per_point and (path.endswith("TimeStamp") or text_of(found, "start")):
                return path
        return None

    def beam_center(self, pixel_size: tuple[float, float] | None) -> tuple[float, float] | None:
        if self.detector is None:
            return None
        x, y = (self.beam_center_along(number, pixel_size) for number in (0, 1))
        return None if x is None or y is None else (x, y)

    def beam_center_along(self, axis: int, pixel_size: tuple[float, float] | None) -> float | None:
        path = f"{self.detector}/beam_center_{'xy'[axis]}"
        told = self.values.quantity(path)
        if told is None or is_pixels(told[1]):
            return told[0] if told is not None else None
        metres = in_unit(*told, "m")
        if metres is None or pixel_size is None:
            without = " (no pixel size)" if metres is not None else ""
            self.values.left_out[path] = f"{told[0]:g} {plain(told[1])}{without}"
            return None
        return metres / pixel_size[axis]

    def wavelength(self) -> float | None:
        beams = [one for parent in self.instruments for one in self.children(parent)]
        beams += [one for parent in (f"{self.entry}/sample",) for one in self.children(parent) if self.has_class(one, "NXbeam", "beam")]
        before = dict(self.values.left_out)
        for path in beams:
            if self.has_class(path, "NXbeam", "beam"):
                found = self.values.length(f"{path}/incident_wavelength") or self.values.photon_wavelength(f"{path}/incident_energy")
            elif self.has_class(path, "NXmonochromator", "monochromator"):
                found = self.values.length(f"{path}/wavelength") or self.values.photon_wavelength(f"{path}/energy")
            else:
                found = None
            if found:
                self.values.left_out = before
                return found
        return None

    # ---- axes

    def axes_group(self) -> Any:
        """The NXdata that names axes and holds the data set."""
        parent = self.at(self.parent)
        if isinstance(parent, h5py.Group) and text_of(parent, "axes"):
            return parent
        for path in self.children(self.entry):
            group = self.at(path)
            if not (isinstance(group, h5py.Group) and text_of(group, "axes")):
                continue
            signal = text_of(group, "signal") or ["data"]
            if self.is_data(f"{path}/{signal[0]}"):
                return group
        return None

    def axis_names(self) -> list[str]:
        group = self.axes_group()
        told = text_of(group, "axes") if group is not None else []
        # Old files have all names in one text, with colons between them.
        return told[0].strip("[]").split(":") if len(told) == 1 else told

    def axis(self, name: str, length: int | None) -> ScanAxis:
        """One axis by name, of a frame if it has a length; "." is NeXus' word for one that has none."""
        group = self.axes_group()
        if name == "." or group is None:
            return ScanAxis("")
        found = None
        with suppress(*BROKEN):
            found = group.get(name)
        if not isinstance(found, h5py.Dataset):
            return ScanAxis(name)
        values = None
        with suppress(*BROKEN):
            if found.ndim == 1 and found.dtype.kind in "iuf" and found.size <= MOST_VALUES:
                given = np.asarray(found[()], np.float64)
                told = given if length is None else values_of_pixels(given, length)
                values = None if told is None else tuple(told.tolist())
        return ScanAxis(" ".join(text_of(found, "long_name")) or name, " ".join(text_of(found, "units")), values)

    def scan_axes(self) -> tuple[ScanAxis, ...]:
        names = self.axis_names()[: self.scan_rank]
        return tuple(self.axis(name, None) for name in names) if len(names) == self.scan_rank else ()

    def frame_axes(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[float, ...] | None, ...]]:
        names = self.axis_names()[self.scan_rank :]
        if len(names) != len(self.frame_shape):
            return (), (), ()
        axes = [self.axis(name, length) for name, length in zip(names, self.frame_shape, strict=True)]
        return tuple(one.name for one in axes), tuple(one.unit for one in axes), tuple(one.values for one in axes)
