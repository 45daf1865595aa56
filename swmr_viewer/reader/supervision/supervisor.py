"""The supervisor: keeps one reader process alive, and makes sure that nothing is lost when it dies."""

from __future__ import annotations

import time
from collections.abc import Iterator
from multiprocessing.connection import wait as wait_for
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.waker import Waker
from swmr_viewer.reader.messages import (
    Event,
    FollowRequest,
    FrameReady,
    Inspected,
    InspectionRequest,
    Opened,
    Previewed,
    ReleaseSlot,
    Request,
    ScanEvent,
    SlotsWanted,
    Stop,
    UseSlots,
)
from swmr_viewer.reader.supervision.current_reader import CurrentReader
from swmr_viewer.reader.supervision.holdings import ProcessMemory, Slots, process_memory
from swmr_viewer.reader.supervision.slots import SlotPool


class Supervisor:
    """The only door to the reader process.

    All but ``start``, ``wait`` and ``close`` may be called from any thread and never block; ``wait`` belongs to one thread, which
    thereby supervises: it starts readers, and one that died, or was silent for longer than allowed, is replaced by one that
    goes on where it was.

    Parameters
    ----------
    stuck_after_s : float
        Silence (s) after which the reader is killed.
    n_slots : int
        How many shared-memory slots frames go through (fewer where memory is short, at least 2).
    """

    def __init__(self, *, stuck_after_s: float = 30.0, n_slots: int = 4) -> None:
        self._current = CurrentReader(stuck_after_s, self.wake)
        self._lock = self._current.lock
        self._slots = SlotPool(n_slots)
        self._wanted_size: int | None = None
        self._foreseen: FollowRequest | None = None
        """What is followed before ``follow`` asked for it."""
        self._held: list[Event] = []
        self._waker = Waker()

    # ---- asking

    def start(self, request: FollowRequest | None = None) -> None:
        """Start the reader, if it does not run yet; before anybody waits, or by the thread that does.

        Parameters
        ----------
        request : FollowRequest, optional
            What ``follow`` will ask for, as soon as somebody is there to see it: the reader begins with it at once, and ``wait``
            holds what comes until then.
        """
        with self._lock:
            self._current.start_or_send()
            if request is not None:
                self._foreseen = request
                self._current.follow(request)
        self._held += self._current.start_wanted()

    def follow(self, request: FollowRequest) -> int:
        """Follow this from now on, and return the generation of the events that belong to it."""
        with self._lock:
            foreseen, self._foreseen = self._foreseen, None
            if foreseen == request:
                self.wake()
                return self._current.generation
            held, self._held = self._held, []
            for event in held:
                if isinstance(event, FrameReady):
                    self.release(event)
            return self._current.follow(request)

    def send(self, request: Request) -> None:
        """Send a request to the reader; one of an older generation is dropped."""
        with self._lock:
            if isinstance(request, ReleaseSlot):
                self.release(request.name)
            elif getattr(request, "generation", self._current.generation) == self._current.generation:
                if self._current.following is not None and self._current.following.refuses(request):
                    return
                if self._current.following is not None:
                    self._current.following.note_sent(request)
                if isinstance(request, Stop):
                    self.wake()
                if self._current.process is not None or (self._current.retry_at is None and request.starts_reader):
                    self._current.start_or_send(request)

    def replace_reader(self) -> None:
        """Have the reader replaced now, whatever it does; it goes on where it was, but for what hung it again and again."""
        with self._lock:
            self._current.ask_for_another()

    def set_stuck_after(self, seconds: float) -> None:
        """Replace a reader after so much silence (s) from now on."""
        with self._lock:
            self._current.set_stuck_after(seconds)

    def inspect(self, path: str, *, external: bool = True) -> int:
        """Ask for an inspection, and return the request's number in ``Inspected``; ``external``: whether it looks into other files."""
        with self._lock:
            return self._send_inspection(self._current.inspections.inspect(path, external))

    def preview(self, request: FollowRequest) -> int:
        """Ask for the first complete frame of the request's first data set, and return the request's number in ``Previewed``.

        For a supervisor that follows nothing.
        """
        with self._lock:
            return self._send_inspection(self._current.inspections.preview(request))

    def _send_inspection(self, request: InspectionRequest) -> int:
        self._current.retry_at = None
        self._current.start_or_send(request)
        return request.request_id

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
            if self._slots.take_back(name) and self._current.process is not None:
                self._current.process.send(ReleaseSlot(name))

    @property
    def slots(self) -> Slots:
        """The slots that frames go through."""
        with self._lock:
            return self._slots.held

    def memory(self) -> ProcessMemory | None:
        """Return the memory of this process and of those that it started; None where the system does not tell."""
        with self._lock:
            pid = self._current.process.pid if self._current.process is not None else None
        return process_memory(pid)

    def wake(self) -> None:
        """Make ``wait`` return; may be called from a signal handler."""
        self._waker.wake()

    # ---- receiving

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
        while not self._current.is_closed:
            started = self._current.start_wanted()
            woken = not started and self._wait_once(deadline)
            events = self._handed_out([*started, *self._collect()])
            if events or woken or (deadline is not None and time.monotonic() >= deadline):
                return events
        return []

    def _handed_out(self, events: list[Event]) -> list[Event]:
        with self._lock:
            held, self._held = [*self._held, *events], []
            if self._foreseen is None:
                return held
            self._held = held
            return []

    def _wait_once(self, deadline: float | None) -> bool:
        with self._lock:
            reader, check_at = self._current.process, self._current.next_check_at()
        until = [at for at in (deadline, check_at) if at is not None]
        sources: list[Any] = [reader.connection, reader.sentinel] if reader else []
        wait_for([self._waker.source, *sources], max(0.0, min(until) - time.monotonic()) if until else None)
        return self._waker.was_woken()

    def _collect(self) -> list[Event]:
        """Return what came in, and replace the reader where it is gone or stuck.

        What may take time is done without the lock, for the window's calls take it: a message that comes in parts, making
        slots, and waiting for a process to be gone (seen: a second, and all the window's calls stood still).
        """
        reader = self._current.process
        received, is_gone = reader.receive() if reader is not None else ([], False)
        with self._lock:
            if reader is not self._current.process:
                return []
            events = [reported for event in received for reported in self._take(event)]
            silent_s, stuck = (None, []) if is_gone or reader is None else self._current.check_silence()
            stopped = self._current.stopped_at_once()
            self._current.retry_if_due()
        events += [*stuck, *stopped, *self._provide_slots()]
        if reader is not None and stopped:
            reader.end(0.0)
        elif reader is not None and (is_gone or silent_s is not None):
            events += [*self._current.replace_ended(reader, silent_s), *self._current.start_wanted()]
        return events

    def _take(self, event: Event) -> Iterator[Event]:
        yield from self._current.note_sign_of_life(event)
        if isinstance(event, (Inspected, Previewed)):
            self._current.inspections.note_answer(event)
            yield event
            return
        following = self._current.following
        is_current = isinstance(event, ScanEvent) and event.generation == self._current.generation
        if following is not None and following.takes_events and isinstance(event, ScanEvent) and is_current:
            had_failed = following.failed
            forwarded = following.to_forward(event)
            following.note_event(event)
            if not (had_failed and following.failed) and not following.is_outdated(event):
                yield from self._take_current(event, forwarded)
        elif isinstance(event, FrameReady) and self._current.process is not None and event.slot in self._slots.names:
            self._current.process.send(ReleaseSlot(event.slot))

    def _take_current(self, event: ScanEvent, forwarded: ScanEvent | None) -> Iterator[Event]:
        if isinstance(event, FrameReady):
            self._slots.lend(event.slot)
        if forwarded is not None and not forwarded.is_internal:
            yield forwarded
        if isinstance(event, Opened) and self._current.following is not None and not self._current.following.request.every_frame:
            self._wanted_size = event.slot_size
        elif isinstance(event, SlotsWanted):
            self._wanted_size = event.size

    def _provide_slots(self) -> list[Event]:
        """Make slots as large as asked for: reserving memory takes a tenth of a second for large frames."""
        size, self._wanted_size = self._wanted_size, None
        if size is None:
            return []
        with self._lock:
            generation = self._current.generation
            suit = self._slots.make_way_for(size)
        try:
            blocks = [] if suit else self._slots.made(size)
        except SwmrViewerError as error:
            with self._lock:
                return [self._current.failed(error.message, error.remedy)] if generation == self._current.generation else []
        with self._lock:
            if blocks:
                self._slots.take_in(blocks, size)
            if self._current.is_closed:
                self._slots.close()
            elif generation == self._current.generation:
                self._current.start_or_send(UseSlots(generation, self._slots.free_names, self._slots.size))
        return []

    # ---- ending

    def close(self, grace_s: float = 2.0) -> None:
        """End the reader (asked first, killed after ``grace_s``) and remove every slot; may be called again."""
        with self._lock:
            if self._current.is_closed:
                return
            self._current.is_closed = True
            reader, self._current.process = self._current.process, None
        self.wake()
        if reader is not None:
            reader.end(grace_s)
        self._slots.close()
