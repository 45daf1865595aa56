"""What the window asks of a real scan's frames: each number compared with one computed from the pixels that were written."""

from __future__ import annotations

import os
import signal

import h5py
import numpy as np
import pytest

from swmr_viewer.analysis import MaskRules, Region, region_mask, valid_mask
from swmr_viewer.core.conditions import FileClosed, Timeout
from swmr_viewer.core.ranges import runs_of
from swmr_viewer.reader.messages import (
    FRAME_COLUMNS,
    Combine,
    FrameReady,
    Measure,
    Measured,
    OfPoints,
    Opened,
    ReaderReplaced,
    SetDisplay,
    SetEveryFrame,
    ShowIndex,
    ShowLive,
    ShowPoints,
)
from tests.reader.listening import Listener

pytestmark = [pytest.mark.live, pytest.mark.slow]

KEYS, DATA, MASK = "/entry/diamond_scan/keys", "/entry/detector/data", "/entry/instrument/detector/pixel_mask"
UNTIL = (FileClosed(), Timeout(60.0))
REGIONS = (Region("spot", "ellipse", ((4, 3), (20, 18))), Region("row 2", "rectangle", ((0, 2), (32, 3))))


def is_frame(index: int, **about):
    return lambda event: isinstance(event, FrameReady) and event.index == index and all(getattr(event, k) == v for k, v in about.items())


def table_of(listener: Listener, revision: int) -> dict[int, dict[str, float]]:
    """Return the rows by index; each index may be there once."""
    rows: dict[int, dict[str, float]] = {}
    for event in listener.all_of(Measured):
        if event.revision == revision:
            for index, values in zip(event.indices.tolist(), event.values, strict=True):
                assert index not in rows, f"frame {index} was measured twice"
                rows[index] = dict(zip(event.columns, values.tolist(), strict=True))
    return rows


def until_measured(listener: Listener, revision: int, n: int) -> dict[int, dict[str, float]]:
    if len(table_of(listener, revision)) < n:
        listener.until(lambda _: len(table_of(listener, revision)) >= n)
    return table_of(listener, revision)


def expected_row(frame: np.ndarray, saturation: int, regions=REGIONS) -> dict[str, float]:
    valid = valid_mask(frame)
    chosen = frame[valid].astype(object)
    y, x = np.unravel_index(np.where(valid, frame.astype(np.int64), -1).argmax(), frame.shape)
    row = {
        "total": float(sum(chosen)),
        "maximum": float(max(chosen)),
        "hottest_x": float(x),
        "hottest_y": float(y),
        "n_masked": float((~valid).sum()),
        "n_saturated": float((frame[valid] >= saturation).sum()),
    }
    for region in regions:
        box, inside = region_mask(region, frame.shape)
        good = valid[box] if inside is None else valid[box] & inside
        pixels = frame[box][good].astype(float)
        row |= {f"{region.name}.sum": pixels.sum(), f"{region.name}.mean": pixels.mean()}
        row |= {f"{region.name}.maximum": pixels.max(), f"{region.name}.std": pixels.std()}
        for what, at in zip(("centre_y", "centre_x"), np.nonzero(good), strict=True):
            start = box["yx".index(what[-1])].start
            row[f"{region.name}.{what}"] = np.average(start + at + 0.5, weights=pixels) if pixels.sum() else np.nan
    return row


def test_facts_statistics_and_times_are_the_files(live_writer):
    writer = live_writer(mask=True, saturate=5, dtype="uint32")
    with Listener() as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        facts = listener.until_a(Opened).data[0].facts
        writer.step(2)
        event = listener.until(is_frame(1))
        writer.finish()
    with h5py.File(writer.path) as file:
        detector = file["/entry/instrument/detector"]
        assert facts.geometry.poni == (detector["beam_center_x"][()], detector["beam_center_y"][()]) == (16.0, 12.0)
        assert facts.geometry.distance_m == detector["distance"][()]
        assert facts.geometry.wavelength_m == pytest.approx(file["/entry/instrument/beam/incident_wavelength"][()] * 1e-10)
        assert facts.geometry.pixel_size_m == (detector["x_pixel_size"][()], detector["y_pixel_size"][()])
        assert facts.saturation_value == detector["saturation_value"][()] == 2**32 - 2
        assert facts.mask_path == MASK
        assert [axis.unit for axis in facts.scan_axes] == ["mm", "mm"]
        assert facts.scan_axes[1].values == tuple(file["/entry/detector/stage_x"][()])
        frame = np.where(file[MASK][()] != 0, np.uint32(2**32 - 1), file[DATA][0, 1])  # the file's mask is used by default
        started = np.datetime64(detector["start_time"].attrs["start"].decode().removesuffix("+00:00"), "us").astype(float) / 1e6
        taken = started + detector["start_time"][0, 1]
    row = expected_row(frame, 2**32 - 2, ())
    statistics = event.statistics
    assert {name: float(getattr(statistics, name)) for name in FRAME_COLUMNS} == row
    assert statistics.n_saturated == 5
    assert event.combined == 1
    assert event.frame_time == pytest.approx(taken, abs=1e-4)


