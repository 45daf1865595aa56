"""The model of the scan, without a window: messages in, facts and what changed out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from swmr_viewer.core.conditions import FrameCount, Timeout
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.core.ranges import runs_of
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model import Changed, Changes, LiveFrame, ScanModel, StateKind

SHAPE = (4, 5)


class Scan:
    """A model that follows a scan of 20 points, and what was asked of the reader and of the window."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.sent: list[m.Request] = []
        self.released: list[int] = []
        self.model = ScanModel(self.sent.append, retry=lambda: None, stop=lambda: None, clock=lambda: self.now_s)
        self.facts = self.model.scan
        self.model.receive(m.Follow(1, m.FollowRequest("/scan.nxs", conditions=(Timeout(10.0),))))
        data = (m.DataDescription("/a", (8, 6), "<u4"), m.DataDescription("/b", (8, 6), "<u4"))
        self.model.receive(m.Opened(1, "/scan.nxs", SHAPE, ("/keys",), data, None, 1))
        self.model.receive(m.PhaseChanged(1, m.Phase.FOLLOWING))

    def keys(self, *indices: int, shape: tuple[int, ...] = SHAPE, whole: bool = False, at_s: float = 100.0) -> Changes:
        ranges = runs_of(np.array(indices, np.int64))
        return self.model.receive(m.KeysChanged(1, shape, (ranges,), whole, at_s, completed=ranges))

    def frame(self, index: int, *, live: bool = True, in_turn: bool = False, data_path: str = "/a", generation: int = 1) -> Changes:
        position = tuple(int(n) for n in np.unravel_index(index, SHAPE))
        pixels = np.full((8, 6), index, "<u4")
        return self.model.receive(
            LiveFrame(
                generation,
                data_path,
                index,
                position,
                pixels,
                None,
                1,
                None,
                100.0,
                100.0,
                live,
                lambda: self.released.append(index),
                in_turn=in_turn,
                whole=pixels,
            )
        )


@pytest.fixture
def scan() -> Scan:
    return Scan()


def names(changes: Changes) -> list[Changed]:
    return [changed for changed, _ in changes]


def test_keys_are_counted_and_each_completed_frame_is_brought(scan: Scan) -> None:
    changes = scan.keys(0, 1, 2, 7)
    assert names(changes)[:3] == [Changed.KEYS, Changed.COMPLETED, Changed.PROGRESS]
    assert changes[1][1].tolist() == [0, 1, 2, 7]
    assert scan.facts.progress is not None
    assert (scan.facts.progress.n_complete, scan.facts.progress.newest) == (4, 7)
    assert (scan.facts.key_age_s, scan.facts.seconds_left) == (0.0, 10.0)


def test_live_frames_replace_one_another_and_the_one_before_comes_with_the_change(scan: Scan) -> None:
    scan.frame(0)
    first = scan.facts.shown
    (change,) = scan.frame(3)
    assert change == (Changed.FRAME, first)
    assert scan.facts.shown is not None
    assert scan.facts.shown.index == 3
    assert scan.released == []


def test_a_pinned_frame_is_waited_for_and_live_ones_are_given_back(scan: Scan) -> None:
    scan.keys(0, 1, 2)
    assert names(scan.model.receive(m.ShowIndex(1, 1, None, SHAPE))) == [Changed.MODE]
    assert scan.facts.shows_stale_picture
    assert scan.frame(2) == []
    assert scan.released == [2]
    assert names(scan.frame(1, live=False)) == [Changed.FRAME]
    assert not scan.facts.shows_stale_picture
    scan.model.receive(m.ShowLive(1))
    assert scan.facts.is_live


def test_every_frame_is_shown_in_turn_and_none_counts_as_skipped(scan: Scan) -> None:
    scan.keys(0)
    scan.frame(0)
    assert names(scan.model.receive(m.SetEveryFrame(1, True, (0, 0)))) == [Changed.LIVE_MODE]
    scan.keys(*range(1, 9))
    assert scan.frame(8) == []
    assert names(scan.frame(1, in_turn=True)) == [Changed.FRAME]
    assert scan.facts.counts.n_skipped == 0
    scan.model.receive(m.SetEveryFrame(1, False))
    assert scan.frame(2, in_turn=True) == []
    scan.keys(9, 10, 11)
    scan.frame(11)
    assert scan.facts.counts.n_skipped == 2
    assert scan.released == [8, 2]


