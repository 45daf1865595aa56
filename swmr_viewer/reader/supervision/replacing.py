"""What a supervisor does about readers: starts them, says what ended one, and puts another in its place."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from swmr_viewer.core.conditions import STOPPED
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.reader.messages import Event, Failed, Phase, PhaseChanged, ReaderReplaced, Request
from swmr_viewer.reader.supervision.health import Health
from swmr_viewer.reader.supervision.pending_inspections import PendingInspections
from swmr_viewer.reader.supervision.process import ReaderProcess
from swmr_viewer.reader.supervision.reader_failures import DEATHS_WHILE_OPENING, SECOND_LOOK_S
from swmr_viewer.reader.supervision.resumption import Resumption

_LONG_LIFE_S = 60.0
_STARTING = "starting"
_LOOKING = ("inspecting", "previewing")


class Replacing:
    """One reader at a time, for as long as somebody wants something of it.

    Parameters
    ----------
    stuck_after_s : float
        Silence (s) after which the first reader is killed.
    """

    def __init__(self, stuck_after_s: float) -> None:
        self._stuck_after_s = stuck_after_s
        self._lock = threading.RLock()
        self._looks = PendingInspections()
        self._following: Resumption | None = None
        self._generation = 0
        self._reader: ReaderProcess | None = None
        self._health = Health(stuck_after_s, 0.0)
        self._doing = _STARTING
        self._deaths_at_start = 0
        self._rests_until: float | None = None
        """When (monotonic) a file that was given up is looked at again; meanwhile there is no reader."""
        self._closed = False

    def wake(self) -> None:
        """Make whoever waits look at what changed."""
        raise NotImplementedError

    def _restart_or_send(self, *requests: Request) -> None:
        if self._closed:
            return
        if self._reader is not None:
            for request in requests:
                self._reader.send(request)
            return
        self._reader = ReaderProcess(self._stuck_after_s)
        self._health = Health(self._stuck_after_s, time.monotonic())
        self._doing = _STARTING
        follow = self._following.requests() if self._following is not None and self._following.is_heard else ()
        for request in (*follow, *self._looks.requests()):
            self._reader.send(request)
        self.wake()

    def _bury(self, reader: ReaderProcess, silent_s: float | None) -> list[Event]:
        """Return what is to be said about the death of the reader, and put another in its place; takes its time.

        Until then requests go to the dead one, and are lost, but for what is noted of them: that is told to its successor.
        """
        following, doing = self._following, self._doing
        why = reader.exit_reason() if silent_s is None else f"it did not answer for {silent_s:.0f} s while {doing}"
        lived_s = time.monotonic() - reader.started_at - (silent_s or 0.0)
        reader.end(0.0)
        with self._lock:
            if reader is not self._reader:
                return []
            self._reader = None
            return list(self._replace(why, silent_s, following if following is self._following else None, lived_s))

    def _replace(self, why: str, silent_s: float | None, following: Resumption | None, lived_s: float) -> Iterator[Event]:
        if self._doing == _STARTING:
            self._deaths_at_start += 1
        answer = self._looks.note_death(self._looks.oldest() if self._doing.startswith(_LOOKING) else None, why)
        if answer is not None:
            yield answer
        if following is not None and following.is_heard and self._doing != _STARTING:
            yield from self._blame(following, why, silent_s, lived_s)
        if self._deaths_at_start >= DEATHS_WHILE_OPENING:
            yield self._failed(f"The reader process cannot be started: {why}.", "Run 'swmr-viewer inspect FILE' in a terminal to see why.")
            self._deaths_at_start = 0
            yield from self._looks.give_up(f"The reader process cannot be started: {why}.")
        elif self._rests_until is None:
            self._restart_or_send()
            yield ReaderReplaced(self._generation, why)

    def _blame(self, following: Resumption, why: str, silent_s: float | None, lived_s: float) -> Iterator[Event]:
        if lived_s > _LONG_LIFE_S:
            following.reader_failures.note_long_life()
        had_failed = following.failed
        words = following.last_text(following.note_death(silent_s), why)
        if words is not None and not had_failed:
            yield words
        if isinstance(words, Failed):
            rest_s = following.give_up()
            self._rests_until = None if rest_s is None else time.monotonic() + rest_s

    def _failed(self, message: str, remedy: str) -> Failed:
        if self._following is not None:
            self._following.failed = True
        return Failed(self._generation, message, remedy, "", FailureKind.READER)

    def _patience_s(self) -> float:
        if self._doing.startswith(_LOOKING):
            return min(SECOND_LOOK_S, self._stuck_after_s) if self._looks.is_second else self._stuck_after_s
        following = self._following
        return self._stuck_after_s if following is None else following.reader_failures.kill_after_s(following.busy)

    def _stopped_at_once(self, *, is_silent: bool) -> list[Event]:
        """Return the end that was asked for, if there is no reader that could tell it, or one that does not answer."""
        following = self._following
        if following is None or following.failed or not following.waits_for_stop or not is_silent:
            return []
        ended = following.stopped()
        following.note_event(ended)
        self._rests_until = self._reader = None  # the next wish starts one
        if self._looks.requests():
            self._restart_or_send()
        return [ended, PhaseChanged(self._generation, Phase.ENDED, STOPPED)]

    def _rise(self) -> None:
        """Look again after a rest."""
        if self._rests_until is not None and time.monotonic() >= self._rests_until:
            self._rests_until = None
            self._restart_or_send()
