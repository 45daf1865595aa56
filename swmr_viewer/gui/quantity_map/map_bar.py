"""What stands beside a map: the colour bar, the unit, and where the levels come from."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.display.color_bar import ColorBar
from swmr_viewer.gui.display.display_settings import LevelMode
from swmr_viewer.gui.display.levels_model import LevelsModel
from swmr_viewer.gui.display.levels_scale import LevelsAxis
from swmr_viewer.gui.display.levels_text import percentile_text
from swmr_viewer.gui.look.labels import button_text, tip
from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.theme import small_font, tokens
from swmr_viewer.gui.quantity_map.map_settings import MapSettings

WIDTH = 62
MODE_HEIGHT = 18
_SHORT = {LevelMode.PERCENTILES: "auto", LevelMode.EXTREMES: "full", LevelMode.FIXED: "fixed"}


class MapBar(ColorBar):
    """As high as the map beside it."""

    def __init__(self, model: LevelsModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self._ends = (5.0, 100.0)
        self.setToolTip("Drag a level to move it, between them to move both; a double click lets the values set them again")

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 80)

    def set_ends(self, top: float, bottom: float) -> None:
        """Begin and end at these heights (px)."""
        if (top, bottom) != self._ends:
            self._ends = top, max(top + 1, bottom)
            self.update()

    @property
    def axis(self) -> LevelsAxis:
        return self.model.axis(*self._ends)


class MapBarColumn(Painted, QWidget):
    """Nothing in it moves while values come."""

    editor_wanted = Signal()
    """Everything about levels and colours is to be offered."""

    def __init__(self, model: LevelsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = MapBar(model, self)
        self.mode = QToolButton(self)
        self.mode.setProperty("level", "true")
        self.mode.setAccessibleName("Levels and colours of the map")
        self.mode.clicked.connect(self.editor_wanted)
        self._unit, self._bottom = "", 80.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 80)

    def tell(self, settings: MapSettings, unit: str) -> None:
        """Say where the levels come from, and the unit of the values."""
        low, high = settings.percentiles
        is_auto = settings.mode is LevelMode.PERCENTILES
        words = f"{percentile_text(low)} \u2013 {percentile_text(high)} %" if is_auto else settings.mode.value
        self.mode.setText(button_text(_SHORT.get(settings.mode, "")))
        self.mode.setToolTip(tip(f"Levels: {words}; scale: {settings.scale}; colours: {settings.color_map}\nClick to change them"))
        if unit != self._unit:
            self._unit = unit
            self.update()

    def set_ends(self, top: float, bottom: float) -> None:
        """Begin and end at these heights (px), as the map does."""
        self._bottom = bottom
        self.bar.set_ends(top, bottom)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.bar.setGeometry(0, 0, self.width(), max(1, self.height() - MODE_HEIGHT))
        self.mode.setGeometry(0, self.height() - MODE_HEIGHT, min(self.width(), 44), MODE_HEIGHT)

    def paint_on(self, painter: QPainter) -> None:
        painter.setFont(small_font())
        painter.setPen(QColor(tokens().muted))
        words = painter.fontMetrics().elidedText(plain(self._unit), Qt.TextElideMode.ElideRight, self.width())
        room = QRectF(0, self._bottom + 2, self.width(), painter.fontMetrics().height())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), words)
