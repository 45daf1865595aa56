"""Raster and snake numbers of scan points, there and back."""

from __future__ import annotations

from itertools import pairwise
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer import snake_index_of, snake_position_of, snake_visit_of
from swmr_viewer.core.scan import index_of, position_of

shapes = st.lists(st.integers(1, 5), max_size=4).map(tuple)


@given(shapes)
def test_raster_there_and_back(shape: tuple[int, ...]) -> None:
    assert [index_of(position_of(index, shape), shape) for index in range(prod(shape))] == list(range(prod(shape)))


@given(shapes)
def test_a_snake_visits_each_point_once_and_moves_one_axis_by_one(shape: tuple[int, ...]) -> None:
    path = [snake_position_of(visit, shape) for visit in range(prod(shape))]
    assert sorted(index_of(position, shape) for position in path) == list(range(prod(shape)))
    assert all(sum(abs(a - b) for a, b in zip(one, other, strict=True)) == 1 for one, other in pairwise(path))
    assert [snake_visit_of(position, shape) for position in path] == list(range(prod(shape)))
    assert [snake_index_of(visit, shape) for visit in range(prod(shape))] == [index_of(position, shape) for position in path]


def test_rows_turn_round() -> None:
    assert [snake_index_of(visit, (3, 3)) for visit in range(9)] == [0, 1, 2, 5, 4, 3, 6, 7, 8]


def test_outside_the_scan() -> None:
    for wrong in (lambda: snake_position_of(6, (2, 3)), lambda: snake_visit_of((0, 3), (2, 3)), lambda: snake_visit_of((0,), (2, 3))):
        with pytest.raises(IndexError):
            wrong()
