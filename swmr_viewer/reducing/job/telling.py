"""What a job tells of its results, and how far it is."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import spectrum_factor
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.core.scan import index_of
from swmr_viewer.engines import FramesDone
from swmr_viewer.reducing.messages import Reduced, ReductionProgress
from swmr_viewer.reductions import Output

_TOLD_EVERY_S = 0.2
_RATE_OVER_S = 5.0


def reduced_event(done: FramesDone, outputs: Sequence[Output], scan_shape: tuple[int, ...]) -> Reduced | None:
    """Return what a window is told of frames that were reduced, with patterns as short as it draws them; None: there is nothing."""
    if not done.is_reduced.any():
        return None
    first = index_of(done.first, scan_shape)
    indices: IndexArray = first + np.flatnonzero(done.is_reduced).astype(np.int64)
    numbers = {one.name: done.outputs[one.name][done.is_reduced].astype(np.float64) for one in outputs if not one.shape}
    patterns = {one.name: short_patterns(done.outputs[one.name][done.is_reduced]) for one in outputs if len(one.shape) == 1}
    return Reduced(scan_shape, indices, numbers, patterns)


def short_patterns(patterns: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Return patterns of which neighbouring values are one, the largest, so that they are no longer than a waterfall draws.

    Parameters
    ----------
    patterns : ndarray (n, length)
        NaN where there is nothing.
    """
    length = patterns.shape[1]
    factor = spectrum_factor(length)
    if factor == 1:
        return patterns.astype(np.float32)
    return np.fmax.reduceat(patterns.astype(np.float64), np.arange(0, length, factor), axis=1).astype(np.float32)


class ProgressTeller:
    """Tells how far it is, some times a second while anything changes.

    Parameters
    ----------
    tell : callable
        Takes the event.
    clock : callable
        Monotonic seconds.
    """

    def __init__(self, tell: Callable[[ReductionProgress], None], clock: Callable[[], float]) -> None:
        self._tell, self._clock = tell, clock
        self._told: tuple[Any, ...] | None = None
        self._told_at = float("-inf")
        self._came: deque[tuple[float, int]] = deque()
        self._began_at = clock()
        self._newest: tuple[int, ...] | None = None
        self._newest_at = 0.0

    def note_newest(self, position: tuple[int, ...]) -> None:
        """A frame is complete."""
        self._newest, self._newest_at = position, self._clock()

    def note_done(self, done: FramesDone) -> None:
        """Frames have their results, or will have none."""
        n = int(np.count_nonzero(done.is_reduced)) + len(done.failed)
        if n:
            self._came.append((self._clock(), n))
        newest = self._newest
        if newest is not None and newest[:-1] == done.first[:-1] and (not newest or 0 <= newest[-1] - done.first[-1] < done.n):
            self._newest = None

    @property
    def rate_per_s(self) -> float:
        """Frames in a second, over the last few."""
        now = self._clock()
        while self._came and self._came[0][0] < now - _RATE_OVER_S:
            self._came.popleft()
        return sum(n for _, n in self._came) / max(0.1, min(_RATE_OVER_S, now - self._began_at))

    def tell(self, counts: Mapping[str, Any], n_waiting: int, n_in_flight: int, *, at_once: bool = False) -> None:
        """Tell if it is time and anything changed.

        Parameters
        ----------
        counts : mapping
            ``n_reduced``, ``n_failed``, ``n_complete``, ``n_total`` of `ReductionProgress`.
        n_waiting, n_in_flight : int
            Complete frames without a result: that nobody works on, and that somebody does.
        at_once : bool
            Whether it is time in any case.
        """
        now = self._clock()
        state = (*counts.values(), n_in_flight, self._newest)
        if not at_once and ((state == self._told and self._newest is None) or now - self._told_at < _TOLD_EVERY_S):
            return
        self._told, self._told_at = state, now
        rate, n_left = self.rate_per_s, n_waiting + n_in_flight
        left_s = n_left / rate if rate > 0 and n_left else 0.0 if not n_left else None
        lag_s = 0.0 if self._newest is None else now - self._newest_at
        self._tell(ReductionProgress(rate_per_s=rate, seconds_left=left_s, lag_s=lag_s, n_in_flight=n_in_flight, **counts))
