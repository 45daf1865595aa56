"""The pop-up of the levels: where they come from, and which pixels are left out."""

from __future__ import annotations

from math import isfinite

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QButtonGroup, QDoubleSpinBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QRadioButton, QWidget

from swmr_viewer.gui.display.display_settings import Display, LevelMode
from swmr_viewer.gui.display.levels_masks import MasksEditor
from swmr_viewer.gui.display.levels_text import AS_STORED
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.look.menus import Popup

_TITLES = {
    LevelMode.PERCENTILES: "Percentiles of each frame",
    LevelMode.EXTREMES: "Minimum to maximum of each frame",
    LevelMode.FIXED: "Fixed",
    LevelMode.HELD: "Held as they are now",
}


class LevelsEditor(Popup):
    """Shows ``display.settings`` and changes them at once."""

    def __init__(self, display: Display, parent: QWidget) -> None:
        super().__init__(parent)
        self._display = display
        self.modes = {mode: QRadioButton(title) for mode, title in _TITLES.items()}
        self._group = QButtonGroup(self)
        self.percentiles = (_percentile_box("Lower percentile"), _percentile_box("Upper percentile"))
        self.levels = (_number_field("Low level"), _number_field("High level"))
        self.masks = MasksEditor(display)
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        self.box.addWidget(PlainLabel("caption"))
        self.box.itemAt(0).widget().say("LEVELS")  # type: ignore[union-attr]
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(7)
        for row, (mode, button) in enumerate(self.modes.items()):
            self._group.addButton(button)
            grid.addWidget(button, row, 0)
            if mode is LevelMode.PERCENTILES:
                grid.addLayout(_pair(self.percentiles, "%"), row, 1)
            elif mode is LevelMode.FIXED:
                grid.addLayout(_pair(self.levels, ""), row, 1)
        self.box.addLayout(grid)
        self.box.addSpacing(6)
        self.box.addWidget(self.masks)

    def _connect(self) -> None:
        for mode, button in self.modes.items():
            button.clicked.connect(lambda _, mode=mode: self._display.set_mode(mode))
        for box in self.percentiles:
            box.valueChanged.connect(self._take_percentiles)
        for field in self.levels:
            field.editingFinished.connect(self._take_levels)
        self._display.changed.connect(self._show)
        self._display.levels_moved.connect(self._show_levels)
        self._display.frame_told.connect(self._show_usual)

    def _take_percentiles(self) -> None:
        low, high = (box.value() for box in self.percentiles)
        if low < high:
            self._display.change(mode=LevelMode.PERCENTILES, levels=None, percentiles=(low, high))

    def _take_levels(self) -> None:
        try:
            low, high = (float(field.text().replace(",", ".")) for field in self.levels)
        except ValueError:
            low = high = float("nan")
        if isfinite(low) and isfinite(high) and low < high:
            if (low, high) != tuple(float(_number(one)) for one in self._display.levels_in_use):
                self._display.fix_levels(low, high)
        else:
            self._show_levels()

    def _show(self) -> None:
        settings = self._display.settings
        self.modes[settings.mode].setChecked(True)
        for box, value in zip(self.percentiles, settings.percentiles, strict=True):
            with QSignalBlocker(box):
                if box.value() != value:
                    box.setValue(value)
        self._show_usual()
        self._show_levels()

    def _show_usual(self) -> None:
        """Say so where the usual percentiles are not taken."""
        is_so = self._display.shows_as_stored
        title = f"Colours as stored, {AS_STORED}; or percentiles" if is_so else _TITLES[LevelMode.PERCENTILES]
        self.modes[LevelMode.PERCENTILES].setText(title)

    def _show_levels(self) -> None:
        for field, value in zip(self.levels, self._display.levels_in_use, strict=True):
            if not field.hasFocus() or not field.isModified():
                field.setText(_number(value))


def _number(value: float) -> str:
    return f"{value:.6g}"


def _percentile_box(name: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox(decimals=3, minimum=0.0, maximum=100.0, singleStep=0.1)
    box.setKeyboardTracking(False)
    box.setAccessibleName(name)
    box.setFixedWidth(78)
    return box


def _number_field(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setFixedWidth(78)
    return field


def _pair(parts: tuple[QWidget, QWidget], after: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    row.addWidget(parts[0])
    row.addWidget(QLabel("to", alignment=Qt.AlignmentFlag.AlignCenter))
    row.addWidget(parts[1])
    unit = QLabel(after)
    unit.setFixedWidth(14)
    row.addWidget(unit)
    return row
