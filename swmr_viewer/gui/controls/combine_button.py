"""Several frames shown as one: a button that says what is shown, and the pop-up where it is chosen."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QHBoxLayout, QRadioButton, QSpinBox, QWidget

from swmr_viewer.core.number_text import count_text
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.look.menus import Popup, PopupButton
from swmr_viewer.gui.session import Session
from swmr_viewer.reader.messages import Combine

MOST_FRAMES = 65_536
USUAL_FRAMES = 20
TIPS = {
    "none": "Show single frames",
    "sum": "Show the sum of several frames",
    "mean": "Show the mean of several frames",
    "maximum": "Show, pixel by pixel, the highest value in several frames",
}
CHOICES = (("none", "One frame"), ("sum", "Sum"), ("mean", "Mean"), ("maximum", "Maximum"))


class CombineEditor(Popup):
    """An editor of ``scan.combine``; what is chosen holds at once."""

    def __init__(self, session: Session, anchor: QWidget) -> None:
        super().__init__(anchor)
        self._session = session
        self._anchor = anchor
        self._setting = False
        self.choices = {how: QRadioButton(text) for how, text in CHOICES}
        self._group = QButtonGroup(self)
        self.count = QSpinBox(minimum=1, maximum=MOST_FRAMES, value=USUAL_FRAMES)
        self.count.setKeyboardTracking(False)
        self.count.setAccessibleName("How many frames")
        self.count.setToolTip("Of how many frames, the newest last")
        self.all = QCheckBox("all complete frames")
        self.all.setToolTip("Of every frame that is complete; those that come are added")
        self._lay_out()
        self.count.valueChanged.connect(self._edited)
        self.all.toggled.connect(self._edited)
        self._group.buttonToggled.connect(self._edited)
        for signal in (session.live_mode_changed, session.data_changed, session.opened):
            signal.connect(self._show)
        self._show()

    def _lay_out(self) -> None:
        caption = PlainLabel("caption")
        caption.say("SHOWN PICTURE")
        self.box.addWidget(caption)
        for how, button in self.choices.items():
            self._group.addButton(button)
            button.setToolTip(TIPS[how])
            self.box.addWidget(button)
        row = QHBoxLayout()
        lead, tail = PlainLabel("muted"), PlainLabel("muted")
        lead.say("over the last")
        tail.say("frames, or")
        for part in (lead, self.count, tail, self.all):
            row.addWidget(part)
        self.box.addLayout(row)

    def open(self) -> None:
        """Show it below its anchor."""
        self.open_below(self._anchor)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
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

    def _show(self) -> None:
        self.set_value(self._session.scan.combine)

    def _edited(self) -> None:
        if not self._setting:
            self._session.set_combine(self.value())
        self._enable()

    def _enable(self) -> None:
        several = not self.choices["none"].isChecked()
        self.all.setEnabled(several)
        self.count.setEnabled(several and not self.all.isChecked())


class CombineButton(PopupButton):
    """``One frame``, ``Sum of 20``, ``Mean of all``: says what the picture is made of, and opens the editor of it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setToolTip("Show one frame, or the sum, mean or maximum of several (C)")
        self.offer(CombineEditor(session, self))
        for signal in (session.live_mode_changed, session.data_changed, session.opened, session.request_changed):
            signal.connect(self._show)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.ensurePolished()
        margins = self.sizeHint().width() - self.fontMetrics().horizontalAdvance(self.text())
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance(WIDEST_USUAL) + margins)

    def _show(self) -> None:
        scan = self._session.scan
        self.set_caption(choice_text(scan.combine))
        self.setEnabled(scan.progress is not None)


WIDEST_USUAL = "Sum of 000 \u25be"
"""What the button has room for, so that it is as wide for one frame as for a hundred."""


def choice_text(combine: Combine) -> str:
    """Return what is chosen, in a few words: ``One frame``, ``Sum of 20``, ``Maximum of all``."""
    if combine.is_plain:
        return "One frame"
    return f"{combine.how.capitalize()} of {'all' if combine.n is None else count_text(combine.n)}"
