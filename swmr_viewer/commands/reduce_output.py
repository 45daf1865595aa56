"""Events of the process that reduces as lines of JSON, text and an exit status."""

from __future__ import annotations

import time
from math import isfinite
from typing import TextIO

from swmr_viewer.commands.json_lines import OK, JsonLines, OutputNotTakenError, status_of_end, status_of_failure
from swmr_viewer.commands.progress_line import ProgressLine, duration_text
from swmr_viewer.core.conditions import STOPPED
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.reducing.messages import (
    FrameFailed,
    Noted,
    Prepared,
    ReduceRequest,
    ReductionEnded,
    ReductionEvent,
    ReductionFailed,
    ReductionProgress,
    Waiting,
    ended_at,
)
from swmr_viewer.reducing.process import ReductionProcess

PROGRESS_EVERY_S = 1.0
"""Lines of JSON that tell how far it is."""
_CHECK_EVERY_S = 1.0
_STOPPING_S = 15.0
"""Longest wait (s) after Ctrl-C for what is in work, and for the output to be closed: dead storage must not hold the terminal."""


class ReduceOutput:
    """Reduces by one request from its beginning to its end.

    Parameters
    ----------
    process : ReductionProcess
        Its events are printed; the caller closes it.
    out, notes : text streams
        For JSON, and for people (None: there is nobody).
    asked : list of int
        Numbers of signals that came; the first one ends it.
    """

    def __init__(self, process: ReductionProcess, out: TextIO, notes: TextIO | None, asked: list[int]) -> None:
        self._process = process
        self._lines = JsonLines(out, asked)
        self._notes = ProgressLine(notes)
        self._shares_terminal = out.isatty() and notes is not None and notes.isatty()
        self._asked = asked
        self._stop_until: float | None = None
        self._may_wait_more = False
        self._was_opened = False
        self._told_at = float("-inf")
        self._last: ReductionProgress | None = None
        self._is_untold = False
        self._first_fault: FrameFailed | None = None

    def run(self, request: ReduceRequest) -> int:
        """Print until the end, and return the exit status.

        Raises
        ------
        BrokenPipeError
            If nobody reads the output any more.
        """
        self._may_wait_more = request.wait_s == 0
        self._process.start(request)
        try:
            return self._lines.status(self._follow())
        except OutputNotTakenError:
            return self._lines.status(OK)
        finally:
            self._notes.clear()

    def _follow(self) -> int:
        while True:
            for event in self._process.wait(PROGRESS_EVERY_S / 4 if self._is_untold else _CHECK_EVERY_S):
                status = self._take(event)
                if status is not None:
                    return status
            self._print_progress()
            if self._asked and self._stop_until is None:
                self._stop_until = time.monotonic() + _STOPPING_S
                self._process.stop()
            self._lines.check_reader()
            if self._stop_until is not None and time.monotonic() > self._stop_until:
                self._notes.say("It does not end by itself, and is ended. The same command goes on where it was.")
                self._print_end(ended_at(STOPPED, self._last))
                return OK

    def _take(self, event: ReductionEvent) -> int | None:
        """Print one event, and return the exit status if it is the last."""
        match event:
            case Prepared():
                self._print_opening(event)
            case ReductionProgress():
                self._take_progress(event)
            case FrameFailed():
                self._first_fault = self._first_fault or event
                self._print(event="fault", index=event.index, position=event.position, message=event.message)
            case Waiting(message=message) | Noted(message=message):
                self._notes.say(message)
            case ReductionEnded():
                self._print_end(event)
                return status_of_end(event.reason)
            case ReductionFailed():
                return self._print_failure(event)
            case _:
                pass
        return None

    def _print_opening(self, event: Prepared) -> None:
        if self._was_opened:  # by another process, in place of one that died
            return
        self._was_opened = True
        self._print(
            event="opened",
            reduction=event.reduction,
            data_path=event.data_path,
            key_paths=event.key_paths,
            scan_shape=event.scan_shape,
            outputs=[{"name": one.name, "shape": one.shape, "unit": one.unit, "dtype": one.dtype} for one in event.outputs],
            engine=event.engine,
            output=event.output_path,
            taken_up=event.n_taken_up,
        )
        self._notes.say(f"{event.reduction} of {event.data_path} to {event.output_path}, by {event.engine}.")
        if event.n_taken_up:
            self._notes.say(f"{event.n_taken_up} results are there already: it goes on where it was.")

    def _take_progress(self, event: ReductionProgress) -> None:
        self._last, self._is_untold = event, not self._shares_terminal
        self._notes.show(progress_text(event))

    def _print_progress(self) -> None:
        """Print how far it is, once in a while, and the last state always: nothing may change for long behind it."""
        event, now = self._last, time.monotonic()
        if event is None or not self._is_untold or now - self._told_at < PROGRESS_EVERY_S:
            return
        self._told_at, self._is_untold = now, False
        self._print(
            event="progress",
            reduced=event.n_reduced,
            failed=event.n_failed,
            complete=event.n_complete,
            total=event.n_total,
            in_flight=event.n_in_flight,
            rate_per_s=_finite(event.rate_per_s),
            seconds_left=_finite(event.seconds_left),
            lag_s=_finite(event.lag_s),
        )

    def _print_end(self, event: ReductionEnded) -> None:
        self._print(
            event="ended",
            reason=event.reason,
            reduced=event.n_reduced,
            failed=event.n_failed,
            complete=event.n_complete,
            total=event.n_total,
            finished=event.is_finished,
        )
        self._notes.say(f"{event.reason}: {event.n_reduced} of {event.n_complete} complete frames are reduced.")
        if event.n_failed and self._first_fault is not None:
            first = self._first_fault
            self._notes.say(f"{event.n_failed} have no result; the first of them, {first.index}: {first.message}")

    def _print_failure(self, event: ReductionFailed) -> int:
        hint = " Or wait for it with --wait SECONDS." if event.kind.can_be_retried and self._may_wait_more else ""
        self._notes.say(f"swmr-viewer: {event.message} {event.remedy}".rstrip() + hint)
        if event.kind is FailureKind.UNEXPECTED:
            for line in event.details.splitlines():
                self._notes.say(line)
        return status_of_failure(event.kind)

    def _print(self, **members: object) -> None:
        if self._shares_terminal:
            self._notes.clear()
        self._lines.print(**members)


def progress_text(event: ReductionProgress) -> str:
    """Return how far it is, for people."""
    parts = [f"{event.n_reduced} of {event.n_complete if event.n_total is None else event.n_total} reduced"]
    if event.n_failed:
        parts.append(f"{event.n_failed} failed")
    parts.append(f"{event.rate_per_s:.3g} per s")
    if event.seconds_left is not None and isfinite(event.seconds_left) and event.seconds_left >= 1:
        parts.append(f"{duration_text(event.seconds_left)} left")
    if event.lag_s >= 0.1:
        parts.append(f"{event.lag_s:.1f} s behind")
    return ", ".join(parts)


def _finite(value: float | None) -> float | None:
    return round(value, 3) if value is not None and isfinite(value) else None
