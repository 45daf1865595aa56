"""Orders of handing out: each complete index once, and gaps waited for or given up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer.core.keys.handout import ArrivalOrder, ScanOrder
from swmr_viewer.core.progress import KeyProgress


def complete(progress: KeyProgress, order: ScanOrder | ArrivalOrder, *indices: int, now: float = 0.0) -> None:
    for index in indices:
        order.note(progress.add(0, np.array([index]), np.array([index + 1])), now)


def drain(order: ScanOrder | ArrivalOrder, now: float = 0.0) -> list[int]:
    out: list[int] = []
    while (index := order.next(now)) is not None:
        out.append(index)
    return out


@given(st.permutations(range(12)), st.sets(st.integers(0, 11)))
def test_both_orders_hand_out_each_complete_index_once(arrival: list[int], gaps: set[int]) -> None:
    progress = KeyProgress(1, (12,))
    scan, arriving = ScanOrder(progress, None), ArrivalOrder(progress)
    by_scan: list[int] = []
    came = [index for index in arrival if index not in gaps]
    for index in came:
        completed = progress.add(0, np.array([index]), np.array([index + 1]))
        scan.note(completed, 0.0)
        arriving.note(completed, 0.0)
        by_scan += drain(scan)
    assert by_scan == list(range(min(gaps, default=12)))
    assert drain(arriving) == came


def test_a_gap_is_given_up_once_newer_frames_were_complete_for_long_enough() -> None:
    progress = KeyProgress(1, (10,))
    order = ScanOrder(progress, 5.0)
    complete(progress, order, 0, 1, now=0.0)
    assert drain(order, 100.0) == [0, 1]
    complete(progress, order, 4, now=100.0)
    assert drain(order, 104.9) == []
    assert drain(order, 105.0) == [4]
    assert order.take_faults() == ["Frames 2 to 3 were given up: newer frames have been complete for 5 s."]
    complete(progress, order, 3, now=106.0)
    assert drain(order, 106.0) == []
    assert order.take_faults() == ["Frame 3 came after it had been given up; it was not handed out."]


def test_every_gap_gets_its_own_patience() -> None:
    progress = KeyProgress(1, (10,))
    order = ScanOrder(progress, 5.0)
    complete(progress, order, 0, 2, now=0.0)
    complete(progress, order, 4, now=4.0)
    assert drain(order, 5.0) == [0, 2]
    assert drain(order, 8.9) == []
    assert drain(order, 9.0) == [4]


@pytest.mark.parametrize("make", [lambda p: ScanOrder(p, None), ArrivalOrder])
def test_reset_and_growth_in_an_inner_axis(make: type[ArrivalOrder]) -> None:
    progress = KeyProgress(1, (2, 2))
    order = make(progress)
    complete(progress, order, 0, 1)
    assert drain(order) == [0, 1]
    progress.grow((2, 3))
    order.reshape()
    complete(progress, order, 2, 3)
    assert drain(order) == [2, 3]
    order.reset()
    assert drain(order) == [0, 1, 2, 3]
