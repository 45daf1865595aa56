"""Finds what a file has one number of for each scan point: what NeXus says first, then whatever has the scan's shape."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from math import prod

import h5py

from swmr_viewer.core.data import SharedSources, declared_extent
from swmr_viewer.core.data_facts import ScalarFact, ScalarKind
from swmr_viewer.core.files import object_id
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.nexus import FrameTimes, NexusFile
from swmr_viewer.core.positions import Motor, MotorFinder, ValuesAlong
from swmr_viewer.core.scalars.extent import Extent
from swmr_viewer.core.scalars.followed import Followed
from swmr_viewer.core.scalars.naming import Names, last_name
from swmr_viewer.core.scalars.repeating import Repeating
from swmr_viewer.core.scalars.scalar import Scalar, TimeSource
from swmr_viewer.core.scalars.walking import Walk
from swmr_viewer.core.waiting import Retries

MOST_SCALARS = 256
"""More are neither told nor read."""
TIME = "time"
_OF_PIXELS = re.compile(r"(.*mask.*|flatfield.*|efficiency|.*_pixel_offset)$", re.IGNORECASE)
"""Fields of a detector that may be as large as the scan by chance."""
_TIMES = re.compile(r"(time|times|timestamp|epoch|elapsed_time|frame_time)$", re.IGNORECASE)
_LOG = "NXlog"


@frozen
class FollowedScan:
    """What is followed of a file."""

    shape: tuple[int, ...]
    may_grow: bool
    data: tuple[tuple[str, int], ...]
    """Path of each data set, and how many of its leading axes are the scan's; 1 for one that has its frames one after the other."""
    time_paths: tuple[str, ...] = ()
    """Where the times of frames are, the best first."""
    others: tuple[str, ...] = ()
    """Paths that are known to be something else: keys, flags, masks."""
    first_complete: int | None = None
    """A frame that is complete, if there is one."""


class ScalarFinder:
    """Looks for the scalars of a scan, a short while at a time.

    Parameters
    ----------
    h5file : h5py.File
        The open file, under SWMR or not.
    scan : callable
        Returns what is followed by now.
    taken : collection of str
        Names that no scalar may have.
    clock : callable
        Monotonic seconds: so long is waited until links that lead nowhere yet are looked at again.
    sources : SharedSources, optional
        Where virtual datasets open theirs.
    """

    def __init__(
        self,
        h5file: h5py.File,
        scan: Callable[[], FollowedScan],
        taken: Collection[str] = (),
        clock: Callable[[], float] = time.monotonic,
        sources: SharedSources | None = None,
    ) -> None:
        self._h5file, self._file, self._sources = h5file, NexusFile(h5file), sources
        self._scan_now, self._clock = scan, clock
        self._names = Names({*taken, TIME, "timestamp"})
        self._found: dict[str, Scalar] = {}
        """By name."""
        self._awaited: list[str] = []
        self._times: list[str] = []
        self._awaits_time = False
        """Whether there are times of frames, and none of them is known yet."""
        self._retries = Retries(clock)
        self._steps: Iterator[None] | None = None

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        """What was found by now: of the scan's axes first (the fastest first), then other positions, then the others."""
        return tuple(sorted(self._found.values(), key=lambda scalar: _place_of(scalar.fact)))

    @property
    def has_work(self) -> bool:
        """Whether there is something to look at now."""
        return self._steps is not None or ((self._awaits_time or bool(self._awaited)) and self._retries.is_due)

    def begin(self) -> None:
        """Look at everything, also at what was found before: more data sets, or links that lead somewhere now."""
        self._steps = self._look()

    def look(self, for_s: float) -> bool:
        """Look for a short while (s); return whether all that is there by now was looked at."""
        until = self._clock() + for_s
        if self._steps is None and self.has_work:
            with self._retries.trying(), suppress(Exception):
                self._try_again()
        while self._steps is not None:
            try:
                next(self._steps)
            except StopIteration:
                self._steps = None
            except Exception:  # no scalar is worth a scan that cannot be followed
                self._steps = None
            if self._clock() >= until:
                break
        return self._steps is None

    # ---- looking

    def _search(self, times: Collection[str] = ()) -> _Search:
        return _Search(self._h5file, self._file, self._scan_now(), self._names, self._sources, times)

    def _look(self) -> Iterator[None]:
        self._awaited, search = [], self._search()
        for scalar in search.scalars():
            self._take(scalar)
            if len(self._found) == MOST_SCALARS:
                break
            yield
        self._awaited = search.awaited
        self._times = search.times
        self._awaits_time = bool(search.times or self._scan_now().time_paths) and TIME not in self._found

    def _take(self, scalar: Scalar | None) -> None:
        if scalar is not None and len(self._found) < MOST_SCALARS:
            self._found.setdefault(scalar.fact.name, scalar)

    def _try_again(self) -> None:
        if any(self._file.at(path) is not None for path in self._awaited):
            self.begin()
        elif self._awaits_time and (found := self._search(self._times).time()) is not None:
            self._take(found)
            self._awaits_time = False


