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
    Busy,
    Event,
    FollowRequest,
    FrameReady,
    Inspected,
    InspectionRequest,
    Opened,
    Previewed,
    ReaderRecovered,
    ReaderStuck,
    ReleaseSlot,
    Request,
    ScanEvent,
    SlotsWanted,
    Stop,
    UseSlots,
)
from swmr_viewer.reader.supervision.replacing import Replacing
from swmr_viewer.reader.supervision.resumption import Resumption
from swmr_viewer.reader.supervision.slots import SlotPool

_ROUTINE = "looking for new keys"


class Supervisor(Replacing):
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
        super().__init__(stuck_after_s)
        self._slots = SlotPool(n_slots)
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
            self._following = Resumption(self._generation, request, stuck_after_s=self._stuck_after_s)
            self._rests_until = None
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
                if isinstance(request, Stop):
                    self.wake()
                if self._reader is not None or (self._rests_until is None and request.starts_reader):
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

    def _send_look(self, look: InspectionRequest) -> int:
        self._rests_until = None
        self._restart_or_send(look)
        return look.request_id

    def pixels(self, event: FrameReady) -> tuple[npt.NDArray[Any], npt.NDArray[np.float32] | None]:
        """Return the raw frame and its preview (None: there is none) as read-only views, good until ``release``."""
        with self._lock:
            return self._slots.pixels(event)

    def shown(self, event: FrameReady) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_] | None]:
        """Return the shown numbers of the frame, and its own pixel mask if it has one; read-only, good until ``release``."""
        with self._lock:
            return self._slots.shown(event), self._slots.own_mask(event)

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
            In the order in which they came, without those of older generations and without ``Heartbeat``; ``Opened`` once per
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
        with self._lock:
            reader, check_at = self._reader, self._next_check_at()
        until = [at for at in (deadline, check_at) if at is not None]
        sources: list[Any] = [reader.connection, reader.sentinel] if reader else []
        wait_for([self._bell, *sources], max(0.0, min(until) - time.monotonic()) if until else None)
        if not self._bell.poll(0):
            return False
        self._bell.recv_bytes()
        self._rung.clear()
        return True

    def _next_check_at(self) -> float | None:
        now = time.monotonic()
        return self._rests_until if self._reader is None else now + self._health.next_check_s(now)

    def _collect(self) -> list[Event]:
        """Return what came in, and replace the reader where it is gone or stuck.

        What may take time is done without the lock, for the window's calls take it: a message that comes in parts, making
        slots, and waiting for a process to be gone (seen: a second, and all the window's calls stood still).
        """
        reader = self._reader
        heard, is_gone = reader.hear() if reader is not None else ([], False)
        with self._lock:
            if reader is not self._reader:
                return []
            events = [told for event in heard for told in self._take(event)]
            silent_s, told = (None, []) if is_gone or reader is None else self._judge(time.monotonic())
            stopped = self._stopped_at_once(is_silent=reader is None or self._health.is_told)
            self._rise()
        events += [*told, *stopped, *self._provide_slots()]
        if reader is not None and stopped:
            reader.end(0.0)
        elif reader is not None and (is_gone or silent_s is not None):
            events += self._bury(reader, silent_s)
        return events

    def _judge(self, now: float) -> tuple[float | None, list[Event]]:
        """Return the seconds of silence for which the reader is to be killed, or None, and what is to be said."""
        self._health.stuck_after_s = self._patience_s()
        verdict = self._health.judge(now)
        if verdict.kill:
            return self._health.silence_s(now), []
        if verdict.tell_stuck_s is None:
            return None, []
        return None, [ReaderStuck(self._generation, self._doing, verdict.tell_stuck_s)]

    def _take(self, event: Event) -> Iterator[Event]:
        self._deaths_at_start = 0
        if self._health.is_told:
            yield ReaderRecovered(self._generation)
        self._health.heard(time.monotonic())
        self._doing = event.doing if isinstance(event, Busy) else _ROUTINE
        if isinstance(event, (Inspected, Previewed)):
            self._looks.note_answer(event)
            yield event
            return
        following = self._following
        if following is not None and following.is_heard and isinstance(event, ScanEvent) and event.generation == self._generation:
            had_failed = following.failed
            news = following.news_in(event)
            following.note_event(event)
            if not (had_failed and following.failed) and not following.is_outdated(event):
                yield from self._take_current(event, news)
        elif isinstance(event, FrameReady) and self._reader is not None and event.slot in self._slots.names:
            self._reader.send(ReleaseSlot(event.slot))

    def _take_current(self, event: ScanEvent, news: ScanEvent | None) -> Iterator[Event]:
        if isinstance(event, FrameReady):
            self._slots.lend(event.slot)
        if news is not None and not news.is_internal:
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
