"""What live means: the newest frame or every frame, and one frame or several combined."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from swmr_viewer.gui.session.session import Session
from swmr_viewer.reader.messages import Combine


class LiveMode(QObject):
    """The one truth of both choices; each file that is opened is told of the first, each data set keeps its own second."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.every_frame = False
        """Whether each complete frame is shown, also where the window then falls behind the scan."""
        session.request_changed.connect(self._say_again)
        session.data_changed.connect(self.changed)
        session.opened.connect(self.changed)

    def set_every_frame(self, on: bool) -> None:
        """Show each complete frame in order (True), or the newest whenever there is time (False)."""
        if on != self.every_frame:
            self.every_frame = on
            self._session.set_every_frame(on)
            self._session.scan.counts.expects_all = on
            self.changed.emit()

    def toggle_every_frame(self) -> None:
        self.set_every_frame(not self.every_frame)

    @property
    def combine(self) -> Combine:
        """How the shown data set's frames are combined."""
        return self._session.scan.preparation.of(self._session.scan.data_path).combine

    def set_combine(self, combine: Combine) -> None:
        """Show the sum, mean or maximum over the last frames, or single frames again."""
        if combine != self.combine:
            self._session.prepare(self._session.scan.data_path, combine=combine)
            self.changed.emit()

    def shown_text(self) -> str:
        """Say what the shown picture is made of: ``mean of 20 frames``; nothing for a single frame."""
        return shown_text(self._session)

    def _say_again(self) -> None:
        if self.every_frame:
            self._session.set_every_frame(True)
            self._session.scan.counts.expects_all = True


def shown_text(session: Session) -> str:
    """Say what the shown picture is made of: ``mean of 20 frames``; nothing for a single frame."""
    frame = session.scan.shown
    if frame is None:
        return ""
    return combined_text(session.scan.preparation.of(frame.data_path).combine, frame.combined)


def combined_text(combine: Combine, n_frames: int) -> str:
    """Return what a combined picture is, with the number of frames that are really in it."""
    if combine.how == "none":
        return "" if n_frames == 1 else f"{n_frames:,} frames as one".replace(",", "\u2009")  # single ones are asked for, and on their way
    return f"{combine.how} of {n_frames:,} {'frame' if n_frames == 1 else 'frames'}".replace(",", "\u2009")
