"""A measured quantity in blocks says what one long array would."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer.quantities import column as module
from swmr_viewer.quantities import curve_points
from swmr_viewer.quantities.column import BLOCK, CELL, StoredColumn


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), min_size=1, max_size=12), st.randoms())
def test_it_is_one_array_whatever_the_order(parts, random) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", 8)
        patch.setattr(module, "CELL", 4)
        column, model = StoredColumn(), np.full(64, np.nan)
        for start, length in parts:
            indices = np.arange(start, start + length)
            values = np.array([np.nan if random.random() < 0.2 else random.random() for _ in indices])
            column.put(indices, values)
            model[indices] = values
        np.testing.assert_array_equal(column.dense(64), model)
        assert column.n_known == np.count_nonzero(~np.isnan(model))
        for index in range(64):
            assert column.at(index) == (None if np.isnan(model[index]) else model[index])
        for level in (0.5, 0.8):
            above = np.flatnonzero(model > level)
            assert column.above(level) == (above.size, above[0] if above.size else None)
        x, y = column.curve(61, most=8)
        assert len(x) <= 2 * 16
        assert np.isnan(y).all() == np.isnan(model[:61]).all()
        if not np.isnan(model[:61]).all():
            assert (np.nanmin(y), np.nanmax(y)) == (np.nanmin(model[:64]), np.nanmax(model[:64]))


def test_what_lies_above_a_level_is_counted_where_something_is_new() -> None:
    column = StoredColumn()
    column.put(np.arange(3 * BLOCK), np.zeros(3 * BLOCK))
    assert column.above(1.0) == (0, None)
    old = column._blocks[0]
    old[5] = 7.0  # behind its back: a block with nothing new is not looked at again
    column.put(np.array([2 * BLOCK + 9]), np.array([2.0]))
    assert column.above(1.0) == (1, 2 * BLOCK + 9)
    assert column.above(3.0) == (1, 5)


def test_a_very_long_curve_keeps_its_one_high_value_and_its_gaps() -> None:
    size = 40 * BLOCK + 12_345
    column, values = StoredColumn(), np.zeros(size)
    values[1_234_567], values[5 * BLOCK : 15 * BLOCK] = 9.0, np.nan
    for part in np.array_split(np.random.default_rng(0).permutation(-(-size // 10_000)), 5):
        for number in part.tolist():
            indices = np.arange(number * 10_000, min(size, (number + 1) * 10_000))
            column.put(indices, values[indices])
    assert column.n_known == size - 10 * BLOCK
    x, y = column.curve(size)
    assert 2000 < len(x) <= 4002
    assert abs(x[np.nanargmax(y)] - 1_234_567) < 8 * CELL
    assert np.nanmax(y) == 9.0
    gap = (x > 5 * BLOCK + 2000) & (x < 15 * BLOCK - 2000)
    assert gap.sum() > 100
    assert np.isnan(y[gap]).all()
    assert not np.isnan(y[(x < 5 * BLOCK - 2000) | (x > 15 * BLOCK + 2000)]).any()


def test_a_short_curve_is_that_of_its_values() -> None:
    column, values = StoredColumn(), np.random.default_rng(1).normal(size=9000)
    column.put(np.arange(9000), values)
    for ours, wanted in zip(column.curve(9000), curve_points(values), strict=True):
        np.testing.assert_array_equal(ours, wanted)
