"""The process that reduces, as a window or a command holds it: started when needed, started again where it died, ended within a bound."""

from __future__ import annotations

import threading
import time
from multiprocessing.connection import wait as wait_for
from typing import Any

from swmr_viewer.core.waker import Waker
from swmr_viewer.reader.supervision import ChildProcess
from swmr_viewer.reducing.messages import (
    Alive,
    Describe,
    Described,
    Noted,
    Quit,
    Reduced,
    ReduceRequest,
    ReductionEnded,
    ReductionEvent,
    ReductionFailed,
    Show,
    Start,
    Stop,
    Taken,
)
from swmr_viewer.reducing.process.descriptions import LOADED_WITHIN_S, Descriptions
from swmr_viewer.reducing.process.entry import run_reductions
from swmr_viewer.reducing.process.setbacks import Setbacks

TOLD_AFTER_S = 10.0
STUCK_AFTER_S = 60.0
"""Silence (s) after which it is told, and after which the process is ended and another one started."""
_STARTING_S = 60.0
"""Until it says the first word: a cold disk takes many seconds."""
_STOPPING_S = 3.0
"""Longest time (s) in which a run may end before the next one begins."""
STOPPED_WITHIN_S = 15.0
"""From ``stop`` on: results that came are written, workers ended, the output closed; a reduction whose code hangs does none of it."""
_CHECK_EVERY_S = 1.0


