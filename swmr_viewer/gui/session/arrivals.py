"""What the thread brings, in turns of the event loop: frames at once, their keys with them, values piece by piece, the end last."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from swmr_viewer.gui.look.turns import Later
from swmr_viewer.gui.session.follow_thread import FollowThread
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model import Changes, LiveFrame, ScanModel, each_once

VALUES_S = 0.008
"""So long, at the most, values of scan points are taken in a turn of the event loop."""


class Arrivals(QObject):
    """Gives the model what comes, and tells what changed by it.

    Parameters
    ----------
    thread : FollowThread
        What brings it.
    model : ScanModel
        What it is given to.
    tell : callable
        Takes what changed.
    parent : QObject
        With it this ends.
    """

    came_beside = Signal(object)
    """``LiveFrame`` of another data set than the shown one."""

    def __init__(self, thread: FollowThread, model: ScanModel, tell: Callable[[Changes], None], parent: QObject) -> None:
        super().__init__(parent)
        self._thread, self._model, self._tell = thread, model, tell
        self._scan = model.scan
        self._holds_frames = self._has_frame_to_take = False
        # A turn of the event loop for each frame: taken from within the handling of the one before, frames nested and nothing was painted.
        self._next_frame = QTimer(self, singleShot=True, interval=0)
        self._next_frame.timeout.connect(thread.frame_taken)
        self._further_keys, self._further_values = Later(self._take_keys, self), Later(self._take_values, self)
        self._moving = Later(self._move_on, self)
        self._frame: LiveFrame | None = None
        """What came, and is not shown yet."""
        self._before_frame = Later(self._begin_with_keys, self, goes_first=True)
        self._showing = Later(self._show_frame, self, goes_first=True)
        self._end: m.Ended | None = None
        """What waits for the keys, and the frame, that came before it."""
        thread.progress_changed.connect(self._further_keys.start)
        thread.frame_ready.connect(self._on_frame)
        thread.beside_changed.connect(self._on_beside)
        thread.values_came.connect(self._further_values.start)
        thread.received.connect(self.receive)
        thread.finished.connect(self._on_finished)

    def receive(self, message: m.Request | m.Event | LiveFrame) -> None:
        """Give the model a message as it is."""
        self._tell(self._model.receive(message))

    def hold_frames(self, on: bool) -> None:
        """Take no more frames for a while, or go on."""
        self._holds_frames = on
        if not on and self._has_frame_to_take:
            self._has_frame_to_take = False
            self._next_frame.start()

    def close(self) -> None:
        """Take nothing more, and give back the frame that waits."""
        self._next_frame.stop()
        for later in (self._further_keys, self._further_values, self._moving, self._before_frame, self._showing):
            later.stop()
        if self._frame is not None:
            self._frame.release()
            self._frame = None

    def _take_keys(self) -> None:
        self._tell(self._keys_taken())
        self._tell_end()

    def _keys_taken(self) -> Changes:
        """Take keys, and the next ones in another turn of the event loop, however quickly they come; return what changed."""
        changes: Changes = []
        if self._scan.description is None:  # opened again: the keys that wait may be those of the next ``Opened``
            return changes
        taken = self._thread.take_progress(self._scan.generation)
        shape = self._scan.scan_shape
        for keys in taken:
            changes += self._model.receive(keys)
        if self._scan.scan_shape[1:] != shape[1:]:
            self._moving.start()
        if taken:
            self._further_keys.start()
        return changes

    def _take_values(self) -> None:
        """Take values of scan points for some milliseconds, and tell of them once; the next ones are taken in another turn."""
        if self._moving.is_active:
            return
        until, changes = time.perf_counter() + VALUES_S, Changes()
        while (values := self._thread.take_values()) is not None:
            changes += self._model.receive(values)
            if time.perf_counter() >= until:
                self._further_values.start()
                break
        self._tell(each_once(changes))

    def _move_on(self) -> None:
        """Go on with moving values to where they are now that an inner axis of the scan grew; more are taken once that is done."""
        (self._further_values if self._scan.settle_values(VALUES_S) else self._moving).start()

    def _on_finished(self, end: m.Ended) -> None:
        self._end = end
        self._tell_end()

    def _tell_end(self) -> None:
        """Tell it once nothing waits that came before it."""
        has_keys = self._further_keys.is_active and self._thread.has_progress
        if self._end is not None and self._frame is None and not has_keys:
            end, self._end = self._end, None
            self.receive(end)

    def _on_frame(self, frame: LiveFrame) -> None:
        """Show it at once; the first of a file in a turn of its own, its keys in the one before: all of it comes where a file is opened."""
        self._frame = frame
        if self._scan.shown is None:
            self._before_frame.start()
        else:  # in line with all that can wait it would be late
            shape, by_keys = self._scan.scan_shape, self._its_keys_taken()
            if self._scan.scan_shape != shape:  # whoever keeps something for each scan point makes room for this one first
                self._tell(by_keys)
                by_keys = []
            self._show_frame(by_keys)

    def _begin_with_keys(self) -> None:
        self._tell(self._its_keys_taken())
        self._showing.start()

    def _its_keys_taken(self) -> Changes:
        """Take the keys that were announced before the frame, and may wait behind it."""
        if self._frame is not None and self._frame.generation == self._scan.generation:
            return self._keys_taken()
        return []

    def _show_frame(self, by_keys: Changes | None = None) -> None:
        """Show the frame that came; of its keys is told once it is painted."""
        if (frame := self._frame) is None:
            return
        self._frame = None
        self._tell(self._model.receive(frame) + (by_keys or []))
        if self._holds_frames:
            self._has_frame_to_take = True
        else:
            self._next_frame.start()
        self._tell_end()

    def _on_beside(self) -> None:
        for frame in self._thread.take_beside():
            if frame.generation == self._scan.generation:
                self.came_beside.emit(frame.placed_on(self._scan.scan_shape))
