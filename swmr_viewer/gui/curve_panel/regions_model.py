"""What stands in the table of the regions: numbers of the shown frame, and what was found in the curves."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QWidget

from swmr_viewer.core.number_text import exact_text, full_text, narrow_text
from swmr_viewer.gui.curve_panel.curve_rows import FITTED, FOUND, FOUND_BY, CurveRow, CurveRows, Trust
from swmr_viewer.gui.curve_panel.region_numbers import RegionNumbers
from swmr_viewer.gui.look.labels import tip
from swmr_viewer.gui.look.painting import guarded
from swmr_viewer.gui.look.theme import tokens
from swmr_viewer.gui.regions import Measurements

HEADINGS = ("Region", "sum", "mean", "max", "\u03c3")
"""Of the shown frame; what was found in the curve follows."""
ALL_HEADINGS = (*HEADINGS, *FOUND)
SWATCH_PX = 14
NUMBERS_ALIGNED = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
Index = QModelIndex | QPersistentModelIndex


class RegionsModel(QAbstractTableModel):
    """Reads the measurements; an edited name becomes an intent."""

    def __init__(self, measurements: Measurements, numbers: RegionNumbers, rows: CurveRows, parent: QWidget) -> None:
        super().__init__(parent)
        self._measurements = measurements
        self._numbers = numbers
        self._rows = rows
        self.rows: tuple[CurveRow, ...] = ()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return len(ALL_HEADINGS)

    @guarded
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return ALL_HEADINGS[section] if section else ""  # names and colours say what they are, and numbers need the room
        return NUMBERS_ALIGNED if role == Qt.ItemDataRole.TextAlignmentRole and section else None

    @guarded
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return swatch(row.color)
        if role == Qt.ItemDataRole.TextAlignmentRole and column:
            return NUMBERS_ALIGNED
        if role == Qt.ItemDataRole.ForegroundRole and ALL_HEADINGS[column] in FITTED:
            return _color_of(self._rows.trust(row), ALL_HEADINGS[column])
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole):
            return None
        is_tip = role == Qt.ItemDataRole.ToolTipRole
        if column == 0:
            return tip(self._rows.all_words(row) or row.title) if is_tip else row.title
        if column < len(HEADINGS):
            return self._number(row, column, is_tip=is_tip)
        return tip(self._rows.all_words(row)) if is_tip else self._rows.words(row, ALL_HEADINGS[column])

    def _number(self, row: CurveRow, column: int, *, is_tip: bool) -> str:
        """Return a number of the shown frame; quantities that are no region's have one, in the first column."""
        if row.region is None:
            value = self._rows.value(row, self._measurements.shown_index) if column == 1 else None
            return "" if value is None else full_text(value) if is_tip else narrow_text(value)
        found = self._numbers.of(row.region)
        if found is None:
            return "\u2026"
        return full_text(found[column - 1]) if is_tip else narrow_text(found[column - 1])

    def as_text(self) -> str:
        """Return the table for a spreadsheet, every number with all that is known of it."""
        head = "\t".join((_HEAD, *(name for what in FOUND for name in (what, f"{what} \u00b1")), FOUND_BY))
        return "\n".join((head, *map(self._text_of, self.rows)))

    def _text_of(self, row: CurveRow) -> str:
        if row.region is not None:
            line = _line(row.title, self._numbers.of(row.region))
        else:
            value = self._rows.value(row, self._measurements.shown_index)
            line = _line(row.title, None if value is None else (value,))
        missing = len(HEADINGS) - 1 - line.count("\t")
        return "\t".join((line + "\t" * missing, *self._rows.cells(row)))

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        self._measurements.rename(self.rows[index.row()].title, str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == 0 and self.rows[index.row()].region is not None else flags

    def look(self) -> None:
        """Take what the rows are now."""
        rows, before = self._rows.rows, self.rows
        if len(rows) != len(before):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        elif rows != before:  # other names for the same rows: the current one stays
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(ALL_HEADINGS) - 1))

    def numbers_changed(self) -> None:
        """Tell the view that the numbers are others, not the rows."""
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 1), self.index(self.rowCount() - 1, len(ALL_HEADINGS) - 1))


_HEAD = "\t".join(HEADINGS)


def _line(name: str, numbers: tuple[float, ...] | None) -> str:
    return "\t".join((name, *(map(exact_text, numbers) if numbers is not None else ())))


def region_text(name: str, numbers: tuple[float, ...]) -> str:
    """Return one region's row for a spreadsheet, below what the numbers are."""
    return f"{_HEAD}\n{_line(name, numbers)}"


def _color_of(trust: Trust, what: str) -> QColor | None:
    """Return the colour of what is not to be taken for a result."""
    if trust is Trust.FAILED and what != FOUND[0]:
        return QColor(tokens().muted)
    return QColor(tokens().warn) if trust in (Trust.FAILED, Trust.DOUBTFUL) else None


def swatch(color: str) -> QIcon:
    """Return a square of this colour, the same in selected rows."""
    square, made = QPixmap(SWATCH_PX, SWATCH_PX), QIcon()
    square.fill(QColor(color))
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        made.addPixmap(square, mode)
    return made
