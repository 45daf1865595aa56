"""What the parent is told of keys, and when: one message at a time, or at once where a frame is about to go out."""

from __future__ import annotations

import numpy as np

from swmr_viewer.core.keys.handout import KeyChanges
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import Ranges, no_ranges
from swmr_viewer.reader.child.progress_reporting import ProgressReporter
from swmr_viewer.reader.messages import AcknowledgeProgress, KeysChanged
from tests.reader.child.test_delivery import EventPipe


class Keys:
    """A follower of one key dataset; the test sets keys."""

    key_paths = ("/keys",)
    last_key_at = 5.0

    def __init__(self) -> None:
        self.progress = KeyProgress(1, (10,))
        self.new: list[Ranges] = [(np.array([0]), np.array([1]))]

    @property
    def scan_shape(self) -> tuple[int, ...]:
        return self.progress.scan_shape

    def take_changes(self) -> KeyChanges:
        taken, self.new = self.new, [no_ranges()]
        return KeyChanges(tuple(taken), self.progress.add(0, *taken[0]))


def test_the_next_keys_wait_for_an_answer_unless_a_frame_needs_them_told():
    keys, pipe = Keys(), EventPipe()
    reporter = ProgressReporter(keys, pipe)  # type: ignore[arg-type]
    told: list[tuple[list[int], bool]] = []

    def set_and_report(index: int, *, at_once: bool) -> None:
        keys.new = [(np.array([index]), np.array([index + 1]))]
        reporter.add(keys.take_changes())
        reporter.report(at_once=at_once)
        told.extend((event.added[0][0].tolist(), event.whole) for event in pipe.take(KeysChanged))

    set_and_report(0, at_once=False)
    set_and_report(1, at_once=False)
    set_and_report(2, at_once=False)
    assert told == [([0], True)]
    set_and_report(3, at_once=True)
    assert told[1:] == [([1, 2, 3], False)]
    reporter.report(at_once=True)
    assert reporter.is_idle
    reporter.handlers[AcknowledgeProgress](AcknowledgeProgress(1))
    set_and_report(4, at_once=False)
    assert told[2:] == [([4], False)]
    assert pipe.take(KeysChanged) == []


def test_the_message_brings_the_frames_that_are_complete_by_it():
    keys, pipe = Keys(), EventPipe()
    reporter = ProgressReporter(keys, pipe)  # type: ignore[arg-type]
    completed: list[list[list[int]]] = []
    for added in (([0, 5], [2, 6]), ([2], [5]), ([9], [10])):
        keys.new = [(np.array(added[0]), np.array(added[1]))]
        reporter.add(keys.take_changes())
        reporter.report(at_once=True)
        completed.extend([part.tolist() for part in event.completed] for event in pipe.take(KeysChanged))
    assert completed == [[[0, 5], [2, 6]], [[2], [5]], [[9], [10]]]