def test_another_data_set_is_shown_and_the_pin_stays(scan: Scan) -> None:
    scan.keys(0, 1)
    scan.frame(1)
    scan.model.receive(m.ShowIndex(1, 1, None, SHAPE))
    assert names(scan.model.receive(m.ShowIndex(1, 1, "/b", SHAPE))) == [Changed.FRAME, Changed.DATA]
    assert (scan.facts.data_path, scan.facts.shown, scan.facts.wanted_index) == ("/b", None, 1)
    assert scan.frame(1, live=False) == []
    assert names(scan.frame(1, live=False, data_path="/b")) == [Changed.FRAME]


def test_what_answers_an_earlier_request_is_dropped(scan: Scan) -> None:
    scan.frame(0)
    changes = scan.model.receive(m.Follow(2, m.FollowRequest("/other.nxs")))
    assert names(changes) == [Changed.FRAME, Changed.REQUEST, Changed.CONDITIONS, Changed.MODE, Changed.STATE]
    assert scan.model.receive(m.Failed(1, "old", "", "", FailureKind.PATH)) == []
    assert scan.keys(1) == []
    assert scan.frame(3) == []
    assert scan.released == [3]
    assert (scan.facts.failed, scan.facts.progress, scan.facts.shown) == (None, None, None)


def test_an_inner_axis_that_grows_moves_pinned_and_shown_frames(scan: Scan) -> None:
    scan.keys(*range(8))
    scan.model.receive(m.ShowIndex(1, 7, None, SHAPE))
    scan.frame(7, live=False)
    changes = scan.keys(*range(14), shape=(4, 6), whole=True)
    assert names(changes)[:3] == [Changed.KEYS, Changed.FRAME, Changed.COMPLETED]
    assert scan.facts.shown is not None
    assert (scan.facts.wanted_index, scan.facts.shown.index, scan.facts.shown.position) == (8, 8, (1, 2))


def test_conditions_can_be_set_before_anything_is_followed(scan: Scan) -> None:
    assert names(scan.model.receive(m.SetConditions(1, (FrameCount(3),)))) == [Changed.CONDITIONS]
    assert scan.facts.conditions == (FrameCount(3),)
    assert scan.facts.seconds_left is None


def test_a_timeout_is_quiet_then_over_and_can_be_resumed(scan: Scan) -> None:
    scan.keys(0, 1)
    scan.now_s += 4
    assert names(scan.model.tick()) == [Changed.STATE]
    assert scan.facts.state.kind is StateKind.QUIET
    ended = m.Ended(1, "timeout", 2, 20)
    assert scan.model.receive(ended)[-1] == (Changed.FINISHED, ended)
    assert scan.facts.can_resume
    scan.model.receive(m.Resume(1))
    assert (scan.facts.is_over, scan.facts.seconds_left) == (False, 10.0)


def test_a_reader_that_does_not_answer_is_reported_and_forgotten_when_it_does(scan: Scan) -> None:
    scan.model.receive(m.ReaderStuck(1, "opening", 3.0))
    assert scan.facts.state.kind is StateKind.STORAGE
    (changed, problem), _state = scan.model.receive(m.ReaderStuck(1, "opening", 6.0))
    assert (changed, problem.action_text) == (Changed.PROBLEM, "Stop")
    assert scan.model.receive(m.ReaderRecovered(1))[0] == (Changed.PROBLEM_SOLVED, problem)
    assert (scan.facts.phase, scan.facts.stuck_s, scan.facts.state.kind) == (m.Phase.FOLLOWING, 0.0, StateKind.LIVE)


def test_a_reader_that_was_replaced_is_reported_in_a_sentence(scan: Scan) -> None:
    ((changed, problem),) = scan.model.receive(m.ReaderReplaced(1, "it was ended by SIGKILL"))
    assert changed is Changed.PROBLEM
    assert problem.message == "The reader was replaced, and following goes on where it was: it was ended by SIGKILL."


