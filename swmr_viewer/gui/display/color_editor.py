"""The pop-up of the colours: the map, the colour of masked pixels, marks on saturated ones."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QHBoxLayout, QToolButton, QWidget

from swmr_viewer.core.number_text import count_text, value_text
from swmr_viewer.gui.display.color_maps import ALL_MAPS, swatch
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.display.levels_text import OWN_COLORS_TIP
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.look.menus import Popup
from swmr_viewer.gui.look.theme import tokens

SWATCH = QSize(150, 16)
MASKED_COLORS = {"grey": "", "black": "#000000", "white": "#ffffff", "red": "#d43d3d", "blue": "#2f6fe0", "orange": "#e08a1e"}
"""Names and colours; the theme's grey is in none of the maps but the grey one."""


class ColorEditor(Popup):
    """Shows ``display.settings`` and changes them at once."""

    def __init__(self, display: Display, parent: QWidget) -> None:
        super().__init__(parent)
        self._display = display
        self.maps = {name: _map_button(name) for name in ALL_MAPS}
        self.inverted = QCheckBox("Inverted")
        self.masked = {name: _masked_button(name) for name in MASKED_COLORS}
        self.saturated = QCheckBox("Mark saturated pixels")
        self.saturated.setToolTip("Draw pixels at which the detector is saturated in a colour of their own (S)")
        self.told = PlainLabel("muted", room_for="0 000 000 saturated (65 535 and more)")
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        self._caption("COLOURS")
        self._groups = (QButtonGroup(self), QButtonGroup(self))
        for button in self.maps.values():
            self._groups[0].addButton(button)
            self.box.addWidget(button)
        self.box.addWidget(self.inverted)
        self._caption("MASKED PIXELS")
        row = QHBoxLayout()
        row.setSpacing(6)
        for button in self.masked.values():
            self._groups[1].addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        self.box.addLayout(row)
        self._caption("SATURATED PIXELS")
        self.box.addWidget(self.saturated)
        self.box.addWidget(self.told)

    def _caption(self, words: str) -> None:
        caption = PlainLabel("caption")
        caption.say(words)
        self.box.addWidget(caption)

    def _connect(self) -> None:
        display = self._display
        for name, button in self.maps.items():
            button.clicked.connect(lambda _, name=name: display.change(color_map=name))
        for name, button in self.masked.items():
            button.clicked.connect(lambda _, name=name: display.change(masked_color=MASKED_COLORS[name]))
        self.inverted.clicked.connect(lambda on: display.change(inverted=on))
        self.saturated.clicked.connect(lambda on: display.change(marks_saturated=on))
        display.changed.connect(self._show)
        display.kind_changed.connect(self._show_frame)
        display.frame_told.connect(self._show_counts)

    def _show(self) -> None:
        settings = self._display.settings
        for name, button in self.maps.items():
            button.setIcon(QIcon(swatch(name, settings.inverted, SWATCH.width(), SWATCH.height())))
            button.setChecked(name == settings.color_map)
        for name, button in self.masked.items():
            button.setIcon(_square(MASKED_COLORS[name] or tokens().masked))
            button.setChecked(MASKED_COLORS[name] == settings.masked_color)
            button.setEnabled(self._display.is_image)
        self.inverted.setChecked(settings.inverted)
        self.saturated.setChecked(settings.marks_saturated)
        self._show_frame()

    def _show_frame(self) -> None:
        has_own = self._display.has_own_colors
        for name, button in self.maps.items():
            button.setEnabled(not has_own)
            button.setToolTip(OWN_COLORS_TIP if has_own else f"Colour map {name}")
        self.inverted.setEnabled(not has_own)
        self.inverted.setToolTip(OWN_COLORS_TIP if has_own else "The colour map the other way round (I)")
        self._show_counts()

    def _show_counts(self) -> None:
        statistics, limit = self._display.statistics, self._display.saturation_value
        self.saturated.setEnabled(limit is not None and self._display.is_image)
        if statistics is None:
            self.told.say("")
        elif limit is None:
            self.told.say("Not known of these frames as one" if self._display.shows_made else "The file does not say from where")
        else:
            of_what = " of the detector's counts" if self._display.shows_made else ""
            self.told.say(f"{count_text(statistics.n_saturated)} saturated ({value_text(limit)}{of_what} and more)")


def _map_button(name: str) -> QToolButton:
    button = QToolButton()
    button.setText(name)
    button.setCheckable(True)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setIconSize(SWATCH)
    button.setFixedWidth(SWATCH.width() + 110)
    button.setToolTip(f"Colour map {name}")
    return button


def _masked_button(name: str) -> QToolButton:
    button = QToolButton()
    button.setCheckable(True)
    button.setToolTip(f"Masked pixels are {name}")
    button.setAccessibleName(f"Masked pixels {name}")
    return button


def _square(color: str) -> QIcon:
    pixmap = QPixmap(16, 16)
    pixmap.fill(QColor(color))
    return QIcon(pixmap)
