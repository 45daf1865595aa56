"""A measured quantity in blocks says what one long array would."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer.quantities import MeasuredValues, StoredColumn, curve_points
from swmr_viewer.quantities import column as module
from swmr_viewer.quantities import measured_values as measured_module
from swmr_viewer.quantities import moved_points as moved_module
from swmr_viewer.quantities import stored_column as stored_module
from swmr_viewer.quantities.column import BLOCK, CELL
from swmr_viewer.quantities.compact_block import CompactBlock


def _number(random) -> float:
    """Return a number of any kind: each is kept in its own way."""
    return random.choice(
        [random.random(), float(random.randrange(-9, 9)), 3e4, -32_768.0, 1e6 + 1, 2.0**31, 2.0**53 + 2, -0.0, 0.1, 0.5, 1e300, 2.0**-40]
    )


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), min_size=1, max_size=12), st.randoms())
def test_it_is_one_array_whatever_the_order(parts, random) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", 8)
        patch.setattr(stored_module, "BLOCK", 8)
        patch.setattr(module, "CELL", 4)
        column, model = StoredColumn(), np.full(64, np.nan)
        for start, length in parts:
            indices = np.arange(start, start + length)
            values = np.array([np.nan if random.random() < 0.2 else _number(random) for _ in indices])
            if random.random() < 0.5:
                places = list(range(length))
                random.shuffle(places)
                indices, values = indices[places], values[places]
            column.put(indices, values)
            model[indices] = values
        np.testing.assert_array_equal(column.dense(64), model)
        assert column.n_known == np.count_nonzero(~np.isnan(model))
        for index in range(64):
            assert column.at(index) == (None if np.isnan(model[index]) else model[index])
        x, y = column.curve(61, most=8)
        assert len(x) <= 2 * 16
        assert np.isnan(y).all() == np.isnan(model[:61]).all()
        if not np.isnan(model[:61]).all():
            assert (np.nanmin(y), np.nanmax(y)) == (np.nanmin(model[:64]), np.nanmax(model[:64]))


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


@pytest.mark.parametrize(
    ("values", "n_bytes"),
    [
        (np.arange(BLOCK) % 128, 1), (np.arange(BLOCK) % 9000, 2), (np.arange(BLOCK) * 30_000, 4), (np.arange(BLOCK) * 0.25, 4),
        (np.arange(BLOCK) * 0.1, 8), (np.arange(BLOCK) + 2.0**40, 8),
    ],
)  # fmt: skip
def test_values_take_as_few_bytes_as_lose_nothing(values, n_bytes) -> None:
    column = StoredColumn()
    column.put(np.arange(BLOCK), values.astype(float))
    np.testing.assert_array_equal(column.block(0), values)
    assert column.n_bytes == n_bytes * BLOCK


def test_there_may_be_more_blocks_than_the_system_gives_pieces_of_memory() -> None:
    blocks = [CompactBlock(4096, 0) for _ in range(70_000)]
    blocks[-1].put(slice(0, 1), np.array([5.0]), 0, np.array([133], np.uint8))
    assert [blocks[-1].part(0, 1)[0], np.isnan(blocks[-2].part(0, 1)[0])] == [5.0, True]


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 5)), min_size=1, max_size=5),
    st.randoms(),
    st.sampled_from([4, 1 << 16]),
    st.booleans(),
    st.booleans(),
)
def test_values_stay_at_their_points_whichever_axis_grows(growths, random, block, lags, is_long) -> None:
    """Also where values are told on the scan shape from before it grew, or while those of a long scan are still to be moved."""
    with pytest.MonkeyPatch.context() as patch:
        for each in (module, stored_module, moved_module):
            patch.setattr(each, "BLOCK", block)
        patch.setattr(measured_module, "MOVED_AT_ONCE", 0 if is_long else 1 << 18)
        values, model, shape = MeasuredValues(), {}, (1, 1)
        for rows, columns in growths:
            before, shape = shape, (max(shape[0], rows), max(shape[1], columns))
            values.settle_on(shape)
            told = before if lags else shape
            indices = np.array(sorted(random.sample(range(told[0] * told[1]), random.randint(1, told[0] * told[1]))))
            numbers = np.array([[random.random(), float(random.randrange(9))] for _ in indices])
            values.take_on(told, ("a", "b"), indices, numbers)
            if is_long and random.random() < 0.5:
                values.settle(0.0)
            model |= {
                tuple(map(int, np.unravel_index(index, told))): tuple(row) for index, row in zip(indices, numbers.tolist(), strict=True)
            }
        wanted = np.full((*shape, 2), np.nan)
        for place, row in model.items():
            wanted[place] = row
        for number, name in enumerate(("a", "b")):
            version = values.stored(name).version()
            np.testing.assert_array_equal(values.stored(name).dense(shape[0] * shape[1]), wanted[..., number].ravel())
            assert values.n_known(name) == len(model)
            assert values.stored(name).version() == version
        assert values.settle(1e9)
        assert all(values.stored(name).n_known == np.isfinite(values.column(name)).sum() for name in ("a", "b"))
