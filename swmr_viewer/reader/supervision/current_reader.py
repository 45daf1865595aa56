"""The one reader at a time: started, watched, and replaced when it died or does not answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from swmr_viewer.core.conditions import STOPPED
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.reader.messages import (
    Busy,
    Event,
    Failed,
    FollowRequest,
    Phase,
    PhaseChanged,
    ReaderRecovered,
    ReaderReplaced,
    ReaderStuck,
    Request,
)
from swmr_viewer.reader.supervision.health import Health
from swmr_viewer.reader.supervision.pending_inspections import PendingInspections
from swmr_viewer.reader.supervision.process import ReaderProcess
from swmr_viewer.reader.supervision.reader_failures import DEATHS_WHILE_OPENING, SECOND_TRY_S
from swmr_viewer.reader.supervision.resumption import Resumption

_LONG_LIFE_S = 60.0
_STARTING = "starting"
_ROUTINE = "looking for new keys"
_INSPECTING = ("inspecting", "previewing")


class CurrentReader:
    """One reader process for as long as somebody wants something of it.

    What is public here is read and changed under ``lock``.

    Parameters
    ----------
    stuck_after_s : float
        Silence (s) after which the first reader is killed.
    wake : callable
        Makes whoever waits look at what changed.
    """

    def __init__(self, stuck_after_s: float, wake: Callable[[], None]) -> None:
        self.lock = threading.RLock()
        self.inspections = PendingInspections()
        self.following: Resumption | None = None
        self.generation = 0
        self.process: ReaderProcess | None = None
        self.retry_at: float | None = None
        """When (monotonic) a file that was given up is tried again; meanwhile there is no reader."""
        self.is_closed = False
        self.is_wanted = False
        """Whether ``start_wanted`` is to start a reader."""
        self.stuck_after_s = stuck_after_s
        self._other_wanted: bool | None = None
        """Whether the reader is to be replaced now, and (True) its silence held against what it reads."""
        self._wake = wake
        self._health = Health(stuck_after_s, 0.0)
        self._doing = _STARTING
        self._deaths_at_start = 0

    def follow(self, request: FollowRequest) -> int:
        """Follow this from now on, and return its generation; a reader that does not answer is not waited for."""
        self.generation += 1
        self.following = Resumption(self.generation, request, stuck_after_s=self.stuck_after_s)
        self.retry_at = None
        if self._health.is_reported:
            self._want_another(blames=False)
        self.start_or_send(*self.following.requests())
        return self.generation

    def start_or_send(self, *requests: Request) -> None:
        """Send these; a reader that has to be started for them receives all that stands."""
        if self.is_closed:
            return
        if self.process is None:
            self.is_wanted = True
            self._wake()
            return
        for request in requests:
            self.process.send(request)

    def ask_for_another(self) -> None:
        """Have the thread that supervises replace the reader now; one that did not answer was hung by what it was busy with."""
        self._want_another(blames=self._health.is_reported)

    def _want_another(self, *, blames: bool) -> None:
        if self.process is not None:
            self._other_wanted = blames
            self._wake()

    def set_stuck_after(self, seconds: float) -> None:
        """Kill a reader after so much silence (s) from now on; what is followed keeps what was learned about it."""
        self.stuck_after_s = seconds
        if self.following is not None:
            self.following.reader_failures.stuck_after_s = seconds
        if self.process is not None:
            self.process.set_stuck_after(seconds)
            self._wake()

    def start_wanted(self) -> list[Event]:
        """Start a reader if one is wanted, and return what is to be reported; takes its time, so without the lock.

        Only the thread that supervises calls it: nobody else waits for the system to start a program, which may lie on slow storage.
        """
        with self.lock:
            if not self._starts_now():
                return []
        try:
            reader = ReaderProcess(self.stuck_after_s)
        except OSError as error:
            with self.lock:
                return self._not_started(error)
        with self.lock:
            is_taken = self._starts_now()
            if is_taken:
                self._take(reader)
        if not is_taken:
            reader.end(0.0)
        return []

    def _starts_now(self) -> bool:
        return self.is_wanted and self.process is None and not self.is_closed

    def _not_started(self, error: OSError) -> list[Event]:
        self.is_wanted = False
        message = f"The reader process cannot be started: {error.strerror or error}."
        return [self.failed(message, "Close other programs and try again."), *self.inspections.give_up(message)]

    def _take(self, reader: ReaderProcess) -> None:
        self.process, self.is_wanted, self._other_wanted = reader, False, None
        self._health = Health(self.stuck_after_s, time.monotonic(), reader.starved_s)
        self._doing = _STARTING
        follow = self.following.requests() if self.following is not None and self.following.takes_events else ()
        for request in (*follow, *self.inspections.requests()):
            reader.send(request)

    def replace_ended(self, reader: ReaderProcess, silent_s: float | None) -> list[Event]:
        """Return what is to be reported about the end of the reader, and put another in its place; takes its time.

        Until then requests go to the dead one, and are lost, but for what is noted of them: its successor receives that.
        """
        following = None if self._other_wanted is False else self.following
        why = self._why_ended(reader, silent_s)
        lived_s = time.monotonic() - reader.started_at - (silent_s or 0.0)
        reader.end(0.0)
        with self.lock:
            if reader is not self.process:
                return []
            self.process = None
            return list(self._replaced(why, silent_s, following if following is self.following else None, lived_s))

    def _why_ended(self, reader: ReaderProcess, silent_s: float | None) -> str:
        if silent_s is None:
            return reader.exit_reason()
        if self._other_wanted is not None and not self._health.is_reported:
            return "another one was asked for"
        return f"it did not answer for {silent_s:.0f} s while {self._doing}"

    def _replaced(self, why: str, silent_s: float | None, following: Resumption | None, lived_s: float) -> Iterator[Event]:
        if self._doing == _STARTING and self._other_wanted is None:
            self._deaths_at_start += 1
        answer = self.inspections.note_death(self.inspections.oldest() if self._doing.startswith(_INSPECTING) else None, why)
        if answer is not None:
            yield answer
        if following is not None and following.takes_events and self._doing != _STARTING:
            yield from self._count_failure(following, why, silent_s, lived_s)
        if self._deaths_at_start >= DEATHS_WHILE_OPENING:
            yield self.failed(f"The reader process cannot be started: {why}.", "Run 'swmr-viewer inspect FILE' in a terminal to see why.")
            self._deaths_at_start = 0
            yield from self.inspections.give_up(f"The reader process cannot be started: {why}.")
        elif self.retry_at is None:
            self.start_or_send()
            yield ReaderReplaced(self.generation, why)

    def _count_failure(self, following: Resumption, why: str, silent_s: float | None, lived_s: float) -> Iterator[Event]:
        if lived_s > _LONG_LIFE_S:
            following.reader_failures.note_long_life()
        had_failed = following.failed
        event = following.event_after_death(following.note_death(silent_s), why)
        if event is not None and not had_failed:
            yield event
        if isinstance(event, Failed):
            pause_s = following.give_up()
            self.retry_at = None if pause_s is None else time.monotonic() + pause_s

    def failed(self, message: str, remedy: str) -> Failed:
        """Return the failure of what is followed."""
        if self.following is not None:
            self.following.failed = True
        return Failed(self.generation, message, remedy, "", FailureKind.READER)

    def _patience_s(self) -> float:
        if self._doing.startswith(_INSPECTING):
            return min(SECOND_TRY_S, self.stuck_after_s) if self.inspections.is_second else self.stuck_after_s
        following = self.following
        return self.stuck_after_s if following is None else following.reader_failures.kill_after_s(following.busy)

    def stopped_at_once(self) -> list[Event]:
        """Return the end that was asked for, if there is no reader that could report it, or one that does not answer."""
        following = self.following
        if following is None or following.failed or not following.waits_for_stop:
            return []
        if self.process is not None and not self._health.is_reported:
            return []
        ended = following.stopped()
        following.note_event(ended)
        self.retry_at = self.process = None  # the next request starts one
        self.is_wanted = False
        if self.inspections.requests():
            self.start_or_send()
        return [ended, PhaseChanged(self.generation, Phase.ENDED, STOPPED)]

    def retry_if_due(self) -> None:
        """Try again after a pause."""
        if self.retry_at is not None and time.monotonic() >= self.retry_at:
            self.retry_at = None
            self.start_or_send()

    def next_check_at(self) -> float | None:
        """Return when (monotonic) there may be something to do without an event."""
        now = time.monotonic()
        return self.retry_at if self.process is None else now + self._health.next_check_s(now)

    def note_sign_of_life(self, event: Event) -> Iterator[Event]:
        """Take note that the reader sent this, and yield what is to be reported of it."""
        self._deaths_at_start = 0
        if self._health.is_reported:
            yield ReaderRecovered(self.generation)
        self._health.note_sign_of_life(time.monotonic())
        self._doing = event.doing if isinstance(event, Busy) else _ROUTINE

    def check_silence(self) -> tuple[float | None, list[Event]]:
        """Return the seconds of silence for which the reader is to be killed, or None, and what is to be reported."""
        now = time.monotonic()
        self._health.stuck_after_s = self._patience_s()
        check = self._health.check(now)
        if check.kill or self._other_wanted is not None:
            return self._health.silence_s(now), []
        return None, [] if check.stuck_s is None else [ReaderStuck(self.generation, self._doing, check.stuck_s)]
