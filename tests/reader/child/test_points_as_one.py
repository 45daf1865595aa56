"""The frames of some scan points as one: complete ones, those that come later, those that cannot be read, and other requests."""

from __future__ import annotations

import numpy as np
import pytest

from swmr_viewer.core.ranges import runs_of
from swmr_viewer.reader.child.frame_reading import FRAME_TIMEOUT_S
from swmr_viewer.reader.child.showing.combined import PARTLY_EVERY_S
from swmr_viewer.reader.messages import Fault, FrameReady, OfPoints, ShowIndex, ShowLive, ShowPoints
from tests.reader.child.test_combined_and_measured import Bench
from tests.reader.child.test_delivery import N, parts

__all__ = ["parts"]


@pytest.fixture
def bench(parts) -> Bench:  # type: ignore[no-untyped-def]
    return Bench(parts)


def show(bench: Bench, *points: int, how: str = "sum", number: int = 1, shape: tuple[int, ...] = (N,)) -> None:
    bench.live.show(ShowPoints(1, number, runs_of(np.array(points)), how, None, shape))  # type: ignore[arg-type]


def steps(bench: Bench, n: int) -> list[tuple[int, OfPoints | None, int]]:
    """Take steps; return the first pixel of what was sent, what it is made of, and how many frames are in it."""
    sent = []
    for _ in range(n):
        bench.live.step()
        for event in bench.pipe.take(FrameReady):
            pixel = np.ndarray((), event.dtype, bench.slots._blocks[bench.name].buf)[()]
            assert not event.live
            sent.append((int(pixel), event.of_points, event.combined))
            bench.slots.release(bench.name)
    return sent


def test_complete_points_are_added_up_and_the_others_once_they_are_complete(bench: Bench) -> None:
    bench.set(0, 6)
    show(bench, 1, 2, 5, 8)
    assert bench.live.has_work
    assert steps(bench, 1) == [(5, OfPoints(1, "sum", 4, 2), 1)]
    assert steps(bench, 2) == [(8, OfPoints(1, "sum", 4, 0), 3)], "not all parts are shown"
    assert bench.live.is_idle
    assert steps(bench, 2) == []
    bench.set(6, 10)
    assert steps(bench, 2) == [(16, OfPoints(1, "sum", 4, 0), 4)]
    assert bench.grabber.reads == [5, 2, 1, 8], "each is read once, and no other"


@pytest.mark.parametrize(("how", "pixel"), [("mean", 4), ("maximum", 9)])
def test_a_part_is_shown_now_and_then_and_every_kind_is_what_it_says(bench: Bench, how: str, pixel: int) -> None:
    bench.set(0, 10)
    show(bench, 0, 3, 9, how=how)
    assert len(steps(bench, 1)) == 1
    bench.clock.now += PARTLY_EVERY_S
    assert steps(bench, 1) == [((9 + 3) // 2 if how == "mean" else 9, OfPoints(1, how, 3, 1), 2)]  # type: ignore[arg-type]
    assert steps(bench, 1) == [(pixel, OfPoints(1, how, 3, 0), 3)]  # type: ignore[arg-type]


def test_frames_that_lag_come_in_later_and_damaged_ones_are_left_out_and_said(bench: Bench) -> None:
    bench.grabber.late, bench.grabber.damaged = {4}, {3}
    bench.set(0, 10)
    show(bench, 3, 4, 5)
    assert steps(bench, 4)[-1] == (5, OfPoints(1, "sum", 3, 1), 1)
    assert [fault.index for fault in bench.pipe.take(Fault)] == [3]
    bench.grabber.late = set()
    bench.clock.now += FRAME_TIMEOUT_S / 2
    assert steps(bench, 1) == [(9, OfPoints(1, "sum", 3, 0), 2)]
    assert bench.live.is_idle


@pytest.mark.parametrize("request_", [ShowLive(1), ShowIndex(1, 7)])
def test_another_request_ends_it_and_what_was_not_read_stays_unread(bench: Bench, request_: ShowLive | ShowIndex) -> None:
    bench.set(0, 8)
    show(bench, *range(8))
    steps(bench, 2)
    bench.live.show(request_)
    assert bench.steps(2) == [(7, 1, 7)]
    bench.set(8, 9)
    assert bench.steps(2) == ([(8, 1, 8)] if isinstance(request_, ShowLive) else [])
    assert set(bench.grabber.reads) == {6, 7, *([8] if isinstance(request_, ShowLive) else [])}


def test_the_same_points_are_added_up_anew_when_frames_are_prepared_in_another_way_or_others_are_asked_for(bench: Bench) -> None:
    bench.set(0, 4)
    show(bench, 1, 2)
    assert steps(bench, 3)[-1][0] == 3
    bench.live.prepare_again()
    assert steps(bench, 3)[-1] == (3, OfPoints(1, "sum", 2, 0), 2)
    bench.live.resend()
    assert steps(bench, 1) == [(3, OfPoints(1, "sum", 2, 0), 2)]
    show(bench, 3, number=2)
    assert steps(bench, 1) == [(3, OfPoints(2, "sum", 1, 0), 1)]


def test_points_stay_the_same_when_the_scan_grows_sideways(bench: Bench) -> None:
    bench.set(0, 3)
    show(bench, 1, 2, 3)
    assert steps(bench, 3)[-1] == (3, OfPoints(1, "sum", 3, 0), 2)
    bench.scan.progress.grow((N, 2))
    bench.scan.scan_shape = (N, 2)
    bench.live.remap_indices((N,), (N, 2))
    bench.live.add_completed(bench.scan.set(6, 8), True)
    assert steps(bench, 4)[-1] == (2 + 4 + 6, OfPoints(1, "sum", 3, 0), 3), "frame 3 is the seventh by now"