def test_masks_and_percentiles_are_those_asked_for(live_writer):
    writer = live_writer(mask=True)
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        writer.step(1)
        listener.until(is_frame(0))
        rules = MaskRules(mask_path=MASK, above=60.0)
        listener.supervisor.send(SetDisplay(generation, rules, (10.0, 90.0)))
        expected = writer.expected(0)
        with h5py.File(writer.path, swmr=True, locking=False) as file:
            bad = file[MASK][()] != 0
        event = listener.until(is_frame(0))
        raw, preview = listener.frames[-1][1:]
    valid = valid_mask(expected) & (expected <= 60) & ~bad
    assert bad.any()
    assert (expected[valid_mask(expected) & ~bad] > 60).any()
    assert np.array_equal(raw, expected)
    assert np.array_equal(np.isnan(preview), ~valid)
    assert np.array_equal(preview[valid], expected[valid])
    assert (event.levels.low, event.levels.high) == tuple(np.percentile(expected[valid], (10, 90)))
    assert (event.levels.maximum, event.levels.n_masked) == (expected[valid].max(), (~valid).sum())
    assert event.statistics.total == int(expected[valid].sum(dtype=np.int64))


@pytest.mark.parametrize("layout", ["diamond", "areadetector"])
def test_every_complete_frame_is_measured_once_newest_first(live_writer, layout):
    writer = live_writer(scan_shape=(4, 10), layout=layout, order="raster" if layout == "areadetector" else "snake", dtype="uint32")
    data = DATA if layout == "diamond" else "/entry/data/data"
    with Listener() as listener:
        generation = listener.follow(writer.path, "" if layout == "areadetector" else KEYS, data, conditions=UNTIL)
        writer.step(20)
        listener.until(lambda _: len(set(listener.announced)) == 20)
        listener.supervisor.send(Measure(generation, 1, data, REGIONS))
        first = listener.until_a(Measured)
        until_measured(listener, 1, 20)
        writer.finish()
        table = until_measured(listener, 1, 40)
    assert first.indices[0] == max(range(20)) or layout == "diamond"
    assert sorted(table) == list(range(40))
    for index, row in table.items():
        assert row == pytest.approx(expected_row(writer.expected(index), 2**32 - 2), rel=1e-12, nan_ok=True), index


def test_a_new_revision_replaces_the_one_before(live_writer):
    writer = live_writer(scan_shape=(30,))
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        writer.step(30)
        for revision in (1, 2, 3):
            listener.supervisor.send(Measure(generation, revision, DATA, REGIONS[: revision - 1]))
        table = until_measured(listener, 3, 30)
        revisions = [event.revision for event in listener.all_of(Measured)]
    assert revisions == sorted(revisions)
    assert {len(row) for row in table.values()} == {len(FRAME_COLUMNS) + 12}


def test_every_frame_is_delivered_in_order_though_the_window_is_slow(live_writer):
    writer = live_writer(scan_shape=(40,))
    with Listener(releases=False, n_slots=3) as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        listener.supervisor.send(SetEveryFrame(generation, True))
        writer.finish()
        seen = []
        while len(seen) < 40:
            fresh = [frame for frame in listener.frames if frame[0].index not in seen]
            if not fresh:
                listener.until_a(FrameReady)
                continue
            seen.append(fresh[0][0].index)
            assert np.array_equal(fresh[0][1], writer.expected(seen[-1]))
            listener.supervisor.release(fresh[0][0])
    assert seen == list(range(40))
    assert [event.index for event in listener.all_of(FrameReady)] == list(range(40))


def test_every_frame_begins_behind_the_shown_one_and_ends_with_the_newest(live_writer):
    writer = live_writer(scan_shape=(30,))
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        writer.step(10)
        listener.until(is_frame(9))
        listener.supervisor.send(SetEveryFrame(generation, True))
        n_before = len(listener.frames)
        writer.step(10)
        listener.until(is_frame(19))
        delivered = [event.index for event, _, _ in listener.frames[n_before:]]
        listener.supervisor.send(SetEveryFrame(generation, False))
        listener.supervisor.send(ShowIndex(generation, 3))
        listener.until(is_frame(3, live=False))
        listener.supervisor.send(ShowLive(generation))
        writer.finish()
        listener.until(is_frame(29))
    assert delivered == list(range(10, 20))


