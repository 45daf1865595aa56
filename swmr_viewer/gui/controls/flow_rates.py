"""What goes through the window: frames arriving, shown and skipped per second."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QObject

from swmr_viewer.core.number_text import count_text
from swmr_viewer.gui.session.session import Session

WINDOW_S = 5.0
LEAST_S = 0.5
"""Over less than this (s) a rate says nothing."""


class FlowRates(QObject):
    """Reads the session's counts at each tick."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._marks: deque[tuple[float, int, int]] = deque()
        session.ticked.connect(self._note)
        session.request_changed.connect(self._marks.clear)

    @property
    def shown(self) -> float | None:
        """Frames shown per second, pinned ones as well."""
        return self._per_second(1)

    @property
    def skipped(self) -> float | None:
        """Frames per second that became complete and were passed over, because a newer one was there."""
        return self._per_second(2)

    def words(self) -> str:
        """Return ``12.0 arriving   9.9 shown   2.1 skipped / s``, or nothing as long as nothing flows."""
        arriving, shown, skipped = self._session.scan.frames_per_second, self.shown, self.skipped
        named = (("arriving", arriving), ("shown", shown), ("skipped", skipped))
        told = [f"{_rate(value)} {name}" for name, value in named if value is not None]
        return f"{'   '.join(told)} / s" if told else ""

    def _note(self) -> None:
        now_s, counts = self._session.scan.now_s, self._session.scan.counts
        self._marks.append((now_s, counts.n_shown, counts.n_skipped))
        while now_s - self._marks[0][0] > WINDOW_S:
            self._marks.popleft()

    def _per_second(self, which: int) -> float | None:
        if not self._marks or (spread_s := self._marks[-1][0] - self._marks[0][0]) < LEAST_S:
            return None
        return (self._marks[-1][which] - self._marks[0][which]) / spread_s


def _rate(per_second: float) -> str:
    return count_text(round(per_second)) if per_second >= 99.5 or per_second == 0 else f"{per_second:.1f}"
