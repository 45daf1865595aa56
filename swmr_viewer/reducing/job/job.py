"""One reduction of one scan, from a file that is not there yet to its end, or to what went wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from swmr_viewer.core.conditions import FILE_REPLACED, STOPPED
from swmr_viewer.core.errors import FileReplacedError, SwmrViewerError
from swmr_viewer.reducing.job.source import SourceScan, open_source
from swmr_viewer.reducing.job.work import ReductionWork
from swmr_viewer.reducing.messages import ReduceRequest, ReductionEnded, ReductionEvent, Waiting, ended_at, failure_of
from swmr_viewer.reductions import Reduction, reduction_named

_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 0.5
"""Between attempts to open the file."""


class ReductionJob:
    """One reduction of one scan: ``step`` until it returns False, then ``close``, by one thread; ``show`` and ``stop`` by any.

    Parameters
    ----------
    request : ReduceRequest
        What is to be reduced.
    tell : callable
        Takes events, in this thread.
    reduction : Reduction, optional
        In place of the one that the request names.
    clock : callable
        Monotonic seconds.
    """

    def __init__(
        self,
        request: ReduceRequest,
        tell: Callable[[ReductionEvent], None],
        *,
        reduction: Reduction | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._request, self._tell, self._clock = request, tell, clock
        self._reduction = reduction
        self._wake = threading.Event()
        self._is_stopped = False
        self._wanted: tuple[int, tuple[int, ...]] | None = None
        self._began_at = clock()
        self._pause_s = _PAUSE_S
        self._said = ""
        self._source: SourceScan | None = None
        self._work: ReductionWork | None = None
        self._is_over = False
        self.error: Exception | None = None
        """What ended it, where that is no end of its own: it was told as ``ReductionFailed``."""

    def show(self, index: int, scan_shape: tuple[int, ...]) -> None:
        """Tell everything of this frame (flat on this scan shape) before any other."""
        self._wanted = index, scan_shape
        self._wake.set()

    def stop(self) -> None:
        """End soon: what is worked on is written if it comes within 2 s."""
        self._is_stopped = True
        self._wake.set()

    def step(self) -> bool:
        """Go on, for a tenth of a second at most (but for what the storage takes); return whether there is more to do."""
        if self._is_over:
            return False
        try:
            if self._work is None:
                self._begin()
            else:
                self._go_on(self._work)
        except Exception as error:
            self._is_over, self.error = True, error
            self._tell(failure_of(error, self._request.path))
        return not self._is_over

    def close(self) -> None:
        """End the workers and close everything; results that came are in the output."""
        work, self._work = self._work, None
        source, self._source = self._source, None
        try:
            if work is not None:
                work.close()
        finally:
            if source is not None:
                source.close()

    # ---- before the first frame

    def _begin(self) -> None:
        """Try to open the file; what is not there yet is waited for."""
        if self._is_stopped:
            self._end(ended_at(STOPPED, None))
            return
        if self._reduction is None:  # what is asked for wrongly is said before anything is waited for
            self._reduction = reduction_named(self._request.reduction.name, self._request.reduction.values)
        try:
            self._source = open_source(self._request, self._clock)
        except FileReplacedError:
            self._end(ended_at(FILE_REPLACED, None))
            return
        except SwmrViewerError as error:
            longest_s = float("inf") if self._request.wait_s is None else self._request.wait_s
            if not error.retryable or self._clock() - self._began_at >= longest_s:
                raise
            if error.message != self._said:
                self._said = error.message
                self._tell(Waiting(error.message))
            self._wake.wait(self._pause_s)
            self._pause_s = min(1.5 * self._pause_s, _LONGEST_PAUSE_S)
            return
        self._work = ReductionWork(self._request, self._reduction, self._source, self._tell, self._clock)

    # ---- frames

    def _go_on(self, work: ReductionWork) -> None:
        self._wake.clear()
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            work.show(*wanted)
        if self._is_stopped:
            work.stop()
        ended = work.step(self._wake)
        if ended is not None:
            self._end(ended)

    def _end(self, event: ReductionEnded) -> None:
        self._is_over = True
        self._tell(event)
