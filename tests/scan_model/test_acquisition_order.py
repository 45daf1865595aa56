"""The order in which frames were taken: told by keys or times, else by how they came; and how it grows and is walked."""

from __future__ import annotations

import time

import numpy as np
import pytest

from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import runs_of
from swmr_viewer.quantities import QuantityTable, ScanColumns
from swmr_viewer.reader.messages import OrderRead, OrderSource
from swmr_viewer.scan_model import AcquisitionOrder, acquisition_order
from swmr_viewer.simulator.orders import shuffled, snake

SHAPE = (3, 4)
Order = tuple[AcquisitionOrder, KeyProgress]


@pytest.fixture
def order() -> Order:
    progress, found = KeyProgress(1, SHAPE), AcquisitionOrder()
    found.move_to(progress)
    return found, progress


def complete(order: Order, *indices: int, came: bool = True) -> None:
    found, progress = order
    progress.add(0, *runs_of(np.sort(np.array(indices))))
    found.note_completed(np.sort(np.array(indices)), came)


def tell(order: Order, indices: list[int], values: list[float], *, whole: bool = False, shape: tuple[int, ...] = SHAPE) -> None:
    ranges = runs_of(np.array(indices, np.int64))
    order[0].note_read(OrderRead(1, OrderSource.KEYS, ranges, np.array(values, np.float64), shape, whole))


def walked(found: AcquisitionOrder, start: int, direction: int) -> list[int]:
    steps, at = [], found.nearest(start, direction)
    while at is not None and len(steps) < 100:
        steps.append(at)
        at = found.nearest(at, direction)
    return steps


@pytest.mark.parametrize("visits", [snake(SHAPE), shuffled(SHAPE, 3)], ids=["snake", "random"])
@pytest.mark.parametrize("size", [1, 5, 12])
def test_frames_are_walked_as_they_were_taken_however_they_are_told(order: Order, visits: np.ndarray, size: int) -> None:
    found, _ = order
    complete(order, *range(12), came=False)
    values = np.argsort(visits) + 1.0
    for start in range(0, 12, size):
        stop = min(start + size, 12)
        tell(order, list(range(start, stop)), values[start:stop].tolist(), whole=start == 0)
        assert found.indices().size == stop
    assert found.indices().tolist() == visits.tolist()
    assert walked(found, int(visits[0]), +1) == visits[1:].tolist()
    assert walked(found, int(visits[-1]), -1) == visits[-2::-1].tolist()
    assert (found.first(), found.last(), found.source) == (visits[0], visits[-1], OrderSource.KEYS)
    assert found.rank_of(visits).tolist() == list(range(12))


def test_what_is_told_point_by_point_while_it_is_asked_for_is_the_same(order: Order) -> None:
    found, _ = order
    visits = snake(SHAPE).tolist()
    for number, index in enumerate(visits):
        complete(order, index)
        tell(order, [index], [100.0 + number], whole=number == 0)
        assert found.indices().tolist() == visits[: number + 1]
        assert found.nearest(index, +1) is None
    late = OrderRead(1, OrderSource.KEYS, runs_of(np.array([0])), np.array([5.0]), SHAPE, whole=True)
    found.note_read(late)
    assert found.indices().tolist() == [0], "a new reader tells all anew"


def test_one_that_is_told_before_its_key_came_is_not_gone_to(order: Order) -> None:
    found, _ = order
    complete(order, 1, 3)
    tell(order, [1, 2, 3], [1, 2, 3])
    assert (found.nearest(1, +1), found.nearest(3, -1)) == (3, 1)
    complete(order, 2)
    assert found.nearest(1, +1) == 2
    complete(order, 0)
    assert found.nearest(0, +1) == 1, "nothing is told of 0: by index"
    assert found.rank_of(np.array([0, 1, 2])).tolist() == [-1, 0, 1]


def test_where_nothing_is_told_those_that_were_seen_to_come_follow_those_that_were_there(order: Order) -> None:
    found, _ = order
    complete(order, 0, 2, came=False)
    assert (found.source, found.indices().tolist()) == (OrderSource.INDEX, [0, 2])
    complete(order, 9)
    complete(order, 1)
    assert (found.source, found.indices().tolist()) == (OrderSource.ARRIVAL, [0, 2, 9, 1])
    found.note_read(OrderRead(1, OrderSource.ARRIVAL, runs_of(np.empty(0, np.int64)), np.empty(0), SHAPE, whole=True))
    assert found.is_answered
    assert (found.source, found.indices().tolist()) == (OrderSource.ARRIVAL, [0, 2, 9, 1])


