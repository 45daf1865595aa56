"""Each data set keeps its own zoom: another tab, or the next scan, shows it as it was left."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF

from swmr_viewer.gui.image.image_view import ImageView
from swmr_viewer.gui.session.session import Session


class ZoomMemory(QObject):
    """Remembers what part of each data set is in view; to be made after the view that shows frames."""

    def __init__(self, session: Session, image: ImageView) -> None:
        super().__init__(image)
        self._session = session
        self._box = image.box
        self._seen: dict[str, QRectF] = {}
        self._shown_path = ""
        session.frame_changed.connect(self._on_frame)
        image.box.sigRangeChangedManually.connect(self._keep)
        session.data_changed.connect(self._keep)

    def _keep(self) -> None:
        if self._shown_path:
            self._seen[self._shown_path] = self._box.viewRect()

    def _on_frame(self) -> None:
        frame = self._session.shown
        if frame is None or frame.raw.ndim != 2 or frame.data_path == self._shown_path:
            return
        self._shown_path = frame.data_path
        if frame.data_path in self._seen:
            self._box.setRange(self._seen[frame.data_path], padding=0)
