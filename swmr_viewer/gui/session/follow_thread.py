"""The thread that follows: turns the reader's events into Qt signals, and the window's wishes into requests."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QObject, Qt, QThread, Signal

from swmr_viewer.core.conditions import Condition
from swmr_viewer.gui.session.frame_mailbox import FrameMailbox
from swmr_viewer.gui.session.progress_feed import Announcer, ProgressMailbox, ProgressUpdate
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model import LiveFrame, Mask, Pixels, live_frame

WAIT_S = 1.0
STOP_BOUND_S = 3.0


class SupervisorLike(Protocol):
    """What the thread needs of ``reader.supervisor.Supervisor``."""

    def follow(self, request: m.FollowRequest) -> int: ...
    def send(self, request: m.Request) -> None: ...
    def wait(self, timeout_s: float | None) -> list[m.Event]: ...
    def wake(self) -> None: ...
    def pixels(self, event: m.FrameReady) -> tuple[Pixels, Pixels | None]: ...
    def shown(self, event: m.FrameReady) -> tuple[Pixels, Mask | None]: ...
    def release(self, event: m.FrameReady) -> None: ...


@dataclass(frozen=True, slots=True)
class ReaderCondition:
    """What the reader is doing, and whether it answers."""

    generation: int
    phase: m.Phase
    message: str = ""
    stuck_s: float = 0.0
    """Seconds (s) without an answer; 0: it answers."""
    doing: str = ""


class FollowThread(QThread):
    """Waits on the reader and speaks in signals; every method here returns at once and may be called from any thread.

    Nothing queues when the window is slow: one frame travels at a time (``frame_taken`` lets the next one go), and
    keys are merged, here and in the reader, until ``take_progress``.
    """

    opened = Signal(object)
    """``messages.Opened``."""
    data_joined = Signal(object)
    """``messages.DataJoined``."""
    data_awaited = Signal(object)
    """``messages.DataAwaited``."""
    file_replaced = Signal(object)
    """``messages.FileReplaced``."""
    frames_completed = Signal(object)
    """int64 array of indices; each is announced once per request."""
    progress_changed = Signal()
    """There are keys for ``take_progress``: in any case those of the ``frame_ready`` that follows."""
    measured = Signal(object)
    """``messages.Measured``; the reader merges until the window's thread has come round to it."""
    pixel_mask_read = Signal(object)
    """``messages.PixelMaskRead``."""
    frame_ready = Signal(object)
    """``LiveFrame``: whoever takes it releases it."""
    state_changed = Signal(object)
    """``ReaderCondition``."""
    fault_reported = Signal(object)
    """``messages.Fault``: following goes on."""
    failed = Signal(object)
    """``messages.Failed``."""
    finished = Signal(object)
    """``messages.Ended``, once per end. It hides QThread's own signal: here it is the scan that finishes."""
    resumed = Signal(object)
    """``messages.Resumed``: after a timeout a key came."""

    def __init__(self, supervisor: SupervisorLike, *, clock: Callable[[], float] = time.monotonic, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("follow")
        self._supervisor = supervisor
        self._clock = clock
        self._mailbox = FrameMailbox()
        self._progress = ProgressMailbox()
        self._leaving = False
        self._end_announced = False
        self._announcer: Announcer | None = None
        self._condition = ReaderCondition(0, m.Phase.WAITING_FOR_FILE)
        self._handlers: dict[type, Callable[[Any], None]] = {
            m.Opened: self._on_opened, m.PhaseChanged: self._on_phase, m.KeysChanged: self._on_keys, m.FrameReady: self._on_frame,
            m.Fault: self.fault_reported.emit, m.Ended: self._on_ended, m.Failed: self.failed.emit, m.ReaderStuck: self._on_stuck,
            m.ReaderRecovered: self._on_answer, m.ReaderReplaced: self._on_replaced, m.Measured: self.measured.emit,
            m.PixelMaskRead: self.pixel_mask_read.emit, m.Resumed: self._on_resumed,
            m.DataJoined: self.data_joined.emit, m.DataAwaited: self.data_awaited.emit,
            m.FileReplaced: self.file_replaced.emit,
        }  # fmt: skip
        # Behind what others connect in the window's event queue: when this runs, they have had their turn.
        self.measured.connect(self._on_measured_taken, Qt.ConnectionType.QueuedConnection)

    # ---- wishes

    def follow(self, request: m.FollowRequest) -> int:
        """Follow this from now on; return its generation."""
        self._end_announced = self._mailbox.keeps_all = False
        return self._supervisor.follow(request)

    def show_live(self, generation: int, data_path: str | None = None) -> None:
        self._supervisor.send(m.ShowLive(generation, data_path))

    def show_index(self, generation: int, index: int, scan_shape: tuple[int, ...], data_path: str | None = None) -> None:
        self._supervisor.send(m.ShowIndex(generation, index, data_path, scan_shape))

    def set_display(self, wish: m.SetDisplay) -> None:
        self._supervisor.send(wish)

    def measure(self, wish: m.Measure | m.StopMeasuring) -> None:
        self._supervisor.send(wish)

    def set_every_frame(self, generation: int, on: bool, shown: tuple[int, ...] | None = None) -> None:
        """Deliver each complete frame from the shown one on, instead of the newest."""
        self._mailbox.keeps_all = on
        self._supervisor.send(m.SetEveryFrame(generation, on, shown))

    def set_conditions(self, generation: int, conditions: tuple[Condition, ...]) -> None:
        self._supervisor.send(m.SetConditions(generation, conditions))

    def stop_following(self, generation: int) -> None:
        self._supervisor.send(m.Stop(generation))

    def resume(self, generation: int) -> None:
        self._end_announced = False
        self._supervisor.send(m.Resume(generation))

    def take_progress(self, generation: int) -> list[ProgressUpdate]:
        """Return the keys that came since the last call, the oldest first; the reader may send the next."""
        taken = self._progress.take(generation)
        if taken:
            self._supervisor.send(m.AcknowledgeProgress(generation))
        return taken

    def frame_taken(self) -> None:
        """Say that the last ``frame_ready`` was handled: the next frame may travel, and is emitted at once.

        Not to be called while a frame is handled: they would nest.
        """
        following = self._mailbox.arrived()
        if following is not None:
            self.frame_ready.emit(following)

    # ---- life

    def run(self) -> None:
        while not self._leaving:
            for event in self._supervisor.wait(WAIT_S):
                self._handle(event)
        self._mailbox.clear()

    def stop(self, bound_s: float = STOP_BOUND_S) -> bool:
        """Ask the thread to end and wait at most ``bound_s`` (s); return whether it did."""
        self._leaving = True
        self._supervisor.wake()
        return self.wait(round(1000 * bound_s))

    # ---- events

    def _handle(self, event: m.Event) -> None:
        handler = self._handlers.get(type(event))
        if handler is None:
            return
        try:
            handler(event)
        except Exception as error:  # one event that cannot be understood must not end following
            traceback.print_exc()
            self.fault_reported.emit(m.Fault(getattr(event, "generation", 0), f"An event of the reader was not understood: {error}"))

    def _on_opened(self, event: m.Opened) -> None:
        if self._announcer is None or not self._announcer.still_fits(event):
            self._announcer = Announcer(event)
        self.opened.emit(event)

    def _on_phase(self, event: m.PhaseChanged) -> None:
        self._set_condition(ReaderCondition(event.generation, event.phase, event.message))

    def _on_keys(self, event: m.KeysChanged) -> None:
        assert self._announcer is not None, "keys came before the file was opened"
        update = self._announcer.update(event)
        self._progress.offer(update)
        self.progress_changed.emit()
        if update.completed.size:
            self.frames_completed.emit(update.completed)

    def _on_frame(self, event: m.FrameReady) -> None:
        pixels, shown = self._supervisor.pixels(event), self._supervisor.shown(event)
        frame = live_frame(event, pixels, shown, self._clock(), partial(self._supervisor.release, event))
        travelling = self._mailbox.offer(frame)
        if travelling is not None:
            self.frame_ready.emit(travelling)

    def _on_measured_taken(self, event: m.Measured) -> None:
        self._supervisor.send(m.AcknowledgeMeasured(event.generation))

    def _on_ended(self, event: m.Ended) -> None:
        if not self._end_announced:  # a reader that was replaced after the end says it again
            self._end_announced = not event.still_following
            self.finished.emit(event)

    def _on_resumed(self, event: m.Resumed) -> None:
        self._end_announced = False
        self.resumed.emit(event)

    def _on_stuck(self, event: m.ReaderStuck) -> None:
        self._set_condition(replace(self._condition, generation=event.generation, stuck_s=event.seconds, doing=event.doing))

    def _on_answer(self, event: m.ReaderRecovered) -> None:
        self._set_condition(replace(self._condition, generation=event.generation, stuck_s=0.0, doing=""))

    def _on_replaced(self, event: m.ReaderReplaced) -> None:
        self._set_condition(replace(self._condition, generation=event.generation, stuck_s=0.0, doing=""))
        words = f"The reader was replaced, and following goes on where it was: {event.why}."
        self.fault_reported.emit(m.Fault(event.generation, words))

    def _set_condition(self, condition: ReaderCondition) -> None:
        self._condition = condition
        self.state_changed.emit(condition)


__all__ = ["FollowThread", "LiveFrame", "ReaderCondition", "SupervisorLike"]
