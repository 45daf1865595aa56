"""The session: takes the widgets' intents and the thread's news, and keeps the facts true."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QTimer

from swmr_viewer.core.conditions import Condition
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.gui.session.follow_thread import FollowThread, ReaderCondition
from swmr_viewer.gui.session.frame_wishes import FrameWishes
from swmr_viewer.gui.session.live_frame import LiveFrame
from swmr_viewer.gui.session.places import places_in
from swmr_viewer.gui.session.problem import Problem
from swmr_viewer.gui.session.progress_feed import ProgressUpdate, added_to
from swmr_viewer.gui.session.session_facts import DEFAULT_CONDITIONS, SessionFacts
from swmr_viewer.gui.session.state import resolve_state
from swmr_viewer.reader import messages as m

TICK_MS = 100
RETRYABLE = {"FileNotThereError", "NotSwmrYetError", "NoKeysError", "PathNotThereError"}


class Session(SessionFacts):
    """Widgets read its facts when a signal says that they changed, and call its intents; nothing here draws."""

    def __init__(self, thread: FollowThread, *, clock: Callable[[], float] = time.monotonic, parent: QObject | None = None) -> None:
        super().__init__(clock, parent)
        self._thread = thread
        self._holds_frames = self._owes_turn = False
        self.wishes = FrameWishes(thread.set_display, self.places.name_of)
        self._connect()
        self._ticker = QTimer(self, interval=TICK_MS)
        self._ticker.timeout.connect(self.tick)
        self._ticker.start()

    def _connect(self) -> None:
        thread = self._thread
        thread.opened.connect(self._on_opened)
        thread.progress_changed.connect(self._on_progress)
        thread.frame_ready.connect(self._on_frame)
        thread.measured.connect(self._on_measured)
        thread.pixel_mask_read.connect(self.pixel_mask_read)
        thread.state_changed.connect(self._on_condition)
        thread.fault_reported.connect(self._on_fault)
        thread.failed.connect(self._on_failed)
        thread.finished.connect(self._on_ended)

    # ---- intents

    def open(self, request: m.FollowRequest) -> None:
        """Follow another file (or the same one again); its path is made absolute, so that it names the same file from anywhere."""
        self._drop_shown()
        self._forget()
        path = os.path.abspath(os.path.expanduser(request.path))
        self.request = replace(request, path=path, conditions=request.conditions or DEFAULT_CONDITIONS)
        self.conditions = self.request.conditions
        self.generation = self._thread.follow(self.request)
        self.request_changed.emit()
        self.conditions_changed.emit()
        self.mode_changed.emit()
        self._resolve()

    def follow_live(self) -> None:
        """Show the newest complete frame from now on."""
        if self.request is None:
            return
        self.wanted_index = None
        self._thread.show_live(self.generation, self.wanted_data_path or None)
        self.mode_changed.emit()

    def show_data(self, data_path: str) -> None:
        """Show another of the file's data sets, at the same index if one is pinned."""
        if data_path == self.data_path or self.description is None:
            return
        self.wanted_data_path = data_path
        self._drop_shown()
        if self.wanted_index is None:
            self._thread.show_live(self.generation, data_path)
        else:
            self._thread.show_index(self.generation, self.wanted_index, data_path)
        self.data_changed.emit()

    def measure(self, wish: m.Measure | m.StopMeasuring) -> None:
        """Have complete frames measured; ``measured`` brings what is found."""
        self._thread.measure(wish)

    def pin(self, index: int) -> None:
        """Hold the complete frame at this index while the scan goes on."""
        if self.progress is None or not self.progress.is_complete(index) or index == self.wanted_index:
            return
        self.wanted_index = index
        self.wanted_is_unreadable = False
        self.counts.pause()
        self._thread.show_index(self.generation, index, self.wanted_data_path or None)
        self.mode_changed.emit()

    def hold(self) -> None:
        """Pin the frame that is shown."""
        if self.shown is not None:
            self.pin(self.shown.index)

    def toggle_hold(self) -> None:
        """Hold what is shown, or go back to the live edge."""
        if self.is_live:
            self.hold()
        else:
            self.follow_live()

    def step(self, direction: int) -> None:
        """Pin the next (+1) or previous (-1) complete frame."""
        at = self.wanted_index if self.wanted_index is not None else self.shown.index if self.shown is not None else None
        if self.progress is not None and at is not None:
            self._pin_found(self.progress.nearest_complete(at, direction))

    def pin_first(self) -> None:
        if self.progress is not None:
            self._pin_found(self.progress.nearest_complete(-1, +1))

    def pin_last(self) -> None:
        if self.progress is not None:
            self._pin_found(self.progress.newest)

    def pin_nearest(self, index: int) -> None:
        """Pin the complete frame that is nearest to this index."""
        if self.progress is None:
            return
        if self.progress.is_complete(index):
            self.pin(index)
            return
        around = [self.progress.nearest_complete(index, step) for step in (-1, +1)]
        found = [one for one in around if one is not None]
        if found:
            self.pin(min(found, key=lambda one: abs(one - index)))

    def prepare(self, data_path: str, **changes: Any) -> None:
        """Have this data set's frames prepared otherwise: ``mask``, ``percentiles``, ``combine`` as in ``messages.SetDisplay``."""
        self.wishes.change(self.generation, data_path, **changes)

    def follow_every(self, on: bool) -> None:
        """Have each complete frame shown, from the shown one on, or the newest alone."""
        if self.request is not None:
            self._thread.follow_every(self.generation, on)

    def hold_frames(self, on: bool) -> None:
        """Take no more frames for a while (with every frame wanted, the reader waits), or go on."""
        self._holds_frames = on
        if not on and self._owes_turn:
            self._owes_turn = False
            self._thread.frame_taken()

    def set_conditions(self, conditions: tuple[Condition, ...]) -> None:
        """Replace what ends following, while following."""
        if conditions == self.conditions:
            return
        self.conditions = conditions
        if self.request is not None:
            self._thread.set_conditions(self.generation, conditions)
        self.conditions_changed.emit()

    def stop(self) -> None:
        """End following now."""
        if self.request is not None and not self.is_over:
            self._thread.stop_following(self.generation)

    def resume(self) -> None:
        """Go on after an end; the timeout starts anew."""
        if not self.can_resume:
            return
        self.ended = None
        self.following_since_s = self._clock()
        self._thread.resume(self.generation)
        self._resolve()

    def retry(self) -> None:
        """Open the same request again, waiting as long as it takes for what is not there yet."""
        if self.request is not None:
            self.open(replace(self.request, wait_s=None, conditions=self.conditions or self.request.conditions))

    def report(self, problem: Problem) -> None:
        """Show a problem in the error bar."""
        self.problem_reported.emit(problem)

    def note(self, words: str) -> None:
        """Say a few words in the status line."""
        self.noted.emit(words)

    def note_painted(self, frame: LiveFrame) -> None:
        """Measure how long it took from the frame's key to the screen."""
        if frame is self.shown:
            self.counts.note_painted(frame, self._clock())

    def tick(self) -> None:
        """Let time pass: ages, countdowns, *quiet*."""
        self._resolve()
        self.ticked.emit()

    def close(self) -> None:
        """Let go of the shown frame and of the clock; the thread is its owner's to stop."""
        self._ticker.stop()
        self._drop_shown()

    # ---- what the thread says

    def _on_opened(self, opened: m.Opened) -> None:
        if opened.generation != self.generation:
            return
        again = self.description is not None and self.description.key_paths == opened.key_paths
        self.description = opened
        if not again or self.progress is None:
            self.progress = KeyProgress(max(1, len(opened.key_paths)), opened.scan_shape)
            self.following_since_s = self._clock()
        self.places.enter(places_in(self.request, opened))
        self.wishes.say_again(self.generation, opened.data)
        self.opened.emit()
        self.progress_changed.emit()

    def _on_progress(self) -> None:
        if self.description is None:  # opened again: the keys that wait may be those of the next ``Opened``
            return
        updates = self._thread.take_progress(self.generation)
        for update in updates:
            self._take_in(update)
        if updates:
            self.progress_changed.emit()
            self._resolve()

    def _take_in(self, update: ProgressUpdate) -> None:
        self._mirror(update.keys)
        self.keys_changed.emit(update.keys)
        if self._is_newer_key(update.keys.last_key_at_s):
            self.last_key_at_s = update.keys.last_key_at_s
        if update.completed.size:
            self._rate.add(self._clock(), int(update.completed.size))
            self.frames_completed.emit(update.completed)

    def _is_newer_key(self, at_s: float) -> bool:
        has_keys = self.progress is not None and any(self.progress.n_set(k) for k in range(self.progress.n_keys))
        return has_keys and (self.last_key_at_s is None or at_s > self.last_key_at_s)

    def _mirror(self, keys: m.KeysChanged) -> None:
        if self.progress is None or keys.whole:
            self.progress = KeyProgress(max(1, len(keys.added)), keys.scan_shape)
        elif keys.scan_shape != self.progress.scan_shape:
            self.progress.grow(keys.scan_shape)
        added_to(self.progress, keys)

    def _on_frame(self, frame: LiveFrame) -> None:
        if frame.generation == self.generation:
            self._on_progress()  # its keys were told before it, and may wait behind it in the event queue
        if frame.generation != self.generation or frame.data_path != (self.data_path or frame.data_path) or not self._is_wanted(frame):
            frame.release()
        else:
            self._show(frame)
        if self._holds_frames:
            self._owes_turn = True
        else:
            self._thread.frame_taken()

    def _is_wanted(self, frame: LiveFrame) -> bool:
        return frame.live if self.wanted_index is None else frame.index == self.wanted_index

    def _show(self, frame: LiveFrame) -> None:
        if self.places.saw(frame.data_path, frame.raw.shape):
            self.wishes.say(self.generation, frame.data_path)
            self.data_changed.emit()
        before, self.shown = self.shown, frame
        self.counts.note_shown(frame, self.progress.n_complete if self.progress is not None else 0)
        self.frame_changed.emit()
        if before is not None:
            before.release()

    def _drop_shown(self) -> None:
        before, self.shown = self.shown, None
        if before is not None:
            self.frame_changed.emit()
            before.release()

    def _on_measured(self, measured: m.Measured) -> None:
        if measured.generation == self.generation:
            self.measured.emit(measured)

    def _on_condition(self, condition: ReaderCondition) -> None:
        if condition.generation != self.generation:
            return
        if condition.phase is m.Phase.FOLLOWING and self._phase is not m.Phase.FOLLOWING:
            self.following_since_s = self._clock()
        self._condition = condition
        self._resolve()

    def _on_fault(self, fault: m.Fault) -> None:
        if fault.generation != self.generation:
            return
        if fault.index is not None and fault.index == self.wanted_index:
            self.wanted_is_unreadable = True
            self.mode_changed.emit()
        self.report(Problem(fault.message, "Following goes on without it." if fault.index is not None else "", severity="note"))

    def _on_failed(self, failed: m.Failed) -> None:
        if failed.generation != self.generation:
            return
        self.failed = failed
        words = "Wait for it" if failed.kind in RETRYABLE else "Try again"
        self.report(Problem(failed.message, failed.remedy, failed.details, action_words=words, action=self.retry))
        self._resolve()
        self.finished.emit(failed)

    def _on_ended(self, ended: m.Ended) -> None:
        if ended.generation != self.generation:
            return
        self.ended = ended
        self._resolve()
        self.finished.emit(ended)

    # ---- helpers

    def _pin_found(self, index: int | None) -> None:
        if index is not None:
            self.pin(index)

    def _resolve(self) -> None:
        state = resolve_state(self._facts())
        if state != self.state:
            self.state = state
            self.state_changed.emit()
