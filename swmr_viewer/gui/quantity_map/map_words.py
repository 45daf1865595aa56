"""The line below a map: what is under the pointer, else what is selected, else what its patterns mean."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QWidget

from swmr_viewer.gui.look.labels import ElidedLabel, PlainLabel, room_needed, tip
from swmr_viewer.gui.look.theme import theme_of_application, tokens
from swmr_viewer.gui.quantity_map.map_colors import swatch_image
from swmr_viewer.quantities import Fate, Fates

SIDE = 11
PATTERNS = {
    Fate.MISSING: ("missing", "Frames that the scan has come past, or ended before, without their being complete"),
    Fate.UNMEASURED: ("no value", "The frame is complete; its value was not measured yet, or there is none"),
    Fate.TO_COME: ("not yet", "The scan has not come there yet"),
}


class MapWords(QStackedWidget):
    """Always as high as one line of text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pointed = ElidedLabel("muted")
        self._samples: dict[Fate, tuple[QLabel, PlainLabel]] = {}
        self._fates: set[int] = set()
        self.legend = QWidget()
        row = QHBoxLayout(self.legend)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for fate, (words, about) in PATTERNS.items():
            sample, label = QLabel(), PlainLabel("muted")
            label.say(words)
            for part in (sample, label):
                part.setToolTip(tip(about))
                part.hide()
                row.addWidget(part)
            self._samples[fate] = sample, label
        row.addStretch(1)
        self.page = PlainLabel("muted")
        row.addWidget(self.page)
        self._made = PlainLabel("muted")
        row.addWidget(self._made)
        self.addWidget(self.legend)
        self.addWidget(self.pointed)
        self._pointed: tuple[str, ...] = ("",)
        self._selected = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self.pointed.fontMetrics().height() + 2)
        theme_of_application().changed.connect(self._paint)
        self._paint()

    @property
    def text(self) -> str:
        """What is said of a point, or of a selection; nothing while the patterns are explained."""
        return self._pointed[0] or self._selected

    def point(self, *choices: str) -> None:
        """Say the first of these that has room of the point under the pointer, else the last; or nothing."""
        self._pointed = choices or ("",)
        self._show()

    def select(self, words: str) -> None:
        """Say this of the selection, or nothing."""
        self._selected = words
        self._show()

    def tell_made(self, words: str) -> None:
        """Say what the measured frames were made into: ``dark, flat corrected``; nothing: they are the file's."""
        self._made.say(words)

    def tell_fates(self, fates: Fates | None) -> None:
        """Explain the patterns that are seen in a picture."""
        found = set() if fates is None else set(np.flatnonzero(np.bincount(fates.ravel(), minlength=len(Fate))).tolist())
        if found != self._fates:
            self._fates = found
            for fate, parts in self._samples.items():
                for part in parts:
                    part.setVisible(fate in found)

    def tell_page(self, words: str) -> None:
        """Say which page is seen, where there are several."""
        if words != self.page.text():
            self.page.say(words)

    def _show(self) -> None:
        fitting = (words for words in self._pointed if room_needed(words, self.fontMetrics()) <= self.width())
        self.pointed.say(next(fitting, self._pointed[-1]) or self._selected)
        self.setCurrentWidget(self.pointed if self.text else self.legend)

    def _paint(self) -> None:
        for fate, (sample, _) in self._samples.items():
            pixmap = QPixmap.fromImage(swatch_image(fate, SIDE))
            painter = QPainter(pixmap)
            painter.setPen(QColor(tokens().border))
            painter.drawRect(0, 0, SIDE - 1, SIDE - 1)
            painter.end()
            sample.setPixmap(pixmap)
