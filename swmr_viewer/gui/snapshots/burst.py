"""A burst: snapshots of every live frame, or each n-th, from now on; nothing is skipped while the disk is slow."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from swmr_viewer.gui.session import Session
from swmr_viewer.gui.snapshots.snapshots import Snapshots

MOST_WAITING = 256 << 20
"""Bytes of snapshots that wait to be written before the reader is asked to wait."""


class Burst(QObject):
    """Takes snapshots as frames come.

    Parameters
    ----------
    session : Session
        Whose frames.
    snapshots : Snapshots
        Takes and writes them; each complete frame is shown meanwhile, and afterwards as before.
    """

    changed = Signal()

    def __init__(self, session: Session, snapshots: Snapshots) -> None:
        super().__init__(snapshots)
        self._session = session
        self._snapshots = snapshots
        self._was_every = False
        self._last: tuple[int, tuple[int, ...]] | None = None
        self._n_seen = 0
        self._n_refused = 0
        self.step = 1
        self.count: int | None = None
        self.n_taken = 0
        self.is_running = False
        session.frame_changed.connect(self._on_frame)
        session.request_changed.connect(self.stop)
        session.finished.connect(self._on_end)
        snapshots.writer.done.connect(self._on_done)
        snapshots.refused.connect(self._on_refused)

    def start(self, step: int = 1, count: int | None = None) -> bool:
        """Take the next live frame and each ``step``-th after it, ``count`` in all (None: until stopped); return whether it began."""
        if self.is_running or self._session.scan.request is None:
            return False
        if not self._snapshots.has_folder:
            self._snapshots.choose_folder()
            self._session.note("Choose where snapshots go, then start the burst again")
            return False
        self.step, self.count = max(1, step), count
        self.n_taken = self._n_seen = self._n_refused = 0
        shown = self._session.scan.shown
        self._last = (self._session.scan.generation, shown.position) if shown is not None else None
        self.is_running = True
        self._was_every = self._session.scan.every_frame
        self._session.follow_live()
        self._session.set_every_frame(True)
        self.changed.emit()
        return True

    def stop(self) -> None:
        """Take no more; what was taken is still written."""
        if not self.is_running:
            return
        self.is_running = False
        if not self._was_every:
            self._session.set_every_frame(False)
        self._session.hold_frames(False)
        self.changed.emit()
        self._session.note(self.words())

    def words(self) -> str:
        """Say how far it is."""
        taken = f"{self.n_taken} of {self.count}" if self.count is not None else str(self.n_taken)
        refused = f", {self._n_refused} could not be written" if self._n_refused else ""
        return f"Burst: {taken} snapshots{'' if self.is_running else ', ended'}{refused}"

    def _on_frame(self) -> None:
        frame = self._session.scan.shown
        if not self.is_running or frame is None or not frame.live:
            return
        which = (frame.generation, frame.position)
        if which == self._last:  # the frame that was there already, sent once more
            return
        self._last = which
        self._n_seen += 1
        if (self._n_seen - 1) % self.step == 0:
            self._take()

    def _take(self) -> None:
        snapshot = self._snapshots.collect()
        if snapshot is None:
            return
        self._snapshots.write(snapshot)
        self.n_taken += 1
        if self._snapshots.writer.waiting_bytes > MOST_WAITING:
            self._session.hold_frames(True)
        self.changed.emit()
        if self.count is not None and self.n_taken >= self.count:
            self.stop()

    def _on_done(self) -> None:
        if self._snapshots.writer.waiting_bytes <= MOST_WAITING // 2:
            self._session.hold_frames(False)

    def _on_refused(self) -> None:
        self._n_refused += 1
        if self.is_running:  # the next ones would fail alike
            self.stop()

    def _on_end(self) -> None:
        if self._session.scan.failed is not None:
            self.stop()
