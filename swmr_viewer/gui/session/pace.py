"""Tells of frames and keys at a pace that eyes can follow: what is said beside the picture never delays the picture."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil

from PySide6.QtCore import QObject

from swmr_viewer.gui.look.turns import Later
from swmr_viewer.scan_model import Changed

LEAST_S = 0.05
"""From one telling to the next (s); 0: each change is told at once."""


class Pace(QObject):
    """Gathers what changed, and tells it in a turn of the event loop of its own, at most every ``LEAST_S``; the last change is always told.

    Parameters
    ----------
    tell : callable
        Takes the set of what changed since it was called last.
    clock : callable
        Monotonic seconds.
    """

    def __init__(self, tell: Callable[[set[Changed]], None], parent: QObject, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._tell = tell
        self._clock = clock
        self._changed: set[Changed] = set()
        self._told_s = -LEAST_S
        self._later = Later(self._tell_now, self)

    @property
    def is_behind(self) -> bool:
        """Whether something is still to be told."""
        return bool(self._changed)

    def note(self, changed: set[Changed]) -> None:
        """Have this told: after what is done now, or as soon as it may be."""
        if not changed:
            return
        self._changed |= changed
        if not LEAST_S:
            self._tell_now()
        elif not self._later.is_active:
            wait_s = self._told_s + LEAST_S - self._clock()
            self._later.start(max(0, ceil(1000 * wait_s)))

    def stop(self) -> None:
        """Tell nothing more."""
        self._later.stop()
        self._changed.clear()

    def _tell_now(self) -> None:
        changed, self._changed = self._changed, set()
        self._told_s = self._clock()
        self._tell(changed)
