"""Plans: what can be asked, and what is refused in words."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
import pytest

from swmr_viewer.commands.simulate import add_arguments, arguments_from, plan_from
from swmr_viewer.simulator.plan import DTYPES, PlanError, ScanPlan, parse_size, size_text


@pytest.mark.parametrize(("text", "sizes"), [("20x30", (20, 30)), ("600", (600,)), ("2X3x4", (2, 3, 4)), (" 5x5 ", (5, 5))])
def test_a_size_is_read(text: str, sizes: tuple[int, ...]) -> None:
    assert parse_size(text, "scan") == sizes
    assert parse_size(size_text(sizes), "scan") == sizes


@pytest.mark.parametrize("text", ["", "x", "3x", "x3", "3 x 4", "-3x4", "3.0x4", "axb", "0x3", "3x0", "٣x٣"])
def test_a_bad_size_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(PlanError) as caught:
        parse_size(text, "scan")
    assert "scan" in caught.value.message
    assert "20x30" in caught.value.remedy


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"scan_shape": ()}, "scan"),
        ({"scan_shape": (3, 0)}, "scan"),
        ({"scan_shape": (2**16, 2**16)}, "too many points"),
        ({"frame_shape": (2, 16, 16)}, "more than two sizes"),
        ({"frame_shape": (3, 5)}, "too small"),
        ({"dtype": "float16"}, "float16"),
        ({"compression": "zip"}, "zip"),
        ({"order": "spiral"}, "spiral"),
        ({"layout": "esrf"}, "esrf"),
        ({"fault": "explode"}, "explode"),
        ({"period_s": -1.0}, "period"),
        ({"period_s": float("nan")}, "period"),
        ({"period_s": float("inf")}, "period"),
        ({"n_keys": 0}, "key datasets"),
        ({"n_keys": 17}, "key datasets"),
        ({"seed": -1}, "seed"),
        ({"fault": "drop-key", "scan_shape": (1,)}, "one point"),
    ],
)
def test_an_impossible_plan_is_refused_with_a_remedy(options: dict[str, Any], word: str) -> None:
    with pytest.raises(PlanError) as caught:
        ScanPlan(**options)
    assert word in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_sentinel_is_the_types_maximum_or_nan(dtype: str) -> None:
    sentinel = ScanPlan(dtype=dtype).sentinel
    if dtype.startswith("float"):
        assert np.isnan(sentinel)
    else:
        assert sentinel == np.iinfo(dtype).max


def test_the_command_line_describes_the_plan_there_and_back() -> None:
    plan = ScanPlan((2, 3, 4), (64, 80), "int32", 0.0125, "blosc", 3, "snake", "diamond", "drop-key", 7, growing=True)
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert plan_from(parser.parse_args(["x.h5", *arguments_from(plan)])) == plan
    assert plan_from(parser.parse_args(["x.h5"])) == ScanPlan()


def test_areadetector_stores_one_frame_after_the_other() -> None:
    assert ScanPlan((4, 5), layout="areadetector").stored_shape == (20,)
    assert ScanPlan((4, 5)).stored_shape == (4, 5)
