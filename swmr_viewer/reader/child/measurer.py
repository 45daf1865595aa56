"""Measures every complete frame of a data set, newest first, in the time that the live picture leaves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import FrameStatistics, preview_shape, region_statistics, spectrum_factor, write_preview
from swmr_viewer.core.errors import FileReplacedError, FrameDoubtfulError, FrameNotWrittenError, SwmrViewerError
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.core.scan import moved
from swmr_viewer.reader.child.displays import Displays
from swmr_viewer.reader.child.frame_order import Backlog
from swmr_viewer.reader.child.frame_reading import PATIENCE_S, FrameReading
from swmr_viewer.reader.child.progress_reporter import ProgressReporter
from swmr_viewer.reader.messages import FRAME_COLUMNS, REGION_COLUMNS, Measure, Measured

_SLICE_S = 0.01
"""Longest time (s) of one step, but for the last frame in it."""
_SAY_EVERY_S = 0.1
"""Rows are sent together (s), unless there is nothing left to measure."""
_RETRY_S = 0.05


class Measurer:
    """What ``Measure`` asked for.

    Parameters
    ----------
    frames : FrameReading
        Reads them.
    announcer : ProgressReporter
        Knows which frames are complete.
    displays : Displays
        Says what is masked.
    """

    def __init__(self, frames: FrameReading, announcer: ProgressReporter, displays: Displays) -> None:
        self._frames = frames
        self._announcer = announcer
        self._displays = displays
        self._wish: Measure | None = None
        self._backlog = Backlog()
        self._late: dict[int, float] = {}
        self._retry_at = 0.0
        self._rows = RowsToSend()
        self._has_credit = True
        self._said_at = float("-inf")
        self._has_told_fault = self._has_told_doubt = False

    @property
    def has_work(self) -> bool:
        """Whether a step would measure something now."""
        return self._is_there and len(self._backlog) > 0 and not self._rows.is_full

    @property
    def _is_there(self) -> bool:
        """Whether there is a wish, and the data set that it is about can be read by now."""
        return self._wish is not None and self._wish.data_path in self._frames.grabbers

    # ---- what is wanted

    def measure(self, wish: Measure | None) -> None:
        """Measure this from now on; None: nothing."""
        self._wish = wish
        self._has_credit = True
        self._has_told_fault = self._has_told_doubt = False
        self._backlog.clear()
        self._late.clear()
        self._rows.clear()
        if wish is not None and not self._frames.knows(wish.data_path):
            self._wish = None
        if self._wish is not None:
            complete = np.flatnonzero(self._announcer.progress.complete_mask()).astype(np.int64)
            self._backlog.push(np.setdiff1d(complete, self._already()))

    def measure_anew(self) -> None:
        """Measure everything again: frames are prepared in another way now."""
        if self._wish is not None:
            self.measure(replace(self._wish, already=None))

    def _already(self) -> IndexArray:
        """What an earlier reader measured, on the scan shape by now."""
        wish, shape = self._wish, self._announcer.progress.scan_shape
        if wish is None or wish.already is None:
            return np.empty(0, np.int64)
        return moved(wish.already, wish.already_shape or shape, shape)

    def move(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """Take note that indices mean other places now; called before ``note_completed``."""
        self._backlog.move(before, after)
        self._rows.move(before, after)
        late = moved(np.array(list(self._late), np.int64), before, after).tolist()
        self._late = dict(zip(late, self._late.values(), strict=True))

    def note_completed(self, indices: IndexArray) -> None:
        """Take note of indices that became complete."""
        if self._wish is None:
            return
        if self._wish.already is not None and self._wish.already.size:
            self._backlog.push(np.setdiff1d(indices, self._already()))
        else:
            self._backlog.push(np.sort(indices))

    def note_frame(self, path: str, index: int, frame: npt.NDArray[Any], statistics: FrameStatistics) -> None:
        """Measure a frame that was read to be shown, if it is still to be measured."""
        wish = self._wish
        if wish is not None and path == wish.data_path and not self._rows.is_full and self._backlog.take_out(index):
            self._rows.add(row_of(wish, index, frame, statistics))

    def note_taken(self) -> None:
        """Take note that the parent handled the last message."""
        self._has_credit = True

    # ---- steps

    def step(self) -> None:
        """Measure for a short while, one frame at least, and say what was found."""
        wish = self._wish
        if wish is None or not self._is_there:
            return
        until = self._frames.clock() + _SLICE_S
        while not self._rows.is_full and (index := self._next()) is not None:
            self._measure(wish, index)
            if self._frames.clock() >= until:
                break
        self._announce(wish)

    def _next(self) -> int | None:
        index = self._backlog.pop()
        if index is None and self._late and self._frames.clock() >= self._retry_at:
            self._retry_at = self._frames.clock() + _RETRY_S
            return next(iter(self._late))
        return index

    def _measure(self, wish: Measure, index: int) -> None:
        if index in self._frames.unreadable(wish.data_path, self._announcer.progress.scan_shape):
            self._note_nothing(wish, index)
            return
        try:
            display, shape = self._displays.of(wish.data_path), self._announcer.progress.scan_shape
            frame = self._read(wish, index)
            prepared = self._displays.prepared(wish.data_path, frame, index, shape)
            statistics = display.examined(frame, prepared, levels=False)[1]
        except FrameNotWrittenError as error:
            since = self._late.pop(index, self._frames.clock())
            if self._frames.clock() - since < PATIENCE_S:
                self._late[index] = since
            else:
                self._give_up(wish, index, error)
        except FileReplacedError:  # whoever watches the files says so, and nothing more is read
            self._backlog.clear()
        except SwmrViewerError as error:
            self._give_up(wish, index, error)
        else:
            self._late.pop(index, None)
            self._rows.add(row_of(wish, index, prepared, statistics))

    def _read(self, wish: Measure, index: int) -> npt.NDArray[Any]:
        """Read a frame; one that is in doubt is taken as it is once it has been waited for."""
        shape = self._announcer.progress.scan_shape
        try:
            return self._frames.read(wish.data_path, index, shape, "measuring")
        except FrameDoubtfulError as error:
            if self._frames.clock() - self._late.get(index, self._frames.clock()) < PATIENCE_S:
                raise
            self._frames.accept(wish.data_path, index, error, tell=not self._has_told_doubt)
            self._has_told_doubt = True
        return self._frames.read(wish.data_path, index, shape, "measuring", as_it_is=True)

    def _give_up(self, wish: Measure, index: int, error: SwmrViewerError) -> None:
        self._note_nothing(wish, index)
        if not self._has_told_fault:  # a thousand damaged frames are one piece of news, and each is seen as a gap in the curve
            self._has_told_fault = True
            self._frames.tell_fault(f"Frame {index} cannot be measured: {error}", index, wish.data_path)

    def _note_nothing(self, wish: Measure, index: int) -> None:
        self._late.pop(index, None)
        grabber = self._frames.grabbers[wish.data_path]
        view = self._displays.of(wish.data_path).view_of(grabber.frame_shape, grabber.dtype)
        self._rows.add(row_of_nothing(wish, index, view.shown_shape))

    def _announce(self, wish: Measure) -> None:
        now = self._frames.clock()
        if not self._rows or not self._has_credit or (self.has_work and now - self._said_at < _SAY_EVERY_S):
            return
        line = self._frames.line
        line.send(self._rows.take(line.generation, wish, self._announcer.progress.scan_shape))
        self._has_credit, self._said_at = False, now


_MOST_ROWS = 1024
_MOST_SPECTRA = 256
"""1 MB of them: what a message holds, and what waits for the window at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """What was measured of one frame."""

    index: int
    values: tuple[float, ...]
    spectrum: npt.NDArray[np.float32] | None = None
    n_channels: int = 0