def test_keys_that_turn_out_not_to_count_are_forgotten_before_anything_else_is_told(order: Order) -> None:
    found, _ = order
    complete(order, 7)
    tell(order, [7], [1])
    complete(order, 2)
    found.note_read(OrderRead(1, OrderSource.INDEX, runs_of(np.empty(0, np.int64)), np.empty(0), SHAPE, whole=True))
    assert (found.source, found.is_answered, found.indices().tolist()) == (OrderSource.ARRIVAL, False, [7, 2])


def test_several_that_came_at_once_where_a_snake_runs_back_are_in_its_order(order: Order) -> None:
    found, _ = order
    complete(order, 2, 3)
    complete(order, 7)
    complete(order, 5, 6)
    complete(order, 4)
    complete(order, 8, 9)
    assert found.indices().tolist() == [2, 3, 7, 6, 5, 4, 8, 9]


def test_equal_times_stand_by_their_index(order: Order) -> None:
    found, _ = order
    complete(order, *range(4))
    tell(order, [3, 1, 0, 2], [0.5, 0.25, 0.5, 0.25])
    assert found.indices().tolist() == [1, 2, 0, 3]


@pytest.mark.parametrize("keys_first", [True, False])
def test_positions_keep_their_place_when_an_inner_axis_grows(order: Order, keys_first: bool) -> None:
    found, progress = order
    complete(order, 4, 0, 5)
    tell(order, [4, 0, 5], [1, 2, 3])
    if keys_first:
        progress.grow((3, 6))
        found.move_to(progress)
        assert found.indices().tolist() == [6, 0, 7]
    tell(order, [8], [4], shape=(3, 6))
    if not keys_first:
        assert found.indices().tolist() == [], "keys of the larger scan are to come"
        progress.grow((3, 6))
        found.move_to(progress)
    assert found.indices().tolist() == [6, 0, 7, 8]
    tell(order, [9], [5])
    assert found.indices().tolist() == [6, 0, 7, 8, 13], "told on the shape before"


def test_arrivals_move_with_their_positions(order: Order) -> None:
    found, progress = order
    complete(order, 5)
    complete(order, 0)
    progress.grow((4, 6))
    found.move_to(progress)
    assert found.indices().tolist() == [7, 0]


def test_frames_that_nobody_asks_about_are_not_kept_one_by_one() -> None:
    progress, found = KeyProgress(1, (5000,)), AcquisitionOrder()
    found.move_to(progress)
    found.indices()
    for index in range(5000):
        complete((found, progress), index)
    assert len(found._new or ()) <= 1000
    assert found.indices().tolist() == list(range(5000))


def prepared(found: AcquisitionOrder) -> int:
    """Wait until it is sorted; return how often it was asked for in vain."""
    n, until = 0, time.monotonic() + 5
    while not found.prepare():
        assert time.monotonic() < until
        n += 1
        time.sleep(0.001)
    return n


def test_what_is_sorted_aside_is_the_same(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acquisition_order, "MANY", 4)
    found, _ = order
    complete(order, *range(12), came=False)
    visits = shuffled(SHAPE, 3)
    values = np.argsort(visits) + 1.0
    assert prepared(found) > 0
    assert found.indices().tolist() == list(range(12))
    tell(order, list(range(6)), values[:6].tolist(), whole=True)
    assert not found.prepare()
    tell(order, list(range(6, 12)), values[6:].tolist())  # while the others are sorted
    assert prepared(found) > 0, "some come before others: all are sorted anew"
    assert found.indices().tolist() == visits.tolist()
    tell(order, [0, 1, 2, 3, 4], [5.0, 4.0, 3.0, 2.0, 1.0], whole=True)
    assert not found.prepare()
    assert found.indices().tolist() == [4, 3, 2, 1, 0], "nobody has to ask before"
    assert found.prepare()


def test_few_that_come_behind_all_others_are_sorted_at_once(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acquisition_order, "MANY", 4)
    found, _ = order
    columns = ScanColumns()
    columns.grow(SHAPE)
    columns.note_order(acquisition_order.order_column(found, columns))
    table = QuantityTable(columns)
    for number, index in enumerate(range(11, -1, -1)):
        complete(order, index)
        assert table.prepare(["order", "2 * order + index", "nothing"])
        assert table.at("2 * order + index", index) == 2 * number + index
