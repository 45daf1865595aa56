"""The regions, and what else is drawn, as a table: numbers of the shown frame, and what was found in the curves."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QSizePolicy, QTableView, QWidget

from swmr_viewer.gui.curve_panel.curve_rows import CurveRows
from swmr_viewer.gui.curve_panel.region_numbers import RegionNumbers
from swmr_viewer.gui.curve_panel.regions_model import ALL_HEADINGS, RegionsModel
from swmr_viewer.gui.look.settings import read_setting, write_setting
from swmr_viewer.gui.look.theme import mixed, theme_of_application, tokens
from swmr_viewer.gui.regions import Measurements

USUAL_COLUMNS = ("sum", "mean", "max", "centre", "FWHM")
FIRST_COLUMNS = ("sum", "centre", "FWHM", "mean", "max", "\u03c3", "height", "max at", "centre of mass", "edge")
"""Where there is little room, in this order."""
COLUMNS_KEY = "curves/columns"
LEAST_COLUMN = 74
"""Room (px) for a number with its uncertainty."""
MOST_NAME = 130


MOST_ROWS = 6
"""Seen at once."""


class RegionsTable(QTableView):
    """Double click (or F2) renames, a click selects, Ctrl+C copies; it is as high as the rows that are seen, and cuts none."""

    copied = Signal()

    def __init__(self, measurements: Measurements, numbers: RegionNumbers, rows: CurveRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._measurements = measurements
        self.numbers = numbers
        self._is_showing = False
        """The current row is set as the selected region says, and not the other way round."""
        self._columns: tuple[str, ...] = read_setting(COLUMNS_KEY, USUAL_COLUMNS, tuple[str, ...])
        self._n_fitting = len(ALL_HEADINGS)
        """So many columns had room for all numbers since the table has its size."""
        self._wanted = 0
        """So high (px) are the rows that are to be seen."""
        self._model = RegionsModel(measurements, numbers, rows, self)
        self.setModel(self._model)
        self.setAccessibleName("Regions")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setHighlightSections(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self.menu.addAction("Copy the table\tCtrl+C").triggered.connect(self.copy)
        self.menu.addAction("Rename the region\tF2").triggered.connect(self._rename)
        self.menu.addAction("Columns\u2026").triggered.connect(lambda: self._offer_columns(QPoint(0, 0)))
        self.horizontalHeader().setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.horizontalHeader().customContextMenuRequested.connect(self._offer_columns)
        self.selectionModel().currentRowChanged.connect(self._on_row)
        measurements.marks_changed.connect(self.look)
        measurements.selection_changed.connect(self._show_selected)
        numbers.changed.connect(self._model.numbers_changed)
        theme_of_application().changed.connect(self._color)
        self._color()

    def lend(self, *actions: QAction) -> None:
        """Offer these in the context menu as well."""
        self.menu.addActions(list(actions))

    def copy(self) -> None:
        """Put the table on the clipboard, for a spreadsheet."""
        QGuiApplication.clipboard().setText(self._model.as_text())
        self.copied.emit()

    def look(self) -> None:
        """Take what the rows are now, and what is found in them."""
        self._model.look()
        self._model.numbers_changed()
        self._fit_columns()
        self._show_selected()

    @property
    def n_rows(self) -> int:
        return self._model.rowCount()

    def fit_rows(self, room: int) -> None:
        """Take the height of all rows, of six, or of as many as have this room (px); one is seen in any case."""
        n_rows = min(max(1, self._model.rowCount()), MOST_ROWS, max(1, (room - self._height_of(0)) // self._height_of(1, head=False)))
        if self._wanted != self._height_of(n_rows):
            self._wanted = self._height_of(n_rows)
            self.updateGeometry()
            self.scrollTo(self.currentIndex())

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._wanted)

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self._height_of(1))

    def _height_of(self, n_rows: int, *, head: bool = True) -> int:
        rows = n_rows * self.verticalHeader().defaultSectionSize()
        return rows + self.horizontalHeader().sizeHint().height() + 2 * self.frameWidth() if head else rows

    def _color(self) -> None:
        """Keep the numbers and the region's colour as they are where a row is selected."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Highlight, QColor(mixed(tokens().accent, tokens().field, 0.75)))
        palette.setColor(QPalette.ColorRole.HighlightedText, QColor(tokens().text))
        self.setPalette(palette)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride and event.matches(QKeySequence.StandardKey.Copy):
            event.accept()  # else it is the picture that is copied
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu.popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns_anew()

    def _fit_columns_anew(self) -> None:
        self._n_fitting = len(ALL_HEADINGS)  # else none comes back when numbers are short again: columns would come and go with them
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Show as many of the chosen columns as have room for their numbers, the most important ones first."""
        room = self.viewport().width() - min(self.sizeHintForColumn(0), MOST_NAME)
        chosen = [what for what in FIRST_COLUMNS if what in self._columns]
        needs = [max(LEAST_COLUMN, self.sizeHintForColumn(ALL_HEADINGS.index(what))) for what in chosen]
        self._n_fitting = next((n for n in range(min(len(chosen), self._n_fitting), 1, -1) if n * max(needs[:n]) <= room), 1)
        shown = chosen[: self._n_fitting]
        for column, what in enumerate(ALL_HEADINGS):
            self.setColumnHidden(column, bool(column) and what not in shown)

    def _offer_columns(self, at: QPoint) -> None:
        """Ask which columns are shown."""
        menu = QMenu(self)
        for what in ALL_HEADINGS[1:]:
            action = menu.addAction(what)
            action.setCheckable(True)
            action.setChecked(what in self._columns)
            action.triggered.connect(lambda on, what=what: self.show_column(what, on))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.horizontalHeader().mapToGlobal(at))

    def show_column(self, what: str, on: bool) -> None:
        """Show a column, by its heading, wherever there is room for it, or not."""
        self._columns = tuple(one for one in ALL_HEADINGS[1:] if (on if one == what else one in self._columns))
        write_setting(COLUMNS_KEY, self._columns)
        self._fit_columns_anew()

    def _rename(self) -> None:
        current = self.currentIndex()
        if current.isValid():
            self.edit(self._model.index(current.row(), 0))

    def _on_row(self, current: QModelIndex) -> None:
        if current.isValid() and not self._is_showing and self._model.rows[current.row()].region is not None:
            self._measurements.select(self._model.rows[current.row()].title)

    def _show_selected(self) -> None:
        selected = self._measurements.selected
        rows = [number for number, row in enumerate(self._model.rows) if row.region is not None and row.region == selected]
        if rows and self.currentIndex().row() != rows[0]:
            self._is_showing = True
            self.setCurrentIndex(self._model.index(rows[0], 0))
            self._is_showing = False
