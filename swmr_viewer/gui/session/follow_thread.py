"""The thread that follows: turns the reader's events into Qt signals, one frame and one batch of keys at a time."""

from __future__ import annotations

import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal

from swmr_viewer.core.progress import GrowingArray
from swmr_viewer.core.ranges import IndexArray, indices_of, runs_of
from swmr_viewer.gui.session.progress_mailbox import ProgressMailbox
from swmr_viewer.gui.session.values_mailbox import ValuesMailbox
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model import LiveFrame, Mask, Pixels, frame_from_event

if TYPE_CHECKING:
    from swmr_viewer.reader.supervision import ProcessMemory, Slots

WAIT_S = 1.0
STOP_BOUND_S = 3.0
_ACKNOWLEDGED: dict[type, Callable[[int], m.Request]] = {
    m.Measured: m.AcknowledgeMeasured, m.OrderRead: m.AcknowledgeOrder, m.ScalarsRead: m.AcknowledgeScalars,
}  # fmt: skip
"""What brings values of scan points, and how the reader learns that it may send the next."""


class SupervisorLike(Protocol):
    """What the thread needs of ``reader.supervision.Supervisor``."""

    def follow(self, request: m.FollowRequest) -> int: ...
    def send(self, request: m.Request) -> None: ...
    def wait(self, timeout_s: float | None) -> list[m.Event]: ...
    def wake(self) -> None: ...
    def pixels(self, event: m.FrameReady) -> tuple[Pixels, Pixels | None]: ...
    def shown(self, event: m.FrameReady) -> tuple[Pixels, Mask | None]: ...
    def release(self, event: m.FrameReady) -> None: ...
    def replace_reader(self) -> None: ...
    def set_stuck_after(self, seconds: float) -> None: ...
    def memory(self) -> ProcessMemory | None: ...
    @property
    def slots(self) -> Slots: ...


