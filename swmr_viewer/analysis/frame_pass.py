"""One pass over a frame: preview, extremes, sums, saturation and masks from each piece while it is in the processor's cache. Pure numpy."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis.frame_statistics import FrameStatistics, LevelStatistics
from swmr_viewer.analysis.masks import DEFAULT_RULES, MaskRules, Pixels, marked, marks_by_value, sentinel_of
from swmr_viewer.analysis.percentiles import percentiles_of, subsample
from swmr_viewer.analysis.strips import STRIP_BYTES, Preview, StripMeasurer, StripTotals, measurable

Mask = npt.NDArray[np.bool_]
Share = Callable[[Iterable[Callable[[], None]], int], None]
"""Runs what it is given on this thread and on so many others, and returns when all of it is done."""
_SHARED_FROM = 8
"""Strips; fewer are measured sooner than another thread wakes."""


class _Strip(NamedTuple):
    start: int
    """Its first row."""
    stop: int
    totals: StripTotals


class FramePass:
    """Measures a frame and makes it small while its pixels become final; what was not noted is done at the end.

    Parameters
    ----------
    frame : ndarray
        Of any shape and numeric type; C-contiguous if pieces of it are noted.
    factor : int
        Block size of the preview, as for `write_preview`.
    out : ndarray of float32, optional
        Where the preview goes, as for `write_preview`; None: there is none.
    saturation : float, optional
        Count pixels from this value on.
    rules : MaskRules
        Which pixels are masked; each piece is `marked`.
    pixel_mask : ndarray of bool, optional
        Of the frame's shape; True is masked.

    Raises
    ------
    ValueError
        If a masked pixel cannot be marked in the frame's own type (see `can_measure`).
    """

    def __init__(
        self,
        frame: Pixels,
        factor: int = 1,
        out: Preview | None = None,
        *,
        saturation: float | None = None,
        rules: MaskRules = DEFAULT_RULES,
        pixel_mask: Mask | None = None,
    ) -> None:
        if not FramePass.can_measure(frame.dtype, rules, pixel_mask):
            raise ValueError(f"Frames of {frame.dtype} cannot be masked like this piece by piece.")
        self._frame, self._factor = frame, factor
        self._rules, self._mask = rules, pixel_mask
        width = frame.shape[-1] if frame.ndim > 1 else frame.size
        self._rows = frame.reshape(-1, width) if frame.size else np.empty((0, 1), frame.dtype)
        self._mask_rows = None if pixel_mask is None or not frame.size else pixel_mask.reshape(self._rows.shape)
        self._out = None if out is None or not frame.size else out.reshape(-(-len(self._rows) // factor), -1)
        self._measurer = StripMeasurer(measurable(self._rows[:0]).dtype, factor, saturation)
        self._takes_as_it_is = pixel_mask is None and not rules.names_values
        self._expects_marks = pixel_mask is not None
        """Whether strips are marked before they are measured: an earlier one had to be."""
        self._measuring = threading.Lock()
        self.restart()

    @staticmethod
    def can_measure(dtype: np.dtype[Any], rules: MaskRules, pixel_mask: Mask | None) -> bool:
        """Whether pieces of such frames are `marked` as the whole would be."""
        return marks_by_value(dtype, rules) or (sentinel_of(dtype) is None and pixel_mask is None and not rules.names_values)

    def restart(self) -> None:
        """Forget what was noted: the frame is written anew."""
        n_rows = len(self._rows)
        self._row_sums = np.zeros(n_rows if self._frame.dtype.kind in "fc" else 0)
        self._is_done = np.zeros(-(-n_rows // self._factor), bool)
        self._is_noted = self._has_marks = False
        self._waiting = deque[tuple[int, int]]()
        self._left: dict[int, int] = {}
        """How many pixels are missing of groups of rows of which some are there."""
        self._strips: list[_Strip] = []

    def note(self, start: int, stop: int) -> None:
        """Measure pixels that are final; may be called from several threads at a time.

        Parameters
        ----------
        start, stop : int
            A range of ``frame.reshape(-1)``, none of which was noted before.
        """
        self._is_noted = True
        self._waiting.append((start, stop))
        # One thread measures while the others decode: two of them would wait for Python's lock longer than they measure.
        while self._waiting and self._measuring.acquire(blocking=False):
            try:
                while self._waiting:
                    self._take(*self._waiting.popleft())
            finally:
                self._measuring.release()

    def _take(self, start: int, stop: int) -> None:
        """Measure the groups of rows that a piece completes."""
        per_group = self._factor * self._rows.shape[1]
        first, last = -(-start // per_group), stop // per_group
        if stop == self._frame.size:
            last = len(self._is_done)
        if last < first:
            first, last = last, last + self._completes(last, stop - start)
        else:
            begin, end = min(first * per_group, self._frame.size), last * per_group
            first -= start < begin and self._completes(first - 1, begin - start)
            last += end < stop and self._completes(last, stop - end)
        for measure in self._measures(first, last):
            measure()

    def _completes(self, group: int, n_pixels: int) -> bool:
        """Take note of some pixels of a group of rows, and return whether all of them are there now."""
        left = self._left.pop(group, self._size_of(group)) - n_pixels
        if left:
            self._left[group] = left
        return not left

    def _size_of(self, group: int) -> int:
        n_rows, width = self._rows.shape
        return (min(n_rows, (group + 1) * self._factor) - group * self._factor) * width

    def _measures(self, first: int, last: int) -> list[Callable[[], None]]:
        """Return what measures these groups of rows, strip by strip."""
        row_bytes = max(1, self._rows.shape[1] * self._rows.dtype.itemsize)
        at_once = max(1, STRIP_BYTES // (self._factor * row_bytes))
        return [partial(self._measure_strip, group, min(last, group + at_once)) for group in range(first, last, at_once)]

    def _measure_strip(self, first: int, last: int) -> None:
        start, stop = first * self._factor, min(last * self._factor, len(self._rows))
        out = None if self._out is None else self._out[first:last]
        totals = self._totals(start, stop, out)
        if totals is not None:
            self._strips.append(_Strip(start, stop, totals))
        self._is_done[first:last] = True

    def _totals(self, start: int, stop: int, out: Preview | None) -> StripTotals | None:
        strip, sums, expects_marks, totals = self._rows[start:stop], self._row_sums[start:stop], self._expects_marks, None
        if not expects_marks:
            totals = self._measurer.measured(measurable(strip), out, sums)
            if not self._may_mask(totals):
                return totals
        shown = self._marked(start, stop)
        if shown is strip and not expects_marks:
            return totals
        self._expects_marks = shown is not strip
        self._has_marks |= self._expects_marks
        return self._measurer.measured(measurable(shown), out, sums)

    def _may_mask(self, totals: StripTotals | None) -> bool:
        """Whether rules may leave out some of these pixels, by their extremes: gaps lie beyond all that was counted as a rule."""
        rules = self._rules
        return totals is not None and (
            any(totals.minimum <= gap <= totals.maximum for gap in rules.gaps)
            or (rules.above is not None and totals.maximum > rules.above)
            or (rules.below is not None and totals.minimum < rules.below)
        )

    def _marked(self, start: int, stop: int) -> Pixels:
        strip = self._rows[start:stop]
        return (
            strip if self._takes_as_it_is else marked(strip, self._rules, None if self._mask_rows is None else self._mask_rows[start:stop])
        )

    def finish(
        self, percentiles: tuple[float, float] | None = (0.5, 99.5), share: Share | None = None
    ) -> tuple[LevelStatistics | None, FrameStatistics]:
        """Measure what was not noted, and return the same as `examine` of the `marked` frame; the preview is complete then.

        ``share`` lends other threads, where much is left to do.
        """
        measures = [measure for first, last in self._missing() for measure in self._measures(first, last)]
        if share is not None and len(measures) >= _SHARED_FROM:
            share(measures, len(measures) - 1)
        else:
            for measure in measures:
                measure()
        n_masked = self._frame.size - sum(strip.totals.n_valid for strip in self._strips)
        if not self._strips:
            return None, FrameStatistics(0, None, None, None, n_masked, 0)
        statistics = self._statistics(n_masked)
        if percentiles is None:
            return None, statistics
        minimum = _plain(min(strip.totals.minimum for strip in self._strips))
        maximum = _plain(max(strip.totals.maximum for strip in self._strips))
        found = percentiles_of(measurable(self._sample()), percentiles)
        # Percentiles are float64, which beyond 2**53 may be rounded past the exact extremes.
        low, high = (min(max(level, minimum), maximum) for level in found or (minimum, maximum))
        return LevelStatistics(minimum, maximum, low, high, n_masked), statistics

    def _sample(self) -> Pixels:
        sample = subsample(self._frame)
        if not self._has_marks:
            return sample
        return marked(sample, self._rules, None if self._mask is None else subsample(self._mask))

    def _missing(self) -> list[list[int]]:
        """Return (first, last) of the groups of rows that were not noted."""
        if not self._is_noted:
            return [[0, len(self._is_done)]]
        if self._is_done.all():
            return []
        found: list[list[int]] = np.flatnonzero(np.diff(self._is_done, prepend=True, append=True)).reshape(-1, 2).tolist()
        return found

    def _statistics(self, n_masked: int) -> FrameStatistics:
        hottest = max(self._strips, key=lambda strip: (strip.totals.maximum, -strip.start))
        strip = measurable(self._marked(hottest.start, hottest.stop))
        place = hottest.start * self._rows.shape[1] + int((strip == hottest.totals.maximum).argmax())
        y, x = _place(place, self._frame.shape)
        total: int | float = sum(strip.totals.total for strip in self._strips)
        if self._row_sums.size:
            with np.errstate(over="ignore", invalid="ignore"):
                total = float(self._row_sums.sum())
        n_saturated = sum(strip.totals.n_saturated for strip in self._strips)
        return FrameStatistics(total, _plain(hottest.totals.maximum), x, y, n_masked, n_saturated)


def examine(
    pixels: Pixels,
    percentiles: tuple[float, float] | None = (0.5, 99.5),
    saturation: float | None = None,
    *,
    factor: int = 1,
    out: Preview | None = None,
    share: Share | None = None,
) -> tuple[LevelStatistics | None, FrameStatistics]:
    """Measure a frame in one pass, and make it small in the same.

    Parameters
    ----------
    pixels : ndarray
        A frame whose masked pixels are known by their value alone (see `marked`), of any shape and numeric type.
    percentiles : tuple of float, optional
        Which ones are the levels; None: no levels are wanted.
    saturation : float, optional
        Count pixels from this value on.
    factor, out :
        As for `write_preview`; None: no preview is wanted.
    share : callable, optional
        As for `FramePass.finish`.

    Returns
    -------
    LevelStatistics or None
        None when every pixel is masked, or no percentiles are given.
    FrameStatistics
        Exact for integers; floats are added up in float64.
    """
    return FramePass(pixels, factor, out, saturation=saturation).finish(percentiles, share)


def _place(flat: int, shape: tuple[int, ...]) -> tuple[int, int]:
    """Return (row, column); the row is that of the last two axes."""
    columns = shape[-1] if shape else 1
    rows = shape[-2] if len(shape) > 1 else 1
    return flat // columns % rows, flat % columns


def _plain(value: Any) -> int | float:
    return int(value) if value.dtype.kind in "iu" else float(value)