def combined_of(writer, indices: list[int], how: str) -> np.ndarray:
    frames = np.stack([writer.expected(index) for index in indices])
    valid = np.stack([valid_mask(frame) for frame in frames])
    wide = np.where(valid, frames, 0).astype(np.float64 if frames.dtype.kind == "f" else np.uint64)
    with np.errstate(all="ignore"):
        result = {"sum": wide.sum(axis=0), "mean": wide.sum(axis=0) / valid.sum(axis=0), "maximum": wide.max(axis=0)}[how]
    return np.where(valid.any(axis=0), result.astype(np.float64), np.nan)


@pytest.mark.parametrize("how", ["sum", "mean", "maximum"])
@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_the_last_frames_as_one_are_exactly_these(live_writer, how, dtype):
    writer = live_writer(scan_shape=(3, 5), dtype=dtype)
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        listener.supervisor.send(SetDisplay(generation, combine=Combine(how, 4)))
        for newest in range(15):
            writer.step(1)
            listener.until(is_frame(newest, combined=min(4, newest + 1)))
            event, raw, preview = listener.frames[-1]
            expected = combined_of(writer, list(range(max(0, newest - 3), newest + 1)), how)
            good = ~np.isnan(expected)
            assert np.allclose(raw[good], expected[good], rtol=1e-12 if dtype != "float32" else 1e-6, atol=0)
            assert np.array_equal(valid_mask(raw), good)
            assert np.array_equal(np.isnan(preview), ~good)
            assert event.statistics.total == pytest.approx(expected[good].sum(), rel=1e-6)
        listener.supervisor.send(ShowIndex(generation, 7))
        listener.until(is_frame(7, combined=4, live=False))
        assert np.allclose(listener.frames[-1][1][good], combined_of(writer, [4, 5, 6, 7], how)[good], rtol=1e-6)
        writer.finish()


def test_all_frames_as_one_grow_with_the_scan(live_writer):
    writer = live_writer(scan_shape=(4, 5), order="random")
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        writer.step(8)
        listener.supervisor.send(SetDisplay(generation, combine=Combine("sum", None)))
        listener.until(lambda event: isinstance(event, FrameReady) and event.combined == 8)
        writer.finish()
        listener.until(lambda event: isinstance(event, FrameReady) and event.combined == 20)
        raw = listener.frames[-1][1]
    expected = combined_of(writer, list(range(20)), "sum")
    assert raw.dtype == np.uint64
    assert np.array_equal(valid_mask(raw), ~np.isnan(expected))
    assert np.array_equal(raw[valid_mask(raw)], expected[~np.isnan(expected)].astype(np.uint64))


def test_a_replaced_reader_goes_on_measuring_masking_and_with_every_frame(live_writer):
    writer = live_writer(scan_shape=(30,), mask=True)
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)
        listener.supervisor.send(SetDisplay(generation, MaskRules(mask_path=MASK)))
        listener.supervisor.send(SetEveryFrame(generation, True))
        listener.supervisor.send(Measure(generation, 1, DATA, REGIONS))
        writer.step(12)
        listener.until(is_frame(11))
        until_measured(listener, 1, 12)
        os.kill(listener.pid, signal.SIGKILL)
        listener.until_a(ReaderReplaced)
        writer.finish()
        listener.until(is_frame(29))
        table = until_measured(listener, 1, 30)
    assert [event.index for event in listener.all_of(FrameReady)] == list(range(30))
    with h5py.File(writer.path) as file:
        bad = file[MASK][()] != 0
    for index, row in table.items():
        frame = writer.expected(index)
        assert row["n_masked"] == (~valid_mask(frame) | bad).sum()
        assert row["total"] == frame[valid_mask(frame) & ~bad].sum(dtype=np.int64)


def test_the_frames_of_points_are_one_picture_also_in_a_reader_that_took_over(live_writer):
    writer = live_writer(scan_shape=(3, 5), dtype="uint16")
    points = np.array([1, 2, 6, 7, 13])
    writer.step(7)
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=UNTIL)

        def until_of(*indices: int) -> None:
            listener.until(lambda event: isinstance(event, FrameReady) and event.of_points == of_points and event.combined == len(indices))
            expected = combined_of(writer, list(indices), "mean")
            good = ~np.isnan(expected)
            np.testing.assert_allclose(listener.frames[-1][1][good], expected[good], rtol=1e-12)
            assert np.array_equal(valid_mask(listener.frames[-1][1]), good)

        of_points = OfPoints(1, "mean", 5, 0)
        listener.supervisor.send(ShowPoints(generation, 1, runs_of(points), "mean", None, (3, 5)))
        until_of(1, 2, 6)
        writer.step(1)
        until_of(1, 2, 6, 7)
        os.kill(listener.pid, signal.SIGKILL)
        listener.until_a(ReaderReplaced)
        writer.step(7)
        until_of(*points)
        listener.supervisor.send(ShowLive(generation))
        listener.until(is_frame(14))
        writer.finish()
