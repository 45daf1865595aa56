"""The pop-up of a map's levels, scale and colours."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QRadioButton, QToolButton, QWidget

from swmr_viewer.gui.display.color_maps import COLOR_MAPS, swatch
from swmr_viewer.gui.display.display_settings import LevelMode
from swmr_viewer.gui.display.level_boxes import level_number, number_field, percentile_box
from swmr_viewer.gui.display.levels_model import LevelsModel
from swmr_viewer.gui.display.levels_scale import Scale, moved_high, moved_low
from swmr_viewer.gui.display.levels_text import SCALE_TIPS, SCALE_WORDS, typed_number
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.look.menus import Popup
from swmr_viewer.gui.quantity_map.map_settings import MapChoices

_TITLES = {LevelMode.PERCENTILES: "Percentiles of what is seen", LevelMode.EXTREMES: "Minimum to maximum", LevelMode.FIXED: "Fixed"}
_TIPS = {
    LevelMode.PERCENTILES: "The values that are seen set the levels; the highest and the lowest ones do not count",
    LevelMode.EXTREMES: "The levels are the lowest and the highest value that is seen",
    LevelMode.FIXED: "The levels that you type, or drag at the colour bar",
}
BELOW_MODE = 20
SWATCH = QSize(120, 12)


class MapLook(Popup):
    """Shows ``choices.settings`` and changes them at once."""

    def __init__(self, choices: MapChoices, model: LevelsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._choices, self._model = choices, model
        self.modes = {mode: QRadioButton(title) for mode, title in _TITLES.items()}
        self.percentiles = (percentile_box("Lower percentile"), percentile_box("Upper percentile"))
        self.levels = (number_field("Low level of the map"), number_field("High level of the map"))
        self.scales = {scale: _scale_button(scale) for scale in Scale}
        self.maps = QComboBox()
        self.inverted = QCheckBox("Inverted")
        self.same_scale = QCheckBox("Steps as long upwards as to the right")
        self.maps.setToolTip("Colours of the map; those of the picture are its own")
        self.inverted.setToolTip("The colours the other way round")
        self.same_scale.setToolTip("A millimetre is as long in both directions, where both axes have one unit and neither is very short")
        self._groups = (QButtonGroup(self), QButtonGroup(self))
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        self._caption("LEVELS OF THE MAP")
        pairs = {LevelMode.PERCENTILES: (self.percentiles, "%"), LevelMode.FIXED: (self.levels, "")}
        for mode, button in self.modes.items():
            self._groups[0].addButton(button)
            button.setToolTip(_TIPS[mode])
            self.box.addWidget(button)
            if mode in pairs:
                self.box.addLayout(_pair(*pairs[mode]))
        self._caption("SCALE")
        row = QHBoxLayout()
        row.setSpacing(0)
        for tool in self.scales.values():
            self._groups[1].addButton(tool)
            row.addWidget(tool)
        row.addStretch(1)
        self.box.addLayout(row)
        self._caption("COLOURS")
        self.maps.setIconSize(SWATCH)
        self.maps.setAccessibleName("Colour map of the map")
        for part in (self.maps, self.inverted, self.same_scale):
            self.box.addWidget(part)

    def _caption(self, words: str) -> None:
        caption = PlainLabel("caption")
        caption.say(words)
        self.box.addWidget(caption)

    def _connect(self) -> None:
        choices = self._choices
        for mode, radio in self.modes.items():
            radio.clicked.connect(lambda _, mode=mode: choices.set_mode(mode, self._model.levels))
        for box in self.percentiles:
            box.valueChanged.connect(self._take_percentiles)
        for number, (field, moved) in enumerate(zip(self.levels, (moved_low, moved_high), strict=True)):
            field.editingFinished.connect(partial(self._take_level, number, field, moved))
        for scale, tool in self.scales.items():
            tool.clicked.connect(lambda _, scale=scale: choices.change(scale=scale))
        self.maps.activated.connect(lambda number: choices.change(color_map=COLOR_MAPS[number]))
        self.inverted.clicked.connect(lambda on: choices.change(inverted=on))
        self.same_scale.clicked.connect(lambda on: choices.change(same_scale=on))
        choices.changed.connect(self._show)
        self._model.changed.connect(self._show_levels)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self._show()

    def _take_percentiles(self) -> None:
        low, high = (box.value() for box in self.percentiles)
        if low < high:
            self._choices.change(mode=LevelMode.PERCENTILES, levels=None, percentiles=(low, high))

    def _take_level(self, number: int, field: QLineEdit, moved: object) -> None:
        level, in_use = typed_number(field.text()), self._model.levels
        if level is None or field.text() == level_number(in_use[number]):
            self._show_levels()
            return
        assert callable(moved)
        self._choices.change(mode=LevelMode.FIXED, levels=moved(in_use, level))

    def _show(self) -> None:
        settings = self._choices.settings
        self.modes[settings.mode].setChecked(True)
        self.scales[settings.scale].setChecked(True)
        for box, value in zip(self.percentiles, settings.percentiles, strict=True):
            with QSignalBlocker(box):
                box.setValue(value)
        if self.isVisible():
            for number, name in enumerate(COLOR_MAPS):
                found = QIcon(swatch(name, settings.inverted, SWATCH.width(), SWATCH.height()))
                if number < self.maps.count():
                    self.maps.setItemIcon(number, found)
                else:
                    self.maps.addItem(found, name)
            self.maps.setCurrentIndex(COLOR_MAPS.index(settings.color_map))
        self.inverted.setChecked(settings.inverted)
        self.same_scale.setChecked(settings.same_scale)
        self._show_levels()

    def _show_levels(self) -> None:
        if self.isVisible():
            for field, value in zip(self.levels, self._model.levels, strict=True):
                if not field.hasFocus() or not field.isModified():
                    field.setText(level_number(value))


def _scale_button(scale: Scale) -> QToolButton:
    button = QToolButton()
    button.setText(SCALE_WORDS[scale])
    button.setToolTip(SCALE_TIPS[scale])
    button.setCheckable(True)
    place = {Scale.LINEAR: "first", Scale.SYMLOG: "last"}.get(scale, "middle")
    button.setProperty("segment", place)
    return button


def _pair(parts: tuple[QWidget, QWidget], after: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(BELOW_MODE, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(parts[0])
    for words, part in (("to", parts[1]), (after, None)):
        label = PlainLabel()
        label.say(words)
        row.addWidget(label)
        if part is not None:
            row.addWidget(part)
    row.addStretch()
    return row
