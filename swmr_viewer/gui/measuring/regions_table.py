"""The regions as a table: name, and sum, mean, maximum and standard deviation in the shown frame."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QContextMenuEvent, QGuiApplication, QIcon, QKeyEvent, QKeySequence, QPalette, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QSizePolicy, QTableView, QWidget

from swmr_viewer.core.number_text import exact_text, full_text, narrow_text
from swmr_viewer.gui.look.painting import guarded
from swmr_viewer.gui.look.theme import mixed, theme_of_application, tokens
from swmr_viewer.gui.measuring.measurements import Measurements
from swmr_viewer.gui.measuring.region_numbers import RegionNumbers
from swmr_viewer.gui.measuring.regions_layer import region_color

HEADINGS = ("Region", "sum", "mean", "max", "\u03c3")
SWATCH_PX = 14
NUMBERS_ALIGNED = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
Index = QModelIndex | QPersistentModelIndex


class RegionsModel(QAbstractTableModel):
    """Reads the measurements; an edited name becomes an intent."""

    def __init__(self, measurements: Measurements, numbers: RegionNumbers, parent: QWidget) -> None:
        super().__init__(parent)
        self._measurements = measurements
        self._numbers = numbers

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._measurements.marks.regions)

    def columnCount(self, parent: Index | None = None) -> int:
        return len(HEADINGS)

    @guarded
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return HEADINGS[section] if section else ""  # names and colours say what they are, and numbers need the room
        return NUMBERS_ALIGNED if role == Qt.ItemDataRole.TextAlignmentRole and section else None

    @guarded
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        region = self._measurements.marks.regions[index.row()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return swatch(region_color(index.row()))
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return NUMBERS_ALIGNED
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if index.column() == 0:
            return region.name
        found = self._numbers.of(region)
        if found is None:
            return "\u2026"
        value = found[index.column() - 1]
        return full_text(value) if role == Qt.ItemDataRole.ToolTipRole else narrow_text(value)

    def as_text(self) -> str:
        """Return the table for a spreadsheet, every number with all that is known of it."""
        return "\n".join((_HEAD, *(_line(region.name, self._numbers.of(region)) for region in self._measurements.marks.regions)))

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        self._measurements.rename(self._measurements.marks.regions[index.row()].name, str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == 0 else flags

    def numbers_changed(self) -> None:
        """Tell the view that the numbers are others, not the rows."""
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 1), self.index(self.rowCount() - 1, len(HEADINGS) - 1))

    def names_changed(self) -> None:
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, 0))

    def rows_changed(self) -> None:
        self.beginResetModel()
        self.endResetModel()


_HEAD = "\t".join(HEADINGS)


def _line(name: str, numbers: tuple[float, ...] | None) -> str:
    return "\t".join((name, *(map(exact_text, numbers) if numbers is not None else ())))


def region_text(name: str, numbers: tuple[float, ...]) -> str:
    """Return one region's row for a spreadsheet, below what the numbers are."""
    return f"{_HEAD}\n{_line(name, numbers)}"


def swatch(color: str) -> QIcon:
    """Return a square of this colour, the same in selected rows."""
    square, made = QPixmap(SWATCH_PX, SWATCH_PX), QIcon()
    square.fill(QColor(color))
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        made.addPixmap(square, mode)
    return made


MOST_ROWS = 6
"""Seen at once."""


class RegionsTable(QTableView):
    """Double click (or F2) renames, a click selects, Ctrl+C copies; it is as high as the rows that are seen, and cuts none."""

    copied = Signal()

    def __init__(self, measurements: Measurements, numbers: RegionNumbers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._measurements = measurements
        self.numbers = numbers
        self._wanted = 0
        """So high (px) are the rows that are to be seen."""
        self._model = RegionsModel(measurements, numbers, self)
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
        self.selectionModel().currentRowChanged.connect(self._on_row)
        measurements.marks_changed.connect(self._on_marks)
        measurements.selection_changed.connect(self._show_selected)
        numbers.changed.connect(self._model.numbers_changed)
        self._names: tuple[str, ...] = ()
        theme_of_application().changed.connect(self._color)
        self._color()

    def lend(self, *actions: QAction) -> None:
        """Offer these in the context menu as well."""
        self.menu.addActions(list(actions))

    def copy(self) -> None:
        """Put the table on the clipboard, for a spreadsheet."""
        QGuiApplication.clipboard().setText(self._model.as_text())
        self.copied.emit()

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

    def _rename(self) -> None:
        current = self.currentIndex()
        if current.isValid():
            self.edit(self._model.index(current.row(), 0))

    def _on_marks(self) -> None:
        names = tuple(region.name for region in self._measurements.marks.regions)
        n_before, self._names = len(self._names), names
        if len(names) != n_before:
            self._model.rows_changed()
        else:  # other names for the same rows: the current one stays
            self._model.names_changed()
        self._show_selected()

    def _on_row(self, current: QModelIndex) -> None:
        if current.isValid():
            self._measurements.select(self._measurements.marks.regions[current.row()].name)

    def _show_selected(self) -> None:
        selected = self._measurements.selected
        if selected is not None and selected.name in self._names:
            row = self._names.index(selected.name)
            if self.currentIndex().row() != row:
                self.setCurrentIndex(self._model.index(row, 0))
