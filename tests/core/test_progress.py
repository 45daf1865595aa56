"""KeyProgress against a naive model, and ranges and boxes against plain loops."""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer.core import progress as module
from swmr_viewer.core.data.selections import boxes_of
from swmr_viewer.core.progress import COMPLETE, MISSING, PARTLY, KeyProgress
from swmr_viewer.core.ranges import indices_of, joined, no_ranges, ranges_of

shapes = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple)


@given(st.lists(st.booleans(), max_size=60), st.integers(0, 1000))
def test_ranges_hold_exactly_the_true_places(values: list[bool], offset: int) -> None:
    mask = np.array(values, bool)
    starts, stops = ranges_of(mask, offset)
    assert indices_of((starts, stops)).tolist() == [i + offset for i, value in enumerate(values) if value]
    assert all(stop > start for start, stop in zip(starts, stops, strict=True))


def test_no_ranges_and_joined() -> None:
    assert indices_of(no_ranges()).size == 0
    assert indices_of(joined([])).size == 0
    one, other = (np.array([1]), np.array([3])), (np.array([7]), np.array([8]))
    assert indices_of(joined([one, other])).tolist() == [1, 2, 7]


@given(shapes, st.data())
def test_boxes_cover_exactly_the_flat_range_in_order(shape: tuple[int, ...], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, prod(shape)))
    stop = data.draw(st.integers(start, prod(shape)))
    numbers = np.arange(prod(shape)).reshape(shape)
    seen: list[int] = []
    for at, box in boxes_of(shape, start, stop):
        inside = numbers[tuple(slice(a, b) for a, b in box)].reshape(-1).tolist()
        assert inside[0] == at
        seen += inside
    assert seen == list(range(start, stop))


class Model:
    """What KeyProgress should say, the slow way: a set of positions per key."""

    def __init__(self, n_keys: int, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self.keys: list[set[tuple[int, ...]]] = [set() for _ in range(n_keys)]

    def points(self) -> list[tuple[int, ...]]:
        return list(product(*map(range, self.shape)))

    def complete(self) -> list[int]:
        return [i for i, point in enumerate(self.points()) if all(point in key for key in self.keys)]


@given(st.integers(1, 3), shapes, st.data())
def test_progress_is_what_a_naive_model_says(n_keys: int, shape: tuple[int, ...], data: st.DataObject) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_FEW_RANGES", data.draw(st.sampled_from([0, 2, 8])))  # above it, points are added instead of ranges
        patch.setattr(module, "_PIECE", data.draw(st.sampled_from([1, 3, 1 << 20])))
        check_against_model(n_keys, shape, data)


def check_against_model(n_keys: int, shape: tuple[int, ...], data: st.DataObject) -> None:
    progress, model = KeyProgress(n_keys, shape), Model(n_keys, shape)
    announced: list[tuple[int, ...]] = []
    for _ in range(data.draw(st.integers(1, 8))):
        if data.draw(st.booleans()):
            model.shape = tuple(n + data.draw(st.integers(0, 2)) for n in model.shape)
            progress.grow(model.shape)
        points, key = model.points(), data.draw(st.integers(0, n_keys - 1))
        chosen = np.zeros(len(points), bool)
        chosen[data.draw(st.lists(st.integers(0, len(points) - 1), max_size=20))] = True
        before = model.complete()
        model.keys[key] |= {points[i] for i in np.flatnonzero(chosen)}
        completed = progress.add(key, *ranges_of(chosen)).tolist()
        assert sorted(completed) == sorted(set(model.complete()) - set(before))
        announced += [points[i] for i in completed]
        check_same(progress, model)
    assert len(announced) == len(set(announced)) == progress.n_complete


def check_same(progress: KeyProgress, model: Model) -> None:
    points, complete = model.points(), model.complete()
    assert progress.scan_shape == model.shape
    assert progress.n_complete == len(complete)
    assert progress.newest == (max(complete) if complete else None)
    assert progress.frontier == next((i for i in range(len(points)) if i not in complete), len(points))
    assert np.flatnonzero(progress.complete_mask()).tolist() == complete
    n_set = [sum(point in key for key in model.keys) for point in points]
    assert progress.state_codes().tolist() == [MISSING if n == 0 else COMPLETE if n == len(model.keys) else PARTLY for n in n_set]
    for number, key in enumerate(model.keys):
        assert progress.n_set(number) == len(key)
        assert indices_of(progress.whole()[number]).tolist() == [i for i, point in enumerate(points) if point in key]
    for index in (0, len(points) // 2, len(points) - 1):
        assert progress.nearest_complete(index, +1) == min((i for i in complete if i > index), default=None)
        assert progress.nearest_complete(index, -1) == max((i for i in complete if i < index), default=None)


def test_growing_by_one_row_at_a_time_keeps_what_was_set() -> None:
    progress = KeyProgress(1, (0,))
    for n in range(1, 2000):
        progress.grow((n,))
        assert progress.add(0, np.array([n - 1]), np.array([n])).tolist() == [n - 1]
    assert progress.n_complete == progress.frontier == 1999


def test_an_axis_that_turns_up_later_keeps_positions() -> None:
    progress = KeyProgress(1, (2,))
    progress.add(0, np.array([1]), np.array([2]))
    progress.grow((2, 3))
    assert np.flatnonzero(progress.complete_mask()).tolist() == [3]


@pytest.mark.parametrize("index", [-1, 6])
def test_outside_the_scan_nothing_is_complete(index: int) -> None:
    progress = KeyProgress(1, (6,))
    progress.add(0, np.array([0]), np.array([6]))
    assert not progress.is_complete(index)
    assert progress.is_complete(5)


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 200_000])
@pytest.mark.parametrize("density", [0.0, 0.001, 0.5, 0.999, 1.0])
def test_the_whole_state_is_told_in_runs_that_are_as_long_as_can_be(size: int, density: float) -> None:
    mask = np.random.default_rng(1).random(size) < density
    progress = KeyProgress(1, (size,))
    progress.add(0, *ranges_of(mask))
    ((starts, stops),) = progress.whole()
    assert np.array_equal(progress.set_mask(0), mask)
    assert [starts.tolist(), stops.tolist()] == [one.tolist() for one in ranges_of(mask)]
