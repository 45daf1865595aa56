"""The shown frame on the clipboard: as the picture that is seen, or as the numbers that the file holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication

from swmr_viewer.core.number_text import count_text, shape_text
from swmr_viewer.export import matrix
from swmr_viewer.gui.picture import FramePane
from swmr_viewer.gui.session import Session
from swmr_viewer.gui.snapshots.snapshots import Snapshots
from swmr_viewer.scan_model import LiveFrame

MOST_VALUES = 250_000
"""Spreadsheets take no more kindly, and the window must not wait for the text."""


def seen_part(rect: QRectF, shape: tuple[int, int]) -> tuple[slice, slice]:
    """Return rows and columns of the frame's pixels that lie in a rectangle (x right, y down, in pixels), even in part."""
    top, bottom = max(0, int(np.floor(rect.top()))), min(shape[0], int(np.ceil(rect.bottom())))
    left, right = max(0, int(np.floor(rect.left()))), min(shape[1], int(np.ceil(rect.right())))
    return slice(top, max(top, bottom)), slice(left, max(left, right))


class Clipboard:
    """Copies what is shown."""

    def __init__(self, session: Session, view: FramePane, snapshots: Snapshots) -> None:
        self._session = session
        self._view = view
        self._snapshots = snapshots

    def copy_picture(self) -> None:
        """Put the picture on the clipboard, as a snapshot's PNG would be."""
        if self._session.scan.shown is not None:
            QGuiApplication.clipboard().setImage(self._snapshots.picture())
            self._session.note("Copied the picture")

    def copy_numbers(self) -> None:
        """Put raw values on the clipboard, tabs between them: of an image the part that is seen, of a spectrum all."""
        frame = self._session.scan.shown
        if frame is None:
            return
        values, where = self._seen(frame.raw)
        if not 0 < values.size <= MOST_VALUES:
            why = f"the part that is seen has {count_text(values.size)} values" if values.size else "no pixel is seen"
            self._session.note(f"Not copied: {why}; zoom until it has 1 to {count_text(MOST_VALUES)}")
            return
        QGuiApplication.clipboard().setText(matrix(values))
        self._session.note(f"Copied {shape_text(values.shape)} {self._kind(frame)} values{where}")

    def _kind(self, frame: LiveFrame) -> str:
        return self._session.scan.made_text if frame.is_made else "raw"

    def _seen(self, raw: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], str]:
        if raw.ndim != 2:
            return raw, ""
        box = self._view.image.box
        rect = box.frame_rect if hasattr(box, "frame_rect") else box.viewRect()
        rows, columns = seen_part(rect, (raw.shape[0], raw.shape[1]))
        return raw[rows, columns], f" from x {columns.start}, y {rows.start}"
