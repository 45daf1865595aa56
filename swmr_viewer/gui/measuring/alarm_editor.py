"""The alarm's level: a small pop-up that edits an ``AlarmRule``."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QFrame, QGridLayout, QLabel, QWidget

from swmr_viewer.gui.measuring.alarm import WHAT_WORDS, AlarmRule

MOST = 1e15


class AlarmEditor(QFrame):
    """Check box, what is watched, and the level."""

    rule_edited = Signal(object)
    """``AlarmRule`` or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("panel", "true")
        self.on = QCheckBox("Alarm: red border when the")
        self.on.setToolTip("Of each frame alone, also where several are shown as one")
        self.what = QComboBox()
        self.what.setAccessibleName("What is watched")
        self.above = QDoubleSpinBox()
        self.above.setAccessibleName("Alarm level")
        self.above.setRange(-MOST, MOST)
        self.above.setDecimals(3)
        self.above.setKeyboardTracking(False)
        self.above.setMinimumWidth(150)
        self.offer(())
        grid = QGridLayout(self)
        grid.addWidget(self.on, 0, 0, 1, 2)
        grid.addWidget(self.what, 1, 0)
        grid.addWidget(QLabel("is above"), 1, 1)
        grid.addWidget(self.above, 2, 0, 1, 2)
        self.on.toggled.connect(self._tell)
        self.what.currentIndexChanged.connect(self._tell)
        self.above.valueChanged.connect(self._tell)

    def offer(self, regions: tuple[str, ...]) -> None:
        """Offer what can be watched: the frame's numbers, and those of these regions."""
        chosen = self.what.currentData()
        self.what.blockSignals(True)
        self.what.clear()
        for key, words in WHAT_WORDS.items():
            self.what.addItem(words, key)
        for name in regions:
            for key, words in (("sum", "sum"), ("mean", "mean"), ("maximum", "maximum")):
                self.what.addItem(f"{words} of region {name}", f"{name}.{key}")
        self.what.setCurrentIndex(max(0, self.what.findData(chosen)))
        self.what.blockSignals(False)

    def value(self) -> AlarmRule | None:
        return AlarmRule(str(self.what.currentData()), self.above.value()) if self.on.isChecked() else None

    def set_value(self, rule: AlarmRule | None) -> None:
        """Show a rule without telling anybody."""
        for part in (self.on, self.what, self.above):
            part.blockSignals(True)
        self.on.setChecked(rule is not None)
        if rule is not None:
            self.what.setCurrentIndex(max(0, self.what.findData(rule.column)))
            self.above.setValue(rule.above)
        for part in (self.on, self.what, self.above):
            part.blockSignals(False)

    def _tell(self) -> None:
        self.rule_edited.emit(self.value())
