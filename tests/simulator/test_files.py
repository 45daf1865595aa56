"""What people look at, in files that a real process writes: spectra, scalars, masks, geometry, axes, times, bursts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer.simulator.defects import pixel_mask
from swmr_viewer.simulator.orders import dropped_indices, stored_indices
from swmr_viewer.simulator.pattern import index_in
from swmr_viewer.simulator.plan import ORDERS, ScanPlan, saturation_value
from swmr_viewer.simulator.specimen import make_scalars
from swmr_viewer.simulator.writer import Progress, write_scan
from tests.live.writers import LiveWriter, WriterError

pytestmark = pytest.mark.live
Start = Callable[..., LiveWriter]
KEYS = "/entry/diamond_scan/keys"


@pytest.fixture
def live_writer(tmp_path: Path) -> Iterator[Start]:
    """Start a writer of a small scan; end it with the test."""
    with ExitStack() as stack:

        def start(*, stepped: bool = True, **plan: Any) -> LiveWriter:
            usual = {"scan_shape": (3, 4), "frame_shape": (48, 64), "period_s": 0.0}
            return stack.enter_context(LiveWriter(tmp_path / "scan.h5", ScanPlan(**{**usual, **plan}), stepped=stepped))

        yield start


def text(thing: h5py.HLObject, name: str) -> str:
    return str(thing.attrs[name].decode())


@pytest.mark.parametrize("layout", ["diamond", "areadetector"])
@pytest.mark.parametrize(("frame_shape", "dtype"), [((1024,), "uint32"), ((), "float64"), ((64, 80), "uint16")])
def test_each_kind_of_frame_is_read_as_soon_as_its_key_is_set(live_writer: Start, frame_shape: Any, dtype: str, layout: str) -> None:
    writer = live_writer(frame_shape=frame_shape, dtype=dtype, layout=layout, n_detectors=2, n_keys=2, compression="gzip")
    n_seen = 0
    with h5py.File(writer.path, "r", swmr=True, locking=False) as h5file:
        home = "/entry" if layout == "diamond" else "/entry/instrument"
        sets = [h5file[f"{home}/{name}/data"] for name in ("detector", "diode", "detector2")]
        for _ in range(writer.plan.n_ticks):
            for index in writer.step():
                for number, data in enumerate(sets):
                    data.refresh()
                    found = data[np.unravel_index(index, writer.plan.stored_shape)]
                    np.testing.assert_array_equal(found, writer.expected(index, number))
                    n_seen += 1
                main = sets[0][np.unravel_index(index, writer.plan.stored_shape)]
                assert index_in(np.asarray(main), writer.plan) == index
    assert n_seen == 12 * 3
    assert writer.plan.n_ticks == 12 + 4


@pytest.mark.parametrize("layout", ["diamond", "areadetector"])
def test_geometry_and_mask_can_be_read_under_swmr(live_writer: Start, layout: str) -> None:
    writer = live_writer(mask=True, n_detectors=2, layout=layout)
    with h5py.File(writer.path, "r", swmr=True, locking=False) as h5file:
        instrument = h5file["/entry/instrument"]
        wavelength = instrument["beam/incident_wavelength"]
        assert (text(instrument["beam"], "NX_class"), text(wavelength, "units")) == ("NXbeam", "angstrom")
        assert 0.5 < wavelength[()] < 2
        for name, (rows, columns), distance_m, (x_m, y_m) in (
            ("detector", (48, 64), 0.2, (75e-6, 75e-6)),
            ("detector2", (256, 128), 1.35, (172e-6, 86e-6)),
        ):
            detector = instrument[name]
            assert text(detector, "NX_class") == "NXdetector"
            factor = {"m": 1.0, "mm": 1e-3, "um": 1e-6}
            lengths = [detector[key][()] * factor[text(detector[key], "units")] for key in ("distance", "x_pixel_size", "y_pixel_size")]
            assert np.allclose(lengths, [distance_m, x_m, y_m])
            assert (detector["beam_center_x"][()], detector["beam_center_y"][()]) == (columns / 2, rows / 2)
            assert text(detector["beam_center_x"], "units") == "pixel"
            assert detector["saturation_value"][()] == saturation_value(str(detector["data"].dtype))
            assert detector["pixel_mask"].shape == (rows, columns)
            assert not detector["pixel_mask_applied"][()]
            assert detector["pixel_mask"].dtype == np.uint32
            assert np.count_nonzero(detector["pixel_mask"][()]) > 8
        np.testing.assert_array_equal(instrument["detector/pixel_mask"][()], pixel_mask(writer.plan))


def test_axes_have_names_units_and_values(live_writer: Start) -> None:
    writer = live_writer(scan_shape=(2, 3, 4), frame_shape=(100,), dtype="uint32", n_keys=3, n_detectors=2)
    scan = [("temperature", "K", 290.0, 350.0), ("stage_y", "mm", -0.5, 0.5), ("stage_x", "mm", -1.0, 1.0)]
    frames = {"detector": ["channel_energy"], "diode": [], "mca": ["."], "detector2": ["y_pixel_offset", "x_pixel_offset"]}
    with h5py.File(writer.path, "r", swmr=True, locking=False) as h5file:
        for name, frame_axes in frames.items():
            group = h5file["/entry"][name]
            assert [axis.decode() for axis in group.attrs["axes"]] == [*(one[0] for one in scan), *frame_axes]
            assert len(group.attrs["axes"]) == group["data"].ndim
            for number, (axis, units, first, last) in enumerate(scan):
                assert group.attrs[f"{axis}_indices"] == number
                assert text(group[axis], "units") == units
                assert (group[axis][0], group[axis][-1], len(group[axis])) == (first, last, writer.plan.scan_shape[number])
        energy = h5file["/entry/detector/channel_energy"]
        assert (text(energy, "units"), energy.shape) == ("eV", (100,))
        assert h5file["/entry/detector"].attrs["channel_energy_indices"] == 3
        group, sizes = h5file["/entry/detector2"], h5file["/entry/instrument/detector2"]
        for number, letter in ((3, "y"), (4, "x")):
            offsets = group[f"{letter}_pixel_offset"]
            assert (text(offsets, "units"), len(offsets)) == ("mm", group["data"].shape[number])
            np.testing.assert_allclose(np.diff(offsets), sizes[f"{letter}_pixel_size"][()] / 1000)
            assert offsets[0] == -offsets[-1]
    writer.step(writer.plan.n_ticks)
    writer.finish()
    assert writer.complete == list(range(24))


def test_each_frame_has_its_time_as_soon_as_it_is_announced(live_writer: Start) -> None:
    before = time.time()
    writer = live_writer(n_detectors=2)
    known: dict[int, float] = {}
    with h5py.File(writer.path, "r", swmr=True, locking=False) as h5file:
        times = [h5file[f"/entry/instrument/{name}/start_time"] for name in ("detector", "detector2")]
        assert {text(one, "units") for one in times} == {"s"}
        starts = [datetime.fromisoformat(text(one, "start")) for one in times]
        assert all(start.tzinfo is not None and before - 1 < start.timestamp() < time.time() + 1 for start in starts)
        for _ in range(writer.plan.n_ticks):
            for index in writer.step():
                for one in times:
                    one.refresh()
                known[index] = starts[0].timestamp() + times[0][()].ravel()[index]
                assert np.isfinite(times[1][()].ravel()[index])
                assert np.isfinite(times[0][()]).sum() == min(index + 3, 12)
    assert list(known) == list(range(12))
    assert list(known.values()) == sorted(known.values())
    assert before - 1 < known[0] <= known[11] < time.time() + 1


@pytest.mark.parametrize("layout", ["diamond", "areadetector"])
def test_times_are_those_of_the_clock_that_is_passed_in(tmp_path: Path, layout: str) -> None:
    seconds = iter(np.arange(1_700_000_000.0, 1_700_000_100.0, 0.25).tolist())
    plan = ScanPlan((6,), (16, 20), period_s=0.0, layout=layout)
    write_scan(plan, tmp_path / "x.h5", now=lambda: next(seconds))
    with h5py.File(tmp_path / "x.h5", "r", locking=False) as h5file:
        if layout == "areadetector":
            assert h5file["/entry/instrument/NDAttributes/NDArrayTimeStamp"][()].tolist() == (1_700_000_000 + 0.25 * np.arange(6)).tolist()
        else:
            times = h5file["/entry/instrument/detector/start_time"]
            assert datetime.fromisoformat(text(times, "start")) == datetime.fromtimestamp(1_700_000_000, UTC)
            assert times[()].tolist() == (0.25 * np.arange(1, 7)).tolist()


@pytest.mark.parametrize(("layout", "growing"), [("diamond", False), ("diamond", True), ("areadetector", False)])
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("frame_shape", [(), (100,)])
def test_bursts_are_announced_together_and_only_when_written(
    live_writer: Start, frame_shape: Any, order: str, layout: str, growing: bool
) -> None:
    writer = live_writer(
        scan_shape=(5, 7), frame_shape=frame_shape, dtype="uint32", order=order, layout=layout, growing=growing, burst=8, n_keys=2
    )
    plan, visits = writer.plan, stored_indices(writer.plan).tolist()
    diamond = layout == "diamond"
    with h5py.File(writer.path, "r", swmr=True, locking=False) as h5file:
        key = h5file[f"{KEYS}/diode" if diamond else "/entry/instrument/diode/NDAttributes/NDArrayUniqueId"]
        data = h5file["/entry/detector/data" if diamond else "/entry/instrument/detector/data"]
        for tick in range(plan.n_ticks):
            complete = writer.step()
            assert complete == visits[max(0, tick - 2) * 8 : max(0, tick - 1) * 8]
            key.refresh()
            data.refresh()
            where = np.argwhere(key[()])
            announced = [visits[int(key[tuple(at)]) - 1] for at in where]
            assert sorted(announced) == sorted(writer.complete)
            for index in complete:
                at = np.unravel_index(index, plan.stored_shape)
                assert visits[key[at] - 1] == index
                np.testing.assert_array_equal(data[at], writer.expected(index))
    assert plan.n_ticks == 5 + 2
    assert sorted(writer.complete) == list(range(35))
    writer.finish()


def test_a_burst_leaves_out_dropped_keys(live_writer: Start) -> None:
    writer = live_writer(scan_shape=(20, 30), frame_shape=(), dtype="float64", fault="drop-key", burst=64, stepped=False)
    writer.finish()
    dropped = dropped_indices(writer.plan)
    assert len(dropped) == 12
    with h5py.File(writer.path, "r", locking=False) as h5file:
        keys = h5file[f"{KEYS}/detector"][()].ravel()
        assert set(np.flatnonzero(keys == 0).tolist()) == dropped
        np.testing.assert_array_equal(h5file["/entry/detector/data"][()].ravel(), make_scalars(writer.plan, np.arange(600)))
    assert sorted({*writer.complete, *dropped}) == list(range(600))
    assert len(writer.complete) == 588


def test_a_burst_may_be_the_last(live_writer: Start) -> None:
    writer = live_writer(frame_shape=(), dtype="float64", fault="die", burst=4)
    assert writer.step() == [0, 1, 2, 3]
    with pytest.raises(WriterError, match="ended"):
        writer.step()
    writer.wait_exit(70)
    with h5py.File(writer.path, "r", swmr=True, locking=False) as h5file:
        assert np.flatnonzero(h5file[f"{KEYS}/detector"][()]).tolist() == [0, 1, 2, 3]
        assert h5file["/entry/detector/data"][()].ravel()[7] == writer.expected(7)


def test_ten_million_points_are_written_in_few_steps(tmp_path: Path) -> None:
    """A tenth of them here, in the proportions of the whole: what is counted is calls, not seconds."""
    said: list[Progress] = []
    plan = ScanPlan((250, 4000), (), "float64", 0.0, burst=20_000, n_keys=2)
    write_scan(plan, tmp_path / "x.h5", on_progress=said.append)
    assert len(said) < 300
    assert said[-1].n_complete == 1_000_000
    with h5py.File(tmp_path / "x.h5", "r", locking=False) as h5file:
        data, key = h5file["/entry/detector/data"], h5file[f"{KEYS}/diode"]
        np.testing.assert_array_equal(key[()].ravel(), np.arange(1, 1_000_001))
        np.testing.assert_array_equal(data[()].ravel(), make_scalars(plan, np.arange(1_000_000)))
        assert data.chunks == key.chunks == (1, 1024)
