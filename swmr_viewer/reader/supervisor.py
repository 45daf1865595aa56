"""The supervisor: keeps one reader process alive, and makes sure that nothing is lost when it dies."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import wait as wait_for
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.reader.messages import (
    Alive,
    Busy,
    Event,
    EveryBegan,
    Failed,
    Fault,
    FollowRequest,
    FrameReady,
    Inspected,
    Look,
    Opened,
    Previewed,
    ReaderAnswers,
    ReaderReplaced,
    ReaderStuck,
    ReleaseSlot,
    Request,
    SlotsWanted,
    UseSlots,
)
from swmr_viewer.reader.supervision.health import Health
from swmr_viewer.reader.supervision.looks import Looks
from swmr_viewer.reader.supervision.process import ReaderProcess
from swmr_viewer.reader.supervision.resumption import DEATHS_WHILE_OPENING, Resumption
from swmr_viewer.reader.supervision.slots import SlotPool

_LONG_LIFE_S = 60.0
_STARTING = "starting"
_ROUTINE = "looking for new keys"


class Supervisor:
    """The only door to the reader process.

    ``follow``, ``send``, ``inspect``, ``preview``, ``release``, ``pixels`` and ``wake`` may be called from any thread and never
    block; ``wait`` belongs to one thread, which thereby supervises: a reader that died, or was silent for longer
    than allowed, is replaced by one that goes on where it was.

    Parameters
    ----------
    stuck_after_s : float
        Silence (s) after which the reader is killed.
    n_slots : int
        How many shared-memory slots frames go through (fewer where memory is short, at least 2).
    """

    def __init__(self, *, stuck_after_s: float = 30.0, n_slots: int = 4) -> None:
        self._stuck_after_s = stuck_after_s
        self._lock = threading.RLock()
        self._slots = SlotPool(n_slots)
        self._looks = Looks()
        self._following: Resumption | None = None
        self._generation = 0
        self._reader: ReaderProcess | None = None
        self._health = Health(stuck_after_s, 0.0)
        self._doing = _STARTING
        self._deaths_at_start = 0
        self._closed = False
        self._wanted_size: int | None = None
        self._bell, self._rope = multiprocessing.Pipe(duplex=False)
        self._rung = threading.Event()

    # ---- asking

    def start(self) -> None:
        """Start the reader, if it does not run yet."""
        with self._lock:
            self._restart_or_send()

    def follow(self, request: FollowRequest) -> int:
        """Follow this from now on, and return the generation of the events that belong to it."""
        with self._lock:
            self._generation += 1
            self._following = Resumption(self._generation, request)
            self._restart_or_send(*self._following.requests())
            return self._generation

    def send(self, request: Request) -> None:
        """Send a request to the reader; one of an older generation is dropped."""
        with self._lock:
            if isinstance(request, ReleaseSlot):
                self.release(request.name)
            elif getattr(request, "generation", self._generation) == self._generation:
                if self._following is not None:
                    self._following.note_sent(request)
                self._restart_or_send(request)

    def inspect(self, path: str) -> int:
        """Ask for an inspection, and return the request's number in ``Inspected``."""
        with self._lock:
            return self._send_look(self._looks.inspect(path))

    def preview(self, request: FollowRequest) -> int:
        """Ask for the first complete frame of the request's first data set, and return the request's number in ``Previewed``.

        For a supervisor that follows nothing.
        """
        with self._lock:
            return self._send_look(self._looks.preview(request))

    def _send_look(self, look: Look) -> int:
        self._restart_or_send(look)
        return look.request_id

    def pixels(self, event: FrameReady) -> tuple[npt.NDArray[Any], npt.NDArray[np.float32] | None]:
        """Return the raw frame and its preview (None: there is none) as read-only views, good until ``release``."""
        with self._lock:
            return self._slots.pixels(event)

    def release(self, slot: FrameReady | str) -> None:
        """Hand a slot back."""
        name = slot if isinstance(slot, str) else slot.slot
        with self._lock:
            if self._slots.take_back(name) and self._reader is not None:
                self._reader.send(ReleaseSlot(name))

    def wake(self) -> None:
        """Make ``wait`` return; may be called from a signal handler."""
        if not self._rung.is_set():
            self._rung.set()
            self._rope.send_bytes(b"!")

    # ---- hearing

    def wait(self, timeout_s: float | None) -> list[Event]:
        """Wait for events, and supervise while waiting.

        Parameters
        ----------
        timeout_s : float or None
            Longest wait (s); None: until something happens.

        Returns
        -------
        list of events
            In the order in which they came, without those of older generations and without ``Alive``; ``Opened`` once per
            generation. Empty after the timeout, after ``wake`` and once closed.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while not self._closed:
            woken = self._wait_once(deadline)
            events = self._collect()
            if events or woken or (deadline is not None and time.monotonic() >= deadline):
                return events
        return []

    def _wait_once(self, deadline: float | None) -> bool:
        now = time.monotonic()
        with self._lock:
            reader = self._reader
            pause_s = self._health.next_check_s(now)
        if deadline is not None:
            pause_s = max(0.0, min(pause_s, deadline - now) if reader else deadline - now)
        sources: list[Any] = [reader.connection, reader.sentinel] if reader else []
        wait_for([self._bell, *sources], pause_s if reader or deadline is not None else None)
        if not self._bell.poll(0):
            return False
        self._bell.recv_bytes()
        self._rung.clear()
        return True

    def _collect(self) -> list[Event]:
        """Return what came in, and replace the reader where it is gone or stuck.

        What may take time is done without the lock, for the window's calls take it: a message that comes in parts, making
        slots, and waiting for a process to be gone (seen: a second, and all the window's calls stood still).
        """
        reader = self._reader
        if reader is None:
            return []
        heard, is_gone = reader.hear()
        with self._lock:
            if reader is not self._reader:
                return []
            events = [told for event in heard for told in self._take(event)]
            silent_s, told = (None, []) if is_gone else self._judge(time.monotonic())
        events += [*told, *self._provide_slots()]
        if is_gone or silent_s is not None:
            events += self._bury(reader, silent_s)
        return events

    def _judge(self, now: float) -> tuple[float | None, list[Event]]:
        """Return the seconds of silence for which the reader is to be killed, or None, and what is to be said."""
        verdict = self._health.judge(now)
        if verdict.kill:
            return self._health.silence_s(now), []
        if verdict.tell_stuck_s is None:
            return None, []
        return None, [ReaderStuck(self._generation, self._doing, verdict.tell_stuck_s)]

    def _take(self, event: Event) -> Iterator[Event]:
        self._deaths_at_start = 0
        if self._health.is_told:
            yield ReaderAnswers(self._generation)
        self._health.heard(time.monotonic())
        self._doing = event.doing if isinstance(event, Busy) else _ROUTINE
        if isinstance(event, (Inspected, Previewed)):
            self._looks.note_answer(event)
            yield event
        elif self._following is not None and event.generation == self._generation and not self._following.failed:
            news = self._following.news_in(event)
            self._following.note_event(event)
            if not self._following.is_outdated(event):
                yield from self._take_current(event, news)
        elif isinstance(event, FrameReady) and self._reader is not None and event.slot in self._slots.names:
            self._reader.send(ReleaseSlot(event.slot))

    def _take_current(self, event: Event, news: Event | None) -> Iterator[Event]:
        if isinstance(event, FrameReady):
            self._slots.lend(event.slot)
        if news is not None and not isinstance(news, (Alive, SlotsWanted, EveryBegan)):
            yield news
        if isinstance(event, Opened) and self._following is not None and not self._following.request.every_frame:
            self._wanted_size = event.slot_size
        elif isinstance(event, SlotsWanted):
            self._wanted_size = event.size

    def _provide_slots(self) -> list[Event]:
        """Make slots as large as asked for: reserving memory takes a tenth of a second for large frames."""
        size, self._wanted_size = self._wanted_size, None
        if size is None:
            return []
        with self._lock:
            generation = self._generation
            suit = self._slots.make_way_for(size)
        try:
            blocks = [] if suit else self._slots.made(size)
        except SwmrViewerError as error:
            with self._lock:
                return [self._failed(error.message, error.remedy)] if generation == self._generation else []
        with self._lock:
            if blocks:
                self._slots.take_in(blocks, size)
            if self._closed:
                self._slots.close()
            elif generation == self._generation:
                self._restart_or_send(UseSlots(generation, self._slots.free_names, self._slots.size))
        return []

    # ---- replacing

    def _start_reader(self) -> None:
        self._reader = ReaderProcess(self._stuck_after_s)
        self._health = Health(self._stuck_after_s, time.monotonic())
        self._doing = _STARTING

    def _restart_or_send(self, *requests: Request) -> None:
        if self._closed:
            return
        if self._reader is None:
            self._start_reader()
            self.wake()
        for request in requests:
            self._reader.send(request)  # type: ignore[union-attr]

    def _bury(self, reader: ReaderProcess, silent_s: float | None) -> list[Event]:
        """Return what is to be said about the death of the reader, and put another in its place.

        Until then requests go to the dead one, and are lost, but for what is noted of them: that is told to its successor.
        """
        following, doing = self._following, self._doing
        why = reader.obituary() if silent_s is None else f"it did not answer for {silent_s:.0f} s while {doing}"
        reader.end(0.0)
        with self._lock:
            if reader is not self._reader:
                return []
            self._reader = None
            return list(self._replace(why, following, time.monotonic() - reader.started_at))

    def _replace(self, why: str, following: Resumption | None, lived_s: float) -> Iterator[Event]:
        if self._doing == _STARTING:
            self._deaths_at_start += 1
        yield from self._give_up_look(why)
        if following is self._following:
            yield from self._give_up_frame(why, lived_s)
        if self._deaths_at_start >= DEATHS_WHILE_OPENING:
            yield self._failed(f"The reader process cannot be started: {why}.", "Run 'swmr-viewer inspect FILE' in a terminal to see why.")
            self._deaths_at_start = 0
            yield from self._looks.give_up(f"The reader process cannot be started: {why}.")
            return
        self._start_reader()
        follow = self._following.requests() if self._following is not None and not self._following.failed else ()
        self._restart_or_send(*follow, *self._looks.requests())
        yield ReaderReplaced(self._generation, why)

    def _give_up_look(self, why: str) -> Iterator[Event]:
        working_on = self._looks.oldest() if self._doing.startswith(("inspecting", "previewing")) else None
        answer = self._looks.note_death(working_on, why)
        if answer is not None:
            yield answer

    def _give_up_frame(self, why: str, lived_s: float) -> Iterator[Event]:
        following = self._following
        if following is None or following.failed:
            return
        if lived_s > _LONG_LIFE_S:
            following.note_long_life()
        index = following.note_death()
        if index is not None:
            path = following.request.path
            yield Fault(self._generation, f"Frame {index} of {path} ended the reader twice and is passed over: {why}.", index)
        elif following.is_hopeless:
            yield self._failed(
                f"{following.request.path} cannot be read: it ended the reader again and again ({why}).",
                "The file may be damaged, or its storage may not answer; check it with h5dump or h5check.",
            )

    def _failed(self, message: str, remedy: str) -> Failed:
        if self._following is not None:
            self._following.failed = True
        return Failed(self._generation, message, remedy, "", "ReaderError")

    # ---- ending

    def close(self, grace_s: float = 2.0) -> None:
        """End the reader (asked first, killed after ``grace_s``) and remove every slot; may be called again."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            reader, self._reader = self._reader, None
        self.wake()
        if reader is not None:
            reader.end(grace_s)
        self._slots.close()
