"""The value under the pointer, for the clipboard: ``x 300  y 212  value 11``."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from swmr_viewer.gui.picture import FramePane
from swmr_viewer.gui.session import Session
from swmr_viewer.scan_model import LiveFrame

POINT_FIRST = "Point at a pixel, or at a channel: its value is copied then"


class PointedValue(QObject):
    """Knows where the pointer is, over an image or a spectrum.

    Parameters
    ----------
    session : Session
        Whose frame.
    view : FramePane
        Tells where the pointer is.
    """

    def __init__(self, session: Session, view: FramePane) -> None:
        super().__init__(view)
        self._session = session
        self.at: tuple[int, ...] | None = None
        """Array indices in the frame, or None."""
        view.pixel_pointed.connect(self._note_place)

    def copy(self) -> None:
        """Put the value under the pointer on the clipboard."""
        self.put(self.words_of(self.at) if self.at is not None else "")

    def put(self, words: str) -> None:
        """Put these words on the clipboard, and say so."""
        if words:
            QGuiApplication.clipboard().setText(words)
        self._session.note(f"Copied {words}" if words else POINT_FIRST)

    def words_of(self, at: tuple[int, ...]) -> str:
        """Return a place with what the file holds there; nothing where the frame has no such place."""
        frame = self._session.scan.shown
        if frame is None or len(at) != frame.raw.ndim or any(not 0 <= i < n for i, n in zip(at, frame.raw.shape, strict=True)):
            return ""
        where = f"channel {at[0]}" if len(at) == 1 else f"x {at[1]}  y {at[0]}"
        return f"{where}  {value_words(self._session, frame, at)}"

    def _note_place(self, at: tuple[int, ...] | None) -> None:
        self.at = at


def value_words(session: Session, frame: LiveFrame, at: tuple[int, ...]) -> str:
    """Return ``value 11``, or what was made of it: ``value 10.5 (dark corrected)``, ``value -3 (frame 341 - reference frame 12)``."""
    if not frame.is_made:
        return f"value {_exact(frame, at)}"
    return f"value {frame.raw[at]} ({session.scan.made_text})"


def _exact(frame: LiveFrame, at: tuple[int, ...]) -> str:
    """Return a value with all its digits; of a colour each part, of a complex number both."""
    return " ".join(str(value) for value in np.atleast_1d(frame.picked[at]))
