"""Going to gaps: to one that was chosen, and from one to the next."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.gui.scan_map.gaps import ScanGaps, next_gap
from swmr_viewer.gui.scan_map.map_text import missing_text
from swmr_viewer.gui.session import Session

NEXT_GAP_KEY = "G"


class GapWalk(QObject):
    """Knows at which gap somebody is."""

    gap_chosen = Signal(int)
    """The index of its first point."""

    def __init__(self, session: Session, gaps: ScanGaps, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._gaps = gaps
        self._at: tuple[int, int | None] | None = None
        """The gap where somebody is, and the frame that was held for it."""
        session.request_changed.connect(self._forget)

    def choose(self, index: int) -> None:
        """Say why this frame is not there, and hold the nearest one that is."""
        session, description = self._session, self._session.scan.description
        if session.scan.progress is None:
            return
        paths = description.key_paths if description is not None else ()
        session.note(missing_text(session.scan.progress, index, paths, session.scan.is_over))
        session.pin_nearest(index)
        self._at = index, session.scan.wanted_index
        self.gap_chosen.emit(index)

    def go_on(self) -> None:
        """Choose the next gap, behind the one where somebody is or the shown frame; after the last one the first."""
        progress, passed = self._session.scan.progress, self._gaps.passed
        if progress is None or passed is None:
            return
        found = next_gap(progress, passed, self._start(progress))
        found = next_gap(progress, passed, 0) if found is None else found
        if found is not None:
            self.choose(found)

    def _start(self, progress: KeyProgress) -> int:
        scan = self._session.scan
        if self._at is not None and self._at[1] == scan.wanted_index:
            behind = progress.nearest_complete(self._at[0], +1)
            return progress.total if behind is None else behind
        shown = scan.wanted_index if scan.wanted_index is not None else scan.shown.index if scan.shown is not None else -1
        return shown + 1

    def _forget(self) -> None:
        self._at = None
