"""The writer in this process: its pace, its order of steps, and what it refuses."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import pytest

from swmr_viewer.simulator import writer
from swmr_viewer.simulator.layouts.pieces import Channel
from swmr_viewer.simulator.plan import ScanPlan
from swmr_viewer.simulator.writer import Progress, ScanFileError, Stage, write_scan

SMALL: dict[str, Any] = {"scan_shape": (2, 3), "frame_shape": (16, 20), "period_s": 0.0}


class FakeTime:
    """A clock that moves when somebody sleeps, or when writing takes its time."""

    def __init__(self, cost_s: float = 0.0) -> None:
        self.now = 100.0
        self.cost_s = cost_s
        self.ticks: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds

    def on_progress(self, progress: Progress) -> None:
        if progress.stage is Stage.TICK:
            self.ticks.append(self.now)
            self.now += self.cost_s


def _stages(plan: ScanPlan, path: Path, **options: Any) -> list[Progress]:
    said: list[Progress] = []
    write_scan(plan, path, on_progress=said.append, **options)
    return said


def test_the_pace_is_an_absolute_schedule(tmp_path: Path) -> None:
    time = FakeTime(cost_s=0.03)
    plan = ScanPlan((5,), (16, 20), period_s=0.1)
    write_scan(plan, tmp_path / "x.h5", clock=time.clock, sleep=time.sleep, on_progress=time.on_progress)
    assert np.allclose(time.ticks, 100.0 + 0.1 * np.arange(5))


def test_a_late_writer_catches_up_without_sleeping(tmp_path: Path) -> None:
    time = FakeTime()
    slow_once = iter([0.35, 0, 0, 0, 0, 0])

    def on_progress(progress: Progress) -> None:
        time.on_progress(progress)
        if progress.stage is Stage.TICK:
            time.now += next(slow_once)

    write_scan(ScanPlan((6,), (16, 20), period_s=0.1), tmp_path / "x.h5", clock=time.clock, sleep=time.sleep, on_progress=on_progress)
    assert np.allclose(np.array(time.ticks) - 100, [0, 0.35, 0.35, 0.35, 0.4, 0.5])


def test_keys_lag_one_another_and_all_are_set_in_the_end(tmp_path: Path) -> None:
    said = _stages(ScanPlan(**{**SMALL, "n_keys": 3}), tmp_path / "x.h5")
    ticks = [step.stage for step in said].count(Stage.TICK)
    assert ticks == 6 + 4
    when: dict[tuple[int, int], int] = {}
    for step in said:
        if step.stage is Stage.KEY:
            when[step.key_number, step.index] = sum(1 for other in said[: said.index(step)] if other.stage is Stage.TICK)
    assert len(when) == 18
    assert all(when[number, index] == index + 2 * number for number, index in when)
    frames = [step for step in said if step.stage is Stage.FRAME]
    assert [step.index for step in frames] == list(range(6))
    assert [step.n_complete for step in frames] == [1, 2, 3, 4, 5, 6]


def test_stages_come_in_their_order(tmp_path: Path) -> None:
    said = [step.stage.value for step in _stages(ScanPlan(**{**SMALL, "scan_shape": (2,)}), tmp_path / "x.h5")]
    assert said == ["created", "swmr", *["key", "frame", "tick"] * 2, "finished", "closed"]


def test_gates_are_asked_before_each_step_and_may_end_it(tmp_path: Path) -> None:
    asked: list[Stage] = []

    def gate(stage: Stage) -> None:
        asked.append(stage)
        if asked.count(Stage.TICK) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_scan(ScanPlan(**SMALL), tmp_path / "x.h5", gate=gate)
    assert asked == [Stage.SWMR, Stage.TICK, Stage.TICK, Stage.TICK]
    assert (tmp_path / "x.h5").read_bytes()[11] == 0, "the file was not closed"
    with h5py.File(tmp_path / "x.h5", "r", locking=False) as h5file:
        assert np.count_nonzero(h5file["/entry/diamond_scan/keys/detector"][()]) == 2


@pytest.mark.parametrize("layout", ["diamond", "areadetector"])
def test_each_frame_is_flushed_before_its_key_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str) -> None:
    done: list[str] = []
    paths: dict[str, h5py.Dataset] = {}
    plain_set, plain_flush = h5py.Dataset.__setitem__, h5py.Dataset.flush

    def setting(dataset: h5py.Dataset, where: Any, value: Any) -> None:
        done.append(f"set {dataset.name.rsplit('/', 1)[-1]}")
        paths[dataset.name] = dataset
        plain_set(dataset, where, value)

    def flushing(dataset: h5py.Dataset) -> None:
        done.append(f"flush {dataset.name.rsplit('/', 1)[-1]}")
        plain_flush(dataset)

    plan = ScanPlan(**{**SMALL, "layout": layout, "scan_shape": (3,)})
    with monkeypatch.context() as patch:
        patch.setattr(h5py.Dataset, "__setitem__", setting)
        patch.setattr(h5py.Dataset, "flush", flushing)
        write_scan(plan, tmp_path / "x.h5")
    written = ["data", "start_time", "value", "detector"]
    if layout == "areadetector":
        written = ["data", "NDArrayTimeStamp", "stage_x", "NDArrayUniqueId"]
    each = [f"{what} {name}" for name in written for what in ("set", "flush")]
    end = ["set scan_finished", "flush scan_finished"] if layout == "diamond" else []
    assert done == each * 3 + end


def test_a_file_in_the_way_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "x.h5"
    path.write_text("precious")
    with pytest.raises(ScanFileError, match=r"is there already\. Give another name, or --force"):
        write_scan(ScanPlan(**SMALL), path)
    assert path.read_text() == "precious"


@pytest.mark.skipif(os.name == "nt", reason="Windows does not replace an open file")
def test_force_leaves_readers_of_the_old_file_in_peace(tmp_path: Path) -> None:
    path = tmp_path / "x.h5"
    write_scan(ScanPlan(**SMALL), path)
    with h5py.File(path, "r", locking=False) as old:
        write_scan(ScanPlan(**{**SMALL, "scan_shape": (5,)}), path, force=True)
        assert old["/entry/detector/data"].shape == (2, 3, 16, 20)
    with h5py.File(path, "r", locking=False) as new:
        assert new["/entry/detector/data"].shape == (5, 16, 20)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScanFileError, match="there is no folder"):
        write_scan(ScanPlan(**SMALL), tmp_path / "nowhere" / "x.h5")
    with pytest.raises(ScanFileError):
        write_scan(ScanPlan(**SMALL), tmp_path, force=True)


def test_a_disk_that_fails_is_one_sentence_and_the_file_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_channel: Channel, indices: npt.NDArray[np.int64]) -> None:
        if 2 in indices:
            raise OSError(28, "Can't write data (file write failed: errno = 28)")

    monkeypatch.setattr(Channel, "write_frames", failing)
    with pytest.raises(ScanFileError, match="could not be written further"):
        write_scan(ScanPlan(**SMALL), tmp_path / "x.h5")
    assert (tmp_path / "x.h5").read_bytes()[11] == 0


def test_the_fault_to_die_ends_the_process_before_the_key(tmp_path: Path) -> None:
    class Died(BaseException):
        pass

    def die(status: int) -> None:
        raise Died(status)

    said: list[Progress] = []
    with pytest.raises(Died) as caught:
        write_scan(ScanPlan(**{**SMALL, "fault": "die"}), tmp_path / "x.h5", die=die, on_progress=said.append)
    assert caught.value.args == (writer.DIED_STATUS,)
    assert [step.index for step in said if step.stage is Stage.KEY] == [0, 1, 2]