def test_that_a_frame_cannot_be_read_is_said_of_its_data_set_alone(scan: Scan) -> None:
    scan.keys(0, 1, 2)
    scan.model.receive(m.ShowIndex(1, 1))
    scan.model.receive(m.Fault(1, "Frame 1 is damaged.", 1, "/a"))
    assert scan.facts.wanted_is_unreadable
    scan.model.receive(m.ShowIndex(1, 1, "/b"))
    assert (scan.facts.wanted_index, scan.facts.wanted_is_unreadable) == (1, False)
    scan.model.receive(m.Fault(1, "Frame 1 is damaged.", 1, "/a"))
    assert not scan.facts.wanted_is_unreadable, "of what is not shown any more"


def test_the_order_is_of_the_file_that_is_followed(scan: Scan) -> None:
    scan.keys(0, 1, 2)
    told = m.OrderRead(1, m.OrderSource.KEYS, runs_of(np.array([0, 1, 2])), np.array([3.0, 1.0, 2.0]), SHAPE, True)
    assert names(scan.model.receive(told)) == [Changed.ORDER]
    assert scan.facts.order.indices().tolist() == [1, 2, 0]
    assert (scan.facts.nearest(0, +1), scan.facts.first, scan.facts.last) == (1, 0, 2), "by index"
    scan.model.walk_in_order(True)
    assert (scan.facts.nearest(1, +1), scan.facts.first, scan.facts.last) == (2, 1, 0)
    scan.model.receive(m.Follow(2, m.FollowRequest("/next.nxs")))
    assert (scan.facts.order.indices().size, scan.facts.walks_in_order, scan.facts.first) == (0, True, None)
    assert scan.model.receive(told) == [], "of the file before"


def test_frames_of_points_are_shown_until_something_else_is_asked_for_and_others_are_dropped(scan: Scan) -> None:
    scan.keys(0, 1, 2, 7)

    def points(number: int, of: int) -> None:
        frame = scan.facts.shown
        assert frame is not None
        of_points = m.OfPoints(of, "mean", 4, 1)
        position = tuple(int(n) for n in np.unravel_index(number, SHAPE))
        shown = replace(frame, live=False, of_points=of_points, combined=2, index=number, position=position, release=lambda: None)
        scan.model.receive(shown)

    scan.frame(2)
    request = m.ShowPoints(1, 5, runs_of(np.array([1, 2, 7, 9])), "mean", None, SHAPE)
    assert Changed.MODE in names(scan.model.receive(request))
    assert (scan.facts.is_live, scan.facts.wanted_index) == (False, None)
    scan.frame(7)
    points(9, of=4)
    assert scan.facts.shown is not None
    assert (scan.facts.shown.index, scan.facts.composition_text) == (2, ""), "neither live nor what was asked for before"
    points(7, of=5)
    assert (scan.facts.shown.index, scan.facts.composition_text) == (7, "mean of 2 of 4 points, 1 to read")
    assert (scan.facts.combined_text, scan.facts.combined_how) == (scan.facts.composition_text, "mean")
    scan.model.receive(m.ShowIndex(1, 1))
    points(1, of=5)
    assert scan.facts.shown.index == 7, "a part that was on its way is no single frame"
    scan.model.receive(request)
    scan.model.receive(m.ShowLive(1))
    assert scan.facts.is_live
    scan.frame(0)
    assert (scan.facts.shown.index, scan.facts.composition_text) == (0, "")


def test_a_painted_frame_tells_each_stage_where_it_is_known_when_it_began(scan: Scan) -> None:
    counts, times = scan.facts.counts, m.FrameTimes(99.0, 99.25, 99.5, 99.75, 99.75)
    for is_new in (True, False):  # a live one that is not new is sent again: its key came long ago
        scan.now_s = 100.5
        scan.frame(0)
        assert scan.facts.shown is not None
        scan.now_s = 101.5
        counts.note_painted(replace(scan.facts.shown, times=times, is_new=is_new), scan.now_s)
    account = counts.stages.account()
    assert (account.n_frames, counts.n_painted) == (1, 2)
    assert [one.median_s for one in account.stages] == [0.25, 0.25, 0.25, 0.25, 0.5, 1.0]
