"""Points that are selected on the map: their frames are shown as one, until another frame is asked for, or the selection is given up."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent

from swmr_viewer.core.number_text import count_text, narrow_text
from swmr_viewer.core.plain_text import plain
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.gui.quantity_map.map_plot import MapPlot
from swmr_viewer.gui.quantity_map.map_selector import MapSelector
from swmr_viewer.gui.quantity_map.map_settings import MapChoices
from swmr_viewer.gui.quantity_map.map_work import BUDGET_S, MapWork
from swmr_viewer.gui.session import Session
from swmr_viewer.quantities import QuantityTable, Values


class MapSelection(QObject):
    """Turns what the mouse draws into points, and asks for their frames.

    Parameters
    ----------
    session : Session
        What shows the frames.
    work : MapWork
        Where the points are.
    plot : MapPlot
        Where the mouse draws, and the outline is seen.
    choices : MapChoices
        Whether mean, sum or maximum is shown.
    """

    changed = Signal()
    """Other points are selected, or none."""

    def __init__(self, session: Session, work: MapWork, plot: MapPlot, choices: MapChoices) -> None:
        super().__init__(plot)
        self._session, self._work, self._plot, self._choices = session, work, plot, choices
        self._number = 0
        self._is_asking = False
        self.indices: IndexArray = np.empty(0, np.int64)
        """The points, ascending."""
        self._pieces: Iterator[IndexArray] = iter(())
        self._found: list[IndexArray] = []
        self._told: tuple[tuple[object, ...], str] = ((), "")
        self._further = QTimer(self, singleShot=True, interval=0)
        self._further.timeout.connect(self._find)
        self.selector = MapSelector(plot.view, plot.place_at)
        self.selector.outlined.connect(plot.overlay.outline)
        self.selector.selected.connect(self.select)
        self.selector.given_up.connect(lambda: plot.overlay.outline(None))
        plot.view.installEventFilter(self)
        for signal in (session.mode_changed, session.request_changed):
            signal.connect(self._follow)

    def select(self, polygon: Values) -> None:
        """Show the frames of the points within a polygon as one (corners x, y: float64 (n, 2))."""
        self.forget()
        picture = self._work.drawing.picture if self._work.drawing is not None else None
        if picture is not None:
            self._plot.overlay.outline(polygon)
            self._plot.view.setFocus()
            self._found, self._pieces = [], picture.within(polygon)
            self._find()

    def _find(self) -> None:
        """Look for the points a piece at a time: of ten million it takes a while."""
        until = time.perf_counter() + BUDGET_S
        for piece in self._pieces:
            self._found.append(piece)
            if time.perf_counter() >= until:
                self._further.start()
                return
        found = np.concatenate([self.indices[:0], *self._found])
        self._found = []
        if not found.size:
            self._plot.overlay.outline(None)
            self._session.note("There are no points in it: draw around the middles of some")
            return
        self.indices = found
        self._ask()
        self.changed.emit()

    def clear(self) -> None:
        """Give the selection up, and show the newest frame again."""
        is_shown = self._is_shown
        self.forget()
        if is_shown:
            self._session.follow_live()

    def forget(self) -> None:
        """Take the outline away, and leave what is shown."""
        self._further.stop()
        self._plot.overlay.outline(None)
        if self.indices.size:
            self.indices = self.indices[:0]
            self.changed.emit()

    def show_as(self, how: str) -> None:
        """Show mean, sum or maximum of the frames, of these points and of those selected next."""
        self._choices.change(combine=how)
        if self.indices.size:
            self._ask()
        self.changed.emit()

    @property
    def words(self) -> str:
        """How many points there are, and the mean of what the map shows."""
        name, n = self._choices.settings.quantity, self.indices.size
        if not n:
            return ""
        key = (name, self._work.table.version(name), id(self.indices))
        if key != self._told[0]:
            self._told = key, self._tell(name, n)
        return self._told[1]

    def _tell(self, name: str, n: int) -> str:
        words = f"{count_text(n)} {'point' if n == 1 else 'points'}"
        quantity, values = self._work.quantity, values_at(self._work.table, name, self.indices)
        known = values[np.isfinite(values)]
        if quantity is None or not known.size:
            return words
        mean = f"{narrow_text(float(known.mean()))} {plain(quantity.unit)}".rstrip()
        return f"{words}: mean {plain(quantity.title)} {mean}"

    def _ask(self) -> None:
        self._is_asking = True  # the mode changes at once, by this request
        self._session.show_points(self.indices, self._choices.settings.combine)
        self._is_asking = False
        wanted = self._session.scan.wanted_points
        self._number = wanted.number if wanted is not None else 0

    @property
    def _is_shown(self) -> bool:
        wanted = self._session.scan.wanted_points
        return wanted is not None and wanted.number == self._number

    def _follow(self) -> None:
        """Take the outline away once another frame is asked for."""
        if self.indices.size and not self._is_asking and not self._is_shown:
            self.forget()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_key = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if not (is_key and self.indices.size) or event.type() not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self.clear()
        return True


def values_at(table: QuantityTable, name: str, indices: IndexArray) -> Values:
    """Return the values of a quantity at some points (ascending, at least one), float64 of their number."""
    first = int(indices[0])
    return table.part(name, first, int(indices[-1]) + 1)[indices - first]
