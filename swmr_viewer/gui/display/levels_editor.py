"""The pop-up of the levels: where they come from, and which pixels are left out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QWidget,
)

from swmr_viewer.gui.display.display_settings import Display, LevelMode, Levels
from swmr_viewer.gui.display.level_boxes import level_number, number_field, percentile_box
from swmr_viewer.gui.display.levels_scale import moved_high, moved_low
from swmr_viewer.gui.display.levels_text import AS_STORED, typed_number
from swmr_viewer.gui.display.masks_editor import MasksEditor
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.look.menus import Popup

_TITLES = {
    LevelMode.PERCENTILES: "Percentiles of each frame",
    LevelMode.EXTREMES: "Minimum to maximum of each frame",
    LevelMode.FIXED: "Fixed",
    LevelMode.HELD: "Held as they are now",
}
_TIPS = {
    LevelMode.PERCENTILES: "Each frame sets its own levels; the brightest and the darkest pixels do not count",
    LevelMode.EXTREMES: "Each frame sets its own levels, from its lowest value to its highest",
    LevelMode.FIXED: "The levels that you type, or drag at the colour bar",
    LevelMode.HELD: "The levels stay as the shown frame set them",
}

BELOW_MODE = 20
"""How far numbers are to the right of the mode that they belong to (pixels): beside it they would make the pop-up too wide."""


class LevelsEditor(Popup):
    """Shows ``display.settings`` and changes them at once."""

    def __init__(self, display: Display, parent: QWidget) -> None:
        super().__init__(parent)
        self._display = display
        self.modes = {mode: QRadioButton(title) for mode, title in _TITLES.items()}
        self._group = QButtonGroup(self)
        self.percentiles = (percentile_box("Lower percentile"), percentile_box("Upper percentile"))
        self.levels = (number_field("Low level"), number_field("High level"))
        self.masks = MasksEditor(display)
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        self.box.addWidget(PlainLabel("caption"))
        self.box.itemAt(0).widget().say("LEVELS")  # type: ignore[union-attr]
        pairs = {LevelMode.PERCENTILES: (self.percentiles, "%"), LevelMode.FIXED: (self.levels, "")}
        for mode, button in self.modes.items():
            self._group.addButton(button)
            button.setToolTip(_TIPS[mode])
            self.box.addWidget(button)
            if mode in pairs:
                self.box.addLayout(_pair(*pairs[mode]))
        self.box.addSpacing(6)
        self.box.addWidget(self.masks)

    def _connect(self) -> None:
        for mode, button in self.modes.items():
            button.clicked.connect(lambda _, mode=mode: self._display.set_mode(mode))
        for box in self.percentiles:
            box.valueChanged.connect(self._take_percentiles)
        for field, moved in zip(self.levels, (moved_low, moved_high), strict=True):
            field.editingFinished.connect(partial(self._take_level, field, moved))
        self._display.changed.connect(self._show)
        self._display.levels_moved.connect(self._show_levels)
        self._display.kind_changed.connect(self._show_usual)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_levels()

    def edit(self) -> None:
        """Let the low level be typed."""
        self.levels[0].setFocus()
        self.levels[0].selectAll()

    def _take_percentiles(self) -> None:
        low, high = (box.value() for box in self.percentiles)
        if low < high:
            self._display.change(mode=LevelMode.PERCENTILES, levels=None, percentiles=(low, high))

    def _take_level(self, field: QLineEdit, moved: Callable[[Levels, float], Levels]) -> None:
        level, in_use = typed_number(field.text()), self._display.levels_in_use
        if level is None or field.text() == level_number(in_use[self.levels.index(field)]):
            self._show_levels()
        else:
            self._display.fix_levels(*moved(in_use, level))

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
        if not self.isVisible():  # the levels of each frame are others, and nobody sees it
            return
        for field, value in zip(self.levels, self._display.levels_in_use, strict=True):
            if not field.hasFocus() or not field.isModified():
                field.setText(level_number(value))


def _pair(parts: tuple[QWidget, QWidget], after: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(BELOW_MODE, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(parts[0])
    row.addWidget(QLabel("to", alignment=Qt.AlignmentFlag.AlignCenter))
    row.addWidget(parts[1])
    unit = QLabel(after)
    row.addWidget(unit)
    row.addStretch()
    return row
