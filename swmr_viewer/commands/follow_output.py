"""Events of the reader as lines of JSON, text and an exit status."""

from __future__ import annotations

import time
from typing import TextIO

from swmr_viewer.commands.follow_timings import FollowTimings
from swmr_viewer.commands.json_lines import OK, JsonLines, OutputNotTakenError, status_of_end, status_of_failure
from swmr_viewer.commands.terminal import print_line
from swmr_viewer.core.conditions import STOPPED
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

_CHECK_EVERY_S = 1.0
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
        self._lines = JsonLines(out, asked)
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
        except OutputNotTakenError:
            return self._lines.status(OK)

    def _follow(self) -> int:
        while True:
            for event in self._supervisor.wait(_CHECK_EVERY_S):
                status = self._take(event)
                if status is not None:
                    return self._lines.status(status)
            self._check_surroundings()
            if self._stop_until is not None and time.monotonic() > self._stop_until:
                self._lines.print(event="ended", reason=STOPPED, complete=self._n_frames, total=None)
                return self._lines.status(OK)

    def _check_surroundings(self) -> None:
        if self._asked and self._stop_until is None:
            self._stop_until = time.monotonic() + _STOPPING_S
            self._supervisor.send(Stop(self._generation))
        self._lines.check_reader()

    def _take(self, event: Event) -> int | None:
        """Print one event, and return the exit status if it is the last."""
        match event:
            case Opened():
                self._lines.print(
                    event="opened",
                    scan_shape=event.scan_shape,
                    key_paths=event.key_paths,
                    data_paths=event.data_paths,
                    finished_path=event.finished_path,
                )
            case DataJoined(data=joined):
                self._lines.print(event="joined", data_paths=[dataset.path for dataset in joined])
            case FrameMeasured():
                self._print_frame(event)
            case Fault(message=message):
                self._lines.print(event="fault", message=message)
            case Ended():
                self._print_end(event)
                return status_of_end(event.reason)
            case Failed():
                return self._print_failure(event)
            case _:
                self._print_note(event)
        return None

    def _print_frame(self, event: FrameMeasured) -> None:
        self._n_frames += 1
        stages = self._timings.note(event) if self._timings is not None else {}
        self._lines.print(event="frame", index=event.index, position=event.position, data=event.data, **stages)

    def _print_end(self, event: Ended) -> None:
        told = {"event": "ended", "reason": event.reason, "complete": event.complete, "total": event.total}
        if self._timings is None:
            self._lines.print(**told)
            return
        summary = self._timings.summary(max(0, event.complete - self._n_frames), self._supervisor.memory())
        self._lines.print(**told, timings=summary.as_json())
        for line in summary.lines():
            self._print_text(line)

    def _print_failure(self, event: Failed) -> int:
        hint = " Or wait for it with --wait SECONDS." if event.kind.can_be_retried and self._may_wait_more else ""
        self._print_text(f"swmr-viewer: {event.message} {event.remedy}".rstrip() + hint)
        return status_of_failure(event.kind)

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
