"""Complete frames are handed to an engine, results are written, each once, and told; until the scan is over and all of it is done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from swmr_viewer.core.conditions import FILE_REPLACED, STOPPED, Timeout
from swmr_viewer.core.errors import FileReplacedError
from swmr_viewer.core.file_state import Change
from swmr_viewer.core.files import identity_of_file
from swmr_viewer.core.scan import index_of, position_along, position_of
from swmr_viewer.engines import Dispatcher, Engine, FramesDone, Plan, opened_file, start_engine
from swmr_viewer.reducing.job.source import SourceScan
from swmr_viewer.reducing.job.telling import ProgressTeller, reduced_event
from swmr_viewer.reducing.messages import FrameFailed, Noted, Prepared, ReduceRequest, ReductionEnded, ReductionEvent, ShownReduced, Waiting
from swmr_viewer.reducing.output import OutputFile
from swmr_viewer.reductions import Reduction, prepared_copy, values_of

_STEP_S = 0.05
"""Longest wait within a step."""
_LAST_RESULTS_S = 2.0
"""Longest wait for what is worked on when it is stopped."""
_PATIENCE_S = 5.0
"""When the scan is over: so long is waited for frames whose keys are set and that do not come."""
_MOST_AT_ONCE = 1 << 16
"""Frames that are handed on in one step; results come in between."""
_BYTES_AS_A_FRAME = 8
"""Of results that are told again, 2 to this power count as a frame."""


class ReductionWork:
    """What is done from the moment when the file is open: prepared, and then step by step.

    Parameters
    ----------
    request : ReduceRequest
        What is to be reduced.
    reduction : Reduction
        Not prepared.
    source : SourceScan
        The open scan: its owner closes it.
    tell : callable
        Takes events.
    clock : callable
        Monotonic seconds.

    Raises
    ------
    SwmrViewerError
        If the reduction cannot be prepared, the output is something else, or there are no workers.
    """

    def __init__(
        self,
        request: ReduceRequest,
        reduction: Reduction,
        source: SourceScan,
        tell: Callable[[ReductionEvent], None],
        clock: Callable[[], float],
    ) -> None:
        self._request, self._source, self._tell, self._clock = request, source, tell, clock
        self._engine: Engine | None = None
        self._output: OutputFile | None = None
        follower = source.follower
        ready = prepared_copy(reduction, source.description)
        self._outputs = ready.outputs
        try:
            plan = Plan(request.path, source.data_path, source.scan_rank, reduction, source.description)
            plan = replace(plan, opened=opened_file(source.h5file), external=request.external)
            self._engine = start_engine(
                plan, request.engine, source.h5file, lambda words: tell(Waiting(words)), lock=source.lock, ready=ready
            )
            if request.output:
                self._output = OutputFile(
                    request.output,
                    h5file=source.h5file,
                    data_path=source.data_path,
                    scan_shape=follower.scan_shape,
                    reduction=type(reduction).name,
                    values=values_of(reduction.parameters),
                    outputs=self._outputs,
                    clock=clock,
                )
        except BaseException:
            self.close()
            raise
        result_bytes = sum(int(np.prod(one.shape, dtype=np.int64)) * np.dtype(one.dtype).itemsize for one in self._outputs)
        self._dispatcher = Dispatcher(
            self._engine, follower.scan_shape, chunk_length=source.chunk_length, result_bytes=result_bytes, clock=clock
        )
        self._identity = identity_of_file(source.h5file)
        self._progress = ProgressTeller(tell, clock)
        self._n_reduced, self._n_failed, self._n_lost = 0 if self._output is None else self._output.n_done, 0, 0
        self._n_in_output = self._n_reduced
        self._shown: tuple[int, ...] | None = None
        self._stopped_at: float | None = None
        self._over_at: float | None = None
        self._has_more = False
        """Whether the follower has frames that were not handed on yet."""
        follower.resume()  # the time that all this took is no silence of the scan
        tell(
            Prepared(
                type(reduction).name,
                source.data_path,
                follower.key_paths,
                follower.scan_shape,
                self._outputs,
                self._engine.words,
                request.output,
                self._n_reduced,
            )
        )
        for note in source.notes:
            tell(Noted(note))

    def close(self) -> None:
        """End the workers, close the output."""
        engine, self._engine = self._engine, None
        output, self._output = self._output, None
        try:
            if engine is not None:
                engine.close()
        finally:
            is_ours = self._source.lock.acquire(timeout=_LAST_RESULTS_S)  # a thread that hangs in storage keeps it
            if output is not None:
                output.close()
            if is_ours:
                self._source.lock.release()

    def show(self, index: int, scan_shape: tuple[int, ...]) -> None:
        """Have a frame reduced at once, if it is complete."""
        if not self._is_complete(index, scan_shape) and self._stopped_at is None:
            with self._source.lock:
                self._poll()  # who asks has seen its keys, and they are not looked for at each moment here
        if not self._is_complete(index, scan_shape):
            self._tell(ShownReduced(scan_shape, index, {}, "This frame is not complete yet."))
            return
        self._grow()
        position = self._shown = position_of(index, scan_shape)
        self._dispatcher.show(position)

    def _is_complete(self, index: int, scan_shape: tuple[int, ...]) -> bool:
        follower = self._source.follower
        try:
            return follower.is_complete(index_of(position_of(index, scan_shape), follower.scan_shape))
        except IndexError:
            return False

    def stop(self) -> None:
        """Hand out nothing more."""
        if self._stopped_at is None:
            self._stopped_at = self._clock()

    def step(self, wake: threading.Event) -> ReductionEnded | None:
        """Poll, hand out, write, tell; return the end once it is there."""
        is_stopped, lock = self._stopped_at is not None, self._source.lock
        if not is_stopped:
            with lock:
                self._poll()
        pause_s = 0.0 if wake.is_set() else min(_STEP_S, max(0.001, self._source.follower.suggest_poll_s()))
        is_idle = self._dispatcher.is_idle
        try:
            came = self._dispatcher.collect(0.0 if is_idle else pause_s, hands_out=not is_stopped)
        except FileReplacedError:  # a worker that opened it later found another file
            return self._end(FILE_REPLACED)
        with lock:  # the output copies axes of the source
            if self._identity.look() is Change.REWRITTEN:  # what came last may be of another scan, and the rest is
                return self._end(FILE_REPLACED)
            for done in came:
                self._take(done)
            if self._output is not None:
                self._output.flush_if_due()
            ended = self._ended()
        self._tell_of_workers()
        dispatcher = self._dispatcher
        self._progress.tell(self._counts(), dispatcher.n_waiting, dispatcher.n_in_flight, at_once=ended is not None)
        if ended is None and is_idle:
            wake.wait(pause_s)
        return ended

    # ---- keys

    def _poll(self) -> None:
        follower = self._source.follower
        before = follower.reason
        if before is None:
            follower.refresh()
            follower.check_end()
        elif before == Timeout.name and not self._dispatcher.is_idle:  # there is time for the scan to go on
            follower.look_again()
        if follower.reason != before:
            self._over_at = None if follower.reason is None else self._clock()
        for fault in follower.take_faults():
            self._tell(Noted(fault))
        self._grow()
        self._hand_on()

    def _grow(self) -> None:
        if self._source.follower.scan_shape != self._dispatcher.scan_shape:
            self._dispatcher.grow(self._source.follower.scan_shape)

    def _hand_on(self) -> None:
        """Hand frames on that are complete, as runs along the last axis; those that have a result in the output are passed over."""
        if self._request.shows_only:
            return
        follower, n_handed = self._source.follower, 0
        while n_handed < _MOST_AT_ONCE and (index := follower.next_ready()) is not None:
            position = position_of(index, follower.scan_shape)
            row_left = follower.scan_shape[-1] - position[-1] - 1 if position else 0
            n = 1 + (follower.next_ready_behind(index, row_left) if row_left else 0)
            n_handed += n
            undone = self._undone(position, n)
            for first, length in undone:
                self._dispatcher.add(first, length)
                self._progress.note_newest(position_along(first, length - 1))
            if self._request.sends_values and sum(length for _, length in undone) < n:
                n_handed += self._tell_of_earlier_runs(position, n, undone)
        self._has_more = n_handed >= _MOST_AT_ONCE

    def _undone(self, position: tuple[int, ...], n: int) -> list[tuple[tuple[int, ...], int]]:
        if self._output is None or not self._n_in_output:
            return [(position, n)]
        undone = self._output.undone(position, n)
        return undone if position else [(position, 1) for _ in undone]

    def _tell_of_earlier_runs(self, position: tuple[int, ...], n: int, undone: list[tuple[tuple[int, ...], int]]) -> int:
        """Tell results that are in the output already, of a run of points; return how many frames' work it was."""
        assert self._output is not None
        is_done = np.ones(n, np.bool_)
        for first, length in undone:
            start = first[-1] - position[-1] if first else 0
            is_done[start : start + length] = False
        told = [one for one in self._outputs if len(one.shape) < 2]
        values = self._output.read(position, n, (one.name for one in told))
        event = reduced_event(FramesDone(position, n, (), values, is_done, {}, {}), told, self._source.follower.scan_shape)
        if event is not None:
            self._tell(event)
        return sum(one.nbytes for one in values.values()) >> _BYTES_AS_A_FRAME

    # ---- results

    def _take(self, done: FramesDone) -> None:
        if done.is_reduced.any():
            n = int(np.count_nonzero(done.is_reduced))
            self._n_reduced += n if self._output is None else self._output.write(done.first, done.outputs, done.is_reduced)
        self._progress.note_done(done)
        scan_shape = self._source.follower.scan_shape
        if self._request.sends_values and (event := reduced_event(done, self._outputs, scan_shape)) is not None:
            self._tell(event)
        self._n_failed += len(done.failed)
        for offset, why in done.failed.items():
            position = position_along(done.first, offset)
            self._tell(FrameFailed(index_of(position, scan_shape), position, why))
        if done.shown and done.first == self._shown:
            self._tell_shown(done, scan_shape)

    def _tell_shown(self, done: FramesDone, scan_shape: tuple[int, ...]) -> None:
        why = done.failed.get(0) or done.not_there.get(0, "")
        outputs = {} if why else {one.name: done.outputs[one.name][0] for one in self._outputs}
        self._tell(ShownReduced(scan_shape, index_of(done.first, scan_shape), outputs, why))

    def _tell_of_workers(self) -> None:
        if self._dispatcher.n_lost != self._n_lost:
            self._n_lost = self._dispatcher.n_lost
            self._tell(Noted(f"Batches were repeated {self._n_lost} times: workers were lost or took too long. No result is lost."))

    # ---- the end

    def _counts(self) -> dict[str, int | None]:
        follower = self._source.follower
        return {
            "n_reduced": self._n_reduced,
            "n_failed": self._n_failed,
            "n_complete": follower.n_complete,
            "n_total": follower.total if follower.extent_is_fixed else None,
        }

    def _ended(self) -> ReductionEnded | None:
        """Return the end: stopped, and what was worked on came or was waited for; or the scan is over, and everything of it is done."""
        now = self._clock()
        if self._stopped_at is not None:
            is_over = not self._dispatcher.n_in_flight or now - self._stopped_at > _LAST_RESULTS_S
            return self._end(STOPPED) if is_over else None
        reason = self._source.follower.reason
        if reason is None or self._over_at is None or (self._request.shows_only and reason != FILE_REPLACED):
            return None
        if self._dispatcher.n_not_there and now - self._over_at > _PATIENCE_S:
            for done in self._dispatcher.give_up_waiting():
                self._take(done)
        return self._end(reason) if self._dispatcher.is_idle and not self._has_more else None

    def _end(self, reason: str) -> ReductionEnded:
        is_finished = reason not in (STOPPED, FILE_REPLACED, Timeout.name)
        output, self._output = self._output, None
        if output is not None:
            if len(self._source.follower.scan_shape) == len(output.scan_shape):
                output.grow(self._source.follower.scan_shape)  # what failed at the end of a grown scan is seen to be missing
            output.finish() if is_finished else output.close()
        return ReductionEnded(reason, is_finished=is_finished, **self._counts())  # type: ignore[arg-type]
