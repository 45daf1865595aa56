"""An output is followed as a detector is, by the real command, while it is made, written, left, taken up and finished."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pytest

from tests.reducing.output.outputs import done_positions, make_scan, output_of, results

WAIT_S = 60.0


class Following:
    """``swmr-viewer follow`` in a process of its own; ended after a generous bound, should it say nothing."""

    def __init__(self, path: Path, *arguments: object) -> None:
        command = [sys.executable, "-m", "swmr_viewer", "follow", str(path), "--wait", "60", "--order", "arrival", "--timeout", "60"]
        self.process = subprocess.Popen([*command, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
        self._bound = threading.Timer(WAIT_S, self.process.kill)
        self._bound.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.process.kill()
        self.process.communicate()
        self._bound.cancel()
        self._bound.join()

    def next(self, event: str) -> dict[str, Any]:
        """Return the next event of a kind."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            told: dict[str, Any] = json.loads(line)
            if told["event"] == event:
                return told
        raise AssertionError(f"it ended before {event}")

    def rest(self) -> list[dict[str, Any]]:
        """Return all that is told until it ends."""
        assert self.process.stdout is not None
        return [json.loads(line) for line in self.process.stdout]


def check(frame: dict[str, Any]) -> tuple[int, ...]:
    """Compare a frame with what was written there; return its position."""
    position = tuple(frame["position"])
    (expected,) = results(position, 1)["intensity"]
    found = next(data for path, data in frame["data"].items() if path.endswith("/intensity"))
    assert (found["min"], found["max"]) == (float(expected.min()), float(expected.max()))
    return position


def test_it_is_followed_from_before_it_is_there_to_its_end_with_frames_that_are_missing(tmp_path: Path) -> None:
    scan, out = make_scan(tmp_path / "scan.h5"), tmp_path / "out.h5"
    with Following(out) as following:
        output = output_of(scan, out, flush_s=0)
        assert following.next("opened")["finished_path"] == "/entry/scan_finished"
        output.write((0, 0), results((0, 0), 4), np.array([True, False, True, True]))
        assert [check(following.next("frame")) for _ in range(3)] == [(0, 0), (0, 2), (0, 3)]
        output.write((2, 1), results((2, 1), 2), np.ones(2, bool))
        assert [check(following.next("frame")) for _ in range(2)] == [(2, 1), (2, 2)]
        output.write((1, 3), results((1, 3), 1), np.ones(1, bool))
        output.finish()
        *frames, end = following.rest()
    assert [check(frame) for frame in frames] == [(1, 3)]
    assert (end["event"], end["reason"], end["complete"], end["total"]) == ("ended", "finished_flag", 6, 12)


@pytest.mark.parametrize("n_kills", [1, pytest.param(25, marks=pytest.mark.slow)])
def test_a_reader_lives_on_when_the_run_is_killed_and_the_next_takes_up(tmp_path: Path, n_kills: int) -> None:
    shape = (20, 30) if n_kills == 1 else (100, 100)  # more than all runs write: each has something left to do
    scan, out = make_scan(tmp_path / "scan.h5", shape), tmp_path / "out.h5"
    output_of(scan, out, shape).close()
    command = [sys.executable, "-m", "tests.reducing.output.outputs", str(scan), str(out)]
    with Following(out, "--until", "finished_flag", "timeout") as following:
        following.next("opened")
        for number in range(n_kills + 1):
            pipe = subprocess.PIPE
            with subprocess.Popen([*command, str(number), "0.002"], stdin=pipe, stdout=pipe, text=True) as run:
                assert run.stdout is not None
                assert run.stdout.readline() == "ready\n"
                n_seen = [run.stdout.readline().split()[0] for _ in range(20)].count("done")
                assert n_seen == 19
                if number < n_kills:
                    run.kill()
                else:
                    run.communicate("finish\n", timeout=WAIT_S)
        *frames, end = following.rest()
    done = set(map(tuple, done_positions(out).tolist()))
    assert {check(frame) for frame in frames if frame["event"] == "frame"} == done
    assert (end["reason"], end["complete"]) == ("finished_flag", len(done))
    assert len(done) >= 19