class _Search:
    """One look at everything."""

    def __init__(
        self,
        h5file: h5py.File,
        file: NexusFile,
        scan: FollowedScan,
        names: Names,
        sources: SharedSources | None,
        times: Collection[str],
    ) -> None:
        self._h5file, self._file, self._scan, self._names, self._sources = h5file, file, scan, names, sources
        self._extent, self._followed = Extent(scan.shape, scan.may_grow), Followed()
        self._seen: set[tuple[int, int]] = set()
        self._repeating = Repeating(scan.shape)
        self._has_time = False
        self.awaited: list[str] = []
        self.times = list(times)
        """What is called as times are, and may be those of frames."""

    def scalars(self) -> Iterator[Scalar | None]:
        for path in (*self._scan.others, *(path for path, _ in self._scan.data)):
            self._note_seen(path)
        yield self.time()
        groups: list[str] = []
        for number, (path, rank) in enumerate(self._scan.data):
            yield from self._positions(path, rank, groups, with_others=not number)
        yield from self._others(groups)

    def _note_seen(self, path: str) -> None:
        found = self._file.at(path)
        if isinstance(found, h5py.Dataset):
            self._seen.add(object_id(found))
            self._followed.add(found)

    # ---- times

    def time(self) -> Scalar | None:
        """Return the times of frames, where they are there and one of them is known: rather dates than what counts from anywhere."""
        for path in self._scan.time_paths:
            self._note_seen(path)
        paths = (*self._scan.time_paths, *self.times)
        found = [each for path in paths if (each := self._time(path)) is not None]
        chosen = next((each for each in found if each.fact.is_date or each.fact.path in self._scan.time_paths), next(iter(found), None))
        if chosen is not None:
            self._note_seen(chosen.fact.path)
            self._has_time = True
        return chosen

    def _time(self, path: str) -> Scalar | None:
        times = FrameTimes(self._h5file, path, sources=self._sources)
        index = self._scan.first_complete
        are_dates = times.are_dates(self._scan.shape, index) if index is not None else None
        if are_dates is None:
            return None
        return Scalar(ScalarFact(TIME, "s", path, ScalarKind.TIME, is_date=are_dates), TimeSource(times, are_dates))

    # ---- positions

    def _positions(self, path: str, rank: int, groups: list[str], *, with_others: bool) -> Iterator[Scalar | None]:
        finder = MotorFinder(self._h5file, path, rank, self._sources)
        for motor in finder.motors():
            yield from self._of_motor(motor, rank)
        groups += [group for group in finder.groups if group not in groups]
        for motor_or_none in finder.others(MOST_SCALARS) if with_others else ():
            yield None
            if motor_or_none is not None:
                yield from self._of_motor(motor_or_none, rank)
        self.awaited += finder.awaited
        self._seen |= finder.along_frames

    def _of_motor(self, motor: Motor, rank: int) -> Iterator[Scalar]:
        if _TIMES.match(motor.name) and not motor.is_of_scan:
            return  # BLISS has clocks among its positioners
        beside = [values.identity for values in motor.values]
        new = [values for values in motor.values if self._fits(values, rank) and values.identity not in self._seen]
        fitting = [values for values in new if not self._repeating.has(motor.name, values, beside)]
        read = next((values for values in fitting if values.is_read_back), None)
        asked = next((values for values in fitting if not values.is_read_back), None)
        self._seen.update(beside)
        axis = motor.axis if rank == len(self._scan.shape) else None
        for values, wanted in ((read, motor.name), (asked, f"{motor.name}_set" if read is not None else motor.name)):
            if values is not None:
                along = values.axis if axis is None and rank == len(self._scan.shape) else axis
                name = self._names.of(values.path, wanted)
                fact = ScalarFact(name, values.unit, values.path, ScalarKind.POSITION, along, values.is_read_back)
                self._repeating.note(motor.name, values, beside)
                yield Scalar(fact, values)

    def _fits(self, values: ValuesAlong, rank: int) -> bool:
        extent = self._extent if rank == len(self._scan.shape) else Extent((prod(self._scan.shape),), self._scan.may_grow)
        if values.axis is not None:
            return values.is_of(extent.shape)
        if values.is_virtual and extent.is_planned(values.shape):
            return True
        return extent.is_along_all(values.shape, values.maxshape) or extent.is_flat(values.shape, values.maxshape)

    # ---- whatever else has the scan's shape

    def _others(self, groups: list[str]) -> Iterator[Scalar | None]:
        walk = Walk(self._file, groups)
        for found in walk.datasets():
            yield self._other(*found) if found is not None else None
        self.awaited += walk.awaited
        if self._scan.first_complete is not None and self.times:
            yield self.time()
            paths, self.times = self.times, []
            for path in paths:
                yield None if (dataset := self._file.at(path)) is None else self._other(path, dataset, "")

    def _other(self, path: str, dataset: h5py.Dataset, nx_class: str) -> Scalar | None:
        last = path.rsplit("/", 1)[-1]
        if object_id(dataset) in self._seen or _OF_PIXELS.match(last):
            return None
        shape, maxshape = declared_extent(dataset)
        if nx_class == _LOG and not self._extent.is_exactly(shape):
            return None  # it has times of its own
        is_flat = self._extent.is_flat(shape, maxshape) and self._is_surely_flat(path, shape)
        is_planned = dataset.is_virtual and self._extent.is_planned(shape)
        if not (is_flat or is_planned or self._extent.is_along_all(shape, maxshape)) or dataset in self._followed:
            return None
        values = ValuesAlong.found_in(dataset, None, 1 if is_flat else len(self._scan.shape), path=path, sources=self._sources)
        if values is None or values.identity in self._seen or self._repeating.has(last, values):
            return None
        if _TIMES.match(last_name(path)) and not self._has_time:
            self.times.append(path)
            return None
        fact = ScalarFact(self._names.of(path), values.unit, path, ScalarKind.SCALAR)
        return Scalar(fact, values)

    def _is_surely_flat(self, path: str, shape: tuple[int, ...]) -> bool:
        """Whether it numbers points, and not the rows of the scan: frames are numbered, or it is longer than any row is."""
        is_of_frames = "/NDAttributes/" in path or any(rank == 1 for _, rank in self._scan.data)
        return is_of_frames or shape[0] > max(self._scan.shape)


def _place_of(fact: ScalarFact) -> tuple[int, int, int]:
    kinds = (ScalarKind.POSITION, ScalarKind.SCALAR, ScalarKind.TIME)
    has_no_axis = fact.kind is ScalarKind.POSITION and fact.axis is None
    return kinds.index(fact.kind), int(has_no_axis), -(fact.axis or 0)
