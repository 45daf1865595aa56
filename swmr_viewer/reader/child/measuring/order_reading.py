"""Reads in which order frames were taken, when asked: of all complete ones, a block at a time, and of those to come."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.positions import Counting, PointValues, acquisition_values
from swmr_viewer.core.ranges import IndexArray, ranges_of, runs_of
from swmr_viewer.reader.child.event_pipe import Handlers
from swmr_viewer.reader.child.frame_reading import FrameReader
from swmr_viewer.reader.child.measuring.pending_points import PendingPoints
from swmr_viewer.reader.messages import AcknowledgeOrder, OrderRead, OrderSource, SendOrder

_SLICE_S = 0.01
"""Longest time (s) of one step, but for the last read in it."""
_MOST_POINTS = 1 << 16
"""What a message holds: half a megabyte of values."""
_RETRY_S = 0.5


class OrderReader:
    """What ``SendOrder`` asked for."""

    def __init__(self, frames: FrameReader) -> None:
        self._frames = frames
        self._sources: Iterator[PointValues] | None = None
        """None: nothing is asked for."""
        self._source: PointValues | None = None
        self._pending = PendingPoints()
        self._has_credit = self._is_whole = True
        self._unwritten = PendingPoints()
        """Points whose time was not there when it was read: some writers flush it after the key."""
        self._retry_at = self._look_again_at = float("-inf")
        self.handlers: Handlers = {SendOrder: self._begin, AcknowledgeOrder: lambda request: self._acknowledge()}

    @property
    def has_work(self) -> bool:
        return self._source is not None and self._has_credit and bool(self._pending) and self._frames.clock() >= self._retry_at

    def _begin(self, request: SendOrder) -> None:
        scan = self._frames.scan
        time_paths = [facts.time_path for facts in scan.facts.values()]
        self._sources = acquisition_values(scan.h5file, scan.follower, time_paths, scan.sources) if request.on else None
        self._has_credit = self._is_whole = True
        self._take_next_source()

    def _take_next_source(self) -> None:
        """Read from the next source, everything anew; tell if there is none left, or if what was told is to be forgotten."""
        was_told = not self._is_whole
        self._source = next(self._sources, None) if self._sources is not None else None
        self._counting, self._is_whole = Counting(), True
        self._pending, self._unwritten = PendingPoints(), PendingPoints()
        if self._source is not None:
            self._pending.add_ranges(ranges_of(self._frames.progress.complete_mask()))
            if was_told:
                self._send(OrderSource.INDEX, np.empty(0, np.int64), np.empty(0))
        elif self._sources is not None:
            self._send(OrderSource.ARRIVAL, np.empty(0, np.int64), np.empty(0))

    def _acknowledge(self) -> None:
        self._has_credit = True

    def add_completed(self, indices: IndexArray) -> None:
        if self._source is not None and indices.size:
            self._pending.add_ranges(runs_of(np.sort(indices)))

    def remap_indices(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """Move indices to the scan shape by now; called before ``add_completed``."""
        self._pending.remap_indices(before, after)
        self._unwritten.remap_indices(before, after)

    def step(self) -> None:
        """Read for a short while, and send what was found."""
        source = self._source
        self._look_again()
        if source is None or not self.has_work:
            return
        parts = [*self._read(source)]
        indices = np.concatenate([np.empty(0, np.int64), *(indices for indices, _ in parts)])
        values = np.concatenate([np.empty(0), *(values for _, values in parts)])
        if source.are_keys and not self._counting.goes_on_with(values):
            self._take_next_source()
        elif indices.size:
            self._send(OrderSource.KEYS if source.are_keys else OrderSource.TIMES, indices, values)

    def _read(self, source: PointValues) -> Iterator[tuple[IndexArray, npt.NDArray[np.float64]]]:
        """Yield points and their values, for a short while."""
        until, n = self._frames.clock() + _SLICE_S, 0
        try:
            source.refresh()
            while self._pending and n < _MOST_POINTS:
                indices = self._pending.first(source.window)
                start, stop = int(indices[0]), int(indices[-1]) + 1
                values = source.read(self._frames.scan_shape, start, stop)[indices - start]
                self._pending.drop_first(indices.size)
                known, n = ~np.isnan(values), n + indices.size
                self._unwritten.add_ranges(runs_of(indices[~known]))
                yield indices[known], values[known]
                if self._frames.clock() >= until:
                    return
        except Exception:  # an order is worth no scan, and what is being written now can be read later
            self._retry_at = self._frames.clock() + _RETRY_S

    def _look_again(self) -> None:
        """Put a block of the unwritten points to the others now and then."""
        now = self._frames.clock()
        if self._source is None or self._pending or not self._unwritten or now < self._look_again_at:
            return
        self._look_again_at = now + _RETRY_S
        points = self._unwritten.first(self._source.window)
        self._unwritten.drop_first(points.size)
        self._pending.add_ranges(runs_of(points))

    def _send(self, source: OrderSource, indices: IndexArray, values: npt.NDArray[np.float64]) -> None:
        pipe = self._frames.pipe
        pipe.send(OrderRead(pipe.generation, source, runs_of(indices), values, self._frames.scan_shape, self._is_whole))
        self._has_credit = self._is_whole = False
