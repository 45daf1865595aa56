"""The map of one quantity in the middle of the window, in the colours and between the levels of the display."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from swmr_viewer.gui.display.display_settings import DisplaySettings
from swmr_viewer.gui.display.levels_model import LevelsModel
from swmr_viewer.gui.quantity_map.map_plot import MapPlot
from swmr_viewer.gui.quantity_map.map_settings import MapSettings, MapSettingsOwner
from swmr_viewer.gui.quantity_map.map_text import point_text
from swmr_viewer.gui.quantity_map.map_words import MapWords
from swmr_viewer.gui.quantity_map.map_work import MapWork
from swmr_viewer.gui.scan_map import MapPages, ScanGaps
from swmr_viewer.gui.session import Session


class AsDisplayed(MapSettingsOwner):
    """Draws one quantity as the display draws frames."""

    def __init__(self, quantity: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = MapSettings(quantity)

    @property
    def settings(self) -> MapSettings:
        return self._settings

    def take(self, shown: DisplaySettings) -> None:
        """Draw so from now on."""
        before, name = self._settings, self._settings.quantity
        self._settings = MapSettings(
            name,
            scale=shown.scale,
            mode=shown.mode,
            percentiles=shown.percentiles,
            levels=shown.levels,
            color_map=shown.color_map,
            inverted=shown.inverted,
        )
        if self._settings != before:
            self.changed.emit()


class ValueMap(QWidget):
    """The map, and a line below it of what is under the pointer, or of what its patterns mean; a click pins that point.

    Parameters
    ----------
    session : Session
        Whose quantity.
    gaps, pages : ScanGaps, MapPages
        As those of the panel of maps.
    quantity : str
        What is drawn.
    """

    levels_used = Signal(object)
    """The values in the first and in the last colour."""

    def __init__(self, session: Session, gaps: ScanGaps, pages: MapPages, quantity: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = AsDisplayed(quantity, self)
        self.work = MapWork(session, gaps, pages, self._settings, self, purpose=f"map of {quantity}")
        self.model = LevelsModel(self)
        self.plot = MapPlot(self.work, self._settings, self.model)
        self.words = MapWords()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addWidget(self.plot, 1)
        box.addWidget(self.words)
        self.work.drawn.connect(self._show)
        self._settings.changed.connect(self.plot.apply_settings)
        self.model.changed.connect(self._tell_levels)
        self.plot.index_clicked.connect(session.pin_nearest)
        self.plot.pointed.connect(self._point_at)
        for signal in (session.frame_settled, session.mode_changed):
            signal.connect(self._mark)

    def apply_settings(self, settings: DisplaySettings) -> None:
        """Draw in these colours, on this scale and between these levels."""
        self._settings.take(settings)

    def _show(self) -> None:
        self.plot.say_nothing(self.work.lack)
        picture = self.work.drawing.picture if self.work.drawing is not None else None
        self.words.tell_fates(picture.fates if picture is not None else None)
        self.words.tell_page(self.work.page_text)
        self._tell_levels()
        self._mark()

    def _tell_levels(self) -> None:
        picture = self.work.drawing.picture if self.work.drawing is not None else None
        if picture is not None and picture.known_values().size:
            self.levels_used.emit(self.model.levels)

    def _mark(self) -> None:
        scan = self._session.scan
        self.plot.mark(scan.wanted_index if scan.wanted_index is not None else scan.shown.index if scan.shown is not None else None)

    def _point_at(self, index: int | None) -> None:
        self.words.point("" if index is None else point_text(self.work.table, self.work.names, index, words="value"))

    # ---- Qt's

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.work.set_seen(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.work.set_seen(False)