class FollowThread(QThread):
    """Waits on the reader and emits signals; every method here returns at once and may be called from any thread.

    Nothing queues when the window is slow: one frame travels at a time (``frame_taken`` lets the next one go), and
    keys are merged, here and in the reader, until ``take_progress``; values wait until ``take_values``.
    """

    frames_completed = Signal(object)
    """int64 array of indices; each is announced once per request."""
    progress_changed = Signal()
    """There are keys for ``take_progress``: in any case those of the ``frame_ready`` that follows."""
    frame_ready = Signal(object)
    """``LiveFrame``: whoever takes it releases it."""
    beside_changed = Signal()
    """There are frames for ``take_beside``."""
    values_came = Signal()
    """There are values for ``take_values``."""
    finished = Signal(object)
    """``messages.Ended``, once per end. It hides QThread's own signal: here it is the scan that finishes."""
    received = Signal(object)
    """Every other event of the reader (``messages``), as it is."""

    def __init__(self, supervisor: SupervisorLike, *, clock: Callable[[], float] = time.monotonic, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("follow")
        self._supervisor = supervisor
        self._clock = clock
        self._frames = FrameMailbox()
        self._beside = BesideMailbox()
        self._progress = ProgressMailbox()
        self._values = ValuesMailbox()
        self._announced: AnnouncedFrames | None = None
        self._end_announced = False
        self._leaving = False
        self._handlers: dict[type, Callable[[Any], None]] = {
            m.Opened: self._on_opened, m.KeysChanged: self._on_keys, m.FrameReady: self._on_frame,
            m.Ended: self._on_ended, m.Resumed: self._on_resumed,
            **dict.fromkeys(_ACKNOWLEDGED, self._on_values),
        }  # fmt: skip

    def follow(self, request: m.FollowRequest) -> int:
        """Follow this from now on; return its generation."""
        self._end_announced = False
        return self._supervisor.follow(request)

    def send(self, request: m.Request) -> None:
        """Send a request to the reader."""
        if isinstance(request, m.Resume | m.SetLookingOn):
            self._end_announced = False
        self._supervisor.send(request)

    def replace_reader(self) -> None:
        """Have the reader replaced now; it goes on where it was."""
        self._supervisor.replace_reader()

    def set_stuck_after(self, seconds: float) -> None:
        """Have a reader replaced after so much silence (s)."""
        self._supervisor.set_stuck_after(seconds)

    def take_progress(self, generation: int) -> list[m.KeysChanged]:
        """Return keys that came since the last call, the oldest first; of very many some, and others wait (``has_progress``).

        Their ``completed`` are the frames that were not announced before. Once all are taken, the reader may send the next.
        """
        taken = self._progress.take(generation)
        if taken and not self.has_progress:
            self._supervisor.send(m.AcknowledgeProgress(generation))
        return taken

    @property
    def has_progress(self) -> bool:
        """Whether there are keys for ``take_progress``."""
        return self._progress.holds_any

    def take_values(self) -> m.Measured | m.OrderRead | m.ScalarsRead | None:
        """Return values of scan points in their order, of very many some; with the last of a message the reader may send the next."""
        taken = self._values.take()
        if taken is None:
            return None
        values, is_last = taken
        if is_last:
            self._supervisor.send(_ACKNOWLEDGED[type(values)](values.generation))
        return values

    def frame_taken(self) -> None:
        """Take note that the last ``frame_ready`` was handled: the next frame may travel, and is emitted at once.

        Not to be called while a frame is handled: they would nest.
        """
        following = self._frames.arrived()
        if following is not None:
            self.frame_ready.emit(following)

    def take_beside(self) -> list[LiveFrame]:
        """Return the frames of other data sets that came since the last call, the newest of each; they hold no slots."""
        return self._beside.take()

    # ---- what is held

    @property
    def slots(self) -> Slots:
        """The slots that frames go through."""
        return self._supervisor.slots

    def memory(self) -> ProcessMemory | None:
        """Return the memory of the window's process and its helpers; None where the system does not tell. It takes some milliseconds."""
        return self._supervisor.memory()

    # ---- life

    def run(self) -> None:
        while not self._leaving:
            for event in self._supervisor.wait(WAIT_S):
                self._handle(event)
        self._frames.clear()

    def stop(self, bound_s: float = STOP_BOUND_S) -> bool:
        """Ask the thread to end and wait at most ``bound_s`` (s); return whether it did."""
        self._leaving = True
        self._supervisor.wake()
        return self.wait(round(1000 * bound_s))

    # ---- events

    def _handle(self, event: m.Event) -> None:
        try:
            self._handlers.get(type(event), self.received.emit)(event)
        except Exception as error:  # one event that cannot be understood must not end following
            traceback.print_exc()
            self.received.emit(m.Fault(getattr(event, "generation", 0), f"An event of the reader was not understood: {error}"))

    def _on_opened(self, event: m.Opened) -> None:
        if self._announced is None or not self._announced.continues(event):
            self._announced = AnnouncedFrames(event)
        self.received.emit(event)

    def _on_keys(self, event: m.KeysChanged) -> None:
        assert self._announced is not None, "keys came before the file was opened"
        new = self._announced.new_of(event)
        self._progress.offer(replace(event, completed=runs_of(new)))
        self.progress_changed.emit()
        if new.size:
            self.frames_completed.emit(new)

    def _on_frame(self, event: m.FrameReady) -> None:
        pixels, shown = self._supervisor.pixels(event), self._supervisor.shown(event)
        frame = frame_from_event(event, pixels, shown, self._clock(), partial(self._supervisor.release, event))
        if frame.beside:  # slots are for the shown data set: these may be looked at for long
            if self._beside.offer(frame.copied()):
                self.beside_changed.emit()
            return
        travelling = self._frames.offer(frame)
        if travelling is not None:
            self.frame_ready.emit(travelling)

    def _on_values(self, event: m.Measured | m.OrderRead | m.ScalarsRead) -> None:
        self._values.offer(event)
        self.values_came.emit()

    def _on_ended(self, event: m.Ended) -> None:
        if not self._end_announced:  # a reader that was replaced after the end repeats it
            self._end_announced = not event.still_following
            self.finished.emit(event)

    def _on_resumed(self, event: m.Resumed) -> None:
        self._end_announced = False
        self.received.emit(event)


class AnnouncedFrames:
    """Which frames were announced: a new reader repeats the whole state, and a scan whose inner axes grow moves the indices."""

    def __init__(self, opened: m.Opened) -> None:
        self._generation = opened.generation
        self._key_paths = opened.key_paths
        self._mask = GrowingArray(opened.scan_shape, np.bool_, False)

    def continues(self, opened: m.Opened) -> bool:
        """Whether ``opened`` continues what was announced so far (a reader was replaced)."""
        return (opened.generation, opened.key_paths) == (self._generation, self._key_paths)

    def new_of(self, keys: m.KeysChanged) -> IndexArray:
        """Return which of the frames that are complete by this were not announced; from now on they are."""
        if keys.scan_shape != self._mask.shape:
            self._grow(keys.scan_shape)
        announced, completed = self._mask.flat, indices_of(keys.completed)
        if keys.whole:
            completed = completed[~announced[completed]]
        announced[completed] = True
        return completed

    def _grow(self, scan_shape: tuple[int, ...]) -> None:
        try:
            self._mask.grow(scan_shape)
        except (ValueError, TypeError, LookupError):  # no larger one: the two cannot be compared
            self._mask = GrowingArray(scan_shape, np.bool_, False)


class BesideMailbox:
    """Frames of other data sets than the shown one: of each the newest waits."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: dict[str, LiveFrame] = {}

    def offer(self, frame: LiveFrame) -> bool:
        """Take a frame; return whether none waited before."""
        with self._lock:
            is_first = not self._waiting
            self._waiting[frame.data_path] = frame
        return is_first

    def take(self) -> list[LiveFrame]:
        """Hand out what waits."""
        with self._lock:
            taken, self._waiting = list(self._waiting.values()), {}
        return taken


class FrameMailbox:
    """Lets one frame travel at a time; a newer one replaces those that wait, whose slots go back at once.

    Those that come in turn (`Every frame`) wait in line: there are never more of them than slots.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._travelling = False
        self._waiting: deque[LiveFrame] = deque()

    def offer(self, frame: LiveFrame) -> LiveFrame | None:
        """Take a frame; return it if it may travel now."""
        with self._lock:
            if not self._travelling:
                self._travelling = True
                return frame
            replaced = [before for before in self._waiting if not before.in_turn or before.generation != frame.generation]
            self._waiting = deque(before for before in self._waiting if before not in replaced)
            self._waiting.append(frame)
        for before in replaced:
            before.release()
        return None

    def arrived(self) -> LiveFrame | None:
        """Note that the travelling frame was handled; return the next one that may travel."""
        with self._lock:
            following = self._waiting.popleft() if self._waiting else None
            self._travelling = following is not None
        return following

    def clear(self) -> None:
        """Give back the frames that wait."""
        with self._lock:
            dropped = [*self._waiting]
            self._waiting.clear()
        for frame in dropped:
            frame.release()
