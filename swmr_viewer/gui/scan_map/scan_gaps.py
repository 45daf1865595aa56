"""Which points are gaps and which are still to come, now and after the end: one truth for the line, the map and the words."""

from __future__ import annotations

from PySide6.QtCore import QObject

from swmr_viewer.core.progress import MISSING
from swmr_viewer.core.ranges import IndexArray, no_ranges
from swmr_viewer.gui.scan_map.arrival import Arrival
from swmr_viewer.gui.scan_map.map_gaps import below_newest
from swmr_viewer.gui.scan_map.visit_order import Passed
from swmr_viewer.gui.session.session import Session

STILL_RUNNING = {"stopped", "frame_count"}
"""Reasons why following ends that say nothing about the scan: it may go on without us."""


class ScanGaps(QObject):
    """Watches how frames arrive."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._arrival = Arrival()
        session.request_changed.connect(self._forget)
        session.opened.connect(self._forget)
        session.frames_completed.connect(self._note)
        session.progress_changed.connect(lambda: self._note(no_ranges()[0]))

    @property
    def scan_is_over(self) -> bool:
        """Whether nothing more is to come: following ended for that, or another scan has the name of the file (also after a stop)."""
        ended = self._session.ended
        has_ended = ended is not None and not ended.still_following and ended.reason not in STILL_RUNNING
        return has_ended or self._session.replaced is not None

    @property
    def passed(self) -> Passed | None:
        """The points at which a frame that is not complete is a gap; None while nobody can tell."""
        progress, passed = self._session.progress, self._arrival.passed
        return below_newest(progress) if passed is None and progress is not None and self.scan_is_over else passed

    def fate_text(self, index: int) -> str:
        """Say what becomes of a point that is not complete, as far as that is known."""
        progress, passed = self._session.progress, self.passed
        if progress is None or passed is None or progress.is_complete(index):
            return ""
        if any(start <= index < stop for start, stop in passed):
            return "A gap: the scan has come past it"
        if self.scan_is_over:
            return "Missing: it was not complete at the end"
        return "Still to come" if progress.state_codes(index, index + 1)[0] == MISSING else ""

    def _forget(self) -> None:
        self._arrival = Arrival()
        self._note(no_ranges()[0])

    def _note(self, completed: IndexArray) -> None:
        if self._session.progress is not None:
            self._arrival.note(completed, self._session.progress)
