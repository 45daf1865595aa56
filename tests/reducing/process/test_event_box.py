"""What waits to be told: in order, joined, bounded."""

from __future__ import annotations

import numpy as np
import pytest

from swmr_viewer.reducing.messages import FrameFailed, Noted, Reduced, ReductionEnded, ReductionProgress, ShownReduced, Waiting
from swmr_viewer.reducing.process import event_box
from swmr_viewer.reducing.process.event_box import EventBox

ENDED = ReductionEnded("all_keys", 3, 0, 3, 3, True)


def values(*indices: int, shape: tuple[int, ...] = (100,), bins: int = 4) -> Reduced:
    n = len(indices)
    return Reduced(shape, np.array(indices), {"total": np.array(indices, float)}, {"pattern": np.zeros((n, bins), np.float32)})


def progress(n: int) -> ReductionProgress:
    return ReductionProgress(n, 0, 100, 100, 0, 1.0, None, 0.0)


def test_of_progress_and_of_what_is_shown_the_last_counts() -> None:
    box = EventBox()
    box.put(progress(1))
    box.put(ShownReduced((100,), 1, {}))
    box.put(progress(2))
    box.put(ShownReduced((100,), 2, {}))
    box.put(Waiting("for keys"))
    told = box.take(0)
    assert told is not None
    assert [type(event) for event in told] == [Waiting, ReductionProgress, ShownReduced]
    assert told[1] == progress(2)
    assert isinstance(told[2], ShownReduced)
    assert told[2].index == 2


def test_values_are_joined_and_wait_until_the_last_were_taken() -> None:
    box = EventBox()
    box.put(values(0))
    (first,) = box.take(0) or []
    box.put(values(1, 2))
    box.put(values(3))
    assert box.take(0) == []
    box.note_taken()
    (second,) = box.take(0) or []
    assert isinstance(first, Reduced)
    assert isinstance(second, Reduced)
    assert (first.indices.tolist(), second.indices.tolist()) == ([0], [1, 2, 3])
    assert second.numbers["total"].tolist() == [1.0, 2.0, 3.0]
    assert second.patterns["pattern"].shape == (3, 4)


def test_the_end_comes_after_all_values() -> None:
    box = EventBox()
    box.put(values(0))
    box.put(values(1, shape=(200,)))
    box.put(ENDED)
    box.put(FrameFailed(5, (5,), "unreadable"))
    told = [box.take(0)]
    told.append(box.take(0))
    box.note_taken()
    told.append(box.take(0))
    kinds = [[type(event) for event in events or []] for events in told]
    assert kinds == [[FrameFailed, Reduced], [], [Reduced, ReductionEnded]]


def test_what_nobody_fetches_is_bounded_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_box, "MOST_PATTERNS", 1000)
    monkeypatch.setattr(event_box, "MOST_FAULTS", 10)
    box = EventBox()
    for index in range(200):
        box.put(values(index))
        box.put(FrameFailed(index, (index,), "unreadable"))
    told = box.take(0) or []
    assert len([event for event in told if isinstance(event, FrameFailed)]) == 10
    kept = [event for event in told if isinstance(event, Reduced)]
    n_kept = sum(len(event.indices) for event in kept)
    assert 0 < n_kept <= 1000 / 16
    assert kept[-1].indices[-1] == 199  # the newest are kept
    notes = " ".join(event.message for event in told if isinstance(event, Noted))
    assert "190 more frames failed" in notes
    assert f"The values of {200 - n_kept} frames" in notes


def test_closed_it_gives_what_is_left() -> None:
    box = EventBox()
    box.put(ENDED)
    box.close()
    assert box.take(10) == [ENDED]
    assert box.take(10) is None


def test_closed_it_waits_for_nobody() -> None:
    """Who quits before the parent has handled the values would else lose the end of the run, and it would be run again."""
    box = EventBox()
    box.put(values(0))
    box.take(0)
    box.put(values(1))
    box.put(ENDED)
    box.close()
    assert [type(event) for event in box.take(10) or []] == [Reduced, ReductionEnded]
    assert box.take(10) is None
