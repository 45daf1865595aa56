"""The simulator as a process of its own, read while it writes: every layout, compression and order."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import hdf5plugin  # noqa: F401  registers the filters
import numpy as np
import numpy.typing as npt
import pytest

from swmr_viewer.simulator.orders import dropped_indices, stored_indices
from swmr_viewer.simulator.pattern import index_in
from swmr_viewer.simulator.plan import COMPRESSIONS, LAYOUTS, ORDERS
from tests.live.writers import LiveWriter, WriterError

pytestmark = pytest.mark.live
Start = Callable[..., LiveWriter]

DATA = {"diamond": "/entry/detector/data", "areadetector": "/entry/instrument/detector/data"}
KEY = {"diamond": "/entry/diamond_scan/keys/detector", "areadetector": "/entry/instrument/NDAttributes/NDArrayUniqueId"}
SWMR_FLAGS = 5


def flags(path: Path) -> int:
    """The superblock's flags: 5 while a SWMR writer has the file, 0 once it is closed."""
    return path.read_bytes()[11]


@contextmanager
def reading(writer: LiveWriter) -> Iterator[tuple[h5py.Dataset, h5py.Dataset]]:
    """The key dataset and the data set, as a SWMR reader has them."""
    with h5py.File(writer.path, "r", swmr=True, locking=False) as h5file:
        yield h5file[KEY[writer.plan.layout]], h5file[DATA[writer.plan.layout]]


def poll(key: h5py.Dataset, data: h5py.Dataset) -> npt.NDArray[np.int32]:
    """Refresh in the order that never sees a key before its frame; return the keys, flat."""
    key.refresh()
    keys: npt.NDArray[np.int32] = key[()].ravel()
    data.refresh()
    return keys


@pytest.mark.parametrize(("layout", "compression", "order"), [*itertools.product(LAYOUTS, COMPRESSIONS, ORDERS)])
def test_every_frame_can_be_read_as_soon_as_its_key_is_set(live_writer: Start, layout: str, compression: str, order: str) -> None:
    writer = live_writer(layout=layout, compression=compression, order=order, n_keys=2)
    visits = stored_indices(writer.plan).tolist()
    n_seen = 0
    with reading(writer) as (key, data):
        assert not poll(key, data).any()
        for tick in range(writer.plan.n_ticks):
            writer.step()
            keys = poll(key, data)
            assert np.flatnonzero(keys).tolist() == sorted(visits[: tick + 1])
            if tick < writer.plan.n_points:
                index = visits[tick]
                assert keys[index] == tick + 1
                frame = data[np.unravel_index(index, writer.plan.stored_shape)]
                assert index_in(frame) == index
                np.testing.assert_array_equal(frame, writer.expected(index))
                n_seen += 1
    assert n_seen == writer.plan.n_points
    assert writer.complete == visits
    assert flags(writer.path) == SWMR_FLAGS
    writer.finish()
    assert flags(writer.path) == 0
    check_whole(writer)


def check_whole(writer: LiveWriter) -> None:
    """Compare the closed file with the plan, frame by frame and detector by detector."""
    with h5py.File(writer.path, "r", locking=False) as h5file:
        data, plan = h5file[DATA[writer.plan.layout]], writer.plan
        assert data.shape == (*plan.stored_shape, *plan.frame_shape)
        frames = data[()].reshape(-1, *plan.frame_shape)
        np.testing.assert_array_equal(frames, [writer.expected(index) for index in range(plan.n_points)])
        side = h5file["/entry/diode/data" if plan.layout == "diamond" else "/entry/instrument/diode/data"]
        np.testing.assert_array_equal(side[()].ravel(), [writer.expected(index, 1) for index in range(plan.n_points)])
        if plan.layout == "diamond":
            assert h5file["/entry/diamond_scan/scan_finished"][0] == 1
            assert h5file["/entry/diamond_scan/scan_shape"][()].tolist() == list(plan.scan_shape)
        else:
            assert h5file["/entry/data/data"] == data
            assert data.maxshape == (None, None, None)
            stamped = np.flatnonzero(h5file["/entry/instrument/NDAttributes/NDArrayTimeStamp"][()] > 1e9)
            assert stamped.tolist() == sorted(set(range(plan.n_points)) - dropped_indices(plan))


