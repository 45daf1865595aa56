"""The grid of data sets: which are in it, the frame that all of them are to show, the linked zoom and cross-hair."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.image import FrameOverlay, ImageView
from swmr_viewer.gui.look.labels import FittingLabel
from swmr_viewer.gui.look.menus import ActionButton, make_action
from swmr_viewer.gui.picture import data_names
from swmr_viewer.gui.regions import Measurements
from swmr_viewer.gui.session import Session
from swmr_viewer.gui.side_by_side.arranging import columns_for
from swmr_viewer.gui.side_by_side.linked_zoom import LinkedZoom
from swmr_viewer.gui.side_by_side.pane import DataPane, Place
from swmr_viewer.gui.side_by_side.pane_marks import CurveMarks, PictureMarks
from swmr_viewer.reader.messages import AwaitedBeside, DataDescription
from swmr_viewer.scan_model import LiveFrame

MOST = 4
SPACING = 8
DrawRings = Callable[[FrameOverlay, str, DataFacts], None]
"""Draws the rings of the data set that stands in a place over its picture."""


class SideBySide(QWidget):
    """Up to four data sets; it asks for frames only while it is on.

    Parameters
    ----------
    session : Session
        Whose frames.
    display : Display
        How frames of each data set are drawn.
    measurements : Measurements
        What is drawn on each of them.
    draw_rings : callable
        As `DrawRings`.
    """

    def __init__(self, session: Session, display: Display, measurements: Measurements, draw_rings: DrawRings) -> None:
        super().__init__()
        self.session, self._display = session, display
        self._measurements, self._draw_rings = measurements, draw_rings
        self._has_crosshair = False
        self._n_columns = 0
        self._arranging = QTimer(self, singleShot=True, interval=0)
        self._arranging.timeout.connect(self._arrange)
        self.is_on = False
        self.panes: list[DataPane] = []
        self.link_zoom = make_action(
            self,
            "&Linked zoom",
            "Ctrl+Alt+L",
            "Show the same part of all pictures side by side, if they are of one size",
            checkable=True,
        )
        self.link_zoom.toggled.connect(self._link)
        self._zoom = LinkedZoom(self)
        self._zoom.followed.connect(self._note_zoom)
        self.words = FittingLabel("muted")
        self._link_button = ActionButton("Linked zoom", self.link_zoom)
        self._link_button.setCheckable(True)
        self.link_zoom.toggled.connect(self._link_button.setChecked)
        self._lay_out()
        self._link()
        session.frame_changed.connect(self._on_frame)
        session.frame_came_beside.connect(self._on_beside)
        session.frame_awaited_beside.connect(self._on_awaited)
        for signal in (session.opened, session.data_joined, session.request_changed, session.data_changed):
            signal.connect(self._rebuild)
        session.mode_changed.connect(self._say)
        display.changed.connect(self._apply_settings)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.words, 1)
        row.addStretch()
        row.addWidget(self._link_button)
        self._grid = QGridLayout()
        self._grid.setSpacing(SPACING)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(3)
        box.addLayout(row)
        box.addLayout(self._grid, 1)

    def switch(self, on: bool) -> None:
        """Show the grid, or let go of its frames."""
        if on != self.is_on:
            self.is_on = on
            self._rebuild()
            if not on:
                self.session.show_also(())

    def fit(self) -> None:
        """Show the whole of each picture."""
        for pane in self.panes:
            pane.fit()

    # ---- which data sets

    def _rebuild(self) -> None:
        data = candidates(self.session) if self.is_on else ()
        seen = _seen_of(data, self.session.scan.data_path)
        if tuple(pane.data for pane in self.panes) == seen:
            self._ask()
            return
        self._zoom.set_views(())
        for pane in self.panes:
            pane.clear()
            self._grid.removeWidget(pane)
            pane.hide()
            pane.deleteLater()
        names = dict(zip((one.path for one in data), data_names(tuple(one.path for one in data)), strict=True))
        self.panes = [self._pane_for(one, names[one.path]) for one in seen]
        self._n_columns = 0
        self._arrange()
        self.words.setVisible(len(data) > MOST)
        self.words.offer(
            f"{MOST} of {len(data)} data sets: choose the tab of another one to have it here", f"{MOST} of {len(data)} data sets"
        )
        self._zoom.set_views([pane.image for pane in self.panes if len(pane.data.frame_shape) >= 2])
        self._link()
        self._ask()
        self._on_frame()

    def _pane_for(self, data: DataDescription, name: str) -> DataPane:
        pane, place = DataPane(data, name, self._display), self.session.scan.places.name_of(data.path)
        pane.chosen.connect(self.session.show_data)
        pane.painted.connect(lambda: self._on_painted(pane))
        pane.pointed.connect(lambda at: self._on_pointed(pane, at))
        pane.crosshair.switch(self._has_crosshair)
        if len(data.frame_shape) >= 2:
            pane.marks = PictureMarks(pane.overlay, self._measurements, place)
            self._draw_rings(pane.overlay, place, data.facts)
        else:
            pane.marks = CurveMarks(pane.curve, self._measurements, place)
        return pane

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arranging.start()

    def _arrange(self) -> None:
        """Have the panes stand as their pictures are largest."""
        shapes = [pane.data.frame_shape for pane in self.panes]
        n_columns = columns_for((self.width(), self.height()), shapes, self._n_columns)
        if n_columns == self._n_columns:
            return
        self._n_columns = n_columns
        for number, pane in enumerate(self.panes):
            self._grid.addWidget(pane, number // n_columns, number % n_columns)
        for at in range(MOST):
            self._grid.setRowStretch(at, 1 if at * n_columns < len(self.panes) else 0)
            self._grid.setColumnStretch(at, 1 if at < min(n_columns, len(self.panes)) else 0)

    def _ask(self) -> None:
        """Ask for the frames of all but the first, whichever that is now."""
        if not self.is_on:
            return
        for pane in self.panes:
            pane.mark(is_first=pane.data.path == self.session.scan.data_path)
        if self.session.scan.description is not None:
            self.session.show_also([pane.data.path for pane in self.panes])

    def _apply_settings(self) -> None:
        for pane in self.panes:
            pane.apply_settings()

    # ---- frames

    def _pane(self, path: str) -> DataPane | None:
        return next((pane for pane in self.panes if pane.data.path == path), None)

    def _on_frame(self) -> None:
        if not self.is_on:
            return
        frame = self.session.scan.shown
        for pane in self.panes:  # what was shown first is given back: no pane may go on looking at it
            if pane.frame is not None and not pane.frame.beside and (frame is None or pane.data.path != frame.data_path):
                pane.clear()
        shown = None if frame is None else self._pane(frame.data_path)
        if frame is not None and shown is not None:
            shown.show_frame(frame)
        self._say()

    def _on_beside(self, frame: LiveFrame) -> None:
        pane = self._pane(frame.data_path)
        if self.is_on and pane is not None and frame.data_path != self.session.scan.data_path:
            pane.show_frame(frame)
            self._say()

    def _on_awaited(self, awaited: AwaitedBeside) -> None:
        pane = self._pane(awaited.data_path)
        if self.is_on and pane is not None:
            pane.await_frame(awaited.index)
            self._say()

    def _on_pointed(self, pointed: DataPane, at: Place | None) -> None:
        """Tell the value there, and in each pane whose frames have the same shape."""
        shape = None if pointed.frame is None else pointed.frame.raw.shape
        for pane in self.panes:
            pane.point(at if pane.frame is not None and pane.frame.raw.shape == shape else None)

    def switch_crosshair(self, on: bool) -> None:
        """Show a cross-hair under the pointer, at the same pixel of all pictures of the same shape."""
        self._has_crosshair = on
        for pane in self.panes:
            pane.crosshair.switch(on)

    def _say(self) -> None:
        index = self.session.scan.index
        for pane in self.panes:
            pane.say(index)

    def _note_zoom(self, view: ImageView) -> None:
        for pane in self.panes:
            if pane.image is view:
                pane.note_zoom()

    def _link(self) -> None:
        shapes = [pane.data.frame_shape for pane in self.panes if len(pane.data.frame_shape) >= 2]
        can_link = len(shapes) > 1 and len(set(shapes)) == 1
        self.link_zoom.setEnabled(can_link)
        self._link_button.setVisible(can_link)
        self._zoom.switch(self.link_zoom.isChecked() and can_link)

    def _on_painted(self, pane: DataPane) -> None:
        if pane.frame is not None and not pane.frame.beside:
            self.session.note_painted(pane.frame)


def candidates(session: Session) -> tuple[DataDescription, ...]:
    """Return the data sets that can be seen side by side: pictures first, then spectra; none where there are fewer than two."""
    description = session.scan.description
    data = description.data if description is not None else ()
    pictures = [one for one in data if len(one.frame_shape) >= 2]
    spectra = [one for one in data if len(one.frame_shape) == 1]
    return (*pictures, *spectra) if pictures and len(pictures) + len(spectra) > 1 else ()


def _seen_of(data: tuple[DataDescription, ...], shown_path: str) -> tuple[DataDescription, ...]:
    """Return those that there is room for: the first ones, with the one that is shown."""
    shown = [one for one in data[MOST:] if one.path == shown_path]
    return (*data[: MOST - len(shown)], *shown)
