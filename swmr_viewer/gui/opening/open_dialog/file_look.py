"""When the named file is looked into, and what is known of it: after a pause in typing, and again while it may still come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal, SignalInstance

from swmr_viewer.gui.opening.open_dialog.verdict import may_come
from swmr_viewer.reader.messages import Inspected

TYPING_PAUSE_MS = 250
"""After the last key stroke in the file's name, before the file is looked at."""
LOOK_AGAIN_MS = 2000
"""Between two looks at a file, or for a frame, that is not there yet."""
TICK_MS = 250
"""How often the seconds of reading are told."""


class FileLookerLike(Protocol):
    """What is needed here of an `Inspector`."""

    @property
    def inspected(self) -> SignalInstance: ...
    def inspect(self, path: str) -> int: ...


class FileLook(QObject):
    """Knows the latest inspection of one file.

    Parameters
    ----------
    inspector : Inspector
        PendingInspections into files elsewhere.
    path : callable
        Returns the file that is named now.
    is_busy : callable
        Whether something else is read from the file that another look would interrupt.
    """

    asked = Signal()
    """The file is being inspected; what was asked of the inspector before is not answered any more."""
    answered = Signal(object)
    """`Inspected`, of the file that is named."""
    forgotten = Signal()
    """Another file is named: what was known is about the one before."""
    ticked = Signal()
    """It is being read for longer than before."""

    def __init__(
        self, inspector: FileLookerLike, path: Callable[[], str], is_busy: Callable[[], bool], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._inspector = inspector
        self._path = path
        self._is_busy = is_busy
        self._path_shown = ""
        self._asked: int | None = None
        self._asked_since = QElapsedTimer()
        self.answer: Inspected | None = None
        self._typing_pause = QTimer(self, interval=TYPING_PAUSE_MS, singleShot=True)
        self._look_again = QTimer(self, interval=LOOK_AGAIN_MS, singleShot=True)
        self._tick = QTimer(self, interval=TICK_MS)
        self._typing_pause.timeout.connect(self.look)
        self._look_again.timeout.connect(self._ask_again)
        self._tick.timeout.connect(self.ticked)
        inspector.inspected.connect(self._take)

    @property
    def is_reading(self) -> bool:
        """Whether an answer is to come."""
        return self._asked is not None

    @property
    def reading_s(self) -> float | None:
        """For how long (s) the file has been read; None when it is not."""
        return self._asked_since.elapsed() / 1000 if self._asked is not None else None

    def note_typing(self) -> None:
        """Look at the file when the user has stopped typing."""
        self._typing_pause.start()

    def note_name(self) -> None:
        """Forget what was known if another file is named, or none."""
        path = self._path()
        if not path or path != self._path_shown:
            self._path_shown, self._asked, self.answer = "", None, None
            self._look_again.stop()
            self.forgotten.emit()

    def look(self) -> None:
        """Have the file inspected, unless it has been."""
        path = self._path()
        if path and path != self._path_shown:
            self.ask()

    def ask(self) -> None:
        """Have the file inspected; what was asked before no longer matters."""
        self._typing_pause.stop()
        path = self._path()
        if not path:
            return
        self._path_shown = path
        self._asked = self._inspector.inspect(path)
        self._asked_since.start()
        self._tick.start()
        self.asked.emit()

    def rest(self) -> None:
        """Ask no more; what is known stays."""
        for timer in (self._typing_pause, self._look_again, self._tick):
            timer.stop()
        self._asked = None

    def _ask_again(self) -> None:
        if self._is_busy():
            self._look_again.start()
        else:
            self.ask()

    def _take(self, answer: Inspected) -> None:
        if answer.request_id != self._asked:
            return
        self._asked, self.answer = None, answer
        self._tick.stop()
        if may_come(answer):
            self._look_again.start()
        self.answered.emit(answer)
