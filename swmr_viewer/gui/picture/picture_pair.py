"""The shown image and, beside it where that is wished, the reference: on the same part, between the same levels."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from swmr_viewer.gui.display.display_settings import DisplaySettings, LevelMode
from swmr_viewer.gui.image import ImageView
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.scan_model import LiveFrame


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
            bar = self.image.column.sizeHint().width()
            self.setSizes([(self.width() + bar) // 2, (self.width() - bar) // 2])  # so that both pictures have the same room
        self.reference.show_frame(frame)
        self._apply_levels()
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
