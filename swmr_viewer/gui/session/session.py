"""The session: what widgets may intend, and what they read."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QTimer

from swmr_viewer.core.conditions import Condition, default_conditions
from swmr_viewer.gui.session.follow_thread import FollowThread
from swmr_viewer.gui.session.session_news import SessionNews
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model import LiveFrame

TICK_MS = 100


class Session(SessionNews):
    """Widgets read its facts when a signal says that they changed, and call its intents; nothing here draws."""

    def __init__(self, thread: FollowThread, *, clock: Callable[[], float] = time.monotonic, parent: QObject | None = None) -> None:
        super().__init__(thread, clock, parent)
        self._ticker = QTimer(self, interval=TICK_MS)
        self._ticker.timeout.connect(self.tick)
        self._ticker.start()

    @property
    def scan(self) -> Session:
        """The facts of the scan that is followed, for reading."""
        return self

    # ---- intents

    def open(self, request: m.FollowRequest) -> None:
        """Follow another file (or the same one again); its path is made absolute, so that it names the same file from anywhere."""
        self._drop_shown()
        self._forget()
        self._wants_every = False
        path = os.path.abspath(os.path.expanduser(request.path))
        self.request = replace(request, path=path, conditions=request.conditions or default_conditions())
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
            self._thread.show_index(self.generation, self.wanted_index, self.scan_shape, data_path)
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
        self._thread.show_index(self.generation, index, self.scan_shape, self.wanted_data_path or None)
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
        """Have these frames prepared otherwise: ``mask``, ``percentiles``, ``combine``, ``view`` as in ``messages.SetDisplay``."""
        self.preparation.change(self.generation, data_path, **changes)

    def set_every_frame(self, on: bool) -> None:
        """Have each complete frame shown, from the shown one on, or the newest alone."""
        if self.request is not None:
            self._wants_every = on
            shown = self.shown.position if self.shown is not None and self.shown.live else None
            self._thread.set_every_frame(self.generation, on, shown if on else None)

    def hold_frames(self, on: bool) -> None:
        """Take no more frames for a while (with every frame wanted, the reader waits), or go on."""
        self._holds_frames = on
        if not on and self._owes_turn:
            self._owes_turn = False
            self._next_frame.start()

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
        self._next_frame.stop()
        self._drop_shown()

    def _pin_found(self, index: int | None) -> None:
        if index is not None:
            self.pin(index)
