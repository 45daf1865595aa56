"""The line at the bottom: raw value under the pointer, messages, and what the picture costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QSizePolicy, QWidget

from swmr_viewer.analysis import DEFAULT_RULES
from swmr_viewer.core.number_text import compact_text, value_text
from swmr_viewer.gui.display.levels_text import mask_words
from swmr_viewer.gui.look.labels import ElidedLabel, PlainLabel, tip
from swmr_viewer.gui.picture import axis_text, file_value, pixel_text, place_text, shown_value
from swmr_viewer.gui.session import Session
from swmr_viewer.scan_model import LiveFrame

TOTAL_IS = "The sum of all pixels that hold a measurement"
SATURATED_ARE = "Pixels at or above the value from which the detector is saturated; S marks them in the picture"
SKIPPED_ARE = "Complete frames that were not shown, as newer ones had come"
NOTE_MS = 12_000
NOTE_PX = 120
"""Less of a note is of no use."""
WHOLE_NOTE_PX = 560
"""Numbers make room for a note of this length."""
LEAST_PX = 160
MASKED_ELSE = "values that mean none, NaN, and what Levels and masks (Shift+A) says"
SPACING, MARGIN = 16, 4
LONGEST_SHORT = 9


class ReadoutBar(QWidget):
    """``x 1204   y 873   value 1207``, and where that is in the experiment, on the left, numbers about the shown frame on the right.

    Where there is no room for all, numbers are written shorter, then those of what the picture costs are left out, then where the
    pixel is in the experiment, then more numbers: a number that is cut is another number. A note stays while it is told.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._at: tuple[int, ...] | None = None
        self.explains: Callable[[LiveFrame, tuple[int, ...]], str] = lambda frame, at: ""
        """Says which values a difference or a ratio is made of."""
        self._elsewhere = ""
        self._left = ("", "")
        """What is under the pointer, in full and in short."""
        self._told: dict[PlainLabel, tuple[str, str]] = {}
        """The numbers, in full and in short, the most needed first."""
        self._counted: tuple[object, ...] = ()
        self._arranged: tuple[object, ...] = ()
        self.pixel = ElidedLabel(mode=Qt.TextElideMode.ElideRight)  # a file may have long names for its axes
        self.pixel.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.note = ElidedLabel("muted")
        self.note.setMinimumWidth(0)
        self.total = PlainLabel("muted", room_for="total 00 000 000")
        self.maximum = PlainLabel("muted", room_for="max 000 000")
        self.saturated = PlainLabel("muted", room_for="saturated 0 000")
        self.masked = PlainLabel("muted", room_for="masked 000 000")
        self.latency = PlainLabel("muted", room_for="key \u2192 screen 000 ms")
        self.skipped = PlainLabel("muted", room_for="skipped 0 000")
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 0, MARGIN, 0)
        row.setSpacing(SPACING)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # else the window would grow with the numbers
        row.addWidget(self.pixel)
        row.addWidget(self.note, 1)
        for part in (self.total, self.maximum, self.saturated, self.masked, self.latency, self.skipped):
            self._told[part] = ("", "")
            part.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(part)
        self._forget_note = QTimer(self, singleShot=True, interval=NOTE_MS)
        self._forget_note.timeout.connect(lambda: self._say_note(""))
        session.noted.connect(self._show_note)
        session.frame_settled.connect(self._show)
        session.geometry_changed.connect(self._show_pixel)
        session.ticked.connect(self._show_counts)

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
        frame, at = self._session.scan.shown, self._at
        if frame is None or at is None or len(at) != frame.raw.ndim or any(i >= n for i, n in zip(at, frame.raw.shape, strict=True)):
            self._say_pixel(self._elsewhere, self._elsewhere)
            return
        facts = self._session.scan.data_facts
        value = f"value {file_value(frame, at)} {facts.unit}".rstrip()
        if frame.is_made:
            value = self._made_value(frame, at)
        elif frame.raw[at] in facts.gap_values:
            value += " (defective: no measurement)" if frame.raw[at] != -1 else " (gap: no measurement)"
        elif also := self.explains(frame, at):
            value = f"{value}   {also}"
        if len(at) == 1:
            short = [f"channel {at[0]}", value]
            words = [*short, *axis_text(facts, at[0])]
        else:
            short = [f"x {at[1]}", f"y {at[0]}", value]
            words = [*pixel_text(facts, *at), value, *place_text(self._session.scan.geometry, at[1] + 0.5, at[0] + 0.5)]
        self._say_pixel("   ".join(words), "   ".join(short))

    def _made_value(self, frame: LiveFrame, at: tuple[int, ...]) -> str:
        """Say what was made of a pixel, by what, and of which values."""
        value, corrected = shown_value(frame, at), self._session.scan.corrected_text
        told = value if value == "masked" else f"value {value}"
        words = [f"{told} ({corrected})" if corrected else told, self.explains(frame, at)]
        if frame.made.corrected and frame.combined == 1:
            words.append(f"in the file {file_value(frame, at)}")
        return "   ".join(filter(None, words))

    def _say_pixel(self, words: str, short: str) -> None:
        self._left = (words, short)
        self._arrange()

    def _show_counts(self) -> None:
        """Show what changes without another frame."""
        counts = self._session.scan.counts
        if (counts.latency_s, counts.n_skipped) != self._counted:
            self._show_numbers()

    def _show_numbers(self) -> None:
        frame, counts = self._session.scan.shown, self._session.scan.counts
        levels = frame.levels if frame is not None else None
        kind = frame.raw.dtype.kind if frame is not None else ""
        statistics = frame.statistics if frame is not None else None
        if frame is not None and frame.raw.ndim == 0:  # a single value is told above; it has no total
            levels = statistics = None
        has_place = statistics is not None and statistics.hottest_x is not None
        place = f"The hottest pixel: x {statistics.hottest_x}, y {statistics.hottest_y}" if statistics is not None and has_place else ""
        made_of = self._session.scan.made_text
        total_is = f"{TOTAL_IS} ({made_of})" if made_of else TOTAL_IS
        self._tell(self.total, "total", None if statistics is None else statistics.total, total_is)
        self._tell(self.maximum, "max", None if levels is None else int(levels.maximum) if kind in "uib" else levels.maximum, place)
        self._tell(self.saturated, "saturated", None if statistics is None else statistics.n_saturated, SATURATED_ARE)
        self.saturated.say(self.saturated.text(), "warn" if statistics is not None and statistics.n_saturated else "muted")
        self._tell(self.masked, "masked", None if levels is None else levels.n_masked, self._masked_by())
        self._counted = counts.latency_s, counts.n_skipped
        latency = "" if counts.latency_s is None else f"key \u2192 screen {1000 * counts.latency_s:.0f} ms"
        self._told[self.latency] = (latency, latency)
        self._tell(self.skipped, "skipped", None if frame is None else counts.n_skipped, SKIPPED_ARE)
        self._arrange()

    def _masked_by(self) -> str:
        """Return by what pixels are masked."""
        frame, preparation = self._session.scan.shown, self._session.scan.preparation
        rules = DEFAULT_RULES if frame is None else preparation.of(frame.data_path).mask
        is_lacking = frame is not None and frame.lacks_mask
        why = mask_words(rules, is_lacking=is_lacking)[1] or "The file's pixel mask is not used"
        return f"Pixels that hold no measurement: {MASKED_ELSE}\n{why}"

    def _tell(self, part: PlainLabel, name: str, number: float | None, meaning: str) -> None:
        """Tell a number; its tooltip has every digit, and what it means."""
        self._told[part] = ("", "") if number is None else (f"{name} {value_text(number)}", f"{name} {short_number(number)}")
        told = tip("\n".join(filter(None, (self._told[part][0], meaning))))
        if told != part.toolTip():
            part.setToolTip(told)

    def _show_note(self, words: str) -> None:
        self._say_note(words)
        self._forget_note.start()

    def _say_note(self, words: str) -> None:
        self.note.say(words)
        self._arrange()

    # ---- what has room

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_PX, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Show the fullest of the plans that fits; the last one has to."""
        arranged = (self.width(), self.font().key(), self.note.text(), self._left, *self._told.values())
        if arranged == self._arranged:
            return
        self._arranged = arranged
        for is_short, left, note, n_numbers in self._plans():
            if self._width_of(is_short, left, note, n_numbers) <= self.width():
                break
        self.pixel.say(left)
        self.pixel.setMinimumWidth(self._advance(left))
        self.note.setVisible(bool(note) or not left)
        for number, (part, words) in enumerate(self._told.items()):
            part.setMinimumWidth(max(part.room, self._advance(words[is_short])))
            part.say(words[is_short])
            part.setVisible(number < n_numbers)

    def _plans(self) -> Iterator[tuple[bool, str, int, int]]:
        """Whether numbers are short, what is said of the pointer, how long (px) a note may be, how many numbers."""
        (full, short), n = self._left, len(self._told)
        wanted = self._advance(self.note.text())
        whole, least = min(wanted, WHOLE_NOTE_PX), min(wanted, NOTE_PX)
        yield False, full, whole, n
        yield from ((True, full, whole, n_left) for n_left in range(n, n - 3, -1))  # what the picture costs is needed least
        if wanted:
            yield from ((True, short, whole, n_left) for n_left in range(n, 0, -1))
        yield from ((True, short, least, n_left) for n_left in range(n, -1, -1))
        yield True, short, 0 if short else NOTE_PX, 0

    def _width_of(self, is_short: bool, left: str, note: int, n_numbers: int) -> int:
        numbers = [max(part.room, self._advance(words[is_short])) for part, words in list(self._told.items())[:n_numbers]]
        return self._advance(left) + note + sum(numbers) + SPACING * (len(numbers) + 2) + 2 * MARGIN

    def _advance(self, words: str) -> int:
        return self.fontMetrics().horizontalAdvance(words) + 2 if words else 0


def short_number(number: float) -> str:
    """Return a number in at most nine characters."""
    words = value_text(number)
    return words if len(words) <= LONGEST_SHORT else compact_text(f"{float(number):.4g}")
