"""Percentiles by counting, against those of numpy to the last digit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from swmr_viewer.analysis import valid_mask
from swmr_viewer.analysis.percentiles import percentiles_of, subsample

DTYPES = ["?", "u1", "u2", ">u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", ">f4", "f8"]
PLACES = st.tuples(st.floats(0, 100), st.floats(0, 100))


def plain(pixels: np.ndarray, percentiles: tuple[float, float]) -> tuple[float, float] | None:
    sample = subsample(pixels)
    chosen = sample[valid_mask(sample)].astype(np.float64)
    if not chosen.size:
        return None
    with np.errstate(all="ignore"):
        low, high = np.percentile(chosen, percentiles).tolist()
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None


@given(st.data(), st.sampled_from(DTYPES).map(np.dtype), PLACES)
def test_few_pixels(data: st.DataObject, dtype: np.dtype[Any], places: tuple[float, float]) -> None:
    pixels = data.draw(hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=20)))
    assert percentiles_of(pixels, places) == plain(pixels, places)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", ["counts", "one hot", "wide", "gaps"])
def test_many_pixels(dtype: str, kind: str) -> None:
    rng, info = np.random.default_rng(5), np.dtype(dtype)
    if kind == "wide" and info.kind in "iu":
        limits = np.iinfo(info)
        pixels = rng.integers(limits.min, limits.max, (300, 500), info.newbyteorder("="), endpoint=True).astype(info)
    else:
        numbers = rng.standard_normal((300, 500)) * 1000 if kind == "wide" else rng.poisson(20, (300, 500))
        pixels = numbers.astype(info)
    if kind == "one hot" and info.kind != "b":
        pixels[0, 0] = np.finfo(info).max if info.kind == "f" else np.iinfo(info).max - 1
    if kind == "gaps":
        pixels[::3, ::2] = 1 if info.kind == "b" else np.nan if info.kind == "f" else np.iinfo(info).max
        if info.kind == "f":
            pixels[1, :3] = np.inf, -np.inf, -np.nan
    for places in ((0.5, 99.5), (0.0, 100.0), (33.3, 33.4)):
        assert percentiles_of(pixels, places) == plain(pixels, places)
