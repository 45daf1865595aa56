"""Which pixels are left out: a part of the pop-up of the levels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from swmr_viewer.core.number_text import count_text
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.display.levels_text import own_mask_text, typed_number, values_text
from swmr_viewer.gui.look.labels import ElidedLabel, PlainLabel, tip

SENTINEL_IS = "What detectors write where they have no measurement"
_FILE_MASK = "The file's pixel mask"


class LimitRow:
    """A check box and a number beyond which values are left out."""

    def __init__(self, words: str, name: str) -> None:
        self.on = QCheckBox(words)
        self.field = QLineEdit()
        self.field.setFixedWidth(78)
        self.field.setAccessibleName(name)
        for part in (self.on, self.field):
            part.setToolTip(f"{name}: of every frame, and for all that is measured")

    def show_limit(self, limit: float | None) -> None:
        """Show it, and leave the number that was typed where it does not count."""
        self.on.setChecked(limit is not None)
        if limit is not None:
            self.field.setText(f"{limit:.6g}")

    def read(self, suggested: float) -> tuple[bool, float | None]:
        """Return whether a number stands there, and the limit: None where none counts."""
        if not self.field.text().strip():
            self.field.setText(f"{suggested:.6g}")
        limit = typed_number(self.field.text())
        return limit is not None, limit if self.on.isChecked() else None


class MasksEditor(QWidget):
    """Shows the rules, changes them at once, and tells how many pixels they leave out."""

    def __init__(self, display: Display, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._display = display
        self.sentinel = QCheckBox()
        self.pixel_mask = QCheckBox(_FILE_MASK)
        self.above_row = LimitRow("Values above", "Values above this are masked")
        self.below_row = LimitRow("Values below", "Values below this are masked")
        self.above, self.limit = self.above_row.on, self.above_row.field
        self.below, self.low_limit = self.below_row.on, self.below_row.field
        self.own = ElidedLabel("muted")
        self.clear_own = QPushButton("Clear")
        self.clear_own.setProperty("kind", "link")
        self.clear_own.setToolTip("Take the loaded and the drawn mask away; it can be undone")
        self.told = PlainLabel("muted", room_for="0 000 000 pixels are left out")
        self._told: tuple[object, ...] | None = None
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
        for line, limit in enumerate((self.above_row, self.below_row)):
            row.addWidget(limit.on, line, 0)
            row.addWidget(limit.field, line, 1)
        row.setColumnStretch(2, 1)
        box.addLayout(row)
        of_own = QHBoxLayout()
        of_own.addWidget(self.own, 1)
        of_own.addWidget(self.clear_own)
        box.addLayout(of_own)
        box.addWidget(self.told)

    def _connect(self) -> None:
        self.sentinel.clicked.connect(lambda on: self._change(sentinel=on))
        self.pixel_mask.clicked.connect(lambda on: self._display.change(uses_file_mask=on))
        for signal in (self.above.clicked, self.limit.editingFinished):
            signal.connect(self._take_above)
        for signal in (self.below.clicked, self.low_limit.editingFinished):
            signal.connect(self._take_below)
        self._display.changed.connect(self._show)
        self._display.frame_told.connect(self._show_frame)

    def _change(self, **rules: Any) -> None:
        self._display.change(mask=replace(self._display.settings.mask, **rules))

    def _take_above(self) -> None:
        is_number, limit = self.above_row.read(self._display.levels_in_use[1])
        if is_number:
            self._change(above=limit)
        else:
            self._show()

    def _take_below(self) -> None:
        is_number, limit = self.below_row.read(self._display.levels_in_use[0])
        if is_number:
            self._change(below=limit)
        else:
            self._show()

    def _show(self) -> None:
        rules, path = self._display.settings.mask, self._display.mask_path
        self.pixel_mask.setEnabled(path is not None)
        used = f"{path}\nWhere it is not 0 is left out, unless you untick it"
        self.pixel_mask.setToolTip(tip(used) if path else "The file has none for this data set")
        self.pixel_mask.setChecked(rules.mask_path is not None)
        self.above_row.show_limit(rules.above)
        self.below_row.show_limit(rules.below)
        self.own.say(own_mask_text(rules) if rules.has_own_mask else "No mask of your own")
        self.own.setToolTip(tip(rules.mask_file or "Measure, Mask: draw it, or load it from a file"))
        self.clear_own.setVisible(rules.has_own_mask)
        self._told = None
        self._show_frame()

    def _show_frame(self) -> None:
        statistics, display = self._display.statistics, self._display
        told = (display.dtype, display.lacks_mask, None if statistics is None else statistics.n_masked)
        if told == self._told:
            return
        self._told, rules = told, display.settings.mask
        words = values_text(self._display.dtype, rules)
        self.sentinel.setText(words.text)
        self.sentinel.setToolTip(words.tip or SENTINEL_IS)
        self.sentinel.setEnabled(words.is_choice)
        self.sentinel.setChecked(rules.sentinel if words.is_choice else words.is_left_out)
        is_lacking = self._display.lacks_mask and not rules.has_own_mask
        self.pixel_mask.setText(f"{_FILE_MASK}, which cannot be used" if is_lacking else _FILE_MASK)
        self.told.say("" if statistics is None else f"{count_text(statistics.n_masked)} pixels are left out")
