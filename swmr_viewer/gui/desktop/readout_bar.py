"""The line at the bottom: raw value under the pointer, messages, and what the picture costs."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from swmr_viewer.analysis import FrameStatistics
from swmr_viewer.gui.look.labels import ElidedWords, Words
from swmr_viewer.gui.look.words import count_words, value_words
from swmr_viewer.gui.measuring.place_words import axis_words, pixel_words, place_words
from swmr_viewer.gui.session.live_frame import LiveFrame
from swmr_viewer.gui.session.session import Session

NOTE_MS = 12_000
NOTE_PX = 120
"""As much of a note is always seen."""


class ReadoutBar(QWidget):
    """``x 1204   y 873   value 1207``, and where that is in the experiment, on the left, numbers about the shown frame on the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._at: tuple[int, ...] | None = None
        self._elsewhere = ""
        self.pixel = ElidedWords(mode=Qt.TextElideMode.ElideRight)  # a file may have long names for its axes
        self.pixel.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.note = ElidedWords("muted")
        self.note.setMinimumWidth(0)
        self.total = Words("muted", room_for="total 00 000 000")
        self.maximum = Words("muted", room_for="max 000 000")
        self.saturated = Words("muted", room_for="saturated 0 000")
        self.saturated.setToolTip("Pixels at or above the value from which the detector is saturated; S marks them in the picture")
        self.masked = Words("muted", room_for="masked 000 000")
        self.latency = Words("muted", room_for="key \u2192 screen 000 ms")
        self.skipped = Words("muted", room_for="skipped 0 000")
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(16)
        row.addWidget(self.pixel)
        row.addWidget(self.note, 1)
        for part in (self.total, self.maximum, self.saturated, self.masked, self.latency, self.skipped):
            part.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(part)
        self._forget_note = QTimer(self, singleShot=True, interval=NOTE_MS)
        self._forget_note.timeout.connect(lambda: self._say_note(""))
        session.noted.connect(self._show_note)
        session.frame_changed.connect(self._show)
        session.ticked.connect(self._show_numbers)

    def point_at(self, at: tuple[int, ...] | None) -> None:
        """Show the raw value at these array indices, also of the frames to come; None: nothing."""
        self._at, self._elsewhere = at, ""
        self._show_pixel()

    def point_elsewhere(self, words: str) -> None:
        """Show what is under the pointer where it is not on the frame; nothing: it is not there either."""
        self._elsewhere = words
        self._show_pixel()

    def _show(self) -> None:
        self._show_pixel()
        self._show_numbers()

    def _show_pixel(self) -> None:
        frame, at = self._session.shown, self._at
        if frame is None or at is None or len(at) != frame.raw.ndim or any(i >= n for i, n in zip(at, frame.raw.shape, strict=True)):
            self.pixel.say(self._elsewhere)
            return
        facts = self._session.data_facts
        value = f"value {_pixel_value(frame, at)} {facts.unit}".rstrip()
        if frame.raw[at] in facts.gap_values:
            value += " (defective: no measurement)" if frame.raw[at] != -1 else " (gap: no measurement)"
        if len(at) == 1:
            words = (f"channel {at[0]}", value, *axis_words(facts, at[0]))
        else:
            words = (*pixel_words(facts, *at), value, *place_words(facts, at[1] + 0.5, at[0] + 0.5))
        self.pixel.say("   ".join(words))

    def _show_numbers(self) -> None:
        frame, counts = self._session.shown, self._session.counts
        levels = frame.levels if frame is not None else None
        kind = frame.raw.dtype.kind if frame is not None else ""
        statistics = frame.statistics if frame is not None else None
        self.total.say("" if statistics is None else f"total {value_words(statistics.total)}")
        self.maximum.say("" if levels is None else f"max {_level_words(levels.maximum, kind)}")
        if statistics is not None and statistics.hottest_x is not None:
            self.maximum.setToolTip(f"The hottest pixel: x {statistics.hottest_x}, y {statistics.hottest_y}")
        self._show_saturated(statistics)
        self.masked.say("" if levels is None else f"masked {count_words(levels.n_masked)}")
        self.latency.say("" if counts.latency_s is None else f"key \u2192 screen {1000 * counts.latency_s:.0f} ms")
        self.skipped.say("" if frame is None else f"skipped {count_words(counts.n_skipped)}")

    def _show_saturated(self, statistics: FrameStatistics | None) -> None:
        n = statistics.n_saturated if statistics is not None else 0
        self.saturated.say("" if statistics is None else f"saturated {count_words(n)}", "warn" if n else "muted")

    def _show_note(self, words: str) -> None:
        self._say_note(words)
        self._forget_note.start()

    def _say_note(self, words: str) -> None:
        """Show a note; as long as there is one, what is under the pointer gives way to it."""
        self.note.say(words)
        self.note.setMinimumWidth(min(self.note.fontMetrics().horizontalAdvance(words), NOTE_PX))


def _pixel_value(frame: LiveFrame, at: tuple[int, ...]) -> str:
    """Return what the file holds at a pixel: of a complex number both parts, of a colour each."""
    value = frame.picked[at]
    if value.ndim:
        return "  ".join(value_words(one) for one in value.tolist())
    return value_words(value.item())


def _level_words(value: float, kind: str) -> str:
    return value_words(int(value)) if kind in "uib" else value_words(value)
