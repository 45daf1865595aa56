"""Scans that are no plain rows of frames: axes that grow, keys before their frames, writers that stop and begin again, masks."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import psutil
import pytest

from swmr_viewer.analysis import MaskRules
from swmr_viewer.core.conditions import AllKeys, FileClosed, Timeout
from swmr_viewer.engines import EngineChoice, EngineKind
from swmr_viewer.reducing.messages import FrameFailed, Prepared, Reduced, ShownReduced
from swmr_viewer.reductions import reduction_named
from swmr_viewer.simulator.defects import pixel_mask
from tests.core.stepping_writer import stepping_writer
from tests.live.conftest import live_writer
from tests.live.scripted_writer import ScriptedWriter, value_at
from tests.live.writers import LiveWriter
from tests.reducing.job.test_job import Run

__all__ = ["live_writer"]

pytestmark = pytest.mark.live

Writer = Callable[..., LiveWriter]
Position = tuple[int, ...]
PIXELS = 6
"""Of a scripted writer's frame, all of one value."""
IN_A_WHILE = (Timeout(60.0),)


def by_position(run: Run) -> dict[Position, float]:
    """Totals by their positions: indices of scans that grow along inner axes mean different points at different times."""
    found: dict[Position, float] = {}
    for event in run.of(Reduced):
        for index, total in zip(event.indices.tolist(), event.numbers["total"].tolist(), strict=True):
            position = tuple(int(at) for at in np.unravel_index(index, event.scan_shape))
            assert position not in found
            found[position] = total
    return found


def totals_at(positions: list[Position]) -> dict[Position, float]:
    return {position: float(PIXELS * value_at(position)) for position in positions}


def in_output(path: Path) -> dict[Position, float]:
    """The results whose keys are set; all others are NaN."""
    with h5py.File(path, "r", locking=False) as h5file:
        done, total = h5file["entry/keys/sums"][...] != 0, h5file["entry/sums/total"][...]
        assert np.isnan(total[~done]).all()
        return {tuple(at): float(total[tuple(at)]) for at in np.argwhere(done).tolist()}


def test_axes_that_grow_inside_and_outside_keep_each_result_at_its_position(tmp_path: Path) -> None:
    path, out = tmp_path / "scan.h5", tmp_path / "out.h5"
    steps: list[list[Position]] = [[(0, 0), (0, 1)], [(1, 2), (0, 2)], [(3, 0)], [(1, 6), (2, 5), (0, 6)], [(4, 7)]]
    with ScriptedWriter() as writer:
        writer.new(path, 1, (1, 2), (2, 2))
        run = Run(path, output=str(out), conditions=IN_A_WHILE)
        written: list[Position] = []
        for step in steps:
            n = len(written) + len(step)
            for position in step:
                writer.frame(position)
            writer.key(0, step)
            written += step
            run.until(lambda n=n: len(by_position(run)) == n)
            assert by_position(run) == totals_at(written)
        run.job.stop()
        run.to_the_end()
        assert in_output(out) == totals_at(written)
        again = Run(path, output=str(out), conditions=IN_A_WHILE)  # it had grown: all of it is known, and nothing is done again
        again.until(lambda: len(by_position(again)) == len(written))
        assert again.of(Prepared)[0].n_taken_up == len(written)
        again.job.close()


def test_a_key_before_its_frame_costs_a_wait_and_no_result(tmp_path: Path) -> None:
    path = tmp_path / "scan.h5"
    with ScriptedWriter() as writer:
        writer.new(path, 1, (8,), (4,))
        writer.frame((0,))
        run = Run(path, conditions=IN_A_WHILE)
        writer.key(0, [(0,), (1,), (2,)])
        run.until(lambda: len(by_position(run)) == 1)
        run.job.show(2, (8,))
        run.until(lambda: bool(run.of(ShownReduced)))
        assert run.of(ShownReduced)[0].fault
        assert run.of(ShownReduced)[0].outputs == {}
        writer.frame((1,))
        writer.frame((2,))
        run.until(lambda: len(by_position(run)) == 3)
        run.job.close()
    assert by_position(run) == totals_at([(0,), (1,), (2,)])
    assert run.of(FrameFailed) == []


def ten_times_as_fast() -> float:
    """A clock: what is waited for by it is not waited for here."""
    return 10 * time.monotonic()


def test_a_frame_that_never_comes_is_missing_and_told(tmp_path: Path) -> None:
    path, out = tmp_path / "scan.h5", tmp_path / "out.h5"
    with ScriptedWriter() as writer:
        writer.new(path, 1, (4,), (4,))
        for at in (0, 1, 3):
            writer.frame((at,))
        writer.key(0, [(0,), (1,), (2,), (3,)])
        writer.close()
    run = Run(path, output=str(out), conditions=(FileClosed(),), clock=ten_times_as_fast)
    ended = run.to_the_end()
    assert [event.position for event in run.of(FrameFailed)] == [(2,)]
    assert (ended.n_reduced, ended.n_failed, ended.n_complete, ended.is_finished) == (3, 1, 4, True)
    assert in_output(out) == by_position(run) == totals_at([(0,), (1,), (3,)])


