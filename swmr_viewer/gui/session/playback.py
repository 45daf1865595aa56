"""Playing the frames that are there, forwards or backwards, at a chosen rate; forwards it ends at the live edge."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from swmr_viewer.gui.session.session import Session

SLOWEST, FASTEST, USUAL = 1.0, 60.0, 10.0
"""Frames per second."""


class Playback(QObject):
    """Pins one complete frame after the other; never asks for the next before the last one is shown."""

    changed = Signal()
    """Playing or not, the direction, the rate."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.rate = USUAL
        self.direction = 0
        """+1 forwards, -1 backwards, 0 not playing."""
        self._moving = False
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.advance)
        session.mode_changed.connect(self._on_moved)
        session.request_changed.connect(self.stop)

    @property
    def is_playing(self) -> bool:
        return self.direction != 0

    def set_rate(self, per_second: float) -> None:
        """Play this many frames per second, 1 to 60, as far as they can be read that fast."""
        rate = min(max(per_second, SLOWEST), FASTEST)
        if rate != self.rate:
            self.rate = rate
            self._timer.setInterval(round(1000 / rate))
            self.changed.emit()

    def play(self, direction: int) -> None:
        """Play from the shown frame on; forwards from the newest one: from the first."""
        session = self._session
        if session.scan.shown is None or session.scan.progress is None:
            return
        self.direction = 1 if direction > 0 else -1
        self._move(self._start)
        self._timer.start(round(1000 / self.rate))
        self.changed.emit()

    def _start(self) -> None:
        session = self._session
        assert session.scan.shown is not None
        assert session.scan.progress is not None
        at = session.scan.wanted_index if session.scan.wanted_index is not None else session.scan.shown.index
        if self.direction > 0 and session.scan.nearest(at, +1) is None:
            session.pin_first()
        else:
            session.pin(at)

    def stop(self) -> None:
        """Stay at the shown frame."""
        if self.direction:
            self.direction = 0
            self._timer.stop()
            self.changed.emit()

    def toggle(self, direction: int) -> None:
        """Play in this direction, or stop if it does."""
        if self.direction == direction:
            self.stop()
        else:
            self.play(direction)

    def advance(self) -> None:
        """Go on by one frame, unless the last one is still being read."""
        session = self._session
        if session.scan.shows_stale_picture and not session.scan.wanted_is_unreadable:
            return
        before = session.scan.wanted_index
        self._move(lambda: session.step(self.direction))
        if session.scan.wanted_index == before:
            self._end()

    def _end(self) -> None:
        was_forwards = self.direction > 0
        self.stop()
        if was_forwards and not self._session.scan.is_over:
            self._session.follow_live()

    def _move(self, step: Callable[[], None]) -> None:
        self._moving = True
        try:
            step()
        finally:
            self._moving = False

    def _on_moved(self) -> None:
        """Somebody else moved: the user's hand wins."""
        if not self._moving and not self._session.scan.wanted_is_unreadable:
            self.stop()
