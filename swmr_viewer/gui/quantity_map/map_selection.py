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
from swmr_viewer.core.scan import moved
from swmr_viewer.gui.quantity_map.map_plot import MapPlot
from swmr_viewer.gui.quantity_map.map_selector import MapSelector
from swmr_viewer.gui.quantity_map.map_settings import MapChoices
from swmr_viewer.gui.quantity_map.map_work import BUDGET_S, MapWork
from swmr_viewer.gui.quantity_map.selected_mean import SelectedMean
from swmr_viewer.gui.session import Session
from swmr_viewer.quantities import BLOCK, Values


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
    words_changed = Signal()
    """More is to be said of them."""

    def __init__(self, session: Session, work: MapWork, plot: MapPlot, choices: MapChoices) -> None:
        super().__init__(plot)
        self._session, self._work, self._plot, self._choices = session, work, plot, choices
        self._number = 0
        self._is_asking = False
        self.indices: IndexArray = np.empty(0, np.int64)
        """The points, ascending."""
        self._scan_shape: tuple[int, ...] = ()
        """What these count on."""
        self._pieces: Iterator[IndexArray] = iter(())
        self._found: list[IndexArray] = []
        self._mean: SelectedMean | None = None
        self._look_on = QTimer(self, singleShot=True, interval=0)
        self._look_on.timeout.connect(self.words_changed)
        self._further = QTimer(self, singleShot=True, interval=0)
        self._further.timeout.connect(self._find)
        self.selector = MapSelector(plot.view, plot.place_at)
        self.selector.outlined.connect(plot.overlay.outline)
        self.selector.selected.connect(self.select)
        self.selector.given_up.connect(lambda: plot.overlay.outline(None))
        plot.view.installEventFilter(self)
        for signal in (session.mode_changed, session.request_changed):
            signal.connect(self._follow)
        session.keys_changed.connect(self._move)

    def select(self, polygon: Values) -> None:
        """Show the frames of the points within a polygon as one (corners x, y: float64 (n, 2))."""
        self.forget()
        picture = self._work.drawing.picture if self._work.drawing is not None else None
        if picture is not None:
            self._plot.overlay.outline(polygon)
            self._plot.view.setFocus()
            self._found, self._pieces = [], picture.within(polygon)
            self._scan_shape = self._session.scan.scan_shape
            self._find()

    def _find(self) -> None:
        """Look for the points a piece at a time: of ten million it takes a while."""
        until = time.perf_counter() + BUDGET_S
        for piece in self._pieces:
            self._found.append(piece)
            if time.perf_counter() >= until:
                self._further.start()
                return
        if len(self._found) != 1:
            self._found = [np.concatenate([self.indices[:0], *self._found])]
            if self._found[0].size > BLOCK:  # a turn of the event loop for this alone
                self._further.start()
                return
        (found,), self._found = self._found, []
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
        points = f"{count_text(n)} {'point' if n == 1 else 'points'}"
        quantity, mean = self._work.quantity, self._mean_of(name)
        if not mean.work(BUDGET_S):
            self._look_on.start()
            return f"{points}: \u2026"
        if quantity is None or mean.mean is None:
            return points
        return f"{points}: mean {plain(quantity.title)} {narrow_text(mean.mean)} {plain(quantity.unit)}".rstrip()

    def _mean_of(self, name: str) -> SelectedMean:
        kept = self._mean
        if kept is None or kept.name != name or kept.table is not self._work.table or kept.indices is not self.indices:
            kept = self._mean = SelectedMean(self._work.table, name, self.indices)
        return kept

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

    def _move(self) -> None:
        """Keep the points where an inner axis of the scan grew: they have other numbers now."""
        before, after = self._scan_shape, self._session.scan.scan_shape
        if before[1:] == after[1:]:
            return
        if self._further.isActive():
            self.forget()
        if self.indices.size:
            self.indices = moved(self.indices, before, after)
            self._scan_shape = after
            self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_key = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if not (is_key and self.indices.size) or event.type() not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self.clear()
        return True
