"""Threads read, decode and reduce the same chunks while a writer in another process fills them: every result is the frame's own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from swmr_viewer.core.conditions import AllKeys, Timeout
from swmr_viewer.core.data import source_files
from swmr_viewer.engines import EngineChoice, EngineKind
from swmr_viewer.reducing.job import ReductionJob
from swmr_viewer.reducing.messages import (
    FrameFailed,
    Reduced,
    ReduceRequest,
    ReductionChoice,
    ReductionEnded,
    ReductionEvent,
    ReductionFailed,
)
from tests.engines.fast_writer import KINDS, frames
from tests.engines.reductions_here import Sums


@contextmanager
def fast_writer(path: Path, n: int, kind: str) -> Iterator[None]:
    """Let a writer write while the block lasts."""
    command = [sys.executable, "-m", "tests.engines.fast_writer", str(path), str(n), kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == "swmr"
            yield
        finally:
            process.kill()


def reduced_while_written(path: Path, n: int, engine: EngineKind, kind: str) -> None:
    request = ReduceRequest(
        str(path),
        ReductionChoice("sums"),
        data_path="data",
        key_paths=("keys/k",),
        conditions=(AllKeys(), Timeout(60)),
        engine=EngineChoice(engine, 4),
        sends_values=True,
    )
    events: list[ReductionEvent] = []
    with fast_writer(path, n, kind):
        job = ReductionJob(request, events.append, reduction=Sums())
        try:
            while job.step():
                pass
        finally:
            job.close()
    assert not [event.message for event in events if isinstance(event, ReductionFailed | FrameFailed)]
    found = [event for event in events if isinstance(event, Reduced)]
    indices = np.concatenate([event.indices for event in found])
    totals = np.concatenate([event.numbers["total"] for event in found])
    np.testing.assert_array_equal(np.sort(indices), np.arange(n))  # each of them, once
    for start in range(0, n, 5_000):
        some = (indices >= start) & (indices < start + 5_000)
        np.testing.assert_array_equal(totals[some], frames(start, min(n, start + 5_000)).sum((1, 2), "f8")[indices[some] - start])
    (ended,) = [event for event in events if isinstance(event, ReductionEnded)]
    assert (ended.n_reduced, ended.n_failed, ended.is_finished) == (n, 0, True)


@pytest.mark.live
@pytest.mark.parametrize("kind", KINDS)
def test_every_result_is_its_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(source_files, "most_open_files", lambda: 8)
    reduced_while_written(tmp_path / "scan.h5", 1_200, EngineKind.THREADS, kind)


@pytest.mark.live
@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "kind"), [*((EngineKind.THREADS, kind) for kind in KINDS), (EngineKind.PROCESSES, "keys_first")], ids=lambda one: str(one)
)
def test_every_result_of_many_is_its_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: EngineKind, kind: str) -> None:
    monkeypatch.setattr(source_files, "most_open_files", lambda: 8)
    reduced_while_written(tmp_path / "scan.h5", 20_000, engine, kind)
