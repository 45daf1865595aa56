"""The name of a scan is used again while it is reduced: what is in the new file is no result of the old one."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer.core.conditions import Timeout
from swmr_viewer.core.files import identity_of_file
from swmr_viewer.engines import EngineChoice, EngineKind
from swmr_viewer.reducing.messages import FrameFailed, Prepared, ReductionProgress
from tests.engines.reductions_here import Sums
from tests.live.reused_names import DATA, FRAME_SHAPE, KEYS, NEW, OLD, ReusedNames
from tests.reducing.job.test_job import Run

pytestmark = pytest.mark.live

PIXELS = int(np.prod(FRAME_SHAPE))


@pytest.fixture
def names() -> Iterator[ReusedNames]:
    with ReusedNames() as names:
        yield names


class Held(Sums):
    """Has no result before it may."""

    may = threading.Event()

    def __call__(self, frame: np.ndarray, mask: np.ndarray | None) -> Any:
        assert self.may.wait(60)
        return super().__call__(frame, mask)


def totals_in(path: Path) -> dict[int, float]:
    with h5py.File(path) as file:
        keys = np.flatnonzero(file["/entry/keys/sums"][()])
        return {int(index): float(file["/entry/sums/total"][index]) for index in keys}


def check_is_old(totals: dict[int, float]) -> None:
    assert totals == {index: float((OLD + index) * PIXELS) for index in totals}


def test_a_scan_that_is_written_anew_in_place_gives_no_results_to_the_old_ones_output(names: ReusedNames, tmp_path: Path) -> None:
    path, output = tmp_path / "scan.h5", tmp_path / "out.h5"
    names.begin(path)
    names.frames(path, 0, 300)
    Held.may = threading.Event()
    run = Run(path, Held(), output=str(output), key_paths=(KEYS,), data_path=DATA, conditions=(Timeout(60),))
    run.until(lambda: any(told.n_in_flight for told in run.of(ReductionProgress)))
    names.close(path)
    names.begin(path, NEW)
    names.frames(path, 0, 20)
    Held.may.set()
    ended = run.to_the_end()
    assert (ended.reason, ended.is_finished) == ("file_replaced", False)
    check_is_old(run.totals)
    assert totals_in(output) == run.totals
    assert len(run.of(FrameFailed)) < 20  # those in work: the others are of no scan that there is


@pytest.mark.parametrize("way", ["before workers open it", "while they read it"])
def test_processes_read_no_other_file_than_the_one_that_is_followed(names: ReusedNames, tmp_path: Path, way: str) -> None:
    path, aside, output = tmp_path / "scan.h5", tmp_path / "aside.h5", tmp_path / "out.h5"
    names.begin(path)
    names.frames(path, 0, 5)
    names.begin(aside, NEW)
    names.frames(aside, 0, 50)
    engine = EngineChoice(EngineKind.PROCESSES, 1)
    run = Run(path, output=str(output), key_paths=(KEYS,), data_path=DATA, conditions=(Timeout(60),), engine=engine)
    run.until(lambda: bool(run.of(Prepared)) if way.startswith("before") else len(run.totals) == 5)
    if way.startswith("while"):
        names.frames(path, 5, 30)
    os.replace(aside, path)
    ended = run.to_the_end()
    assert (ended.reason, ended.is_finished) == ("file_replaced", False)
    check_is_old(run.totals)
    check_is_old(totals_in(output))


def test_nothing_is_reduced_of_a_file_that_got_the_name_before_it_was_opened(names: ReusedNames, tmp_path: Path) -> None:
    path, aside = tmp_path / "scan.h5", tmp_path / "aside.h5"
    names.begin(path)
    names.frames(path, 0, 5)
    with h5py.File(path, "r", swmr=True, locking=False) as file:
        stamp = identity_of_file(file).stamp
    options: dict[str, Any] = {"key_paths": (KEYS,), "data_path": DATA, "conditions": (Timeout(60),), "stamp": stamp}
    run = Run(path, **options)
    run.until(lambda: len(run.totals) == 5)
    names.begin(aside, NEW)
    names.frames(aside, 0, 50)
    os.replace(aside, path)
    ended = Run(path, **options).to_the_end()
    assert (ended.reason, ended.n_reduced, ended.is_finished) == ("file_replaced", 0, False)
    run.to_the_end()
    check_is_old(run.totals)
