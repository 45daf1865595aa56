"""Scalars: the same alone and in blocks, with their index where there is room, and quick enough for ten million."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer.simulator.orders import raster
from swmr_viewer.simulator.pattern import NoIndexError, index_in, make_frame, make_side_frame
from swmr_viewer.simulator.plan import DTYPES, ORDERS, ScanPlan, saturation_value
from swmr_viewer.simulator.specimen import carries_index, make_diode, make_scalars

SCALARS = ScanPlan((20, 30), (), "float64")
ROOMY = ["uint16", "uint32", "uint64", "int16", "int32", "int64", "float32", "float64"]
"""600 points need 1000 values for each level."""


@pytest.mark.parametrize("dtype", ROOMY)
def test_a_scalar_carries_its_index(dtype: str) -> None:
    plan = replace(SCALARS, dtype=dtype)
    values = make_scalars(plan, raster(plan.scan_shape))
    assert values.dtype == dtype
    assert [index_in(np.asarray(value), plan) for value in values] == list(range(600))
    assert values.max() < saturation_value(dtype) if not dtype.startswith("float") else values.max() < 2**53


@given(index=st.integers(0, 9_999_999), dtype=st.sampled_from(["uint32", "int32", "uint64", "int64", "float64"]))
def test_ten_million_have_room_in_32_bits(index: int, dtype: str) -> None:
    plan = ScanPlan((2500, 4000), (), dtype)
    frame = make_frame(plan, index)
    assert frame.shape == ()
    assert frame.dtype == dtype
    assert index_in(frame, plan) == index


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_without_room_there_is_no_index(dtype: str) -> None:
    plan = ScanPlan((2500, 4000), (), dtype)
    assert not carries_index(plan)
    values = make_scalars(plan, np.arange(0, 10_000_000, 99_991))
    assert len(np.unique(values)) > 20
    with pytest.raises(NoIndexError, match="wider type"):
        index_in(np.asarray(values[3]), plan)


@pytest.mark.parametrize("nothing", [0.0, np.nan, np.inf, 17.0, -1e6])
def test_fill_carries_no_index(nothing: float) -> None:
    with pytest.raises(NoIndexError):
        index_in(np.asarray(nothing), SCALARS)


@pytest.mark.parametrize(("layout", "order"), [*product(["diamond", "areadetector"], ORDERS)])
def test_a_block_is_its_scalars_one_by_one(order: str, layout: str) -> None:
    for dtype in DTYPES:
        check_block(dtype, order, layout)


def check_block(dtype: str, order: str, layout: str) -> None:
    plan = replace(SCALARS, dtype=dtype, order=order, layout=layout, alarm=333)
    indices = np.array([0, 1, 17, 332, 333, 599])
    assert make_scalars(plan, indices).tolist() == [make_frame(plan, index).item() for index in indices.tolist()]
    assert make_diode(plan, 3, indices).tolist() == [make_side_frame(plan, 3, index).item() for index in indices.tolist()]


def test_the_specimen_is_seen_on_the_map_and_the_noise_is_that_of_counts() -> None:
    plan = ScanPlan((50, 50), (), "float64")
    levels = make_scalars(plan, raster(plan.scan_shape)).reshape(50, 50) // 10_000
    assert levels[20:30, 20:30].mean() > 1.8 * levels[:5, :5].mean()
    middle = levels[23:27, 23:27]
    assert 0.3 < middle.var() / middle.mean() < 3
    assert not np.array_equal(make_scalars(replace(plan, seed=1), np.arange(50)), make_scalars(plan, np.arange(50)))
    assert not np.array_equal(make_diode(plan, 1, np.arange(50)), make_diode(plan, 3, np.arange(50)))


def test_a_seed_of_any_size_is_taken() -> None:
    assert make_scalars(replace(SCALARS, seed=2**70), np.arange(5)).all()
