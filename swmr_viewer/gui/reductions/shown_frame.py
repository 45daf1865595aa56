"""Which frame is looked at, and what is made of it: asked for when another one is shown, and again where nothing came yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.core.scan import moved_index
from swmr_viewer.gui.session import Session
from swmr_viewer.reducing.messages import ShownReduced

AGAIN_MS, TOLD_AFTER, MOST_ASKED = 50, 2, 8
"""A frame that nothing was made of is asked for again after so long, then twice as long each time, and so often; that there is nothing is
told after some of them."""


class ShownFrame(QObject):
    """Keeps the shown frame and the process together.

    Parameters
    ----------
    session : Session
        Which frame is shown.
    is_of_run : callable
        Returns whether what runs is of the data set that is shown.
    ask : callable
        Has everything of a frame told: its index, and the scan shape that it counts on.
    """

    awaited = Signal(object)
    """The index of the frame that is shown and asked for, or None."""
    came = Signal(object)
    """``ShownReduced`` of that frame, its index on the scan shape by now."""

    def __init__(self, session: Session, is_of_run: Callable[[], bool], ask: Callable[[int, tuple[int, ...]], None]) -> None:
        super().__init__(session)
        self._session, self._is_of_run, self._ask = session, is_of_run, ask
        self._wanted: tuple[int, tuple[int, ...]] | None = None
        self._n_asked = 0
        """In vain."""
        self.is_there = False
        """Whether there is something to show of it."""
        self._asking = QTimer(self, singleShot=True)
        self._asking.timeout.connect(self.ask_again)
        session.frame_settled.connect(self.look)

    def look(self) -> None:
        """Ask for all that is made of the frame that is shown by now, if that is not here."""
        shown = self._session.scan.shown
        has_one = shown is not None and shown.of_points is None and self._is_of_run()
        wanted = (shown.index, self._session.scan.scan_shape) if shown is not None and has_one else None
        if wanted != self._wanted:
            self._wanted = wanted
            self.begin()
        self.awaited.emit(None if wanted is None else wanted[0])
        self.ask_again()

    def begin(self) -> None:
        """Another run: nothing of the frame is here."""
        self.is_there, self._n_asked = False, 0

    def forget(self) -> None:
        """Another scan: there is no frame."""
        self._wanted = None
        self._asking.stop()
        self.begin()

    def ask_again(self) -> None:
        """Ask for the frame, unless all of it is here."""
        if self._wanted is not None and not self.is_there:
            self._ask(*self._wanted)

    def note_reduced(self, indices: IndexArray) -> None:
        """Frames were reduced: the shown one may be among them."""
        if self._wanted is not None and self._wanted[0] in indices:
            self.ask_again()

    def take(self, event: ShownReduced) -> None:
        """Take what was made of a frame; of another one than the shown one it is dropped."""
        index = moved_index(event.index, event.scan_shape, self._session.scan.scan_shape)
        if index is None or self._wanted is None or index != self._wanted[0]:
            return
        self.is_there = self.is_there or bool(event.outputs)
        if not self.is_there and self._n_asked <= MOST_ASKED:
            self._asking.start(AGAIN_MS << self._n_asked)
            self._n_asked += 1
            if self._n_asked <= TOLD_AFTER:  # its key is here, and not there yet: another reader came first
                return
        self.came.emit(replace(event, index=index))
