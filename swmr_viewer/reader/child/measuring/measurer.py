"""Measures every complete frame of a data set, newest first, in the time that the live picture leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import takewhile
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import (
    FRAME_COLUMNS,
    FrameStatistics,
    frame_values,
    preview_shape,
    region_columns,
    region_statistics,
    region_values,
    spectrum_factor,
    write_preview,
)
from swmr_viewer.core.errors import FileReplacedError, FrameNotWrittenError, SwmrViewerError
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.core.scan import moved
from swmr_viewer.reader.child.event_pipe import Handlers
from swmr_viewer.reader.child.frame_order import Backlog
from swmr_viewer.reader.child.frame_reading import FRAME_TIMEOUT_S, FrameReader
from swmr_viewer.reader.messages import AcknowledgeMeasured, Measure, Measured, StopMeasuring

_SLICE_S = 0.01
"""Longest time (s) of one step, but for the last frame in it."""
_SEND_EVERY_S = 0.1
"""Rows are sent together (s), unless there is nothing left to measure."""
_RETRY_S = 0.05


class Measurer:
    """What ``Measure`` asked for."""

    def __init__(self, frames: FrameReader) -> None:
        self._frames = frames
        self._request: Measure | None = None
        self._backlog = Backlog()
        self._late: dict[int, float] = {}
        self._retry_at = 0.0
        self._rows = RowsToSend()
        self._has_credit = True
        self._sent_at = float("-inf")
        self._reported_fault = self._reported_doubtful = False
        self.handlers: Handlers = {
            Measure: self.measure,
            StopMeasuring: lambda request: self.measure(None),
            AcknowledgeMeasured: lambda request: self.acknowledge(),
        }

    @property
    def has_work(self) -> bool:
        return self._is_there and len(self._backlog) > 0 and not self._rows.is_full

    @property
    def _is_there(self) -> bool:
        """Whether there is a request, and the data set that it is about can be read by now."""
        return self._request is not None and self._request.data_path in self._frames.grabbers

    # ---- what is wanted

    def measure(self, request: Measure | None) -> None:
        """Measure this from now on; None: nothing."""
        self._request = request
        self._has_credit = True
        self._reported_fault = self._reported_doubtful = False
        self._backlog.clear()
        self._late.clear()
        self._rows.clear()
        if request is not None and not self._frames.is_followed(request.data_path):
            self._request = None
        if self._request is not None:
            self._backlog.push(np.setdiff1d(self._frames.all_complete, self._already()))

    def measure_anew(self) -> None:
        """Measure everything again: frames are prepared in another way now."""
        if self._request is not None:
            self.measure(replace(self._request, already=None))

    def _already(self) -> IndexArray:
        """What an earlier reader measured, on the scan shape by now."""
        request, shape = self._request, self._frames.scan_shape
        if request is None or request.already is None:
            return np.empty(0, np.int64)
        return moved(request.already, request.already_shape or shape, shape)

    def remap_indices(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """Move indices to the scan shape by now; called before ``add_completed``."""
        self._backlog.remap_indices(before, after)
        self._rows.remap_indices(before, after)
        late = moved(np.array(list(self._late), np.int64), before, after).tolist()
        self._late = dict(zip(late, self._late.values(), strict=True))

    def add_completed(self, indices: IndexArray) -> None:
        if self._request is not None:
            self._backlog.push(np.setdiff1d(indices, self._already()))

    def measure_shown(self, path: str, index: int, measured: Callable[[], tuple[npt.NDArray[Any], FrameStatistics]]) -> None:
        """Measure a frame that was read to be shown, if it is still to be measured."""
        request = self._request
        if request is not None and path == request.data_path and not self._rows.is_full and self._backlog.take_out(index):
            self._rows.add(measured_row(request, index, *measured()))

    def acknowledge(self) -> None:
        """Allow the next message: the parent handled the last one."""
        self._has_credit = True

    # ---- steps

    def step(self) -> None:
        """Measure for a short while, one frame at least, and send what was found."""
        request = self._request
        if request is None or not self._is_there:
            return
        until = self._frames.clock() + _SLICE_S
        while not self._rows.is_full and (index := self._next()) is not None:
            self._measure(request, index)
            if self._frames.clock() >= until:
                break
        self._send(request)

    def _next(self) -> int | None:
        index = self._backlog.pop()
        if index is None and self._late and self._frames.clock() >= self._retry_at:
            self._retry_at = self._frames.clock() + _RETRY_S
            return next(iter(self._late))
        return index

    def _measure(self, request: Measure, index: int) -> None:
        if index in self._frames.unreadable(request.data_path):
            self._add_empty(request, index)
            return
        try:
            frame = self._read(request, index)
            prepared = self._frames.prepare(request.data_path, index, frame)
            statistics = self._frames.preparers.examine(request.data_path, frame, prepared, levels=False)[1]
        except FrameNotWrittenError as error:
            since = self._late.pop(index, self._frames.clock())
            if self._frames.clock() - since < FRAME_TIMEOUT_S:
                self._late[index] = since
            else:
                self._give_up(request, index, error)
        except FileReplacedError:  # reported by whoever watches the files, and nothing more is read
            self._backlog.clear()
        except SwmrViewerError as error:
            self._give_up(request, index, error)
        else:
            self._late.pop(index, None)
            self._rows.add(measured_row(request, index, prepared, statistics))

    def _read(self, request: Measure, index: int) -> npt.NDArray[Any]:
        """Read a frame; a fault is reported for the first doubtful one that is taken as it is."""
        path, now = request.data_path, self._frames.clock()

        def read(as_it_is: bool) -> npt.NDArray[Any]:
            self._reported_doubtful |= as_it_is
            return self._frames.read(path, index, "measuring", as_it_is)

        return self._frames.patiently(read, path, index, lambda: self._late.get(index, now), not self._reported_doubtful)

    def _give_up(self, request: Measure, index: int, error: SwmrViewerError) -> None:
        self._add_empty(request, index)
        if not self._reported_fault:  # once for a thousand damaged frames: each is seen as a gap in the curve
            self._reported_fault = True
            self._frames.pipe.report_fault(f"Frame {index} cannot be measured: {error}", index, request.data_path)

    def _add_empty(self, request: Measure, index: int) -> None:
        self._late.pop(index, None)
        grabber = self._frames.grabbers[request.data_path]
        view = self._frames.preparers.of(request.data_path).view_of(grabber.frame_shape, grabber.dtype)
        self._rows.add(empty_row(request, index, view.shown_shape))

    def _send(self, request: Measure) -> None:
        now = self._frames.clock()
        if not self._rows or not self._has_credit or (self.has_work and now - self._sent_at < _SEND_EVERY_S):
            return
        pipe = self._frames.pipe
        pipe.send(self._rows.take(pipe.generation, request, self._frames.scan_shape))
        self._has_credit, self._sent_at = False, now


_MOST_ROWS = 1024
_MOST_SPECTRA = 256
"""1 MB of them: what a message holds, and what waits for the window at most."""


@frozen(eq=False)
class Row:
    """What was measured of one frame."""

    index: int
    values: tuple[float, ...]
    rank: int
    """How many axes of the frame are shown: what is measured of regions goes by it."""
    spectrum: npt.NDArray[np.float32] | None = None
    n_channels: int = 0


def columns_of(request: Measure, rank: int) -> tuple[str, ...]:
    """Return the names of the values, for frames that are shown with so many axes."""
    return (*FRAME_COLUMNS, *(f"{region.name}.{what}" for region in request.regions for what in region_columns(rank)))


def measured_row(request: Measure, index: int, frame: npt.NDArray[Any], statistics: FrameStatistics) -> Row:
    """Measure a frame whose masked pixels are marked by their value."""
    values = [*frame_values(statistics)]
    for region in request.regions:
        values += region_values(region_statistics(frame, region), frame.ndim)
    if not request.spectra or frame.ndim != 1:
        return Row(index, tuple(values), frame.ndim)
    return Row(index, tuple(values), frame.ndim, _reduced(frame), frame.size)


def empty_row(request: Measure, index: int, frame_shape: tuple[int, ...]) -> Row:
    """Return the row of a frame that cannot be read."""
    rank = len(frame_shape)
    nothing = Row(index, (float("nan"),) * len(columns_of(request, rank)), rank)
    if not request.spectra or rank != 1:
        return nothing
    bins = np.full(preview_shape(frame_shape, spectrum_factor(*frame_shape)), np.nan, np.float32)
    return replace(nothing, spectrum=bins, n_channels=frame_shape[0])


def _reduced(spectrum: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    factor = spectrum_factor(spectrum.size)
    bins = np.empty(preview_shape(spectrum.shape, factor), np.float32)
    write_preview(spectrum, factor, bins)
    return bins


class RowsToSend:
    """Rows that the window has not been sent: merged, and never more than one message holds."""

    def __init__(self) -> None:
        self._rows: list[Row] = []

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def is_full(self) -> bool:
        """Whether nothing more should be measured until the window has taken these."""
        bring_spectra = bool(self._rows) and self._rows[-1].spectrum is not None
        return len(self._rows) >= (_MOST_SPECTRA if bring_spectra else _MOST_ROWS)

    def add(self, row: Row) -> None:
        self._rows.append(row)

    def remap_indices(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        indices = moved(np.array([row.index for row in self._rows], np.int64), before, after)
        self._rows = [replace(row, index=int(index)) for row, index in zip(self._rows, indices, strict=True)]

    def clear(self) -> None:
        self._rows.clear()

    def take(self, generation: int, request: Measure, scan_shape: tuple[int, ...]) -> Measured:
        """Return all of them as one message; where spectra became longer, or frames another rank, those up to there."""
        length, rank = self._rows[0].n_channels, self._rows[0].rank
        rows = list(takewhile(lambda row: (row.n_channels, row.rank) == (length, rank), self._rows))
        del self._rows[: len(rows)]
        spectra = [row.spectrum for row in rows if row.spectrum is not None]
        return Measured(
            generation,
            request.revision,
            request.data_path,
            np.array([row.index for row in rows], np.int64),
            columns_of(request, rank),
            np.array([row.values for row in rows], np.float64),
            scan_shape,
            np.stack(spectra) if spectra else None,
            length,
        )
