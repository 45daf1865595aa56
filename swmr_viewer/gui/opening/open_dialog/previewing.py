"""Has the first frame of what is chosen previewed: after a pause in typing, once for each choice, and again until there is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal, SignalInstance

from swmr_viewer.core.inspection import FileState, Inspection
from swmr_viewer.gui.opening.open_dialog.checking import can_be_shown
from swmr_viewer.gui.opening.open_dialog.file_look import LOOK_AGAIN_MS, TICK_MS
from swmr_viewer.gui.opening.open_dialog.verdict import is_retryable
from swmr_viewer.reader.messages import FollowRequest, Previewed
from swmr_viewer.reader.patterns_in_requests import with_patterns_expanded

CHOICE_PAUSE_MS = 300
"""After the last change in the fields or the tree, before a frame is read."""


class PreviewerLike(Protocol):
    """What is needed here of an `Inspector`."""

    @property
    def previewed(self) -> SignalInstance: ...
    def preview(self, request: FollowRequest) -> int: ...


@dataclass(frozen=True, slots=True)
class PreviewState:
    """What is known of the preview at one moment."""

    data_path: str = ""
    """Of which data set; "" where none is chosen."""
    answer: Previewed | None = None
    reading_s: float | None = None
    """For how long (s) it has been read; None when it is not."""


class Previewing(QObject):
    """Knows the latest preview; `want` says of what."""

    changed = Signal()

    def __init__(self, inspector: PreviewerLike, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inspector = inspector
        self._wanted: FollowRequest | None = None
        self._may_come = False
        self._answer: Previewed | None = None
        self._asked: int | None = None
        self._asked_since = QElapsedTimer()
        self._pause = QTimer(self, interval=CHOICE_PAUSE_MS, singleShot=True)
        self._again = QTimer(self, interval=LOOK_AGAIN_MS, singleShot=True)
        self._tick = QTimer(self, interval=TICK_MS)
        self._pause.timeout.connect(self._ask)
        self._again.timeout.connect(self._ask)
        self._tick.timeout.connect(self.changed)
        inspector.previewed.connect(self._take)

    @property
    def is_reading(self) -> bool:
        """Whether an answer is to come."""
        return self._asked is not None

    def state(self) -> PreviewState:
        """Return what is known now."""
        reading_s = self._asked_since.elapsed() / 1000 if self._asked is not None else None
        return PreviewState(self._wanted.data_paths[0] if self._wanted else "", self._answer, reading_s)

    def want(self, request: FollowRequest | None, may_come: bool = False) -> None:
        """Preview the first data set of this request; a file that was answered about already is not read again.

        Parameters
        ----------
        request : FollowRequest or None
            As `request_for` gives it; None: nothing.
        may_come : bool
            Look again for a frame that is not there yet.
        """
        self._may_come = may_come
        if request != self._wanted:
            self.forget()
            self._wanted = request
        elif self._asked is not None or self._again.isActive() or not self._is_open():
            return
        if request is not None:
            self._pause.start()
        self.changed.emit()

    def interrupt(self) -> None:
        """No answer will come to what was asked: the file is inspected anew. What is known stays."""
        self._asked = None
        for timer in (self._pause, self._again, self._tick):
            timer.stop()

    def forget(self) -> None:
        """Nothing is known or wanted any more."""
        self.interrupt()
        self._wanted = self._answer = None
        self.changed.emit()

    def _is_open(self) -> bool:
        """Whether there is no answer, or one that may become better: a file that killed its reader is not read again."""
        answer = self._answer
        return answer is None or (answer.thumbnail is None and self._may_come and is_retryable(answer.kind))

    def _ask(self) -> None:
        if self._wanted is None:
            return
        self._asked = self._inspector.preview(self._wanted)
        self._asked_since.start()
        self._tick.start()
        self.changed.emit()

    def _take(self, answer: Previewed) -> None:
        if answer.request_id != self._asked:
            return
        self._asked, self._answer = None, answer
        self._tick.stop()
        if self._is_open():
            self._again.start()
        self.changed.emit()


def request_for(request: FollowRequest, found: Inspection, selected: tuple[str, ...] = ()) -> FollowRequest | None:
    """Return what to preview: paths alone, without patterns, for one data set; None where none is chosen.

    Parameters
    ----------
    request : FollowRequest
        As the fields stand.
    found : Inspection
        What an empty field stands for.
    selected : tuple of str
        Paths that are selected in the tree: the first one that can be shown goes before those of the request.
    """
    request = with_patterns_expanded(request, found)
    showable = {node.path for node in found.tree if node.path in selected and can_be_shown(node)}
    data = (*(path for path in selected if path in showable), *request.data_paths, *found.data_paths)[:1]
    if not data:
        return None
    keys = request.key_paths or (() if request.length_paths else found.key_paths)
    lengths = request.length_paths or (() if keys else found.length_paths)
    return FollowRequest(request.path, keys, data, length_paths=lengths, scan_shape=request.scan_shape)


def frame_may_come(found: Inspection) -> bool:
    """Whether a frame that is not there yet may still be written."""
    return found.state in (FileState.SWMR, FileState.WRITING)
