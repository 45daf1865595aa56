"""Numbers per scan point, read when they are asked for: of what is there, of what comes, of what comes late, by a reader that took over."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer.core.ranges import indices_of
from swmr_viewer.core.scan import moved
from swmr_viewer.reader.messages import ReaderReplaced, ScalarsFound, ScalarsRead, SendScalars
from swmr_viewer.simulator.beam import monitor_counts
from swmr_viewer.simulator.layouts.nexus import motor_values
from swmr_viewer.simulator.plan import ScanPlan
from tests.core.stepping_writer import stepping_writer
from tests.live.scripted_writer import ScriptedWriter
from tests.live.writers import LiveWriter
from tests.reader.listening import Listener

pytestmark = pytest.mark.live
KEYS, DATA = "/entry/diamond_scan/keys", "/entry/detector/data"
MakeWriter = Callable[..., LiveWriter]
MOTORS = ("stage_x", "stage_y")


def known(listener: Listener, name: str) -> dict[int, float]:
    """Return what was told of a scalar by now, by the index on the last scan shape."""
    events = listener.all_of(ScalarsRead)
    shape = events[-1].scan_shape if events else (0,)
    told = np.full(np.prod(shape), np.nan)
    for event in events:
        if event.whole:
            told[...] = np.nan
        if name not in event.names:
            continue
        values = event.values[:, event.names.index(name)]
        indices = indices_of(event.frames)
        assert event.values.shape == (indices.size, len(event.names))
        assert (np.diff(indices) > 0).all()
        told[moved(indices, event.scan_shape, shape)] = values
    there = np.flatnonzero(~np.isnan(told))
    return dict(zip(there.tolist(), told[there].tolist(), strict=True))


def until_known(listener: Listener, n: int, *names: str) -> None:
    def is_so() -> bool:
        return all(len(known(listener, name)) >= n for name in names)

    while not is_so():
        listener.until_a(ScalarsRead)


def expected(plan: ScanPlan, name: str, indices: dict[int, float]) -> dict[int, float]:
    at = np.array(sorted(indices))
    return dict(zip(at.tolist(), motor_values(plan, name, at).tolist(), strict=True))


@pytest.mark.parametrize(
    "options",
    [{"order": "random", "n_keys": 2}, {"growing": True, "monitor": True}, {"order": "snake", "layout": "areadetector", "monitor": True}],
    ids=str,
)
def test_what_was_there_and_what_comes_is_told_as_the_file_has_it(live_writer: MakeWriter, options: dict[str, object]) -> None:
    writer = live_writer(**options)
    plan = writer.plan
    paths = ("/entry/instrument/NDAttributes/NDArrayUniqueId", "/entry/data/data") if plan.layout == "areadetector" else (KEYS, DATA)
    writer.step(5 + max(plan.lags))
    with Listener() as listener:
        listener.supervisor.send(SendScalars(listener.follow(writer.path, *paths), ("stage_x_set", *MOTORS, "time", "I0")))
        found = listener.until_a(ScalarsFound).scalars
        assert [fact.is_read_back for fact in found if fact.name in MOTORS] == [True, True]
        until_known(listener, 5, *MOTORS)
        writer.step(plan.n_points - 5 - max(plan.lags))
        n = plan.n_points - (0 if not max(plan.lags) else max(plan.lags))
        until_known(listener, n, *MOTORS, "time")
        for name in MOTORS:
            told = known(listener, name)
            assert told == expected(plan, name, told)
        counted = known(listener, "I0")
        assert len(counted) == (len(told) if plan.monitor else 0)
        assert list(counted.values()) == monitor_counts(plan, np.array(sorted(counted), np.int64)).tolist()
        with h5py.File(writer.path, "r", swmr=True, locking=False) as file:
            time = next(fact for fact in found if fact.name == "time")
            stored = np.asarray(file[time.path]).ravel()
            start = file[time.path].attrs.get("start")
        assert time.is_date
        told = known(listener, "time")
        if start is None:
            assert told == {index: stored[index] for index in told}
        else:
            differences = np.diff([told[index] for index in sorted(told)]) - np.diff(stored[sorted(told)])
            assert np.abs(differences).max() < 1e-6
        if "stage_x_set" in {fact.name for fact in found}:
            assert set(known(listener, "stage_x_set")) >= set(known(listener, "stage_x"))


def test_a_reader_that_took_anothers_place_tells_it_anew_and_more_names_only_what_is_new(live_writer: MakeWriter) -> None:
    writer = live_writer()
    writer.step(7)
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA)
        listener.supervisor.send(SendScalars(generation))
        assert {fact.name for fact in listener.until_a(ScalarsFound).scalars} == {
            "stage_x",
            "stage_x_set",
            "stage_y",
            "stage_y_set",
            "time",
        }
        assert not listener.all_of(ScalarsRead)
        listener.supervisor.send(SendScalars(generation, ("stage_x",)))
        until_known(listener, 7, "stage_x")
        listener.supervisor.send(SendScalars(generation, MOTORS))
        until_known(listener, 7, "stage_y")
        assert [event.names for event in listener.all_of(ScalarsRead)] == [("stage_x",), ("stage_y",)]
        writer.step(1)
        until_known(listener, 8, *MOTORS)
        assert listener.all_of(ScalarsRead)[-1].names == MOTORS, "by now they travel together"
        os.kill(listener.pid, signal.SIGKILL)
        listener.until_a(ReaderReplaced)
        writer.step(4)
        until_known(listener, 12, *MOTORS)
        assert known(listener, "stage_y") == expected(writer.plan, "stage_y", known(listener, "stage_y"))
        assert sum(event.whole for event in listener.all_of(ScalarsRead)) == 2


def test_what_is_written_after_the_key_is_told_once_it_is_there(tmp_path: Path) -> None:
    with ScriptedWriter() as writer, Listener() as listener:
        writer.new(tmp_path / "scan.h5", 1, (1, 2), (1, 4), motors=("slow", "fast"))
        listener.supervisor.send(SendScalars(listener.follow(tmp_path / "scan.h5", "/keys", "/data"), ("slow", "fast")))
        for at in (0, 1, 2):
            writer.moved("fast", (0, at), 10.0 * at)
            writer.frame((0, at))
            writer.key(0, [(0, at)])
        until_known(listener, 3, "fast")
        assert known(listener, "slow") == {}
        for position, value in (((0, 2), 1.0), ((0, 0), 0.0)):
            writer.moved("slow", position, value)
        until_known(listener, 2, "slow")
        assert known(listener, "slow") == {2: 1.0, 0: 0.0}
        writer.key(0, [(1, 1)])  # a second row, of which nothing was written: indices stay, and nothing is made up
        writer.moved("slow", (0, 1), 2.0)
        until_known(listener, 3, "slow")
        assert known(listener, "slow") == {2: 1.0, 0: 0.0, 1: 2.0}


def test_a_large_scan_is_told_newest_first_in_parts_and_a_zero_that_was_counted_is_one(tmp_path: Path) -> None:
    shape, n = (300, 700), 210_000
    monitor = np.random.default_rng(3).poisson(1, n).reshape(shape).astype("f4")
    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        file["data"] = np.ones(shape, "f4")
        file.create_dataset("keys/k", data=np.ones(shape, "i4"), chunks=(1, 700), maxshape=(None, None))
        file.create_dataset("monitor", data=monitor, chunks=(1, 700), maxshape=(None, None))
        file.create_dataset("never", shape, "f8", chunks=(1, 700), maxshape=(None, None))
        file["flat"] = monitor.ravel()
    names = ("monitor", "flat", "never")
    with Listener() as listener:
        listener.supervisor.send(SendScalars(listener.follow(tmp_path / "scan.h5", "/keys", "/data"), names))
        until_known(listener, n, "monitor", "flat")
        told = listener.all_of(ScalarsRead)
        assert [event.frames[1][-1] for event in told] == sorted((event.frames[1][-1] for event in told), reverse=True)
        assert len(told) > 2
        assert max(event.values.nbytes for event in told) <= 4 << 20
        for name in ("monitor", "flat"):
            np.testing.assert_array_equal(list(known(listener, name).values()), monitor.ravel())
        assert known(listener, "never") == {}


def test_virtual_ones_are_told_from_their_sources_once_these_are_there(tmp_path: Path) -> None:
    n, values = 6, 0.5 + np.arange(6.0)
    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        file["data"], file["keys/k"] = np.ones((n, 2, 3), "u2"), np.arange(1, n + 1)
        for name in ("x", "late"):
            layout = h5py.VirtualLayout((n,), "f8")
            for half in range(2):
                layout[3 * half : 3 * half + 3] = h5py.VirtualSource(f"{name}_{half}.h5", "values", (3,))
            file.create_virtual_dataset(name, layout, fillvalue=-7.0)
    with stepping_writer(tmp_path / "x_0.h5") as first, stepping_writer(tmp_path / "x_1.h5") as second, Listener() as listener:
        begin = "f = h5py.File(path, 'w', libver='v110'); d = f.create_dataset('values', (0,), 'f8', chunks=(2,), maxshape=(None,))"
        second.do(f"{begin}; f.swmr_mode = True")
        second.do("d.resize(2, 0); d[:] = [3.5, 4.5]; d.flush()")
        listener.supervisor.send(SendScalars(listener.follow(tmp_path / "scan.h5", "/keys", "/data"), ("x", "late")))
        until_known(listener, 2, "x")
        assert known(listener, "x") == {3: 3.5, 4: 4.5}
        first.do(f"{begin}; f.swmr_mode = True")
        first.do("d.resize(3, 0); d[:] = [0.5, 1.5, 2.5]; d.flush()")
        until_known(listener, 5, "x")
        second.do("d.resize(3, 0); d[2] = 5.5; d.flush()")
        until_known(listener, n, "x")
        assert known(listener, "x") == dict(enumerate(values.tolist()))
        assert known(listener, "late") == {}