class ReductionProcess:
    """One reduction at a time, in a process of its own.

    ``start``, ``show``, ``stop``, ``describe`` and ``wake`` may be called from any thread and never block; ``wait`` belongs to one
    thread, which thereby starts the process, and starts it again where it died: an output is taken up, and what had no output begins anew.
    Values (``Reduced``) that ``wait`` returned count as handled when it is called again: only then more are sent.

    Parameters
    ----------
    stuck_after_s : float
        Silence (s) after which the process is ended and another one started.
    stopped_within_s : float
        Time (s) after which what does not stop is ended.
    loaded_within_s : float
        Time (s) after which a description is given up.
    make_job : callable, optional
        A function at a module's top, in place of ``ReductionJob``: for tests.
    """

    def __init__(
        self,
        *,
        stuck_after_s: float = STUCK_AFTER_S,
        stopped_within_s: float = STOPPED_WITHIN_S,
        loaded_within_s: float = LOADED_WITHIN_S,
        make_job: Any = None,
    ) -> None:
        self._stuck_after_s, self._stopped_within_s = stuck_after_s, stopped_within_s
        self._make_job = make_job
        self._lock = threading.RLock()
        self._child: ChildProcess | None = None
        self._next: ReduceRequest | None = None
        """To be begun by the next ``wait``."""
        self._running: ReduceRequest | None = None
        self._show: Show | None = None
        self._n_starts = 0
        self.run_number = 0
        """Of the run whose events ``wait`` returned last: so many times ``start`` had been called by then."""
        self._is_stopped = self._is_closed = False
        self._stopped_at = 0.0
        self._descriptions = Descriptions(loaded_within_s)
        self._setbacks = Setbacks()
        self._heard_at = 0.0
        self._is_silence_told = self._owes_taken = False
        self._nice = 0
        self._waker = Waker()

    # ---- asking

    @property
    def pid(self) -> int | None:
        """The process's number, while there is one."""
        with self._lock:
            return None if self._child is None else self._child.pid

    @property
    def is_running(self) -> bool:
        """Whether something is being reduced, or will be by the next ``wait``."""
        with self._lock:
            return self._running is not None or self._next is not None

    def start(self, request: ReduceRequest) -> None:
        """Begin with this; what runs is stopped before, and tells nothing any more."""
        with self._lock:
            self._next, self._show, self._is_stopped = request, None, False
            self._n_starts += 1
        self.wake()

    def show(self, index: int, scan_shape: tuple[int, ...]) -> None:
        """Have everything that is made of this frame told by ``ShownReduced``, before any other frame."""
        with self._lock:
            self._show = Show(index, scan_shape)
            if self._next is None and self._running is not None:
                self._send(self._show)

    def stop(self) -> None:
        """End soon: ``ReductionEnded`` follows, and what came until then is in the output."""
        with self._lock:
            if not self._is_stopped:
                self._is_stopped, self._stopped_at = True, time.monotonic()
            if self._next is None and self._running is not None:
                self._send(Stop())
        self.wake()

    def describe(self, *names: str) -> None:
        """Have reductions described, by a ``Described`` for each; also while something runs."""
        with self._lock:
            if new := self._descriptions.ask(names, time.monotonic()):
                self._send(Describe(new))
        self.wake()

    def wake(self) -> None:
        """Make ``wait`` return; may be called from a signal handler."""
        self._waker.wake()

    def close(self, grace_s: float = 2.0) -> None:
        """End the process: ask it, wait so long, then kill it, which takes a second longer at most. ``wait`` returns nothing any more."""
        with self._lock:
            self._is_closed = True
            child, self._child = self._child, None
        self.wake()
        if child is not None:
            child.end(grace_s)

    # ---- receiving

    def wait(self, timeout_s: float | None) -> list[ReductionEvent]:
        """Wait for events, and look after the process meanwhile.

        Parameters
        ----------
        timeout_s : float or None
            Longest wait (s); None: until something happens.

        Returns
        -------
        list of events
            In the order in which they came, without ``Alive``; the last one of a run is ``ReductionEnded`` or ``ReductionFailed``. Empty
            after the timeout, after ``wake`` and once closed.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while not self._is_closed:
            self._begin_next()
            self._keep_child()
            is_woken = self._wait_once(deadline)
            events = self._collect()
            if events or is_woken or (deadline is not None and time.monotonic() >= deadline):
                return events
        return []

    def _begin_next(self) -> None:
        """Take up the next request; what still runs is ended for it, within a bound."""
        with self._lock:
            if self._next is None:
                return
            is_fitting = self._running is None and self._next.nice >= self._nice
            child = self._child
            if not is_fitting:
                self._child = None
        if not is_fitting and child is not None:
            child.end(_STOPPING_S)
        with self._lock:
            self._running, self._next, self.run_number = self._next, None, self._n_starts
            self._setbacks = Setbacks()
            if self._child is not None:
                self._send_run()

    def _keep_child(self) -> None:
        """Start a process if there is work and none; without the lock, which callers take."""
        with self._lock:
            if self._child is not None or self._is_closed or not (self._running or self._descriptions.names):
                return
        child = ChildProcess(run_reductions, (self._make_job,), name="swmr-viewer reductions", farewell=Quit(), is_event=_are_events)
        with self._lock:
            is_wanted = not self._is_closed
            if is_wanted:
                self._child, self._nice = child, 0
                self._heard_at, self._is_silence_told, self._owes_taken = time.monotonic() + _STARTING_S, False, False
                self._descriptions.ask_again(time.monotonic())
                if self._descriptions.names:
                    self._send(Describe(self._descriptions.names))
                self._send_run()
        if not is_wanted:
            child.end(0.0)

    def _send_run(self) -> None:
        if self._running is None:
            return
        self._nice = max(self._nice, self._running.nice)
        self._send(Start(self._running))
        if self._show is not None:
            self._send(self._show)
        if self._is_stopped:
            self._send(Stop())

    def _send(self, order: Any) -> None:
        if self._child is not None:
            self._child.send(order)

    def _wait_once(self, deadline: float | None) -> bool:
        """Wait until there is something to look at, or nothing to wait for any longer; return whether it was ``wake``."""
        with self._lock:
            child = self._child
            if self._owes_taken:
                self._owes_taken = False
                self._send(Taken())
        check_at = None if child is None else time.monotonic() + min(_CHECK_EVERY_S, self._stuck_after_s / 4)
        until = [at for at in (deadline, check_at) if at is not None]
        sources: list[Any] = [] if child is None else [child.connection, child.sentinel]
        try:
            wait_for([self._waker.source, *sources], max(0.0, min(until) - time.monotonic()) if until else None)
        except (OSError, ValueError):  # closed meanwhile, by another thread
            return True
        return self._waker.was_woken()

    def _collect(self) -> list[ReductionEvent]:
        """Return what came in, and what is to be told of the process."""
        with self._lock:
            child = self._child
        if child is None:
            return []
        received, is_gone = child.receive()
        with self._lock:
            if child is not self._child:
                return []
            events = [event for several in received for event in several if self._take(event)]
            silent_s = self._silent_s(bool(received))
        if is_gone:
            return events + self._replace(child, child.exit_reason())
        if silent_s > self._stuck_after_s:
            child.kill()
            return events + self._replace(child, f"it did not answer for {silent_s:.0f} s, and was ended")
        if self._is_stop_overdue:
            return events + self._replace(child, "it did not stop, and was ended")
        if late := self._overdue_descriptions(child):
            return events + late
        if silent_s > min(TOLD_AFTER_S, self._stuck_after_s / 2) and not self._is_silence_told:
            self._is_silence_told = True
            events.append(Noted(f"The process that reduces does not answer since {silent_s:.0f} s: perhaps the storage does not."))
        return events

    @property
    def _is_stop_overdue(self) -> bool:
        with self._lock:
            is_stopping = self._is_stopped and self._running is not None and self._next is None
            return is_stopping and time.monotonic() - self._stopped_at > self._stopped_within_s

    def _overdue_descriptions(self, child: ChildProcess) -> list[ReductionEvent]:
        """Give up what hangs as it is loaded; what runs is not ended for that."""
        with self._lock:
            late = self._descriptions.overdue(time.monotonic())
            is_idle = bool(late) and self._running is None and child is self._child
            if is_idle:
                self._child = None
        if is_idle:
            child.end(0.0)
        return [*late]

    def _silent_s(self, has_received: bool) -> float:
        now = time.monotonic()
        if has_received:
            self._heard_at, self._is_silence_told = now, False
        return now - self._heard_at

    def _take(self, event: ReductionEvent) -> bool:
        """Note what an event means, and return whether it is told."""
        self._setbacks.note(event)
        match event:
            case Alive():
                return False
            case Reduced():
                self._owes_taken = True
                return self._is_told
            case Described(name=name):
                return self._descriptions.note(name)
            case ReductionEnded() | ReductionFailed():
                is_told, self._running = self._is_told, None
                return is_told
            case _:
                return self._is_told

    @property
    def _is_told(self) -> bool:
        """Whether what comes belongs to what was asked for last."""
        return self._running is not None and self._next is None

    def _replace(self, child: ChildProcess, reason: str) -> list[ReductionEvent]:
        """Tell of a process that is gone; the next wait starts another one, if there is something to do."""
        child.end(0.0)
        with self._lock:
            if child is not self._child:
                return []
            self._child = None
            told: list[ReductionEvent] = [*self._descriptions.after_death(reason)]
            if self._running is None or self._next is not None:
                return told
            if self._is_stopped:
                told.append(self._setbacks.stopped())
            else:
                told.append(self._setbacks.after_death(reason, self._running.path))
            if not isinstance(told[-1], Noted):
                self._running = None
            return told


def _are_events(message: Any) -> bool:
    return isinstance(message, list) and all(isinstance(event, ReductionEvent) for event in message)
