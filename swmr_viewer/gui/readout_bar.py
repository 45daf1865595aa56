"""The line at the bottom: raw value under the pointer, messages, and what the picture costs."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from swmr_viewer.gui.labels import ElidedWords, Words
from swmr_viewer.gui.session import Session
from swmr_viewer.gui.words import count_words, value_words

NOTE_MS = 12_000


class ReadoutBar(QWidget):
    """``x 1204   y 873   value 1207`` on the left, numbers about the shown frame on the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._at: tuple[int, ...] | None = None
        self.pixel = Words(room_for="x 0000   y 0000   value 0 000 000 000")
        self.note = ElidedWords("muted")
        self.numbers = Words("muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(16)
        row.addWidget(self.pixel)
        row.addWidget(self.note, 1)
        row.addWidget(self.numbers)
        self._forget_note = QTimer(self, singleShot=True, interval=NOTE_MS)
        self._forget_note.timeout.connect(lambda: self.note.say(""))
        session.noted.connect(self._show_note)
        session.frame_changed.connect(self._show)
        session.ticked.connect(self._show_numbers)

    def point_at(self, at: tuple[int, ...] | None) -> None:
        """Show the raw value at these array indices, also of the frames to come; None: nothing."""
        self._at = at
        self._show_pixel()

    def _show(self) -> None:
        self._show_pixel()
        self._show_numbers()

    def _show_pixel(self) -> None:
        frame, at = self._session.shown, self._at
        if frame is None or at is None or len(at) != frame.raw.ndim or any(i >= n for i, n in zip(at, frame.raw.shape, strict=True)):
            self.pixel.say("")
            return
        names = ("y", "x") if len(at) == 2 else ("channel",)
        where = reversed([f"{name} {i}" for name, i in zip(names, at, strict=True)])
        self.pixel.say("   ".join((*where, f"value {value_words(frame.raw[at].item())}")))

    def _show_numbers(self) -> None:
        session, parts = self._session, []
        frame = session.shown
        if frame is not None and frame.levels is not None:
            parts.append(f"max {_level_words(frame.levels.maximum, frame.raw.dtype.kind)}")
            parts.append(f"masked {count_words(frame.levels.n_masked)}")
        if session.latency_s is not None:
            parts.append(f"key \u2192 screen {1000 * session.latency_s:.0f} ms")
        if frame is not None:
            parts.append(f"skipped {count_words(session.n_skipped)}")
        self.numbers.say("    ".join(parts))

    def _show_note(self, words: str) -> None:
        self.note.say(words)
        self._forget_note.start()


def _level_words(value: float, kind: str) -> str:
    return value_words(int(value)) if kind in "uib" else value_words(value)
