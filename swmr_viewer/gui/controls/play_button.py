"""The button that plays frames, with the rate and what live means in its menu; the pop-up that combines several frames."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QHideEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QMenu,
    QRadioButton,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.look.menus import Popup
from swmr_viewer.gui.session import FASTEST, SLOWEST, Playback, Session
from swmr_viewer.reader.messages import Combine


class RateEditor(QWidget):
    """An editor of ``playback.rate``: a slider and the number."""

    def __init__(self, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playback = playback
        low, high = int(SLOWEST), int(FASTEST)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(low, high)
        self.number = QSpinBox(minimum=low, maximum=high, suffix=" frames/s")
        self.slider.setAccessibleName("Frames per second")
        self.number.setAccessibleName("Frames per second, as a number")
        lead = PlainLabel("muted")
        lead.say("Rate")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        for part in (lead, self.slider, self.number):
            row.addWidget(part)
        self._show()
        self.slider.valueChanged.connect(playback.set_rate)
        self.number.valueChanged.connect(playback.set_rate)
        playback.changed.connect(self._show)

    def _show(self) -> None:
        self.slider.setValue(round(self._playback.rate))
        self.number.setValue(round(self._playback.rate))


class PlayButton(QToolButton):
    """A click plays forwards or stops; the arrow opens the rest."""

    def __init__(self, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playback = playback
        self.setText("Play")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.setMenu(QMenu(self))
        self.setProperty("split", "true")
        self.clicked.connect(lambda: playback.stop() if playback.is_playing else playback.play(+1))
        playback.changed.connect(self._show)
        self._show()

    def offer(self, actions: tuple[QAction, ...]) -> None:
        """Put these actions into the menu, behind the rate."""
        menu = self.menu()
        rate = QWidgetAction(menu)
        self.rate = RateEditor(self._playback)
        rate.setDefaultWidget(self.rate)
        menu.addAction(rate)
        menu.addActions(actions)
        menu.setToolTipsVisible(True)

    def _show(self) -> None:
        self.setText("Stop" if self._playback.is_playing else "Play")
        what = "Stop here" if self._playback.is_playing else f"Play forwards at {self._playback.rate:.0f} frames/s, up to the live edge"
        self.setToolTip(f"{what} (P)")
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance("Play") + 44)


MOST_FRAMES = 65_536
USUAL_FRAMES = 20
CHOICES = (("none", "Single frames"), ("sum", "Sum"), ("mean", "Mean"), ("maximum", "Maximum"))


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
        self.all = QCheckBox("all complete frames")
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
        for button in self.choices.values():
            self._group.addButton(button)
            self.box.addWidget(button)
        row = QHBoxLayout()
        lead, tail = PlainLabel("muted"), PlainLabel("muted")
        lead.say("over the last")
        tail.say("frames, or")
        for part in (lead, self.count, tail, self.all):
            row.addWidget(part)
        self.box.addLayout(row)

    def open(self) -> None:
        """Show it above its anchor."""
        self.open_above(self._anchor)
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
