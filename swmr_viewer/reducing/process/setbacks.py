"""How often the process may die: as often as it gets further each time, and only a few times in a row where it does not."""

from __future__ import annotations

from swmr_viewer.core.conditions import STOPPED
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.reducing.messages import Noted, Prepared, ReductionEnded, ReductionEvent, ReductionFailed, ReductionProgress, ended_at

MOST_DEATHS = 3
"""Without any progress between them."""


class Setbacks:
    """What is known of one request, over all the processes that worked on it."""

    def __init__(self) -> None:
        self._furthest = 0
        self._n_deaths = 0
        self._progress: ReductionProgress | None = None

    def note(self, event: ReductionEvent) -> None:
        """Look at how far it is."""
        if isinstance(event, ReductionProgress):
            self._progress = event
            self._note_number(event.n_reduced + event.n_failed)
        elif isinstance(event, Prepared):
            self._note_number(event.n_taken_up)

    def _note_number(self, n_done: int) -> None:
        if n_done > self._furthest:
            self._furthest, self._n_deaths = n_done, 0

    def after_death(self, reason: str, path: str) -> Noted | ReductionFailed:
        """Return what is told of another death: that it goes on, or that it does not."""
        self._n_deaths += 1
        if self._n_deaths < MOST_DEATHS:
            return Noted(f"The process that reduces is gone: {reason}. It is started again, and goes on where it was.")
        return ReductionFailed(
            f"The process that reduces {path} was gone {self._n_deaths} times without getting any further: at last {reason}.",
            "Check the file, the memory that is free, and the reduction; fewer workers need less memory.",
            FailureKind.READER,
        )

    def stopped(self, reason: str = STOPPED) -> ReductionEnded:
        """Return what is told where it was to end, and its process was gone before it could say so itself."""
        return ended_at(reason, self._progress, self._furthest)
