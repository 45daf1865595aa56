"""Scalars over the scan: the value against an axis of the scan, and, of scans of several axes, as a map."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from swmr_viewer.core.data_facts import ScanAxis
from swmr_viewer.core.number_text import compact_text, count_text, exact_text, full_text, value_text
from swmr_viewer.gui.curve_panel.curve_choice import CurveChoice, shown_index
from swmr_viewer.gui.curve_panel.curve_lines import CurveLines
from swmr_viewer.gui.curve_panel.curve_menus import AgainstButton
from swmr_viewer.gui.curve_panel.curve_settings import CurveSettings
from swmr_viewer.gui.curve_panel.grid_picture import GridPicture
from swmr_viewer.gui.curves import ChannelAxis, IndexCurve, MenuEntry, PlotPane, ValuePicture
from swmr_viewer.gui.display.display_settings import DisplaySettings
from swmr_viewer.gui.display.levels_scale import Scale
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.regions import Measurements
from swmr_viewer.gui.session import Session
from swmr_viewer.quantities import BLOCK, Values
from swmr_viewer.reader.messages import Measured

COLUMN = "maximum"
"""Of a single pixel: its value, and nothing where it is masked."""
PURPOSE = "scalars"
LINE_MARGIN = 8
BLOCKS_AT_A_TIME = 8
"""Half a million values, some 20 ms."""


class ScalarMapPlot(PlotPane):
    """The map; a click pins that point."""

    index_clicked = Signal(int)
    levels_used = Signal(object)
    """The values in the first and in the last colour."""

    def __init__(self, session: Session, measurements: Measurements, parent: QWidget | None = None) -> None:
        super().__init__("Map of values", parent)
        self._session = session
        self._measurements = measurements
        self.box.invertY(True)
        self.picture = ValuePicture()
        self.item = self.picture.item
        self.plot.addItem(self.item)
        self.grid = GridPicture(())
        self._sides = (ChannelAxis(np.zeros(1)), ChannelAxis(np.zeros(1)))
        """Where rows and columns of the grid are drawn."""
        self._is_void = True
        self._unfilled: list[int] = []
        """Numbers of the blocks of measured values that the picture has yet to take: ten million at once would hold up the window."""
        self.view.scene().sigMouseClicked.connect(self._on_click)

    def take(self, event: Measured) -> None:
        """Take what was measured of some frames."""
        if not self._is_void and self._fits(event.scan_shape):
            self.grid.take(event.indices, event.values[:, event.columns.index(COLUMN)])
        else:
            self._is_void = True
        self.redraw_soon()

    def reset(self) -> None:
        """Take note that another data set is shown, or that what was measured is void."""
        self._is_void = True
        self.redraw_soon()

    def _fits(self, scan_shape: tuple[int, ...]) -> bool:
        return scan_shape == self.grid.scan_shape or self.grid.grow(scan_shape)

    def redraw(self) -> None:
        self._fill()
        self._place_sides()
        picture = self.grid.picture
        (top, bottom), (left, right) = (self._ends(side) for side in self._sides)
        self.picture.show(picture, picture, QRectF(left, top, right - left, bottom - top))
        self.say_nothing("" if self.picture.levels is not None else "Nothing measured yet")
        if self.picture.levels is not None:
            self.levels_used.emit(self.picture.levels)

    @staticmethod
    def _ends(side: ChannelAxis) -> tuple[float, float]:
        return side.place(0.0), side.place(float(len(side)))

    def apply_settings(self, settings: DisplaySettings) -> None:
        """Draw in these colours, on this scale and between these levels."""
        if self.picture.apply_settings(settings):
            self.redraw_soon()

    def _fill(self) -> None:
        """Take what was measured into the picture, a piece at a time."""
        values = self._measurements.values
        if self._is_void:
            self._is_void = False
            self.grid = GridPicture(self._session.scan.scan_shape)
            self._unfilled = values.block_numbers(COLUMN)
        now, self._unfilled = self._unfilled[:BLOCKS_AT_A_TIME], self._unfilled[BLOCKS_AT_A_TIME:]
        for number in now:
            self.grid.take(np.arange(number * BLOCK, (number + 1) * BLOCK), values.block(COLUMN, number))
        if self._unfilled:
            self.redraw_soon()

    def _place_sides(self) -> None:
        """Draw the grid where its points are, if both axes are even; else by the indices."""
        shape = self._session.scan.scan_shape
        axes = self._session.scan.data.facts.scan_axes if self._session.scan.data is not None else ()
        if len(axes) != len(shape):
            axes = (ScanAxis(""),) * len(shape)
        lengths = (self.grid.rows, self.grid.columns)
        sides = tuple(map(even_side, axes, shape)) if len(shape) == 2 else (None, None)
        if len(sides) != 2 or None in sides:
            self._sides = tuple(ChannelAxis(np.arange(max(1, n), dtype=float)) for n in lengths)  # type: ignore[assignment]
            names = ["\u2009\u00d7\u2009".join(axis.name for axis in axes[:-1] if axis.name), axes[-1].name if axes else ""]
            labels = [(f"{name} index" if name else "index", "") for name in names]
        else:
            self._sides = sides  # type: ignore[assignment]
            labels = [(axis.name, axis.unit) for axis in axes]
        self.box.invertY(sides is not self._sides)  # positions grow upwards, as on the stage; rows by their number downwards
        for where, label in zip(("left", "bottom"), labels, strict=True):
            self.label(where, *label)

    def entries_at(self, place: QPointF | None) -> list[MenuEntry]:
        shown = self._session.scan.shown
        index = (shown.index if shown is not None else None) if place is None else self._index_at(place)
        if index is None:
            return []
        entries = [MenuEntry(f"Go to frame {count_text(index)}", lambda: self.index_clicked.emit(index))]
        value = self._measurements.values.at(COLUMN, index)
        if value is not None:
            entries.append(MenuEntry(f"Copy the value {full_text(value)}", lambda: self.copy(exact_text(value))))
        return entries

    def _index_at(self, point: QPointF) -> int | None:
        row, column = (int(np.floor(side.channel(at))) for side, at in zip(self._sides, (point.y(), point.x()), strict=True))
        inside = 0 <= row < self.grid.rows and 0 <= column < self.grid.columns
        return row * self.grid.columns + column if inside else None

    def _on_click(self, event: Any) -> None:
        at = event.scenePos()
        if event.button() == Qt.MouseButton.LeftButton and self.box.sceneBoundingRect().contains(at):
            index = self._index_at(self.box.mapSceneToView(at))
            if index is not None:
                self.index_clicked.emit(index)


def axis_places(axis: ScanAxis, length: int) -> Values | None:
    """Return the values of an axis of the scan, or None where they do not tell where all of its points are.

    Values that are missing, not finite, or the same at the end were not written yet: read once, they would never come.
    """
    if axis.values is None or len(axis.values) < length or length < 1:
        return None
    values = np.asarray(axis.values[:length], np.float64)
    is_written = np.isfinite(values).all() and (length == 1 or values[-1] != values[-2])
    return values if is_written else None


def even_side(axis: ScanAxis, length: int) -> ChannelAxis | None:
    """Return where the points of an axis of the scan are, or None where that is not told, or they are no even steps."""
    places = axis_places(axis, length)
    if places is None or length < 2:
        return None
    side = ChannelAxis(places)
    return side if side.is_one_way and side.is_even else None


class Scalars(QWidget):
    """The shown value in a line, its curve, and the map of scans of several axes, while the frames are scalars."""

    def __init__(self, session: Session, measurements: Measurements, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._measurements = measurements
        self.choice = CurveChoice(session, usual=CurveSettings((COLUMN,)), lines_first=True)
        self.lines = CurveLines(self.choice)
        self.value = PlainLabel("title")
        self.against = AgainstButton(self.choice, "What the values are drawn against")
        self.curve = IndexCurve("Values over the scan", self.lines.lines, lambda: shown_index(session), self.lines.x_of, self._value_at)
        self.map = ScalarMapPlot(session, measurements)
        self._lay_out()
        self._connect()
        self._show_choice()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(LINE_MARGIN, 0, LINE_MARGIN, 0)
        line.addWidget(self.value, 1)
        line.addWidget(self.against)
        plots = QSplitter(Qt.Orientation.Vertical)
        plots.setChildrenCollapsible(False)
        for plot in (self.map, self.curve):
            plots.addWidget(plot)
            plot.index_clicked.connect(self._session.pin_nearest)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addLayout(line)
        box.addWidget(plots, 1)

    def _connect(self) -> None:
        session, measurements = self._session, self._measurements
        self.choice.changed.connect(self._show_choice)
        for signal in (session.quantities_changed, session.order_changed, self.lines.points_made):
            signal.connect(self.curve.redraw_soon)
        measurements.frames_measured.connect(self._take)
        for signal in (measurements.forgotten, session.data_changed, session.opened, session.request_changed):
            signal.connect(self._reset)
        session.frame_changed.connect(self._show_value)

    def _value_at(self, index: int) -> float | None:
        return self._measurements.values.at(COLUMN, index)

    def _show_choice(self) -> None:
        self.against.show_choice()
        self.curve.label("bottom", *self.choice.against_label)
        self.curve.set_x_scale(Scale.LOG if self.choice.settings.log_x else Scale.LINEAR)
        self.curve.redraw_soon()
        self._want(self.isVisible())

    def _want(self, wanted: bool) -> None:
        self._measurements.want(PURPOSE, wanted)
        self._session.want_quantities(PURPOSE, self.choice.wanted if wanted else ())

    def _show_value(self) -> None:
        shown = self._session.scan.shown
        if shown is not None and shown.raw.ndim == 0:
            unit = self._session.scan.data_facts.unit
            self.value.say(f"{compact_text(value_text(shown.picked.item()))} {unit}".rstrip())
            self.curve.label("left", "value", unit)
            self.curve.mark_shown()

    def _take(self, event: Measured) -> None:
        if self.map.isVisible():
            self.map.take(event)

    def _reset(self) -> None:
        self.map.setVisible(len(self._session.scan.scan_shape) > 1)
        self.map.reset()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self._want(True)
        self._reset()

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self._want(False)
