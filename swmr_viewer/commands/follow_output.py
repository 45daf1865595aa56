"""Events of the reader as lines of JSON, text and an exit status."""

from __future__ import annotations

import json
import select
import sys
import time
from typing import Any, TextIO

from swmr_viewer.commands.follow_timings import FollowTimings
from swmr_viewer.commands.terminal import output_errors_explained, print_line
from swmr_viewer.core.conditions import FILE_REPLACED, STOPPED, Timeout
from swmr_viewer.core.errors import Remedy
from swmr_viewer.reader.messages import (
    DataAwaited,
    DataJoined,
    Ended,
    Event,
    Failed,
    Fault,
    FileReplaced,
    FollowRequest,
    FrameMeasured,
    Opened,
    PhaseChanged,
    ReaderReplaced,
    ReaderStuck,
    Stop,
)
from swmr_viewer.reader.supervision import Supervisor

OK, BAD_INPUT, TIMED_OUT, FAILED, REPLACED = 0, 2, 3, 4, 5
_CHECK_EVERY_S = 1.0
_ROOM_S = 0.5
_STOPPING_S = 5.0
"""Longest wait (s) for a last poll after Ctrl-C: storage that does not answer must not hold the terminal."""


class FollowOutput:
    """Follows one request from its beginning to its end.

    Parameters
    ----------
    supervisor : Supervisor
        Its events are printed; the caller closes it.
    out, notes : text streams
        For JSON, and for people (None: there is nobody).
    asked : list of int
        Numbers of signals that came; the first one ends it.
    timings : bool
        Tell how long frames took through each stage.
    """

    def __init__(self, supervisor: Supervisor, out: TextIO, notes: TextIO | None, asked: list[int], *, timings: bool = False) -> None:
        self._supervisor = supervisor
        self._out = out
        self._notes = notes
        self._asked = asked
        self._stop_until: float | None = None
        self._may_wait_more = False
        self._generation = 0
        self._n_frames = 0
        self._timings = FollowTimings() if timings else None

    def run(self, request: FollowRequest) -> int:
        """Print until the end, and return the exit status.

        Raises
        ------
        BrokenPipeError
            If nobody reads the output any more.
        """
        self._may_wait_more = request.wait_s == 0
        self._generation = self._supervisor.follow(request)
        try:
            return self._follow()
        except _OutputNotTaken:
            return self._status_after_signal(OK)

    def _follow(self) -> int:
        while True:
            for event in self._supervisor.wait(_CHECK_EVERY_S):
                status = self._take(event)
                if status is not None:
                    return self._status_after_signal(status)
            self._check_surroundings()
            if self._stop_until is not None and time.monotonic() > self._stop_until:
                self._print(event="ended", reason=STOPPED, complete=self._n_frames, total=None)
                return self._status_after_signal(OK)

    def _check_surroundings(self) -> None:
        if self._asked and self._stop_until is None:
            self._stop_until = time.monotonic() + _STOPPING_S
            self._supervisor.send(Stop(self._generation))
        if _nobody_reads(self._out):
            raise BrokenPipeError

    def _status_after_signal(self, status: int) -> int:
        return 128 + self._asked[0] if self._asked else status

    def _take(self, event: Event) -> int | None:
        """Print one event, and return the exit status if it is the last."""
        match event:
            case Opened():
                self._print(
                    event="opened",
                    scan_shape=event.scan_shape,
                    key_paths=event.key_paths,
                    data_paths=event.data_paths,
                    finished_path=event.finished_path,
                )
            case DataJoined(data=joined):
                self._print(event="joined", data_paths=[dataset.path for dataset in joined])
            case FrameMeasured():
                self._print_frame(event)
            case Fault(message=message):
                self._print(event="fault", message=message)
            case Ended():
                self._print_end(event)
                return {Timeout.name: TIMED_OUT, FILE_REPLACED: REPLACED}.get(event.reason, OK)
            case Failed():
                return self._print_failure(event)
            case _:
                self._print_note(event)
        return None

    def _print_frame(self, event: FrameMeasured) -> None:
        self._n_frames += 1
        stages = self._timings.note(event) if self._timings is not None else {}
        self._print(event="frame", index=event.index, position=event.position, data=event.data, **stages)

    def _print_end(self, event: Ended) -> None:
        told = {"event": "ended", "reason": event.reason, "complete": event.complete, "total": event.total}
        if self._timings is None:
            self._print(**told)
            return
        summary = self._timings.summary(max(0, event.complete - self._n_frames), self._supervisor.memory())
        self._print(**told, timings=summary.as_json())
        for line in summary.lines():
            self._print_text(line)

    def _print_failure(self, event: Failed) -> int:
        hint = " Or wait for it with --wait SECONDS." if event.kind.can_be_retried and self._may_wait_more else ""
        self._print_text(f"swmr-viewer: {event.message} {event.remedy}".rstrip() + hint)
        return FAILED if event.kind.remedy is Remedy.CHECK else BAD_INPUT

    def _print_note(self, event: Event) -> None:
        match event:
            case PhaseChanged(message=message) if message and event.phase.value.startswith("waiting"):
                self._print_text(f"{event.phase.value}: {message}")
            case DataAwaited(waits=waits):
                for path, why in waits:
                    self._print_text(f"waiting for {path}: {why}")
            case FileReplaced(message=message):
                self._print_text(message)
            case ReaderStuck(doing=doing, seconds=seconds):
                self._print_text(f"storage does not answer since {seconds:.0f} s, while {doing}")
            case ReaderReplaced(why=why):
                self._print_text(f"the reader was replaced: {why}")
            case _:
                pass

    def _print_text(self, text: str) -> None:
        print_line(text, self._notes)

    def _print(self, **members: Any) -> None:
        while not _has_room(self._out):
            if self._asked:
                raise _OutputNotTaken
        with output_errors_explained():
            self._out.write(json.dumps(members, allow_nan=False) + "\n")
            self._out.flush()


class _OutputNotTaken(Exception):
    """Whoever reads the output takes nothing, and we were asked to end."""


def _has_room(out: TextIO) -> bool:
    """Wait a little until a pipe takes a line: while it is full a write would hold up the signals that end us."""
    if sys.platform == "win32":
        return True
    state = _state_of_pipe(out, select.POLLOUT, _ROOM_S)
    return state is None or bool(state)


def _nobody_reads(out: TextIO) -> bool:
    """Return whether the pipe that is written to has lost its reader, before there is something to write."""
    if sys.platform == "win32":
        return False
    return bool((_state_of_pipe(out, select.POLLERR, 0) or 0) & select.POLLERR)


def _state_of_pipe(out: TextIO, wanted: int, wait_s: float) -> int | None:
    """Return the poll flags of an output once any of those wanted is up, 0 after the wait; None where it cannot be asked."""
    if sys.platform == "win32":
        return None
    try:
        poll = select.poll()
        poll.register(out.fileno(), wanted)
        return next((flags for _, flags in poll.poll(1000 * wait_s)), 0)
    except (OSError, ValueError):
        return None
