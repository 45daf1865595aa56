"""The preview beside the tree: the first complete frame of what is chosen, which one it is, or why there is none."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from swmr_viewer.gui.look.labels import ElidedLabel, PlainLabel
from swmr_viewer.gui.opening.open_dialog.form import RemarkLabel
from swmr_viewer.gui.opening.open_dialog.preview_picture import PreviewPicture
from swmr_viewer.gui.opening.open_dialog.preview_text import preview_text
from swmr_viewer.reader.messages import Previewed

_DETAIL_LINES = 3
_NARROWEST, _WIDEST = 236, 420
"""Pixels."""


class PreviewPane(QFrame):
    """Shows an answer; the lines below the picture are kept free, so that nothing jumps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        self.setMinimumWidth(_NARROWEST)
        self.setMaximumWidth(_WIDEST)
        self.setAccessibleName("First complete frame")
        self.picture = PreviewPicture()
        self.instead = RemarkLabel()
        self.path = ElidedLabel("muted", Qt.TextElideMode.ElideLeft)
        self.title = ElidedLabel("strong", Qt.TextElideMode.ElideRight)
        self.details = [ElidedLabel("muted", Qt.TextElideMode.ElideRight) for _ in range(_DETAIL_LINES)]
        caption = PlainLabel("caption")
        caption.say("FIRST COMPLETE FRAME")
        self._pages = QStackedWidget()
        self._pages.addWidget(_column(self.picture, self.title, *self.details, roomy=self.picture))
        self._pages.addWidget(_scrolling(self.instead))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addWidget(_column(caption, self.path, self._pages, roomy=self._pages))
        self.show_answer("", None)

    def show_answer(self, data_path: str, answer: Previewed | None, reading_s: float | None = None) -> None:
        """Show the preview of a data set, or why there is none; see `preview_text`."""
        text = preview_text(data_path, answer, reading_s)
        has_picture = bool(text.title)
        self.picture.show_thumbnail(answer.thumbnail if has_picture and answer is not None else None)
        self._pages.setCurrentIndex(0 if has_picture else 1)
        self.instead.say(text.instead)
        self.path.say(data_path)
        self.title.say(text.title)
        for number, line in enumerate(self.details):
            line.say(text.details[number] if number < len(text.details) else "")
        self.setAccessibleDescription(". ".join(filter(None, (text.instead.text, text.title, *text.details))))


def _column(*parts: QWidget, roomy: QWidget) -> QWidget:
    """Return the parts one below the other; one of them takes the room that is left."""
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2)
    for part in parts:
        layout.addWidget(part, 1 if part is roomy else 0)
    return column


def _scrolling(label: RemarkLabel) -> QScrollArea:
    """Return a place in which a label may be long without making the dialog grow."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidgetResizable(True)
    area.setWidget(label)
    return area