def test_a_writer_that_closes_and_begins_again_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "scan.h5"
    opened = "f = h5py.File(path, {mode!r}, libver='v110', locking=False)"
    add = "i = len(k); d.resize(i + 1, 0); d[i] = i + 1; d.flush(); k.resize(i + 1, 0); k[i] = i + 1; k.flush()"
    with stepping_writer(path) as writer:
        writer.do(opened.format(mode="w"))
        writer.do("d = f.create_dataset('data', (0, 4, 5), 'u2', maxshape=(None, 4, 5), chunks=(1, 4, 5))")
        writer.do("k = f.create_dataset('keys/uid', (0,), 'i4', maxshape=(None,), chunks=(4,)); f.swmr_mode = True")
        run = Run(path, conditions=IN_A_WHILE)
        for n in (3, 6):
            for _ in range(3):
                writer.do(add)
            run.until(lambda n=n: len(by_position(run)) == n)
            writer.close()
            writer.do(opened.format(mode="r+"))
            writer.do("d, k = f['data'], f['keys/uid']; f.swmr_mode = True")
        run.job.close()
    assert by_position(run) == {(at,): 20.0 * (at + 1) for at in range(6)}


def test_a_process_that_is_killed_costs_no_result(live_writer: Writer) -> None:
    writer = live_writer(scan_shape=(40,))
    writer.step(10)
    run = Run(writer.path, engine=EngineChoice(EngineKind.PROCESSES, 2), conditions=IN_A_WHILE)
    run.until(lambda: len(run.totals) == 10)
    workers = [
        child for child in psutil.Process().children() if child.pid != writer.process.pid and "spawn_main" in " ".join(child.cmdline())
    ]
    assert workers
    writer.step(15)
    workers[0].kill()
    writer.finish()
    run.until(lambda: len(run.totals) == 40)
    run.job.close()
    assert sorted(run.totals) == sorted(writer.complete)


@pytest.mark.parametrize("own", ["none", "drawn over a file"])
def test_masked_pixels_of_the_file_and_of_ones_own_are_left_out(live_writer: Writer, tmp_path: Path, own: str) -> None:
    writer = live_writer(scan_shape=(6,), mask=True, dtype="uint32", layout="diamond")
    writer.finish()
    masked = pixel_mask(writer.plan) != 0
    rules = MaskRules()
    if own != "none":
        mine = np.zeros(writer.plan.frame_shape, np.uint8)
        mine[10:14, 3:9] = 1
        np.save(tmp_path / "mine.npy", mine)
        rules = MaskRules(mask_file=str(tmp_path / "mine.npy"))
        masked |= mine != 0
    run = Run(writer.path, rules=rules)
    run.to_the_end()
    expected = {}
    for index in writer.complete:
        frame = np.asarray(writer.expected(index))
        expected[index] = float(frame[~masked & (frame != np.iinfo(frame.dtype).max)].sum(dtype="f8"))
    assert len(expected) == 6
    assert run.totals == expected


@pytest.mark.parametrize("order", ["raster", "snake"])
def test_statistics_of_each_frame_are_those_of_numpy(live_writer: Writer, order: str) -> None:
    writer = live_writer(scan_shape=(4, 5), order=order, fault="drop-key", growing=True)
    run = Run(writer.path, reduction_named("statistics", {"regions": "A=5:20, 2:12"}))
    writer.step(9)
    run.until(lambda: sum(len(event.indices) for event in run.of(Reduced)) == len(writer.complete))
    writer.finish()
    run.to_the_end()
    found: dict[Position, dict[str, Any]] = {}
    for event in run.of(Reduced):
        for n, index in enumerate(event.indices.tolist()):
            position = tuple(int(at) for at in np.unravel_index(index, event.scan_shape))
            assert position not in found
            found[position] = {name: float(values[n]) for name, values in event.numbers.items()}
    assert 0 < len(found) < 20
    assert {int(np.ravel_multi_index(position, (4, 5))) for position in found} == set(writer.complete)
    for position, numbers in found.items():
        frame = np.asarray(writer.expected(int(np.ravel_multi_index(position, (4, 5))))).astype("f8")
        frame[frame == np.iinfo(writer.plan.dtype).max] = np.nan
        assert numbers["total"] == np.nansum(frame)
        assert numbers["maximum"] == np.nanmax(frame)
        assert numbers["A_sum"] == np.nansum(frame[2:12, 5:20])


@pytest.mark.parametrize("key_shape", [(5, 1), (5, 1, 1, 1), (5,)])
def test_frames_behind_an_axis_of_one_are_images(tmp_path: Path, key_shape: tuple[int, ...]) -> None:
    path, frames = tmp_path / "scan.h5", np.random.default_rng(1).integers(0, 100, (5, 1, 20, 30), "u2")
    with h5py.File(path, "w", libver="v110") as file:
        file["entry/data"] = frames
        file["entry/pixel_mask"] = (np.arange(600).reshape(20, 30) % 7 == 0).astype("u1")
        file["keys/k"] = np.ones(key_shape, "i4")
    regions = reduction_named("statistics", {"regions": "A=5:20, 2:12"})
    run = Run(path, regions, rules=MaskRules(mask_path="entry/pixel_mask"), conditions=(AllKeys(),))
    assert run.to_the_end().n_failed == 0
    good = np.arange(600).reshape(20, 30)[2:12, 5:20] % 7 != 0
    sums = {int(index): total for event in run.of(Reduced) for index, total in zip(event.indices, event.numbers["A_sum"], strict=True)}
    assert sums == {index: frames[index, 0, 2:12, 5:20][good].sum() for index in range(5)}
