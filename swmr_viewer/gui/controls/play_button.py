"""The button that plays frames, with the rate and what live means in its menu."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSlider, QSpinBox, QToolButton, QWidget, QWidgetAction

from swmr_viewer.gui.look.icons import wear
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.session import FASTEST, SLOWEST, Playback


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
        for part in (self.slider, self.number):
            part.setToolTip("How many frames are shown in a second")
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
        self._has_words = True
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        wear(self, "play", checked="accent")
        self.setAccessibleName("Play")
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

    def set_words(self, on: bool) -> None:
        """Say *Play* beside the icon, or not."""
        self._has_words = on
        self._show()

    def _show(self) -> None:
        self.setChecked(self._playback.is_playing)
        self.setText("Play" if self._has_words else "")
        forwards = f"Play forwards at {self._playback.rate:.0f} frames/s, up to the live edge"
        what = "Stop playing here" if self._playback.is_playing else forwards
        self.setToolTip(f"{what} (P)")
