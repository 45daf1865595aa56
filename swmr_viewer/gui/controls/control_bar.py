"""Moving through the scan: state, first, previous, hold, next, last, slider, live."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from swmr_viewer.gui.controls.frame_slider import FrameSlider
from swmr_viewer.gui.controls.play_button import PlayButton
from swmr_viewer.gui.controls.state_line import StateLine
from swmr_viewer.gui.look.folding_row import FoldingRow
from swmr_viewer.gui.look.icons import wear
from swmr_viewer.gui.session.live_mode import LiveMode
from swmr_viewer.gui.session.playback import Playback
from swmr_viewer.gui.session.session import Session


class ControlBar(QWidget):
    """Shows where the view is and moves it."""

    def __init__(self, session: Session, playback: Playback, mode: LiveMode, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.state_line = StateLine(session, playback, mode)
        self.play = PlayButton(playback)
        self.first = _transport("first", "First complete frame (Home)", session.pin_first)
        self.previous = _transport("previous", "Previous complete frame (Left)", lambda: session.step(-1))
        self.hold = _transport("pause", "Hold this frame while the scan goes on (H)", session.toggle_hold)
        self.next = _transport("next", "Next complete frame (Right)", lambda: session.step(+1))
        self.last = _transport("last", "Last complete frame, held", session.pin_last)
        self.slider = FrameSlider(session)
        self.live = QPushButton("Live")
        self.live.setProperty("kind", "live")
        self.live.setCheckable(True)
        self.live.setMinimumWidth(76)
        self.live.clicked.connect(self._on_live)
        moving = QWidget()
        row = QHBoxLayout(moving)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for button in (self.first, self.previous, self.hold, self.next, self.last):
            row.addWidget(button)
        row.addWidget(self.play)
        row.addWidget(self.slider, 1)
        row.addWidget(self.live)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(FoldingRow(self.state_line, moving, stretched=moving))
        for signal in (session.mode_changed, session.frame_changed, session.request_changed, session.opened, session.state_changed):
            signal.connect(self._show)
        self._show()

    def _on_live(self) -> None:
        self._session.follow_live()
        self._show()

    def _show(self) -> None:
        session = self._session
        can_move = session.scan.shown is not None
        for button in (self.first, self.previous, self.hold, self.next, self.last, self.play, self.slider):
            button.setEnabled(can_move)
        is_open = session.scan.progress is not None
        self.live.setEnabled(is_open and not (session.scan.is_over and session.scan.is_live))
        self.live.setChecked(is_open and session.scan.is_live and not session.scan.is_over)
        self.live.setToolTip(
            "The newest complete frame is shown as it comes" if session.scan.is_live else "Go back to the newest frame (End)"
        )
        wear(self.hold, "pause" if session.scan.is_live else "play")
        self.hold.setToolTip("Hold this frame while the scan goes on (H)" if session.scan.is_live else "Follow the newest frame (H)")


def _transport(icon_name: str, tooltip: str, action: Callable[[], None]) -> QToolButton:
    button = QToolButton()
    button.setProperty("transport", "true")
    button.setToolTip(tooltip)
    button.setAccessibleName(tooltip.split(" (")[0])
    wear(button, icon_name)
    button.clicked.connect(lambda: action())
    return button
