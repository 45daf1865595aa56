"""The one truth that the widgets show, and the intents that they send."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from swmr_viewer.core.conditions import AllKeys, Condition, FileClosed, FinishedFlag, Timeout
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.gui.follow_thread import FollowThread, ReaderCondition
from swmr_viewer.gui.live_frame import LiveFrame
from swmr_viewer.gui.problem import Problem
from swmr_viewer.gui.progress_feed import ProgressUpdate, added_to
from swmr_viewer.gui.rate import RateMeter
from swmr_viewer.gui.state import Facts, SessionState, resolve_state
from swmr_viewer.reader import messages as m

DEFAULT_CONDITIONS: tuple[Condition, ...] = (FinishedFlag(), Timeout(10.0), AllKeys(), FileClosed())
TICK_MS = 100
RETRYABLE = {"FileNotThereError", "NotSwmrYetError", "NoKeysError", "PathNotThereError"}


class Session(QObject):
    """What is followed, what is known about it, what is shown.

    Widgets read its attributes when a signal says that they changed, and call its intents; nothing here draws.
    """

    request_changed = Signal()
    """Another file, or none: everything starts anew."""
    opened = Signal()
    progress_changed = Signal()
    frames_completed = Signal(object)
    """int64 array of indices, each announced once."""
    frame_changed = Signal()
    """``shown`` is another frame (or None)."""
    mode_changed = Signal()
    """Live or pinned, or another pinned frame was asked for."""
    state_changed = Signal()
    conditions_changed = Signal()
    problem_reported = Signal(object)
    """``Problem``."""
    finished = Signal(object)
    """``messages.Ended`` or ``messages.Failed``."""
    noted = Signal(str)
    """A few words for the status line."""
    ticked = Signal()
    """Ten times a second, for ages and countdowns."""

    def __init__(self, thread: FollowThread, *, clock: Callable[[], float] = time.monotonic, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = thread
        self._clock = clock
        self._rate = RateMeter()
        self.request: m.FollowRequest | None = None
        self.conditions: tuple[Condition, ...] = DEFAULT_CONDITIONS
        self._forget()
        self.state: SessionState = resolve_state(self._facts())
        self._connect()
        self._ticker = QTimer(self, interval=TICK_MS)
        self._ticker.timeout.connect(self.tick)
        self._ticker.start()

    def _connect(self) -> None:
        thread = self._thread
        thread.opened.connect(self._on_opened)
        thread.progress_changed.connect(self._on_progress)
        thread.frame_ready.connect(self._on_frame)
        thread.state_changed.connect(self._on_condition)
        thread.fault_reported.connect(self._on_fault)
        thread.failed.connect(self._on_failed)
        thread.finished.connect(self._on_ended)

    def _forget(self) -> None:
        self.generation = 0
        self.description: m.Opened | None = None
        self.progress: KeyProgress | None = None
        self.shown: LiveFrame | None = None
        self.wanted_index: int | None = None
        self.last_key_at_s: float | None = None
        self.following_since_s: float | None = None
        self.n_shown = 0
        self.n_skipped = 0
        self.latency_s: float | None = None
        self.ended: m.Ended | None = None
        self.failed: m.Failed | None = None
        self._condition: ReaderCondition | None = None
        self._live_mark: int | None = None
        self._rate.clear()

    # ---- what is known

    @property
    def is_live(self) -> bool:
        """Whether the newest frame is shown as it comes (otherwise ``wanted_index`` is pinned)."""
        return self.wanted_index is None

    @property
    def scan_shape(self) -> tuple[int, ...]:
        return self.progress.scan_shape if self.progress is not None else ()

    @property
    def data_path(self) -> str:
        """The data set that is shown, or nothing before the file is open."""
        paths = self.description.data_paths if self.description is not None else ()
        return paths[0] if paths else ""

    @property
    def frames_per_second(self) -> float | None:
        return self._rate.per_second(self._clock())

    @property
    def key_age_s(self) -> float | None:
        """Seconds since the newest key, or None before the first."""
        return None if self.last_key_at_s is None else max(0.0, self._clock() - self.last_key_at_s)

    @property
    def frame_age_s(self) -> float | None:
        """Seconds since the key of the shown frame was seen."""
        return None if self.shown is None else max(0.0, self._clock() - self.shown.key_seen_at_s)

    @property
    def is_over(self) -> bool:
        """Whether following ended or failed."""
        return self.ended is not None or self.failed is not None

    @property
    def can_resume(self) -> bool:
        return self.ended is not None and self.failed is None

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the timeout ends it if nothing comes; None where no timeout counts."""
        limits = [one.seconds for one in self.conditions if isinstance(one, Timeout)]
        since = [at for at in (self.last_key_at_s, self.following_since_s) if at is not None]
        if not limits or not since or self.is_over or self._phase is not m.Phase.FOLLOWING:
            return None
        return max(0.0, max(since) + min(limits) - self._clock())

    @property
    def shows_stale_picture(self) -> bool:
        """Whether a pinned frame was asked for and is not on the screen yet."""
        return self.wanted_index is not None and (self.shown is None or self.shown.index != self.wanted_index)

    @property
    def _phase(self) -> m.Phase | None:
        return self._condition.phase if self._condition is not None else None

    # ---- intents

    def open(self, request: m.FollowRequest) -> None:
        """Follow another file (or the same one again)."""
        self._drop_shown()
        self._forget()
        self.request = request if request.conditions else replace(request, conditions=DEFAULT_CONDITIONS)
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
        self._thread.show_live(self.generation)
        self.mode_changed.emit()

    def pin(self, index: int) -> None:
        """Hold the complete frame at this index while the scan goes on."""
        if self.progress is None or not self.progress.is_complete(index) or index == self.wanted_index:
            return
        self.wanted_index = index
        self._live_mark = None
        self._thread.show_index(self.generation, index)
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
        if frame.live and frame is self.shown:
            self.latency_s = max(0.0, self._clock() - frame.key_seen_at_s)

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
        self.opened.emit()
        self.progress_changed.emit()

    def _on_progress(self, update: ProgressUpdate) -> None:
        if update.generation != self.generation or self.progress is None:
            return
        self._mirror(update.keys)
        if self._is_newer_key(update.keys.last_key_at_s):
            self.last_key_at_s = update.keys.last_key_at_s
        if update.completed.size:
            self._rate.add(self._clock(), int(update.completed.size))
            self.frames_completed.emit(update.completed)
        self._thread.progress_taken(self.generation)
        self.progress_changed.emit()
        self._resolve()

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
        if frame.generation != self.generation or not self._is_wanted(frame):
            frame.release()
        else:
            self._show(frame)
        self._thread.frame_taken()

    def _is_wanted(self, frame: LiveFrame) -> bool:
        return frame.live if self.wanted_index is None else frame.index == self.wanted_index

    def _show(self, frame: LiveFrame) -> None:
        before, self.shown = self.shown, frame
        self.n_shown += 1
        self._count_skipped(frame)
        self.frame_changed.emit()
        if before is not None:
            before.release()

    def _count_skipped(self, frame: LiveFrame) -> None:
        if not frame.live or self.progress is None:
            return
        complete = self.progress.n_complete
        if self._live_mark is not None:
            self.n_skipped += max(0, complete - self._live_mark - 1)
        self._live_mark = max(complete, self._live_mark or 0)

    def _drop_shown(self) -> None:
        before, self.shown = self.shown, None
        if before is not None:
            self.frame_changed.emit()
            before.release()

    def _on_condition(self, condition: ReaderCondition) -> None:
        if condition.generation != self.generation:
            return
        if condition.phase is m.Phase.FOLLOWING and self._phase is not m.Phase.FOLLOWING:
            self.following_since_s = self._clock()
        self._condition = condition
        self._resolve()

    def _on_fault(self, fault: m.Fault) -> None:
        if fault.generation == self.generation:
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

    def _facts(self) -> Facts:
        condition = self._condition
        return Facts(
            has_request=self.request is not None, phase=condition.phase if condition else None,
            stuck_s=condition.stuck_s if condition else 0.0, quiet_s=self.key_age_s, rate=self.frames_per_second,
            ended=self.ended, failed=self.failed, message=condition.message if condition else "",
        )  # fmt: skip

    def _resolve(self) -> None:
        state = resolve_state(self._facts())
        if state != self.state:
            self.state = state
            self.state_changed.emit()
