"""Over a picture in the grid: that the frame which is looked at is not there, and which one is seen instead."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from swmr_viewer.core.number_text import count_text
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.scan_model import LiveFrame

PATIENCE_MS = 400
"""A frame that comes so late is not told of: words that come and go with each frame cannot be read."""
MARGIN, INSIDE = 6, 18


class AwaitedBadge(PlainLabel):
    """Seen only where there is something to say; it lets the mouse through.

    Parameters
    ----------
    pane : QWidget
        Over which it lies.
    """

    changed = Signal()
    """It is seen, or not any more."""

    def __init__(self, pane: QWidget) -> None:
        super().__init__("badge", parent=pane)
        self.awaited: int | None = None
        """The index of the frame that is not there."""
        self._seen: LiveFrame | None = None
        self._room = QRect()
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._show)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hide()

    @property
    def is_of_another_frame(self) -> bool:
        """Whether it says that what is seen is another frame than the one that is looked at."""
        return not self.isHidden() and self.awaited is not None

    def wait_for(self, index: int, seen: LiveFrame | None) -> None:
        """Say soon that this frame is not there, unless it comes."""
        self.awaited, self._seen = index, seen
        if not self.isHidden():
            self._show()
        elif not self._patience.isActive():
            self._patience.start()

    def tell(self, frame: LiveFrame | None) -> None:
        """Take the frame that is seen from now on (or none), and say of it what is to be said."""
        self.awaited, self._seen = None, frame
        self._patience.stop()
        self._show()

    def place_in(self, room: QRect) -> None:
        """Lie at the top of this room."""
        self._room = room
        self._place()

    def _show(self) -> None:
        words = self._words()
        self.setVisible(bool(words) and self._seen is not None)
        self.setToolTip(words[0] if words else "")
        self._place()
        self.changed.emit()

    def _words(self) -> tuple[str, ...]:
        """Return what is said, in full and shorter and shorter."""
        if self._seen is None:
            return ()
        seen = count_text(self._seen.index)
        if self.awaited is not None:
            wanted = count_text(self.awaited)
            return (f"Frame {wanted} is not complete yet: this is frame {seen}", f"{wanted} not complete yet", f"not {wanted}")
        if self._seen.is_doubtful:
            return (f"Frame {seen} reads as empty: it may not be written yet", f"{seen} reads as empty", "empty?")
        return ()

    def _place(self) -> None:
        room, metrics = self._room.width() - 2 * MARGIN, self.fontMetrics()
        choices = self._words()
        if not choices:
            return
        words = next((one for one in choices if metrics.horizontalAdvance(one) + INSIDE <= room), choices[-1])
        self.say(words)
        width, height = metrics.horizontalAdvance(words) + INSIDE, metrics.height() + 8
        self.setGeometry(self._room.center().x() - width // 2, self._room.y() + MARGIN, width, height)
        self.raise_()
