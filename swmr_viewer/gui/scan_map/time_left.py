"""How long the scan will still take, from the rate at which frames became complete lately."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QObject

from swmr_viewer.core.conditions import Condition, FrameCount
from swmr_viewer.gui.session.session import Session
from swmr_viewer.gui.session.state import StateKind

WINDOW_S = 30.0
LEAST_ARRIVALS = 8
"""Kept also where they lie further back: slow scans."""


class Arrivals:
    """When how many frames were complete, over recent time."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()

    def note(self, at_s: float, n_complete: int) -> None:
        """Note that ``n_complete`` frames were complete at ``at_s``."""
        if self._marks and n_complete <= self._marks[-1][1]:
            return
        self._marks.append((at_s, n_complete))
        while len(self._marks) > LEAST_ARRIVALS and at_s - self._marks[0][0] > WINDOW_S:
            self._marks.popleft()

    def per_second(self, now_s: float) -> float | None:
        """Return the rate; a pause longer than usual lowers it. None before two arrivals."""
        if len(self._marks) < 2:
            return None
        (first_s, first), (last_s, last) = self._marks[0], self._marks[-1]
        usual_s = (last_s - first_s) / (len(self._marks) - 1)
        spread_s = max(last_s, now_s - usual_s) - first_s
        return (last - first) / spread_s if spread_s > 0 else None


def frames_wanted(total: int, conditions: Sequence[Condition], grows: bool) -> int | None:
    """Return at how many complete frames it ends: the scan's size or the count that was set; None where nobody knows."""
    counts = [one.count for one in conditions if isinstance(one, FrameCount)]
    known = counts if grows else [total, *counts]
    return min(known) if known else None


def left_text(seconds: float) -> str:
    """Return an estimate in words, no finer than it is: ``about 18 s left``."""
    if seconds < 99.5:
        return f"about {max(1, round(seconds))} s left"
    if seconds < 99.5 * 60:
        return f"about {round(seconds / 60)} min left"
    return f"about {seconds / 3600:.1f} h left"


class TimeLeft(QObject):
    """Watches a session; a scan whose shape grows while it is written has no known end."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._arrivals = Arrivals()
        self._shape: tuple[int, ...] | None = None
        self._grows = False
        session.request_changed.connect(self._forget)
        session.progress_changed.connect(self._note)

    @property
    def seconds(self) -> float | None:
        """Seconds until the last frame at the recent rate; None where that is not known, or nothing comes."""
        session = self._session
        progress, age = session.progress, session.key_age_s
        if progress is None or age is None or session.last_key_at_s is None or session.state.kind is not StateKind.LIVE:
            return None
        rate = self._arrivals.per_second(session.last_key_at_s + age)
        wanted = frames_wanted(progress.total, session.conditions, self._grows)
        if not rate or wanted is None:
            return None
        return max(0, wanted - progress.n_complete) / rate

    def words(self) -> str:
        """Return the estimate in words, or nothing."""
        seconds = self.seconds
        return left_text(seconds) if seconds else ""

    def _forget(self) -> None:
        self._arrivals, self._shape, self._grows = Arrivals(), None, False

    def _note(self) -> None:
        progress, at_s = self._session.progress, self._session.last_key_at_s
        if progress is None or at_s is None:
            return
        self._grows = self._grows or (self._shape is not None and progress.scan_shape != self._shape)
        self._shape = progress.scan_shape
        self._arrivals.note(at_s, progress.n_complete)
