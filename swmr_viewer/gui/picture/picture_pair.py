"""The shown image and, beside it where that is wished, the reference: on the same part, between the same levels."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from swmr_viewer.gui.display.display_settings import DisplaySettings, LevelMode
from swmr_viewer.gui.image import ImageView
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.scan_model import LiveFrame

TRIES = 3
"""Turns of the event loop until the widgets have their places."""


class PicturePair(QSplitter):
    """``image`` alone, or beside ``reference``; whichever is zoomed, the other follows.

    Parameters
    ----------
    image : ImageView
        The shown frames.
    """

    def __init__(self, image: ImageView) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.image = image
        self.reference = ImageView()
        self.reference.column.hide()
        self.captions = PlainLabel("muted"), PlainLabel("muted")
        self._settings = DisplaySettings()
        self._is_linking = False
        self._tries = 0
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._balance)
        self.setChildrenCollapsible(False)
        for caption, view in zip(self.captions, (image, self.reference), strict=True):
            self._beside = _captioned(caption, view)
            self.addWidget(self._beside)
        self._beside.hide()
        self.captions[0].hide()
        image.box.sigRangeChanged.connect(lambda: self._follow(image, self.reference))
        self.reference.box.sigRangeChangedManually.connect(lambda: self._follow(self.reference, image))
        image.model.changed.connect(self._apply_levels)

    @property
    def is_beside(self) -> bool:
        """Whether both are seen."""
        return not self._beside.isHidden()

    def set_settings(self, settings: DisplaySettings) -> None:
        """Draw both so from now on."""
        self._settings = settings
        self._apply_levels()

    def show_beside(self, frame: LiveFrame | None, words: str = "") -> None:
        """Show this frame beside the others; None: none. Its arrays are used until the next call."""
        was_beside = self.is_beside
        self.captions[0].setVisible(frame is not None)
        self._beside.setVisible(frame is not None)
        if frame is None:
            self.reference.clear()
            return
        self.captions[0].say("shown")
        self.captions[1].say(words)
        if not was_beside:
            self._balance_soon()
        self.reference.show_frame(frame)
        self._apply_levels()
        self._follow(self.image, self.reference)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.is_beside:
            self._balance_soon()

    def _balance_soon(self) -> None:
        self._tries = TRIES
        self._soon.start()

    def _balance(self) -> None:
        """Give both pictures the same room; the histogram beside the first one leaves when that gets narrower."""
        self._tries -= 1
        bar = self.image.width() - self.image.view.width()
        self.setSizes([(self.width() + bar) // 2, (self.width() - bar) // 2])
        if self._tries > 0:
            self._soon.start()
        self._follow(self.image, self.reference)

    def _apply_levels(self) -> None:
        if self.is_beside:
            held = replace(self._settings, mode=LevelMode.FIXED, levels=self.image.levels, marks_saturated=False)
            self.reference.set_settings(held)

    def _follow(self, leader: ImageView, other: ImageView) -> None:
        """Let the other show the same part; its own answer is no new wish."""
        if self._is_linking or not self.is_beside:
            return
        self._is_linking = True
        try:
            other.box.setRange(leader.box.viewRect(), padding=0)
        finally:
            self._is_linking = False


def _captioned(caption: PlainLabel, view: QWidget) -> QWidget:
    whole = QWidget()
    box = QVBoxLayout(whole)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(2)
    box.addWidget(caption)
    box.addWidget(view, 1)
    return whole
