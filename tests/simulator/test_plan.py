"""Plans: what can be asked, and what is refused in words."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from swmr_viewer.commands.simulate import add_arguments, arguments_from, plan_from
from swmr_viewer.simulator.plan import DTYPES, PlanError, ScanPlan, frame_text, parse_frame, parse_size, size_text


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
        ({"frame_shape": (8,)}, "too small"),
        ({"n_detectors": 0}, "detectors"),
        ({"n_detectors": 5}, "detectors"),
        ({"mask": True, "frame_shape": (100,)}, "pixel mask"),
        ({"saturate": -1}, "saturated"),
        ({"saturate": 2, "frame_shape": (16,)}, "saturated"),
        ({"saturate": 1, "frame_shape": ()}, "saturate"),
        ({"alarm": 600}, "alarm"),
        ({"alarm": -1}, "alarm"),
        ({"burst": 0}, "burst"),
        ({"fault": "drop-key", "scan_shape": (1,)}, "one point"),
        ({"spiral": True}, "spiral"),
        ({"jitter": -0.1}, "jitter"),
        ({"dark": 5, "flat": 596}, "flat frames"),
        ({"response": True, "frame_shape": ()}, "Only images"),
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
    everything = replace(plan, frame_shape=(), n_detectors=3, mask=True, saturate=5, alarm=0, burst=4)
    assert plan_from(parser.parse_args(["x.h5", *arguments_from(everything)])) == everything
    motors = ScanPlan((30,), jitter=0.25, spiral=True, uneven=True, monitor=True, peak=True, response=True, dark=3, flat=2)
    assert plan_from(parser.parse_args(["x.h5", *arguments_from(motors)])) == motors


@pytest.mark.parametrize(
    ("text", "frame_shape", "dtype"),
    [("64x80", (64, 80), "uint16"), ("1024", (1024,), "uint32"), ("scalar", (), "float64"), ("1", (), "float64")],
)
def test_a_frame_is_an_image_a_spectrum_or_a_scalar_of_a_usual_type(text: str, frame_shape: tuple[int, ...], dtype: str) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    plan = plan_from(parser.parse_args(["x.h5", "--frame", text]))
    assert (plan.frame_shape, plan.dtype) == (frame_shape, dtype)
    assert parse_frame(frame_text(frame_shape)) == frame_shape


@pytest.mark.parametrize("text", ["", "0", "scalars", "3x", "-1"])
def test_a_bad_frame_is_refused_with_every_form(text: str) -> None:
    with pytest.raises(PlanError) as caught:
        parse_frame(text)
    assert all(form in caught.value.remedy for form in ("512x512", "1024", "scalar"))


def test_bursts_take_fewer_ticks_and_all_points() -> None:
    assert ScanPlan((7, 5), burst=8, n_keys=2).n_ticks == 5 + 2
    assert ScanPlan((2500, 4000), (), burst=10_000).n_ticks == 1000
    assert ScanPlan((7, 5)).n_ticks == 35


def test_areadetector_stores_one_frame_after_the_other() -> None:
    assert ScanPlan((4, 5), layout="areadetector").stored_shape == (20,)
    assert ScanPlan((4, 5)).stored_shape == (4, 5)
