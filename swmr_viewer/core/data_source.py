"""The DataSource: the frames of several data sets for each complete index, whole row or whole chunk."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeAlias, TypeVar

import h5py
import numpy.typing as npt

from swmr_viewer.core.conditions import ConditionLike
from swmr_viewer.core.data import DataPath
from swmr_viewer.core.errors import FrameDoubtfulError, ShapeError, SwmrViewerError
from swmr_viewer.core.files import path_named
from swmr_viewer.core.follower import Follower
from swmr_viewer.core.frame_runs import most_in_run, read_run
from swmr_viewer.core.frame_sets import FrameSet, Gatherer
from swmr_viewer.core.frames import FrameGrabber
from swmr_viewer.core.keys import KeyPaths
from swmr_viewer.core.scan import index_of, position_of
from swmr_viewer.core.waiting import wait_for

Where = tuple[int | slice, ...]
DataPaths: TypeAlias = str | h5py.Dataset | Iterable[str | h5py.Dataset] | Mapping[str, DataPath | list[DataPath] | list[str]]
_T = TypeVar("_T")


class DataSource(Iterator[FrameSet]):
    """Iterate over the frames of several data sets that belong together, as they become complete.

    A frame whose key is set and that does not come is a fault for itself alone (see ``take_faults``): what needs it is
    passed over, and the rest goes on. What was not written is not handed out. A frame that still reads as fill in a chunk
    that is being written, or lacks sources that are missing, when it has been waited for, is: with a fault that says so.

    Parameters
    ----------
    h5file : h5py.File
        The open file. It stays the caller's to close.
    key_paths : str, h5py.Dataset or h5py.Group, or iterable of them
        As for ``Follower``.
    data_paths : str or h5py.Dataset, iterable of them, or mapping
        The data sets; or names of your own and whatever ``FrameGrabber`` takes.
    timeout, termination_conditions :
        As for ``Follower``.
    rows : bool
        Hand out whole rows of the scan (its last axis), each when all its points are complete.
    chunks : bool
        Hand out whole chunks of the first data set along the scan axes, each read at once.
    wait_s : float
        How long to wait (s) for frames whose keys are set.
    clock : callable
        Monotonic seconds.
    sleep : callable, optional
        Waits for so many seconds; by default a wait that ``stop`` interrupts.
    **follower_options
        Whatever else ``Follower`` takes: ``order``, ``finished_path``, ``scan_shape``, ``length_paths`` ...

    Raises
    ------
    PathNotThereError, PathError, NoKeysError, ShapeError, ConditionError
        If the keys or the conditions make no sense for this file, or there is no data set.
    """

    def __init__(
        self,
        h5file: h5py.File,
        key_paths: KeyPaths,
        data_paths: DataPaths,
        timeout: float = 10.0,
        termination_conditions: ConditionLike | Iterable[ConditionLike] = ("timeout",),
        *,
        rows: bool = False,
        chunks: bool = False,
        wait_s: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        **follower_options: Any,
    ) -> None:
        self._paths = _named(h5file, data_paths)
        if not self._paths or (rows and chunks):
            raise ShapeError("A data source hands out rows or chunks of at least one data set.", "Name a data set; choose rows or chunks.")
        self._h5file = h5file
        self._stopping = threading.Event()
        self._clock, self._sleep = clock, sleep or self._stopping.wait
        follow = partial(Follower, h5file, key_paths, timeout, termination_conditions, clock=clock, sleep=sleep, **follower_options)
        self.follower = follow()
        self._rows, self._chunks, self._wait_s = rows, chunks, wait_s
        self._grabbers: dict[str, tuple[tuple[int, ...], FrameGrabber]] = {}
        self._gatherer: Gatherer | None = None
        self._ready: deque[Where] = deque()
        self._read_ahead: Iterator[FrameSet] = iter(())
        """What was read together with the frame before, to be handed out first."""
        self._faults: deque[str] = deque(maxlen=1000)
        rank = self._rank_of_data()
        if rank < self.follower.scan_rank:  # the keys have a tail of axes that is none of the scan's
            self.follower = follow(scan_rank=rank)
            self._grabbers.clear()

    def _rank_of_data(self) -> int:
        """Return the number of scan axes that the data sets have, as far as they are there by now."""
        ranks = []
        for name in self._paths:
            with suppress(SwmrViewerError):
                ranks.append(self._grabber(name).scan_rank)
        return max(ranks, default=self.follower.scan_rank)

    # ---- iterating

    def __iter__(self) -> DataSource:
        return self

    def __next__(self) -> FrameSet:
        for found in self._read_ahead:
            return found
        while True:
            while self._ready:
                read = self._read(self._ready.popleft())
                if read is not None:
                    return read
            index = next(self.follower, None)
            if index is None:
                self._gather_rest()
                if not self._ready:
                    raise StopIteration
                continue
            self._take(index, position_of(index, self.scan_shape))
            for found in self._read_ahead:
                return found

    def _take(self, index: int, position: tuple[int, ...]) -> None:
        """Read a complete frame and those behind it that are complete as well, or note what is to be read one by one."""
        if not position:
            self._ready.append(position)
        elif self._rows or self._chunks:
            n = 1 + self.follower.next_ready_behind(index, self.scan_shape[-1] - position[-1] - 1)
            self._ready.extend(self._gathered(position, n))
        else:
            self._take_run(index, position)

    def _gathered(self, position: tuple[int, ...], n: int) -> Iterator[Where]:
        try:
            blocks = self._gather().add_run(position, n, self.scan_shape, self.follower.extent_is_fixed)
        except SwmrViewerError as error:
            self._faults.append(str(error))
            return
        yield from map(self._as_where, blocks)

    def _take_run(self, index: int, position: tuple[int, ...]) -> None:
        n = 1
        with suppress(SwmrViewerError):  # whatever it is: it is waited for, and told of, frame by frame
            grabbers = {name: self._grabber(name) for name in self._paths}
            most = most_in_run(grabbers, position, self.scan_shape)
            n += self.follower.next_ready_behind(index, most - 1)
            if n > 1:
                self._read_ahead = read_run(grabbers, index, position, n, self.scan_shape)
                return
        self._ready.extend((*position[:-1], position[-1] + number) for number in range(n))

    def _gather(self) -> Gatherer:
        if self._gatherer is None or self._gatherer.rank != self.follower.scan_rank:
            before = self._gatherer
            first = next(iter(self._paths))
            row = (1,) * (self.follower.scan_rank - 1) + (None,)
            self._gatherer = Gatherer(row if self._rows else self._patiently(lambda: self._grabber(first).chunk_shape))
            if before is not None:
                self._gatherer.take_over(before)
        return self._gatherer

    def _as_where(self, block: tuple[slice, ...]) -> Where:
        return (*(axis.start for axis in block[:-1]), block[-1]) if self._rows else block

    def _gather_rest(self) -> None:
        if self._gatherer is not None:
            self._ready.extend(map(self._as_where, self._gatherer.rest(self.scan_shape)))
            if self._gatherer.n_begun:
                what = "rows" if self._rows else "chunks"
                self._faults.append(f"{self._gatherer.n_begun} {what} had begun and were not complete at the end.")
                self._gatherer.clear()

    # ---- reading

    def _read(self, where: Where) -> FrameSet | None:
        deadline = self._clock() + self._wait_s
        try:
            frames = {name: self._frames_in_the_end(name, where, deadline) for name in self._paths}
        except SwmrViewerError as error:
            self._faults.append(str(error))
            return None
        position = tuple(at.start if isinstance(at, slice) else at for at in where)
        return FrameSet(index_of(position, self.scan_shape), position, where, self.scan_shape, frames)

    def _frames_in_the_end(self, name: str, where: Where, deadline: float) -> npt.NDArray[Any]:
        """Read frames; those that are in doubt are taken as they are once they have been waited for."""
        try:
            return self._patiently(partial(self._frames, name, where), deadline)
        except FrameDoubtfulError as error:
            if self._stopping.is_set():
                raise
            self._grabber(name).go_without(error.missing)
            self._faults.append(f"{error.message} It was still so after {self._wait_s:g} s: it is taken as it is.")
        return self._frames(name, where, as_it_is=True)

    def _frames(self, name: str, where: Where, as_it_is: bool = False) -> npt.NDArray[Any]:
        grabber = self._grabber(name)
        if not any(isinstance(at, slice) for at in where):
            return grabber.grab(tuple(at for at in where if isinstance(at, int)), as_it_is=as_it_is)
        block = tuple(at if isinstance(at, slice) else slice(at, at + 1) for at in where)
        frames = grabber.grab_block(block, as_it_is=as_it_is)
        return frames[tuple(slice(None) if isinstance(at, slice) else 0 for at in where)]

    def _grabber(self, name: str) -> FrameGrabber:
        """Return the grabber of a data set, made when it is there, and anew when the scan's inner axes have grown."""
        inner = self.scan_shape[1:]
        known = self._grabbers.get(name)
        if known is not None and known[0] == inner:
            return known[1]
        made = FrameGrabber(self._h5file, self._paths[name], scan_shape=self.scan_shape)
        if known is not None:
            known[1].close()
        self._grabbers[name] = inner, made
        return made

    def _patiently(self, read: Callable[[], _T], deadline: float | None = None) -> _T:
        """Try until it is there, with a bound."""
        deadline = self._clock() + self._wait_s if deadline is None else deadline
        return wait_for(read, deadline, self._clock, self._sleep, self._stopping.is_set)

    # ---- what the follower has, too

    def reset(self) -> None:
        """Start again from the first frame."""
        self._stopping.clear()
        self.follower.reset()
        self._ready.clear()
        self._read_ahead = iter(())
        if self._gatherer is not None:
            self._gatherer.clear()

    def stop(self) -> None:
        """End the iteration after one last poll; may be called from any thread."""
        self._stopping.set()
        self.follower.stop()

    def is_finished(self) -> bool:
        """Return whether following has ended."""
        return self.follower.is_finished()

    def take_faults(self) -> list[str]:
        """Return what went wrong with single frames, keys or polls since the last call."""
        taken = [*self.follower.take_faults(), *self._faults]
        self._faults.clear()
        return taken

    @property
    def reason(self) -> str | None:
        """Why following ended, or None while it goes on."""
        return self.follower.reason

    @property
    def scan_shape(self) -> tuple[int, ...]:
        """The scan's axes, slowest first, as far as is known."""
        return self.follower.scan_shape

    @property
    def data_paths(self) -> tuple[str, ...]:
        """The names of the data sets, as in each ``FrameSet``."""
        return tuple(self._paths)

    @property
    def h5file(self) -> h5py.File:
        """The file that is followed."""
        return self._h5file

    # ---- closing

    def close(self) -> None:
        """Close the files that were opened here; the caller's stays open."""
        self.follower.close()
        while self._grabbers:
            self._grabbers.popitem()[1][1].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _named(h5file: h5py.File, paths: DataPaths) -> dict[str, Any]:
    if isinstance(paths, Mapping) and not isinstance(paths, h5py.Group):
        return dict(paths)
    several = (paths,) if isinstance(paths, str | h5py.Dataset | h5py.Group) else paths
    return {path: path for path in (path_named(h5file, path) for path in several)}
