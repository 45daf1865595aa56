"""Frames that lag their keys, or are damaged: waited for with a bound, then said, and passed over. No clock is waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.errors import FrameDoubtfulError, FrameNotWrittenError, FrameUnreadableError
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.reader.blocks import create_block, let_go, unlink
from swmr_viewer.reader.child import event_pipe
from swmr_viewer.reader.child.frame_reading import FRAME_TIMEOUT_S, FrameReader
from swmr_viewer.reader.child.measuring.measured_delivery import MeasuredDelivery
from swmr_viewer.reader.child.reader_slots import ReaderSlots
from swmr_viewer.reader.child.sending import Sender
from swmr_viewer.reader.child.showing.live import LiveDelivery
from swmr_viewer.reader.messages import (
    Busy,
    Event,
    Fault,
    Follow,
    FollowRequest,
    FrameMeasured,
    FrameReady,
    FrameTimes,
    Heartbeat,
    ShowIndex,
    ShowLive,
    SlotsWanted,
    UseSlots,
)

N = 10


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class EventPipe(event_pipe.EventPipe):
    """Keeps what was sent."""

    generation = 1

    def __init__(self) -> None:
        self.sent: list[Event] = []

    def send(self, event: Event) -> None:
        self.sent.append(event)

    def keep_alive(self, now: bool = False) -> None:
        self.sent.append(Heartbeat(1))

    def take(self, kind: type) -> list[Any]:
        """Return the events of this kind since the last call."""
        found = [event for event in self.sent if isinstance(event, kind)]
        self.sent = [event for event in self.sent if not isinstance(event, (kind, Busy, Heartbeat))]
        return found


class Grabber:
    """Frames of (2, 3) pixels, some of which are not there yet, in doubt, or damaged."""

    path = "/data"
    dtype = np.dtype("<u2")
    scan_shape = (N,)
    scan_rank = 1

    def __init__(self) -> None:
        self.frame_shape: tuple[int, ...] = (2, 3)
        self.late: set[int] = set()
        self.damaged: set[int] = set()
        self.doubtful: dict[int, set[str]] = {}
        """With the sources that are missing; none: it reads as fill."""
        self.without: set[str] = set()
        self.reads: list[int] = []
        self.noting: Callable[[Callable[[int, int], None]], bool] = lambda note: False
        """Notes what is final, and returns whether that was all."""

    def go_without(self, missing: Iterable[str]) -> None:
        self.without |= set(missing)

    def grab_into(self, index: int, out: np.ndarray, *, as_it_is: bool = False, note: Callable[[int, int], None] | None = None) -> bool:
        self.reads.append(index)
        if index in self.late:
            raise FrameNotWrittenError(f"Frame {index} has not been written.", "Try again.")
        if index in self.damaged:
            raise FrameUnreadableError(f"Frame {index} cannot be read.", "The others can.")
        missing = self.doubtful.get(index)
        if missing is not None and not as_it_is and not (missing and missing <= self.without):
            raise FrameDoubtfulError(f"Frame {index} is in doubt.", "Try again.", missing)
        out[...] = index
        return note is not None and self.noting(note)


class Scan:
    """What a delivery sees of a scan of N points, its follower and its reporter: keys that the test sets."""

    h5file, sources = SimpleNamespace(filename="scan.h5"), None
    late = SimpleNamespace(paths=())

    def __init__(self, grabber: Grabber) -> None:
        self.grabbers = {"/data": grabber}
        self.facts = {"/data": DataFacts()}
        self.follower = self
        self.progress = KeyProgress(1, (N,))
        self.scan_shape = (N,)
        self.told = self.progress.complete_mask()
        self._handed_out = 0

    def report(self, *, at_once: bool = False) -> None:
        self.told = self.progress.complete_mask()

    def set(self, start: int, stop: int) -> np.ndarray:
        return self.progress.add(0, np.array([start]), np.array([stop]))

    @property
    def n_complete(self) -> int:
        return self.progress.n_complete

    def next_ready(self) -> int | None:
        if self._handed_out >= self.progress.frontier:
            return None
        self._handed_out += 1
        return self._handed_out - 1


@pytest.fixture
def parts():
    pipe, grabber, clock = EventPipe(), Grabber(), Clock()
    scan = Scan(grabber)
    block = create_block(4096)
    slots = ReaderSlots()
    slots.use(UseSlots(1, (block.name,), 4096))
    yield scan, pipe, grabber, clock, slots, block.name
    slots.close()
    unlink(block)
    let_go(block)


def live_delivery(scan, slots, pipe, unreadable=(), *, clock):
    frames = FrameReader(scan, pipe, unreadable, clock)
    return LiveDelivery(frames, Sender(frames, scan, slots, lambda *about: None))


@pytest.fixture
def live(parts):
    scan, pipe, _grabber, clock, slots, name = parts
    made = live_delivery(scan, slots, pipe, clock=clock)

    def step(*, release: bool = True) -> list[int]:
        made.step()
        if release:
            slots.release(name)
        return [event.index for event in pipe.take(FrameReady)]

    return made, step


def test_while_the_newest_lags_its_key_the_one_before_is_shown_and_then_it_is(parts, live):
    scan, pipe, grabber, clock, _, _ = parts
    delivery, step = live
    grabber.late = {4}
    delivery.add_completed(scan.set(0, 5), False)
    assert step() == [3]
    assert step() == []
    assert not delivery.is_idle
    grabber.late = set()
    clock.now += 1
    assert step() == [4]
    assert delivery.is_idle
    assert pipe.take(Fault) == []


def test_a_newer_frame_does_not_wait_for_one_that_lags(parts, live):
    scan, _, grabber, _, _, _ = parts
    delivery, step = live
    grabber.late = {2}
    delivery.add_completed(scan.set(0, 3), False)
    assert step() == [1]
    delivery.add_completed(scan.set(3, 6), False)
    assert step() == [5]
    assert delivery.is_idle


def test_a_frame_that_never_comes_is_said_once_and_given_up(parts, live):
    scan, pipe, grabber, clock, _, _ = parts
    delivery, step = live
    grabber.late = {4}
    delivery.add_completed(scan.set(0, 5), False)
    step()
    clock.now += FRAME_TIMEOUT_S - 0.1
    step()
    assert pipe.take(Fault) == []
    clock.now += 0.2
    assert step() == []
    (fault,) = pipe.take(Fault)
    assert fault.index == 4
    assert "has not been written" in fault.message
    assert delivery.is_idle
    n_reads = len(grabber.reads)
    step()
    assert len(grabber.reads) == n_reads


def test_a_frame_says_when_it_passed_each_stage(parts, live, monkeypatch):
    scan, pipe, grabber, clock, _, _ = parts
    delivery, _step = live
    grab = grabber.grab_into

    def read_slowly(index, out, **how):
        clock.now += 2
        return grab(index, out, **how)

    monkeypatch.setattr(grabber, "grab_into", read_slowly)
    delivery.add_completed(scan.set(0, 1), False)
    clock.now += 3
    delivery.step()
    (event,) = pipe.take(FrameReady)
    assert event.times == FrameTimes(100, 103, 105, 105, 105)


def test_a_damaged_frame_is_said_at_once(parts, live):
    scan, pipe, grabber, _, _, _ = parts
    delivery, step = live
    grabber.damaged = {4}
    delivery.add_completed(scan.set(0, 5), False)
    assert step() == [3]
    assert [fault.index for fault in pipe.take(Fault)] == [4]
    assert delivery.is_idle


def test_nothing_is_read_while_no_slot_is_free(parts, live):
    scan, _, grabber, _, slots, name = parts
    delivery, step = live
    delivery.add_completed(scan.set(0, 2), False)
    assert step(release=False) == [1]
    delivery.add_completed(scan.set(2, 4), False)
    delivery.add_completed(scan.set(4, 7), False)
    assert step(release=False) == []
    assert grabber.reads == [1]
    slots.release(name)
    assert step() == [6]
    assert grabber.reads == [1, 6]


def test_a_pinned_frame_comes_first_and_alone_and_the_newest_again_after_it(parts, live):
    scan, pipe, _, _, _, _ = parts
    delivery, step = live
    delivery.add_completed(scan.set(0, 3), False)
    delivery.show(ShowIndex(1, 0))
    delivery.show(ShowIndex(1, 1))
    assert step() == [1]
    delivery.add_completed(scan.set(3, 4), False)
    assert step() == []
    assert delivery.is_idle
    delivery.show(ShowLive(1))
    assert step() == [3]
    delivery.show(ShowIndex(1, 8))
    assert step() == []
    assert [fault.index for fault in pipe.take(Fault)] == [8]
    delivery.show(ShowLive(1, "/other"))
    assert "/other" in pipe.take(Fault)[0].message


def on_shape(scan: Scan, shape: tuple[int, ...]) -> None:
    scan.progress = KeyProgress(1, shape)


def grow(scan: Scan, delivery: LiveDelivery, shape: tuple[int, ...]) -> None:
    before = scan.progress.scan_shape
    scan.progress.grow(shape)
    delivery.remap_indices(before, shape)
    delivery.add_completed(np.empty(0, np.int64), True)


def test_a_pinned_frame_that_lags_is_the_same_point_when_an_inner_axis_grew(parts, live):
    scan, pipe, grabber, _, _, _ = parts
    delivery, step = live
    on_shape(scan, (2, 3))
    grabber.late = {4}
    delivery.add_completed(scan.set(0, 5), False)
    delivery.show(ShowIndex(1, 4))
    assert step() == []
    grabber.late = set()
    grow(scan, delivery, (3, 5))
    assert step() == [6]
    assert grabber.reads[-1] == 6
    assert delivery.is_idle
    delivery.resend()  # prepared otherwise
    delivery.step()
    assert [(event.index, event.position) for event in pipe.take(FrameReady)] == [(6, (1, 1))]
    assert pipe.take(Fault) == []


@pytest.mark.parametrize(
    ("here", "request_", "index"),
    [
        ((3, 5), ShowIndex(1, 4, None, (2, 3)), 6),  # the scan grew before the request came
        ((2, 3), ShowIndex(1, 6, None, (3, 5)), 4),  # a new reader that has seen less
        ((3, 5), ShowIndex(1, 6, None, (3, 5)), 6),
        ((8,), ShowIndex(1, 6, None, (8,)), 6),
    ],
)
def test_a_frame_is_asked_for_by_its_point(parts, live, here, request_, index):
    scan, pipe, _, _, _, _ = parts
    delivery, step = live
    on_shape(scan, here)
    delivery.add_completed(scan.set(0, scan.progress.total), False)
    delivery.show(request_)
    assert step() == [index]
    assert pipe.take(Fault) == []


def test_a_point_that_a_new_reader_has_not_seen_yet_is_found_when_the_scan_has_grown(parts, live):
    scan, pipe, _, _, _, _ = parts
    delivery, step = live
    on_shape(scan, (2, 3))
    delivery.add_completed(scan.set(0, 5), False)
    delivery.show(ShowIndex(1, 13, None, (3, 5)))  # (2, 3)
    assert step() == []
    assert [fault.index for fault in pipe.take(Fault)] == [13]
    grow(scan, delivery, (3, 5))
    delivery.add_completed(scan.set(10, 15), False)
    delivery.resend()
    assert step() == [13]


def test_a_pinned_frame_that_lags_is_waited_for_with_a_bound(parts, live):
    scan, pipe, grabber, clock, _, _ = parts
    delivery, step = live
    grabber.late = {1}
    delivery.add_completed(scan.set(0, 3), False)
    delivery.show(ShowIndex(1, 1))
    assert step() == []
    assert not delivery.is_idle
    clock.now += FRAME_TIMEOUT_S + 0.1
    step()
    assert [fault.index for fault in pipe.take(Fault)] == [1]
    assert delivery.is_idle


def test_a_newest_frame_in_doubt_is_waited_for_and_then_sent_with_a_word(parts, live):
    scan, pipe, grabber, clock, _, _ = parts
    delivery, step = live
    grabber.doubtful = {4: set()}
    delivery.add_completed(scan.set(0, 5), False)
    assert step() == [3]
    clock.now += FRAME_TIMEOUT_S - 0.1
    assert step() == []
    assert pipe.take(Fault) == []
    clock.now += 0.2
    assert step() == [4]
    (fault,) = pipe.take(Fault)
    assert (fault.index, "as it is" in fault.message) == (4, True)
    assert delivery.is_idle


def test_dark_frames_that_come_faster_than_any_is_waited_for_are_seen_all_the_same(parts, live):
    scan, pipe, grabber, clock, _, _ = parts
    delivery, step = live
    grabber.doubtful = {index: set() for index in range(N)}
    shown: list[int] = []
    for index in range(N):
        delivery.add_completed(scan.set(index, index + 1), False)
        shown += step()
        clock.now += 1
    assert shown == [0]  # the one that was waited for; the others are not as old yet
    clock.now += FRAME_TIMEOUT_S
    for _ in range(4):
        shown += step()
        clock.now += FRAME_TIMEOUT_S
    assert (shown[-1], shown == sorted(set(shown)), delivery.is_idle) == (N - 1, True, True)
    assert [fault.index for fault in pipe.take(Fault)] == shown


def test_a_pinned_frame_in_doubt_is_waited_for_and_then_sent(parts, live):
    scan, pipe, grabber, clock, _, _ = parts
    delivery, step = live
    grabber.doubtful = {1: set()}
    delivery.add_completed(scan.set(0, 3), False)
    delivery.show(ShowIndex(1, 1))
    assert step() == []
    clock.now += FRAME_TIMEOUT_S + 0.1
    assert step() == [1]
    assert [fault.index for fault in pipe.take(Fault)] == [1]


def test_sources_that_are_missing_are_waited_for_once(parts, live):
    scan, pipe, grabber, clock, _, _ = parts
    delivery, step = live
    grabber.doubtful = {index: {"two.h5"} for index in range(N)}
    delivery.add_completed(scan.set(0, 1), False)
    assert step() == []
    clock.now += FRAME_TIMEOUT_S + 0.1
    shown = step()
    for index in range(1, N):
        delivery.add_completed(scan.set(index, index + 1), False)
        shown += step()
    assert shown == list(range(N))
    assert [fault.index for fault in pipe.take(Fault)] == [0]


def test_frames_that_outgrow_the_slots_ask_for_larger_ones_once(parts, live):
    scan, pipe, grabber, _, _, _ = parts
    delivery, step = live
    grabber.frame_shape = (100, 100)
    delivery.add_completed(scan.set(0, 3), False)
    assert step() == []
    assert step() == []
    (wanted,) = pipe.take(SlotsWanted)
    assert wanted.size >= 2 * 100 * 100 + 4 * 100 * 100
    assert not delivery.is_idle


def test_a_frame_that_was_marked_unreadable_is_not_touched(parts):
    scan, pipe, grabber, clock, slots, _ = parts
    delivery = live_delivery(scan, slots, pipe, unreadable=(("/data", (2,)),), clock=clock)
    delivery.add_completed(scan.set(0, 3), False)
    delivery.step()
    assert grabber.reads == []
    delivery.show(ShowIndex(1, 2))
    delivery.step()
    assert grabber.reads == []
    assert [fault.index for fault in pipe.take(Fault)] == [2]
    assert delivery.is_idle


# ---- measured


def measured_of(parts, delivered=None, unreadable=()) -> MeasuredDelivery:
    scan, pipe, _, clock, _, _ = parts
    follow = Follow(1, FollowRequest("/scan.h5", every_frame=True), delivered)
    return MeasuredDelivery(FrameReader(scan, pipe, unreadable, clock), follow)


def test_every_frame_is_measured_and_a_damaged_one_is_said(parts):
    scan, pipe, grabber, _, _, _ = parts
    delivery = measured_of(parts)
    grabber.damaged = {2}
    delivery.add_completed(scan.set(0, 4), False)
    assert not delivery.is_idle
    delivery.step()
    sums = {event.index: event.data["/data"]["sum"] for event in pipe.sent if isinstance(event, FrameMeasured)}
    assert sums == {0: 0, 1: 6, 3: 18}
    assert [fault.index for fault in pipe.take(Fault)] == [2]
    assert delivery.is_idle


def test_frames_that_never_come_share_one_wait(parts):
    scan, pipe, grabber, clock, _, _ = parts
    delivery = measured_of(parts)
    grabber.late = {1, 2, 3, 5}
    delivery.add_completed(scan.set(0, 5), False)
    delivery.step()
    assert [event.index for event in pipe.take(FrameMeasured)] == [0]
    clock.now += FRAME_TIMEOUT_S - 1
    delivery.add_completed(scan.set(5, 7), False)
    delivery.step()
    assert pipe.take(FrameMeasured) == []
    clock.now += 2
    delivery.step()
    assert [fault.index for fault in pipe.take(Fault)] == [1, 2, 3]
    assert [event.index for event in pipe.take(FrameMeasured)] == [4]
    assert not delivery.is_idle  # 5 became complete later, and has a wait of its own
    grabber.late = set()
    delivery.step()
    assert [event.index for event in pipe.take(FrameMeasured)] == [5, 6]
    assert delivery.is_idle


def test_frames_in_doubt_are_measured_in_the_end_each_with_a_word(parts):
    scan, pipe, grabber, clock, _, _ = parts
    delivery = measured_of(parts)
    grabber.doubtful = {1: set(), 2: set(), 4: set()}
    delivery.add_completed(scan.set(0, 4), False)
    delivery.step()
    assert [event.index for event in pipe.take(FrameMeasured)] == [0]
    clock.now += FRAME_TIMEOUT_S - 1
    delivery.add_completed(scan.set(4, 5), False)
    clock.now += 2
    delivery.step()
    assert [event.index for event in pipe.take(FrameMeasured)] == [1, 2, 3]
    assert [fault.index for fault in pipe.take(Fault)] == [1, 2]
    assert not delivery.is_idle  # 4 became complete later, and has a wait of its own
    clock.now += FRAME_TIMEOUT_S
    delivery.step()
    assert [event.index for event in pipe.take(FrameMeasured)] == [4]
    assert delivery.is_idle


def test_what_was_delivered_or_kills_is_passed_over(parts):
    scan, pipe, grabber, _, _, _ = parts
    delivery = measured_of(parts, delivered=np.array([0, 2]), unreadable=(("/data", (3,)),))
    delivery.add_completed(scan.set(0, 5), False)
    delivery.step()
    assert grabber.reads == [1, 4]
    assert [event.index for event in pipe.take(FrameMeasured)] == [1, 4]


def test_a_stop_leaves_the_rest(parts):
    scan, pipe, grabber, _, _, _ = parts
    delivery = measured_of(parts)
    delivery.add_completed(scan.set(0, 5), False)
    delivery.abandon()
    delivery.step()
    assert delivery.is_idle
    assert grabber.reads == []
    assert pipe.sent == []
