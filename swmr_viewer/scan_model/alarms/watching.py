"""Looks at the scan for what rules watch: a piece at a time, however long the scan is."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.reader.messages import Phase
from swmr_viewer.scan_model.alarms.event import AlarmEvent, EventChange
from swmr_viewer.scan_model.alarms.finding import NOTHING, Finding
from swmr_viewer.scan_model.alarms.rule import AlarmRule, Watch
from swmr_viewer.scan_model.alarms.tally import Tally

if TYPE_CHECKING:
    from swmr_viewer.scan_model.scan_facts import ScanFacts

MOST_RECENT: Final = 64
"""The newest frames, in which the newest value is looked for."""
LOST_AFTER_S: Final = 2.0
"""A gap that is filled sooner was none."""
TURN_S: Final = 0.01
"""So long (s) is looked in one turn."""


class AlarmWatch:
    """Rules, and the event of each.

    Parameters
    ----------
    scan : ScanFacts
        What is looked at.
    gaps : callable
        Returns how many frames are lost, and a callable that finds the first of them; None where nobody can tell.
    detectors : callable
        Returns the names of the keys' detectors.
    """

    def __init__(
        self,
        scan: ScanFacts,
        gaps: Callable[[], tuple[int, Callable[[], int | None]] | None],
        detectors: Callable[[], Sequence[str]],
    ) -> None:
        self._scan, self._gaps, self._detectors = scan, gaps, detectors
        self.rules: tuple[AlarmRule, ...] = ()
        self.events: dict[AlarmRule, AlarmEvent] = {}
        self._tallies: dict[AlarmRule, Tally] = {}
        self._recent: deque[int] = deque(maxlen=MOST_RECENT)
        self._rows: tuple[int, ...] = ()
        self._n_lost: deque[tuple[float, int]] = deque()

    def set_rules(self, rules: Sequence[AlarmRule]) -> None:
        """Watch for these from now on; what is known of those that stay, stays."""
        events = {rule.subject: event for rule, event in self.events.items()}
        tallies = {rule.subject: tally for rule, tally in self._tallies.items()}
        self.rules = tuple({rule.subject: rule for rule in rules if rule.on}.values())
        self.events = {rule: events.get(rule.subject) or AlarmEvent() for rule in self.rules}
        self._tallies = {rule: tallies.get(rule.subject) or Tally(rule) for rule in self.rules if rule.is_of_values}

    def forget(self) -> None:
        """Another scan is followed: nothing of it is known yet."""
        self.events = {rule: AlarmEvent() for rule in self.rules}
        self._tallies = {rule: Tally(rule) for rule in self.rules if rule.is_of_values}
        self._recent.clear()
        self._n_lost.clear()

    def note_completed(self, indices: IndexArray) -> None:
        """Take note of frames that became complete, ascending."""
        if self._scan.scan_shape[1:] != self._rows:  # what was noted before is at other indices now
            self._rows = self._scan.scan_shape[1:]
            self._recent.clear()
        self._recent.extend(indices[-MOST_RECENT:].tolist())

    def look(self, now: datetime) -> tuple[bool, list[tuple[AlarmRule, EventChange]]]:
        """Look at what changed; return whether all was looked at, and what happened, in the order of the rules."""
        stop_at_s = time.perf_counter() + TURN_S
        is_done, happened = True, []
        for rule, event in self.events.items():
            if rule.is_of_values:
                is_done &= self._tallies[rule].look(self._scan.quantities, lambda: time.perf_counter() > stop_at_s)
            if (change := event.take(self._find(rule), now)) is not None:
                happened.append((rule, change))
        return is_done, happened

    def _find(self, rule: AlarmRule) -> Finding:
        if rule.is_of_values:
            return self._find_value(rule)
        find = {Watch.LOST: self._find_lost, Watch.SILENT: self._find_silence, Watch.LAG: self._find_lag}[rule.watch]
        return find(rule.level)

    def _find_value(self, rule: AlarmRule) -> Finding:
        tally, table = self._tallies[rule], self._scan.quantities
        values = ((index, table.at(rule.quantity, index)) for index in reversed(self._recent))
        index, value = next(((index, value) for index, value in values if value is not None), (None, None))
        is_on = value is not None and bool(tally.is_beyond(np.array(value)))
        return Finding(is_on, value if is_on else None, index if is_on else None, tally.n, tally.first)

    def _find_lost(self, level: float) -> Finding:
        """Only what has been lost for a while counts: writers fill their chunks in any order."""
        gaps, now_s = self._gaps(), self._scan.now_s
        if gaps is None:
            self._n_lost.clear()
            return NOTHING
        self._n_lost.append((now_s, gaps[0]))
        while len(self._n_lost) > 1 and self._n_lost[1][0] <= now_s - LOST_AFTER_S:
            self._n_lost.popleft()
        is_old = self._scan.is_over or self._n_lost[0][0] <= now_s - LOST_AFTER_S
        n = min(n for _, n in self._n_lost) if is_old else 0
        return Finding(n > level, float(n), gaps[1]()) if n > level else NOTHING

    def _find_silence(self, level: float) -> Finding:
        scan = self._scan
        since = [at for at in (scan.last_key_at_s, scan.following_since_s) if at is not None]
        if scan.is_over or not since or scan.phase is not Phase.FOLLOWING:
            return NOTHING
        silent_s = scan.now_s - max(since)
        return Finding(silent_s >= level, silent_s) if silent_s >= level else NOTHING

    def _find_lag(self, level: float) -> Finding:
        progress, names = self._scan.progress, self._detectors()
        if progress is None or progress.n_keys != len(names):
            return NOTHING
        n_set = [progress.n_set(key) for key in range(progress.n_keys)]
        lag = max(n_set) - min(n_set)
        return Finding(lag >= level, float(lag), who=names[n_set.index(min(n_set))]) if lag and lag >= level else NOTHING
