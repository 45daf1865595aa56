"""The editor of the mask rules: which pixels are left out of pictures, levels and statistics."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from typing import Any

from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from swmr_viewer.core.number_text import count_text
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.display.levels_text import values_text
from swmr_viewer.gui.look.labels import PlainLabel, tip

_FILE_MASK = "The file's pixel mask"


class MasksEditor(QWidget):
    """Shows the rules, changes them at once, and tells how many pixels they leave out."""

    def __init__(self, display: Display, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._display = display
        self.sentinel = QCheckBox()
        self.pixel_mask = QCheckBox(_FILE_MASK)
        self.above = QCheckBox("Values above")
        self.limit = QLineEdit()
        self.limit.setFixedWidth(78)
        self.limit.setAccessibleName("Values above this are masked")
        self.told = PlainLabel("muted", room_for="0 000 000 pixels are left out")
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(7)
        title = PlainLabel("caption")
        title.say("LEFT OUT")
        for part in (title, self.sentinel, self.pixel_mask):
            box.addWidget(part)
        row = QGridLayout()
        row.addWidget(self.above, 0, 0)
        row.addWidget(self.limit, 0, 1)
        row.setColumnStretch(2, 1)
        box.addLayout(row)
        box.addWidget(self.told)

    def _connect(self) -> None:
        self.sentinel.clicked.connect(lambda on: self._change(sentinel=on))
        self.pixel_mask.clicked.connect(lambda on: self._display.change(uses_file_mask=on))
        self.above.clicked.connect(self._take_limit)
        self.limit.editingFinished.connect(self._take_limit)
        self._display.changed.connect(self._show)
        self._display.frame_told.connect(self._show_counts)

    def _change(self, **rules: Any) -> None:
        self._display.change(mask=replace(self._display.settings.mask, **rules))

    def _take_limit(self) -> None:
        if not self.limit.text().strip():
            self.limit.setText(f"{self._display.levels_in_use[1]:.6g}")
        try:
            limit = float(self.limit.text().replace(",", "."))
        except ValueError:
            limit = float("nan")
        if not isfinite(limit):
            self._show()
            return
        self._change(above=limit if self.above.isChecked() else None)

    def _show(self) -> None:
        rules, path = self._display.settings.mask, self._display.mask_path
        self.pixel_mask.setEnabled(path is not None)
        used = f"{path}\nWhere it is not 0 is left out, unless you untick it"
        self.pixel_mask.setToolTip(tip(used) if path else "The file has none for this data set")
        self.pixel_mask.setChecked(rules.mask_path is not None)
        self.above.setChecked(rules.above is not None)
        if rules.above is not None:
            self.limit.setText(f"{rules.above:.6g}")
        self._show_counts()

    def _show_counts(self) -> None:
        statistics, rules = self._display.statistics, self._display.settings.mask
        words = values_text(self._display.dtype, rules)
        self.sentinel.setText(words.text)
        self.sentinel.setToolTip(words.tip)
        self.sentinel.setEnabled(words.is_choice)
        self.sentinel.setChecked(rules.sentinel if words.is_choice else words.is_left_out)
        self.pixel_mask.setText(f"{_FILE_MASK}, which cannot be used" if self._display.lacks_mask else _FILE_MASK)
        self.told.say("" if statistics is None else f"{count_text(statistics.n_masked)} pixels are left out")
