"""Labels that do not make the layout jump, and what a file names shown as it is there: no markup, no mnemonics, one line."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QLabel, QSizePolicy, QWidget

from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.painting import Painted

MOST_ADVANCES = 200
_FIGURES = str.maketrans("123456789", "000000000")


def line_height(label: QLabel) -> int:
    """Return a height (px) for any text: an arrow or a thin space from another font makes a line higher, and all else would jump."""
    return label.fontMetrics().height() + 3


def tip(words: str) -> str:
    """Return a tooltip that shows these words, line by line, and takes none of them for markup."""
    lines = "\n".join(map(plain, words.split("\n")))
    return f'<p style="white-space: pre">{escape(lines)}</p>' if "<" in lines or "&" in lines else lines


def button_text(words: str) -> str:
    """Return words for a tab, a button or a menu's entry, where a single ``&`` would name a key and not be seen."""
    return plain(words).replace("&", "&&")


def say_in_place(part: QLabel | QAbstractButton, words: str) -> None:
    """Show words that need as much room as those before: layouts pass over what is hidden, else Qt asks all, up to the window's, anew."""
    hidden = Qt.WidgetAttribute.WA_WState_Hidden
    was_hidden = part.testAttribute(hidden)
    part.setAttribute(hidden, True)
    part.setText(words)
    part.setAttribute(hidden, was_hidden)


class PlainLabel(QLabel):
    """A line of text with a role of the style sheet and room for the widest text that is expected.

    Words that need as much room as those before them are drawn, and no layout is asked anew.
    """

    def __init__(self, role: str = "", *, room_for: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._room_for = room_for
        self._advances: dict[str, int] = {}
        if role:
            self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)

    @property
    def room(self) -> int:
        """The width (px) of the widest text that is expected."""
        return self.advance_of(self._room_for) + 2 if self._room_for else 0

    def say(self, words: str, role: str | None = None) -> None:
        """Show these words, in another role of the style sheet if one is given."""
        if role is not None and role != self.property("role"):
            self.setProperty("role", role)
            self.style().polish(self)
        before, words = self.text(), plain(words)
        if words == before:
            return
        if self.isVisible() and not self.wordWrap() and self._width_for(words) == self._width_for(before):
            say_in_place(self, words)
        else:
            self.setText(words)

    def _width_for(self, words: str) -> int:
        """Return how wide (px) the layout makes the label for these words, all else being alike."""
        return max(self.minimumWidth(), self.advance_of(words))

    def advance_of(self, words: str) -> int:
        """Return how wide (px) words are; all figures are (``base_font``), so that running numbers are measured once."""
        alike = words.translate(_FIGURES)
        if alike not in self._advances:
            if len(self._advances) > MOST_ADVANCES:
                self._advances.clear()
            self._advances[alike] = self.fontMetrics().horizontalAdvance(alike)
        return self._advances[alike]

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._advances.clear()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.ensurePolished()
        self.setMinimumHeight(line_height(self))
        if self._room_for:
            self.setMinimumWidth(self.room)


class ElidedLabel(Painted, QLabel):
    """A line of text that shrinks with its place and then ends, or is cut in the middle, with dots."""

    def __init__(self, role: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(60)

    def say(self, words: str) -> None:
        """Show these words, and in full as the tooltip."""
        if plain(words) != self.text():
            if self.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Ignored:
                say_in_place(self, plain(words))
            else:
                self.setText(plain(words))
            self.setToolTip(tip(plain(words)))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.ensurePolished()
        self.setMinimumHeight(line_height(self))

    def paint_on(self, painter: QPainter) -> None:
        painter.setPen(self.palette().color(self.foregroundRole()))
        cut = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        painter.drawText(self.contentsRect(), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), cut)


def room_needed(words: str, metrics: QFontMetrics) -> int:
    """Return the width (px) of words, whatever their digits are."""
    return metrics.horizontalAdvance(words.translate(_FIGURES)) + 2


class FittingLabel(PlainLabel):
    """A line of text that says it in fewer words where its place is small: no word and no number is cut."""

    def __init__(self, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(role, parent=parent)
        self._choices: tuple[str, ...] = ("",)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def offer(self, *choices: str, room: int | None = None) -> None:
        """Show the first of these that has room, else the last; ``room`` (px): what its place will be, before it is laid out."""
        self._choices = choices or ("",)
        self._choose(self.width() if room is None else room)

    def sizeHint(self) -> QSize:
        return QSize(0, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def _width_for(self, words: str) -> int:
        return 0  # it takes what there is

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose(self.width())

    def _choose(self, room: int) -> None:
        fitting = (words for words in self._choices if self.advance_of(words) + 2 <= room)
        self.say(next(fitting, self._choices[-1]))
