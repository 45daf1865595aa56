"""One alarm over time: when it was raised, whether somebody knows, and when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from swmr_viewer.scan_model.alarms.finding import NOTHING, Finding

ANEW_AFTER_S = 60.0
"""An alarm that is still seen is raised anew where all was well for so long."""


class EventChange(StrEnum):
    """What happened to an alarm."""

    RAISED = "raised"
    PASSED = "passed"
    """It is not so any more, but nobody has said yet that they know that it was."""
    OVER = "over"


@dataclass(slots=True)
class AlarmEvent:
    """What is known of one rule's alarm; it takes what the rule finds, again and again.

    Frames that were beyond a level stay so: their alarm is seen until somebody acknowledges it, and says whether it still is so. Everything
    else clears by itself.
    """

    found: Finding = NOTHING
    is_raised: bool = False
    is_acknowledged: bool = False
    since: datetime | None = None
    """When it was raised."""
    well_since: datetime | None = None
    """When it ended, where it is still seen."""
    _n_acknowledged: int = 0

    @property
    def is_seen(self) -> bool:
        """Whether it is to be shown to people."""
        return self.is_raised and not self.is_acknowledged

    def take(self, found: Finding, now: datetime) -> EventChange | None:
        """Take what the rule finds now; return what happened by that."""
        was_on, self.found = self.found.is_on, found
        self._n_acknowledged = min(self._n_acknowledged, found.n)
        if not self.is_raised:
            return self._raise(now) if found.is_on or found.n > self._n_acknowledged else None
        if self.is_acknowledged:
            self._n_acknowledged = found.n
            return None if found.is_on else self._end()
        if not found.is_anything:
            return self._end()
        return self._note_change(now) if found.is_on != was_on else None

    def acknowledge(self) -> EventChange | None:
        """Take note that somebody knows: it is raised again only for what comes after it is over, or for other frames."""
        if not self.is_raised:
            return None
        self.is_acknowledged, self._n_acknowledged = True, self.found.n
        return None if self.found.is_on else self._end()

    def _raise(self, now: datetime) -> EventChange:
        self.is_raised, self.is_acknowledged, self.since = True, False, now
        self.well_since = None if self.found.is_on else now
        return EventChange.RAISED

    def _end(self) -> EventChange:
        self.is_raised = self.is_acknowledged = False
        return EventChange.OVER

    def _note_change(self, now: datetime) -> EventChange | None:
        if not self.found.is_on:
            self.well_since = now
            return EventChange.PASSED
        was_well_s = 0.0 if self.well_since is None else (now - self.well_since).total_seconds()
        self.well_since = None
        return self._raise(now) if was_well_s >= ANEW_AFTER_S else None
