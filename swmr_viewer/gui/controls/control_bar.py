"""The one row at the bottom: the state, what moves through the scan, and what ends following."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLayout, QPushButton, QToolButton, QWidget

from swmr_viewer.core.frozen import frozen
from swmr_viewer.gui.controls.frame_slider import FrameSlider
from swmr_viewer.gui.controls.go_to import step_row
from swmr_viewer.gui.controls.play_button import PlayButton
from swmr_viewer.gui.controls.state_line import StateLine
from swmr_viewer.gui.controls.termination_bar import TerminationBar
from swmr_viewer.gui.look.folding_row import group
from swmr_viewer.gui.look.icons import wear
from swmr_viewer.gui.session import Playback, Session
from swmr_viewer.scan_model import StateKind

LEAST_SLIDER = 130
"""Width (px) below which words are shortened rather than the slider."""


@frozen
class Fit:
    """How much the row says."""

    state_zeros: int
    """The width of the state, in widths of a 0: it stays the same whatever is said."""
    n_letters: int
    """So many letters have room on the button of what ends following."""
    has_ends: bool = True
    """Whether the first and the last frame have buttons; they always have keys."""
    has_words: bool = True
    """Whether Play and Live have words beside their icons."""
    is_folded: bool = False


FITS = (
    Fit(46, 36),
    Fit(42, 31),
    Fit(40, 22),
    Fit(36, 22, has_ends=False),
    Fit(32, 22, has_ends=False),
    Fit(30, 0, has_ends=False),
    Fit(28, 0, has_ends=False, has_words=False),
    Fit(40, 31, is_folded=True),
    Fit(32, 0, has_ends=False, has_words=False, is_folded=True),
)
"""From the widest window to the smallest; the last one is for whatever is smaller still."""


class ControlBar(QFrame):
    """Shows where the view is, and moves it."""

    def __init__(self, session: Session, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        self._session = session
        self._playback = playback
        self._fit = FITS[0]
        self._fitted_for: tuple[object, ...] = ()
        self._least = 0
        """The width (px) that it needs when it is folded."""
        self._build()
        self._lay_out()
        for signal in (session.mode_changed, session.frame_settled, session.request_changed, session.opened, session.state_changed):
            signal.connect(self._show)
        session.finished.connect(self._show)
        playback.changed.connect(self._show)
        self._show()

    def _build(self) -> None:
        session = self._session
        self.state_line = StateLine(session, self._playback)
        self.termination = TerminationBar(session)
        self.play = PlayButton(self._playback)
        self.first = _transport("first", "First complete frame (Home)", session.pin_first)
        self.row_back = _transport("row-back", "The complete frame a row before (PgUp)", lambda: step_row(session, -1))
        self.previous = _transport("previous", "Previous complete frame (Left)", lambda: session.step(-1))
        self.next = _transport("next", "Next complete frame (Right)", lambda: session.step(+1))
        self.row_on = _transport("row-on", "The complete frame a row further (PgDown)", lambda: step_row(session, +1))
        self.last = _transport("last", "Last complete frame, held (Shift+End)", session.pin_last)
        self.hold = _transport("pause", HOLD_TIP, self._hold)
        self.hold.setCheckable(True)
        self.slider = FrameSlider(session)
        self.live = QPushButton()
        self.live.setProperty("kind", "live")
        self.live.setCheckable(True)
        wear(self.live, "live", checked="on_good")
        self.live.clicked.connect(self._on_live)

    def _lay_out(self) -> None:
        before = (self.first, self.row_back, self.previous)
        after = (self.next, self.row_on, self.last, self.hold, self.play, self.live)
        self._moving = group(*before, self.slider, *after, stretched=self.slider)
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(12, 4, 8, 4)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        grid.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # else it could not become narrower, and would never fold
        self._place()

    def _place(self) -> None:
        grid, fit = self._grid, self._fit
        for part in (self.state_line, self._moving, self.termination):
            grid.removeWidget(part)
        grid.addWidget(self.state_line, 0, 0)
        grid.addWidget(self.termination, 0, 2)
        grid.addWidget(self._moving, *((1, 0, 1, 3) if fit.is_folded else (0, 1)))
        grid.setColumnStretch(1, 1)

    # ---- room

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._find_fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._find_fit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # the words of what ends following have become more, or fewer
            self._find_fit()
        return super().event(event)

    def sizeHint(self) -> QSize:
        return QSize(self._least, self._grid.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._least, self._grid.minimumSize().height())

    def _find_fit(self) -> None:
        """Say as much as there is room for."""
        key = (self.width(), self.termination.words, self.font().key())
        if key == self._fitted_for or not self.isVisible():
            return
        self._fitted_for = key
        self._take(FITS[-1])
        self._least = self._least_width()
        for fit in FITS:
            self._take(fit)
            if self._least_width() <= self.width():
                break
        self.updateGeometry()

    def _take(self, fit: Fit) -> None:
        was_folded, self._fit = self._fit.is_folded, fit
        self.state_line.setFixedWidth(fit.state_zeros * self.fontMetrics().horizontalAdvance("0"))
        for button in (self.first, self.last):
            button.setVisible(fit.has_ends)
        self.play.set_words(fit.has_words)
        self.termination.set_room(fit.n_letters)
        self._show_live()
        if was_folded != fit.is_folded:
            self._place()

    def _transport_width(self) -> int:
        row = self._moving.layout()
        assert row is not None
        buttons = (self.first, self.row_back, self.previous, self.next, self.row_on, self.last, self.hold, self.play, self.live)
        shown = [button.sizeHint().expandedTo(button.minimumSize()).width() for button in buttons if not button.isHidden()]
        return sum(shown) + LEAST_SLIDER + row.spacing() * len(shown)

    def _least_width(self) -> int:
        margins, gap = self._grid.contentsMargins(), self._grid.horizontalSpacing()
        ends = self.state_line.minimumWidth() + gap + self.termination.minimumSizeHint().width()
        moving = self._transport_width()
        return margins.left() + margins.right() + (max(ends, moving) if self._fit.is_folded else ends + gap + moving)

    # ---- moving

    def _hold(self) -> None:
        """Hold what is shown, also where it is played; what is held goes live again."""
        if self._playback.is_playing:
            self._playback.stop()
        else:
            self._session.toggle_hold()
        self._show()

    def _on_live(self) -> None:
        self._session.follow_live()
        self._show()

    def _show(self) -> None:
        scan = self._session.scan
        can_move = scan.shown is not None
        moves = (self.first, self.row_back, self.previous, self.next, self.row_on, self.last, self.play, self.slider)
        for part in moves:
            part.setEnabled(can_move)
        is_held = can_move and not scan.is_live and not self._playback.is_playing
        self.hold.setEnabled(can_move and not scan.is_over)
        self.hold.setChecked(is_held and not scan.is_over)
        self.hold.setToolTip(HELD_TIP if is_held else HOLD_TIP)
        self._show_live()

    def _show_live(self) -> None:
        """It is lit only while the newest frame is shown as it comes."""
        scan = self._session.scan
        comes = scan.progress is not None and scan.state.kind in (StateKind.LIVE, StateKind.QUIET)
        self.live.setEnabled(scan.progress is not None and (comes or not scan.is_live))
        self.live.setChecked(comes and scan.is_live)
        words = "Newest" if scan.is_over else "Live"
        self.live.setText(f" {words}" if self._fit.has_words else "")
        self.live.setMinimumWidth(self.fontMetrics().horizontalAdvance("Newest") + 54 if self._fit.has_words else 0)
        self.live.setAccessibleName(words)
        self.live.setToolTip(live_tip(is_live=scan.is_live, comes=comes, is_over=scan.is_over))


HOLD_TIP = "Hold this frame while the scan goes on (H)"
HELD_TIP = "This frame is held; follow the newest one again (H)"


def live_tip(*, is_live: bool, comes: bool, is_over: bool) -> str:
    """Return what the button shows, or does."""
    if not is_live:
        return "Go to the newest frame (End)" if is_over else "Show the newest frame as it comes (End)"
    if comes:
        return "The newest complete frame is shown as it comes"
    return (
        "The newest frame is shown; nothing more is followed"
        if is_over
        else "The newest frame is shown; newer ones are, as soon as they come"
    )


def _transport(icon_name: str, tooltip: str, action: Callable[[], None]) -> QToolButton:
    button = QToolButton()
    button.setProperty("transport", "true")
    button.setToolTip(tooltip)
    button.setAccessibleName(tooltip.split(" (")[0])
    wear(button, icon_name)
    button.clicked.connect(partial(_call, action))
    return button


def _call(action: Callable[[], None], _checked: bool = False) -> None:
    action()