@pytest.mark.slow
@pytest.mark.parametrize("growing", [False, True])
@pytest.mark.parametrize("order", ORDERS)
def test_at_full_speed_no_key_is_visible_before_its_frame(live_writer: Start, order: str, growing: bool) -> None:
    writer = live_writer(stepped=False, scan_shape=(20, 40), order=order, growing=growing)
    visits = stored_indices(writer.plan).tolist()
    checked: set[int] = set()
    with reading(writer) as (key, data):
        while len(checked) < writer.plan.n_points:
            was_closed = "closed" in writer.events
            keys = poll(key, data)
            for index in {visits[n - 1] for n in keys[keys > 0].tolist()} - checked:
                assert index_in(data[np.unravel_index(index, writer.plan.scan_shape)]) == index
                checked.add(int(index))
            assert len(checked) == writer.plan.n_points or not was_closed, "the writer closed, and keys are missing"
    writer.finish()
    assert checked == set(range(800))


def test_a_file_waits_for_swmr_while_it_is_held(live_writer: Start) -> None:
    writer = live_writer(hold=True)
    assert flags(writer.path) == 1
    with pytest.raises(OSError, match="SWMR"):
        h5py.File(writer.path, "r", swmr=True, locking=False)
    writer.enter_swmr()
    assert flags(writer.path) == SWMR_FLAGS
    assert writer.step(3) == [0, 1, 2]


def test_the_finished_flag_comes_before_the_file_is_closed(live_writer: Start) -> None:
    writer = live_writer()
    with h5py.File(writer.path, "r", swmr=True, locking=False) as h5file:
        finished = h5file["/entry/diamond_scan/scan_finished"]
        writer.step(writer.plan.n_ticks)
        finished.refresh()
        assert finished[0] == 0
        writer.set_finished()
        finished.refresh()
        assert finished[0] == 1
        assert flags(writer.path) == SWMR_FLAGS
    writer.finish()
    assert flags(writer.path) == 0


@pytest.mark.parametrize("layout", LAYOUTS)
def test_dead_half_way_it_leaves_the_flag_the_frame_and_no_key(live_writer: Start, layout: str) -> None:
    writer = live_writer(layout=layout, fault="die")
    half = writer.plan.n_points // 2
    assert writer.step(half) == list(range(half))
    with pytest.raises(WriterError, match="ended"):
        writer.step()
    writer.wait_exit(70)
    assert flags(writer.path) == SWMR_FLAGS
    with reading(writer) as (key, data):
        assert np.flatnonzero(key[()].ravel()).tolist() == list(range(half))
        # Flushed before the key would have been: the frame outlived its writer's caches.
        np.testing.assert_array_equal(data[np.unravel_index(half, writer.plan.stored_shape)], writer.expected(half))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_dropped_key_leaves_a_gap_and_the_scan_goes_on(live_writer: Start, layout: str) -> None:
    writer = live_writer(layout=layout, fault="drop-key", n_keys=2)
    dropped = dropped_indices(writer.plan)
    rest = sorted(set(range(writer.plan.n_points)) - dropped)
    assert dropped
    writer.step(writer.plan.n_ticks)
    with reading(writer) as (key, data):
        assert np.flatnonzero(poll(key, data)).tolist() == rest
    assert writer.complete == rest
    writer.finish()
    check_whole(writer)


def test_killed_from_outside_it_leaves_the_flag(live_writer: Start) -> None:
    writer = live_writer()
    writer.step(2)
    writer.kill()
    assert flags(writer.path) == SWMR_FLAGS


def test_closed_early_the_file_is_whole(live_writer: Start) -> None:
    writer = live_writer()
    writer.step(2)
    writer.close_early()
    assert flags(writer.path) == 0


def test_a_writer_whose_leader_is_gone_closes_its_file(live_writer: Start) -> None:
    writer = live_writer()
    writer.step(2)
    assert writer.process.stdin is not None
    writer.process.stdin.close()
    writer.wait_exit(130)
    assert flags(writer.path) == 0


def test_a_writer_that_cannot_start_says_why(live_writer: Start, tmp_path: Path) -> None:
    (tmp_path / "scan.h5").write_text("precious")
    with pytest.raises(WriterError, match="is there already"):
        live_writer()
    assert (tmp_path / "scan.h5").read_text() == "precious"
