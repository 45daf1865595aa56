"""What is written beside the frames, and what it does to them: motors, spirals, a beam that drifts, a peak, dark and flat frames."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer.simulator.bank import PEAK_PLACE
from swmr_viewer.simulator.orders import scan_points, stored_indices
from swmr_viewer.simulator.plan import ScanPlan
from swmr_viewer.simulator.response import response
from swmr_viewer.simulator.specimen import PEAK_AT, PEAK_FWHM
from swmr_viewer.simulator.writer import write_scan

FRAME = (64, 80)


def written(tmp_path: Path, **plan: Any) -> h5py.File:
    """Return a finished scan with images, opened."""
    write_scan(ScanPlan(**{"frame_shape": FRAME, "period_s": 0.0, **plan}), tmp_path / "scan.h5", force=True)
    return h5py.File(tmp_path / "scan.h5", "r")


def region_sums(frames: np.ndarray) -> np.ndarray:
    """Sum 13 x 13 pixels about the reflection, less what the 17 x 17 about it say of the background, of every frame."""
    row, column = (int(part * side) for part, side in zip(PEAK_PLACE, FRAME, strict=True))
    inner, outer = (frames[..., row - d : row + d + 1, column - d : column + d + 1].astype(float) for d in (6, 8))
    background = (outer.sum((-1, -2)) - inner.sum((-1, -2))) / (17**2 - 13**2)
    return inner.sum((-1, -2)) - 13**2 * background


def test_a_spiral_is_a_list_of_points_with_room_of_their_own(tmp_path: Path) -> None:
    with written(tmp_path, scan_shape=(60,), spiral=True, jitter=0.3) as file:
        data = file["entry/detector"]
        assert data.attrs["axes"].tolist() == [b"stage_x", b"y_pixel_offset", b"x_pixel_offset"]
        assert data.attrs["stage_x_indices"] == data.attrs["stage_y_indices"] == 0
        asked, found = (
            np.array([file[f"entry/instrument/{name}/{kind}"][()] for name in ("stage_x", "stage_y")]) for kind in ("value_set", "value")
        )
        assert asked.shape == found.shape == (2, 60)
        np.testing.assert_array_equal(asked[0], data["stage_x"][()])
    part = asked / [[1.0], [0.5]]  # of half the travel
    np.testing.assert_allclose(np.hypot(*part), np.sqrt((np.arange(60) + 0.5) / 60))
    distances = np.hypot(*(part[:, :, None] - part[:, None, :])) + 9 * np.eye(60)
    assert distances.min() > 0.5 * np.sqrt(np.pi / 60), "no two are close"
    off = abs(found - asked) / ([[2.0], [1.0]] / np.sqrt(60))
    assert 0.2 < off.max() <= 0.3


@pytest.mark.parametrize("layout", ["diamond", "areadetector"])
def test_the_monitor_drifts_and_all_frames_with_it(tmp_path: Path, layout: str) -> None:
    plan = {"scan_shape": (8, 12), "order": "snake", "seed": 4, "layout": layout, "n_keys": 2}
    plain = written(tmp_path, **plan)["entry/instrument/detector/data"][()].astype(float)
    with written(tmp_path, **plan, monitor=True) as file:
        sets = (file["entry/I0/data"], file["entry/sample/temperature"]) if layout == "diamond" else None
        counts, kelvin = sets or (file[f"entry/instrument/NDAttributes/{name}"] for name in ("I0", "sample_temperature"))
        if layout == "diamond":
            assert (counts.attrs["units"], kelvin.attrs["units"], file["entry/I0"].attrs["NX_class"]) == (b"counts", b"K", b"NXmonitor")
        monitor, temperature = counts[()].ravel(), kelvin[()].ravel()
        frames = file["entry/instrument/detector/data"][()].astype(float).reshape(96, *FRAME)
    good = plain.reshape(96, *FRAME)[0] < 10_000
    good[0] = False  # carries the index
    ratio = frames[:, good].sum(1) / plain.reshape(96, *FRAME)[:, good].sum(1)
    np.testing.assert_allclose(ratio, monitor / 1e5, atol=0.02)
    in_turn = monitor[stored_indices(ScanPlan(scan_shape=(8, 12), order="snake", layout=layout))]
    assert in_turn.min() < 0.63e5 < 0.97e5 < in_turn.max()
    assert np.flatnonzero(np.diff(in_turn) > 2e4).tolist() == [47], "filled again once, half-way"
    assert (monitor == np.rint(monitor)).all()
    assert temperature.max() - temperature.min() > 8


def test_the_peak_is_a_gaussian_of_where_the_motors_were_read_back(tmp_path: Path) -> None:
    with written(tmp_path, scan_shape=(9, 15), peak=True, jitter=0.4, uneven=True) as file:
        sums = region_sums(file["entry/detector/data"][()])
        y, x = (file[f"entry/instrument/stage_{letter}/value"][()] for letter in "yx")
        steps = np.diff(file["entry/detector/stage_x"][()])
    assert steps.min() > 0 and steps[7] < 0.5 * steps[0], "steps are finer in the middle"  # noqa: PT018
    squared = ((y + 0.5 - PEAK_AT) / PEAK_FWHM) ** 2 + ((x / 2 + 0.5 - PEAK_AT) / PEAK_FWHM) ** 2
    expected = np.exp(-4 * np.log(2) * squared)
    height = (sums * expected).sum() / (expected**2).sum()
    np.testing.assert_allclose(sums, height * expected, atol=0.04 * height)
    assert np.corrcoef(sums.ravel(), expected.ravel())[0, 1] > 0.998


def test_dark_and_flat_frames_tell_what_the_detector_adds(tmp_path: Path) -> None:
    plan = {"scan_shape": (5, 6), "order": "random", "dark": 6, "flat": 5}
    with written(tmp_path, **plan) as file:
        keys, frames = file["entry/instrument/detector/image_key"][()].ravel(), file["entry/detector/data"][()].reshape(30, *FRAME)
    order = scan_points(ScanPlan(scan_shape=(5, 6), order="random"))
    assert keys[order].tolist() == [2] * 6 + [1] * 5 + [0] * 19
    whole = response(ScanPlan(frame_shape=FRAME))
    good = frames[0] < 10_000
    good[0] = False
    dark, flat = (frames[keys == key].mean(0)[good] for key in (2, 1))
    offset, gain = (part[good] for part in whole)
    np.testing.assert_allclose(dark, offset, atol=3)
    assert abs((flat - dark) / 800 - gain).mean() < 0.02
    with written(tmp_path, scan_shape=(2, 3), response=True) as file:
        assert "image_key" not in file["entry/instrument/detector"]
