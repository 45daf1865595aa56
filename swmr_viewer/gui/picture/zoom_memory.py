"""Each data set keeps its own zoom, by its place: another tab, or the next scan, shows it as it was left."""

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
        self._shown = ("", "")
        """Path and place of what is in view."""
        session.frame_changed.connect(self._on_frame)
        image.box.sigRangeChangedManually.connect(self._keep)
        session.data_changed.connect(self._keep)
        session.request_changed.connect(self._keep)

    def _keep(self) -> None:
        if self._shown[1]:
            self._seen[self._shown[1]] = self._box.viewRect()

    def _on_frame(self) -> None:
        frame = self._session.shown
        if frame is None or frame.raw.ndim != 2:
            return
        now = (frame.data_path, self._session.places.name_of(frame.data_path))
        if now == self._shown:
            return
        self._shown = now
        if now[1] in self._seen:
            self._box.setRange(self._seen[now[1]], padding=0)
