"""Work that can wait gets turns of the event loop of its own: all that was due at once held the window up together."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import ceil
from time import monotonic, perf_counter

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from shiboken6 import isValid

TURN_S = 0.008
"""Nothing more is begun in a turn after so long (s)."""
PACE_S = 0.05
"""Texts and plots change at most so often (s): eyes follow no faster, and the picture goes before them; 0: at once, with each change."""


class Later(QObject):
    """Does something a little later than it is asked for, in line with all else that is done so.

    Parameters
    ----------
    work : callable
        Takes at most some ten milliseconds; what takes longer goes on in another turn, by ``start``.
    parent : QObject
        With it this ends.
    interval_ms : int
        How much later.
    goes_first : bool
        It does not stand in line behind the others.
    """

    def __init__(self, work: Callable[[], object], parent: QObject, *, interval_ms: int = 0, goes_first: bool = False) -> None:
        super().__init__(parent)
        self._work = work
        self._is_in_line = False
        self._interval_ms = interval_ms
        self.goes_first = goes_first
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._line_up)

    @property
    def is_active(self) -> bool:
        """Whether the work was asked for and is still to be done."""
        return self._is_in_line or self._timer.isActive()

    def start(self, interval_ms: int | None = None) -> None:
        """Have the work done so much later from now on (ms; else as was said in the beginning); asked for again meanwhile, once."""
        if self._is_in_line:
            return
        wait_ms = self._interval_ms if interval_ms is None else interval_ms
        if wait_ms:
            self._timer.start(wait_ms)
        else:
            self._line_up()

    def stop(self) -> None:
        """Do nothing."""
        self._timer.stop()
        self._is_in_line = False

    def _line_up(self) -> None:
        self._is_in_line = True
        _turns().add(self)

    def do(self) -> None:
        """Do the work now, where it is still wanted."""
        if self._is_in_line:
            self._is_in_line = False
            self._work()


class Paced(QObject):
    """Does something after what is done now, and at most every ``PACE_S``; what was asked for last is always done.

    Parameters
    ----------
    work : callable
        As for `Later`.
    parent : QObject
        With it this ends.
    clock : callable
        Monotonic seconds.
    """

    def __init__(self, work: Callable[[], object], parent: QObject, *, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(parent)
        self._work = work
        self._clock = clock
        self._done_s = -PACE_S
        self._due_s = 0.0
        self._later = Later(self.do, self)

    @property
    def is_active(self) -> bool:
        """Whether the work was asked for and is still to be done."""
        return self._later.is_active

    def start(self, after_s: float = 0.0) -> None:
        """Have the work done as soon as it may be, and not before ``after_s`` (s); asked for again meanwhile, once."""
        if not PACE_S:
            self.do()
            return
        now_s = self._clock()
        due_s = max(now_s + after_s, self._done_s + PACE_S)
        if not self._later.is_active or due_s < self._due_s:
            self._due_s = due_s
            self._later.stop()
            self._later.start(ceil(1000 * (due_s - now_s)))

    def stop(self) -> None:
        """Do nothing."""
        self._later.stop()

    def do(self) -> None:
        """Do the work now, whether it was asked for or not."""
        self._later.stop()
        self._done_s = self._clock()
        self._work()


class _Turns(QObject):
    """All that waits, in its order."""

    def __init__(self, parent: QObject | None) -> None:
        super().__init__(parent)
        self._waiting: deque[Later] = deque()
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._go_on)

    def add(self, later: Later) -> None:
        if later not in self._waiting:
            (self._waiting.appendleft if later.goes_first else self._waiting.append)(later)
        if not self._next.isActive():
            self._next.start()

    def _go_on(self) -> None:
        stop_s = perf_counter() + TURN_S
        for _ in range(len(self._waiting)):  # what it asks for itself has its turn behind those that wait
            later = self._waiting.popleft()
            if self._waiting:
                self._next.start()  # also where this one fails
            if isValid(later):
                later.do()
            if perf_counter() > stop_s:
                return


_found: list[_Turns] = []


def _turns() -> _Turns:
    """Return the one that the application has."""
    if not _found or not isValid(_found[0]):
        _found[:] = [_Turns(QCoreApplication.instance())]
    return _found[0]
