"""Alarms without a window: counted as plain numpy counts, raised once, and over by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.quantities import BLOCK, QuantityTable, ScanColumns
from swmr_viewer.reader.messages import Phase
from swmr_viewer.scan_model import AlarmRule, AlarmWatch, EventChange, Watch, found_words

NOW = datetime(2026, 3, 4, 14, 2, 11)
SHAPE = (5, BLOCK)
RAISED, PASSED, OVER = EventChange.RAISED, EventChange.PASSED, EventChange.OVER


def watching(*rules: AlarmRule, n_keys: int = 1) -> tuple[AlarmWatch, Any]:
    """Return a watch on a scan that a test tells what it needs."""
    columns = ScanColumns()
    columns.grow(SHAPE)
    scan = SimpleNamespace(
        quantities=QuantityTable(columns), scan_shape=SHAPE, progress=KeyProgress(n_keys, SHAPE), now_s=0.0, last_key_at_s=None,
        following_since_s=0.0, phase=Phase.FOLLOWING, is_over=False, n_lost=0,
    )  # fmt: skip
    watch = AlarmWatch(scan, lambda: (scan.n_lost, lambda: 17), lambda: ("eiger", "xspress")[:n_keys])
    watch.set_rules(rules)
    return watch, scan


def put(watch: AlarmWatch, scan: Any, indices: list[int] | np.ndarray, values: Any) -> None:
    indices = np.asarray(indices)
    scan.quantities.take(("total",), indices, np.asarray(values, float)[:, None], SHAPE)
    watch.note_completed(indices)


def changes(watch: AlarmWatch, after_s: float = 0.0) -> list[EventChange]:
    return [change for _, change in watch.look(NOW + timedelta(seconds=after_s))[1]]


@pytest.mark.parametrize("watch_for", [Watch.ABOVE, Watch.BELOW])
def test_frames_beyond_a_level_are_those_that_numpy_finds_whatever_changes(watch_for: Watch) -> None:
    rule = AlarmRule(watch_for, "total", 0.5)
    watch, scan = watching(rule)
    rng, expected = np.random.default_rng(3), np.full(5 * BLOCK, np.nan)
    for n in (1, 300, 70_000, 5 * BLOCK, 3):
        indices = np.sort(rng.choice(expected.size, n, replace=False))
        expected[indices] = rng.uniform(0.3, 1, n) if n > 3 else 0.4
        put(watch, scan, indices, expected[indices])
        while not watch.look(NOW)[0]:
            pass
        beyond = np.flatnonzero(expected > 0.5 if watch_for is Watch.ABOVE else expected < 0.5)
        found = watch.events[rule].found
        assert (found.n, found.first) == (beyond.size, int(beyond[0]) if beyond.size else None)
        newest = expected[indices[-1]]
        assert found.is_on == (newest > 0.5 if watch_for is Watch.ABOVE else newest < 0.5)
        assert found.value == (newest if found.is_on else None)


def test_an_alarm_is_raised_once_and_seen_until_somebody_knows() -> None:
    rule = AlarmRule(Watch.ABOVE, "total", 10.0)
    watch, scan = watching(rule)
    event = watch.events[rule]
    put(watch, scan, [0, 1], [5.0, 6.0])
    assert changes(watch) == []
    put(watch, scan, [2], [11.0])
    assert changes(watch) == [RAISED]
    assert found_words(rule, event.found, "total counts", "cps") == "total counts 11 above 10 cps in frame 2"
    put(watch, scan, [3], [12.0])
    assert changes(watch, 1) == []
    assert found_words(rule, event.found) == "total 12 above 10 in frame 3 (2 frames, first in frame 2)"
    put(watch, scan, [4], [1.0])
    assert changes(watch, 2) == [PASSED]
    assert event.is_seen
    assert found_words(rule, event.found) == "2 frames had total above 10, first in frame 2"
    put(watch, scan, [5], [13.0])
    assert changes(watch, 3) == [], "the same alarm"
    assert event.acknowledge() is None
    put(watch, scan, [6], [14.0])
    assert changes(watch, 4) == []
    assert not event.is_seen
    put(watch, scan, [7], [1.0])
    assert changes(watch, 5) == [OVER]
    put(watch, scan, [8], [15.0])
    assert changes(watch, 6) == [RAISED]
    put(watch, scan, [9], [1.0])
    assert changes(watch, 7) == [PASSED]
    put(watch, scan, [10], [16.0])
    assert changes(watch, 100) == [RAISED], "it was well for more than a minute"
    scan.quantities.measured.clear()
    assert changes(watch, 101) == [OVER], "what was measured is void"
    watch.set_rules((AlarmRule(Watch.ABOVE, "total", 10.0, sound=True),))
    assert list(watch.events.values()) == [event], "what is done about it makes it no other alarm"


def test_silence_lag_and_lost_frames_are_over_by_themselves() -> None:
    rules = (AlarmRule(Watch.SILENT, level=30.0), AlarmRule(Watch.LAG, level=3.0), AlarmRule(Watch.LOST))
    watch, scan = watching(*rules, n_keys=2)
    silent, lag, lost = watch.events.values()

    def at(seconds: float) -> list[EventChange]:
        scan.now_s = seconds
        return changes(watch, seconds)

    assert at(29.0) == []
    assert at(31.5) == [RAISED]
    assert found_words(rules[0], silent.found) == "no key for 32 s"
    scan.last_key_at_s = 32.0
    scan.progress.add(0, np.array([0]), np.array([3]))
    assert at(32.0) == [OVER, RAISED]
    assert found_words(rules[1], lag.found) == "xspress is 3 frames behind"
    scan.progress.add(1, np.array([0]), np.array([1]))
    assert at(33.0) == [OVER]
    scan.n_lost = 2
    assert at(34.0) == [], "it may still come"
    assert at(36.5) == [RAISED]
    assert found_words(rules[2], lost.found) == "2 frames lost, first frame 17"
    scan.n_lost = 0
    assert at(37.0) == [OVER]
    scan.is_over = True
    assert at(500.0) == [], "what is over is not silent"
