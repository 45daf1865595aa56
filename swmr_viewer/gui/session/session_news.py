"""What the thread says, taken into the session's facts; stale news of an earlier request are dropped."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.scan import moved_index
from swmr_viewer.gui.session.follow_thread import FollowThread, ReaderCondition
from swmr_viewer.gui.session.progress_feed import ProgressUpdate, added_to
from swmr_viewer.gui.session.session_facts import SessionFacts
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model import FramePreparation, LiveFrame, Problem, places_in, replaced_text, resolve_state

TELL_STUCK_S = 5.0
"""The state line tells of silence after 2 s; after so long (s) the error bar offers to stop."""
RETRYABLE = {"FileNotThereError", "NotSwmrYetError", "NoKeysError", "PathNotThereError"}


class SessionNews(SessionFacts):
    """Keeps the facts true while the thread speaks."""

    def __init__(self, thread: FollowThread, clock: Callable[[], float], parent: QObject | None) -> None:
        super().__init__(clock, parent)
        self._thread = thread
        self._holds_frames = self._owes_turn = self._wants_every = False
        # A turn of the event loop for each frame: taken from within the handling of the one before, frames nested and nothing was painted.
        self._next_frame = QTimer(self, singleShot=True, interval=0)
        self._next_frame.timeout.connect(thread.frame_taken)
        self.preparation = FramePreparation(thread.set_display, self.places.name_of)
        self._connect()

    @abstractmethod
    def retry(self) -> None:
        """Open the same request again."""

    @abstractmethod
    def stop(self) -> None:
        """End following now."""

    def report(self, problem: Problem) -> None:
        """Show a problem in the error bar."""
        self.problem_reported.emit(problem)

    def _connect(self) -> None:
        thread = self._thread
        thread.opened.connect(self._on_opened)
        thread.data_joined.connect(self._on_joined)
        thread.data_awaited.connect(self._on_awaited)
        thread.file_replaced.connect(self._on_replaced)
        thread.progress_changed.connect(self._on_progress)
        thread.frame_ready.connect(self._on_frame)
        thread.measured.connect(self._on_measured)
        thread.pixel_mask_read.connect(self.pixel_mask_read)
        thread.state_changed.connect(self._on_condition)
        thread.fault_reported.connect(self._on_fault)
        thread.failed.connect(self._on_failed)
        thread.finished.connect(self._on_ended)
        thread.resumed.connect(self._on_resumed)

    def _on_opened(self, opened: m.Opened) -> None:
        if opened.generation != self.generation:
            return
        again = self.description is not None and self.description.key_paths == opened.key_paths
        self.description = opened
        self.failed = None  # a file that was given up is looked at again, and can be read now
        self._solve()
        self._resolve()
        if not again or self.progress is None:
            self.progress = KeyProgress(max(1, len(opened.key_paths)), opened.scan_shape)
            self.following_since_s = self._clock()
        self.places.enter(places_in(self.request, opened))
        self.preparation.say_again(self.generation, opened.data)
        self.opened.emit()
        self.progress_changed.emit()

    def _on_joined(self, joined: m.DataJoined) -> None:
        if joined.generation != self.generation or self.description is None:
            return
        before = self.data_path
        self.description = replace(self.description, data=self.description.data + joined.data)
        self.places.join(places_in(self.request, joined))
        self.preparation.say_again(self.generation, joined.data)
        self.data_joined.emit()
        if self.data_path != before:
            self.data_changed.emit()

    def _on_awaited(self, awaited: m.DataAwaited) -> None:
        if awaited.generation == self.generation:
            self.awaited = awaited.waits
            self.data_joined.emit()
            self._resolve()

    def _tell_stuck(self, condition: ReaderCondition) -> None:
        """Offer to stop while the reader hangs: its request is answered by the supervisor, at once."""
        if condition.stuck_s < TELL_STUCK_S or self.is_over:
            self._solve("note")
        elif self._open_problem is None:
            words = f"The reader has not answered for {condition.stuck_s:.0f} s, while {condition.doing}."
            remedy = "The storage does not answer, or the file is damaged. The window stays usable, and looking goes on."
            self._open_problem = Problem(words, remedy, severity="note", action_text="Stop", action=self.stop)
            self.report(self._open_problem)

    def _solve(self, severity: str = "") -> None:
        """Take back what was said of a failure, or of a reader that does not answer."""
        problem = self._open_problem
        if problem is not None and severity in ("", problem.severity):
            self._open_problem = None
            self.problem_solved.emit(problem)

    def _on_replaced(self, replaced: m.FileReplaced) -> None:
        if replaced.generation != self.generation:
            return
        self.replaced = replaced
        self.report(Problem(replaced_text(replaced), action_text="Follow the new one", action=self.retry))
        self._resolve()
        self.file_replaced.emit()

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
        shown = self.shown
        self._mirror(update.keys)
        self.keys_changed.emit(update.keys)
        if self.shown is not shown:
            self.frame_changed.emit()
        if self._is_newer_key(update.keys.last_key_at_s):
            self.last_key_at_s, self.last_key_came = update.keys.last_key_at_s, update.keys.last_key_came
        if update.completed.size:
            if update.keys.last_key_came:
                self._rate.add(self._clock(), int(update.completed.size))
            self.frames_completed.emit(update.completed)

    def _is_newer_key(self, at_s: float) -> bool:
        has_keys = self.progress is not None and any(self.progress.n_set(k) for k in range(self.progress.n_keys))
        return has_keys and (self.last_key_at_s is None or at_s > self.last_key_at_s)

    def _mirror(self, keys: m.KeysChanged) -> None:
        before = self.scan_shape
        self._mirror_keys(keys)
        if self.scan_shape[1:] != before[1:]:
            self._keep_points(before, self.scan_shape)

    def _keep_points(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """Go on showing the same scan points, whose indices are others now: an inner axis grew."""
        if self.wanted_index is not None:
            now = moved_index(self.wanted_index, before, after)
            self.wanted_index = self.wanted_index if now is None else now
        placed = None if self.shown is None else self.shown.placed_on(after)
        if placed is not None and placed is not self.shown:
            self.shown = replace(placed, is_new=False)  # the same picture: how long it took to the screen has been told

    def _mirror_keys(self, keys: m.KeysChanged) -> None:
        if self.progress is None or keys.whole:
            self.progress = KeyProgress(max(1, len(keys.added)), keys.scan_shape)
        elif keys.scan_shape != self.progress.scan_shape:
            self.progress.grow(keys.scan_shape)
        added_to(self.progress, keys)

    def _on_frame(self, frame: LiveFrame) -> None:
        if frame.generation == self.generation:
            self._on_progress()  # its keys were told before it, and may wait behind it in the event queue
            frame = frame.placed_on(self.scan_shape)  # keys of a larger scan may have been told after it
        if frame.generation != self.generation or frame.data_path != (self.data_path or frame.data_path) or not self._is_wanted(frame):
            frame.release()
        else:
            self._show(frame)
        if self._holds_frames:
            self._owes_turn = True
        else:
            self._next_frame.start()

    def _is_wanted(self, frame: LiveFrame) -> bool:
        if self.wanted_index is not None:
            return frame.index == self.wanted_index
        return frame.live and (frame.in_turn or not self._wants_every)

    def _show(self, frame: LiveFrame) -> None:
        if self.places.saw(frame.data_path, frame.whole.shape):
            self.preparation.say(self.generation, frame.data_path)
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
        self._tell_stuck(condition)
        self._resolve()

    def _on_fault(self, fault: m.Fault) -> None:
        if fault.generation != self.generation:
            return
        if fault.index is not None and fault.index == self.wanted_index and fault.data_path in ("", self.data_path):
            self.wanted_is_unreadable = True
            self.mode_changed.emit()
        self.report(Problem(fault.message, "Following goes on without it." if fault.index is not None else "", severity="note"))

    def _on_failed(self, failed: m.Failed) -> None:
        if failed.generation != self.generation:
            return
        self.failed = failed
        words = "Wait for it" if failed.kind in RETRYABLE else "Try again"
        self._open_problem = Problem(failed.message, failed.remedy, failed.details, action_text=words, action=self.retry)
        self.report(self._open_problem)
        self._resolve()
        self.finished.emit(failed)

    def _on_ended(self, ended: m.Ended) -> None:
        if ended.generation != self.generation:
            return
        self.ended = ended
        self._solve("note")
        self._resolve()
        self.finished.emit(ended)

    def _on_resumed(self, resumed: m.Resumed) -> None:
        if resumed.generation == self.generation:
            self.ended = None
            self.following_since_s = self._clock()
            self._resolve()

    def _resolve(self) -> None:
        state = resolve_state(self._facts())
        if state != self.state:
            self.state = state
            self.state_changed.emit()
