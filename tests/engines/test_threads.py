"""Threads take what is urgent first, and one that hangs is left behind."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from swmr_viewer.core.files import open_swmr
from swmr_viewer.engines import Batch, threads
from swmr_viewer.engines.threads import ThreadEngine
from swmr_viewer.reductions import Reduction
from tests.engines.reductions_here import Sums
from tests.engines.test_local_engines import frames_of, plan_of, write


class Held(Sums):
    """Waits, where it is, until it may go on; and tells which frames came, by their first pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.has_begun, self.may_go_on = threading.Event(), threading.Event()
        self.seen: list[int] = []

    def __call__(self, frame: np.ndarray, mask: np.ndarray | None) -> Any:
        self.has_begun.set()
        self.may_go_on.wait(60)
        self.seen.append(int(frame[0, 0]))
        return super().__call__(frame, mask)

    def __deepcopy__(self, memo: Any) -> Reduction:
        return self


def test_what_is_urgent_comes_first(tmp_path: Path) -> None:
    held = Held()
    engine = ThreadEngine(plan_of(write(tmp_path / "a.h5", frames_of(5)), held), 1)
    try:
        futures = [engine.submit(Batch(0, (0,), 1, (5,)))]
        assert held.has_begun.wait(60)
        futures += [engine.submit(Batch(n, (n,), 1, (5,)), priority=priority) for n, priority in enumerate((0, 1, 2, 1), 1)]
        held.may_go_on.set()
        assert not any(future.result(60).faults for future in futures)
    finally:
        engine.close()
    assert held.seen == [0, 3, 2, 4, 1]


def test_a_thread_that_hangs_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "CLOSING_S", 0.1)
    held = Held()
    with open_swmr(write(tmp_path / "a.h5", frames_of(4))) as h5file:
        engine = ThreadEngine(plan_of(str(tmp_path / "a.h5"), held), 1, h5file)
        futures = [engine.submit(Batch(n, (0,), 1, (4,))) for n in range(2)]
        assert held.has_begun.wait(60)
        engine.close()
        assert [future.done() for future in futures] == [False, True]
        held.may_go_on.set()
        assert not futures[0].result(60).faults