def columns_of(wish: Measure) -> tuple[str, ...]:
    """Return the names of the values."""
    return (*FRAME_COLUMNS, *(f"{region.name}.{what}" for region in wish.regions for what in REGION_COLUMNS))


def row_of(wish: Measure, index: int, frame: npt.NDArray[Any], statistics: FrameStatistics) -> Row:
    """Measure a frame whose masked pixels are told by their value."""
    nan = float("nan")
    of_frame = (statistics.total, statistics.maximum, statistics.hottest_x, statistics.hottest_y)
    values = [nan if one is None else float(one) for one in of_frame]
    values += [float(statistics.n_masked), float(statistics.n_saturated)]
    for region in wish.regions:
        found = region_statistics(frame, region)
        values += [found.sum, found.mean, found.maximum, found.std]
    if not wish.spectra or frame.ndim != 1:
        return Row(index, tuple(values))
    return Row(index, tuple(values), _reduced(frame), frame.size)


def row_of_nothing(wish: Measure, index: int, frame_shape: tuple[int, ...]) -> Row:
    """Return the row of a frame that cannot be read."""
    nothing = Row(index, (float("nan"),) * len(columns_of(wish)))
    if not wish.spectra or len(frame_shape) != 1:
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
        """How many wait."""
        return len(self._rows)

    @property
    def is_full(self) -> bool:
        """Whether nothing more should be measured until the window has taken these."""
        bring_spectra = bool(self._rows) and self._rows[-1].spectrum is not None
        return len(self._rows) >= (_MOST_SPECTRA if bring_spectra else _MOST_ROWS)

    def add(self, row: Row) -> None:
        self._rows.append(row)

    def move(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """Take note that the scan shape grew."""
        indices = moved(np.array([row.index for row in self._rows], np.int64), before, after)
        self._rows = [replace(row, index=int(index)) for row, index in zip(self._rows, indices, strict=True)]

    def clear(self) -> None:
        self._rows.clear()

    def take(self, generation: int, wish: Measure, scan_shape: tuple[int, ...]) -> Measured:
        """Return all of them as one message; where spectra became longer, those up to there."""
        length = self._rows[0].n_channels
        rows = list(takewhile(lambda row: row.n_channels == length, self._rows))
        del self._rows[: len(rows)]
        spectra = [row.spectrum for row in rows if row.spectrum is not None]
        return Measured(
            generation,
            wish.revision,
            wish.data_path,
            np.array([row.index for row in rows], np.int64),
            columns_of(wish),
            np.array([row.values for row in rows], np.float64),
            scan_shape,
            np.stack(spectra) if spectra else None,
            length,
        )
