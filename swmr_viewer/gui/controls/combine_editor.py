"""The pop-up in which several frames are shown as one: their sum, mean or maximum."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QFrame, QHBoxLayout, QRadioButton, QSpinBox, QVBoxLayout, QWidget

from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.session.live_mode import LiveMode
from swmr_viewer.reader.messages import Combine

MOST_FRAMES = 65_536
USUAL_FRAMES = 20
CHOICES = (("none", "Single frames"), ("sum", "Sum"), ("mean", "Mean"), ("maximum", "Maximum"))


class CombineEditor(QFrame):
    """An editor of ``live_mode.combine``; what is chosen holds at once."""

    def __init__(self, mode: LiveMode, anchor: QWidget) -> None:
        super().__init__(anchor, Qt.WindowType.Popup)
        self._mode = mode
        self._anchor = anchor
        self._setting = False
        self.setProperty("panel", "true")
        self.choices = {how: QRadioButton(words) for how, words in CHOICES}
        self._group = QButtonGroup(self)
        self.count = QSpinBox(minimum=1, maximum=MOST_FRAMES, value=USUAL_FRAMES)
        self.count.setKeyboardTracking(False)
        self.count.setAccessibleName("How many frames")
        self.all = QCheckBox("all complete frames")
        self._lay_out()
        self.count.valueChanged.connect(self._edited)
        self.all.toggled.connect(self._edited)
        self._group.buttonToggled.connect(self._edited)
        mode.changed.connect(lambda: self.set_value(mode.combine))
        self.set_value(mode.combine)

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 10, 12, 12)
        box.setSpacing(6)
        caption = PlainLabel("caption")
        caption.say("SHOWN PICTURE")
        box.addWidget(caption)
        for button in self.choices.values():
            self._group.addButton(button)
            box.addWidget(button)
        row = QHBoxLayout()
        lead, tail = PlainLabel("muted"), PlainLabel("muted")
        lead.say("over the last")
        tail.say("frames, or")
        for part in (lead, self.count, tail, self.all):
            row.addWidget(part)
        box.addLayout(row)

    def open(self) -> None:
        """Show it above its anchor."""
        self.adjustSize()
        self.move(self._anchor.mapToGlobal(QPoint(0, -self.sizeHint().height() - 6)))
        self.show()
        next(button for button in self.choices.values() if button.isChecked()).setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._anchor.window().activateWindow()  # not every platform gives the keyboard back by itself

    def value(self) -> Combine:
        """Return what is chosen here."""
        how = next(how for how, button in self.choices.items() if button.isChecked())
        return Combine() if how == "none" else Combine(how, None if self.all.isChecked() else self.count.value())  # type: ignore[arg-type]

    def set_value(self, combine: Combine) -> None:
        """Show this choice."""
        self._setting = True
        self.choices[combine.how].setChecked(True)
        if combine.how != "none":
            self.all.setChecked(combine.n is None)
            self.count.setValue(combine.n or self.count.value())
        self._setting = False
        self._enable()

    def _edited(self) -> None:
        if not self._setting:
            self._mode.set_combine(self.value())
        self._enable()

    def _enable(self) -> None:
        several = not self.choices["none"].isChecked()
        self.all.setEnabled(several)
        self.count.setEnabled(several and not self.all.isChecked())
