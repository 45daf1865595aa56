"""From a flushed key to painted pixels, start, memory, processor: the viewer beside the prototype, in turn, on a screen of our own.

Run ``python -m tests.benchmarks.on_screen``. A writer in another process adds frames that say which they are by black and white cells,
and tells when each key had been flushed; the cells are read off the screen. Needs Xvfb.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Self

import numpy as np

from tests.benchmarks.coded_scan import LEAD_S, Kind, code_of
from tests.benchmarks.screen import Program, Screen, ShownCode, is_there

KINDS = (Kind((512, 512), "u2", "none"), Kind((2167, 2070), "u4", "bslz4"), Kind((4371, 4150), "u4", "bslz4"))
PERIOD_S = 0.25
WAITING_S = 3.0
TURNS, STARTS, FRAMES = 2, 3, 24
LOST_S = 3.0
"""A frame that is not painted so long after the last one was written never will be."""
ROOT = Path(__file__).parents[2]
COMMANDS = {
    "viewer": [sys.executable, "-m", "swmr_viewer"],
    "prototype": [sys.executable, str(ROOT / "tests" / "benchmarks" / "prototype_viewer.py")],
}


class Writing:
    """The writer's process."""

    def __init__(self, path: Path, kind: Kind, n_frames: int) -> None:
        numbers = (*kind.shape, kind.dtype, kind.compression, n_frames)
        command = [sys.executable, "-m", "tests.benchmarks.coded_scan", str(path), *map(str, numbers)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        self.answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, command: str) -> None:
        assert self._process.stdin is not None
        print(command, file=self._process.stdin, flush=True)

    def answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    @property
    def has_answered(self) -> bool:
        return bool(select.select([self._process.stdout], [], [], 0)[0])


@dataclass
class Measured:
    """What was measured of one program with frames of one kind."""

    latencies_ms: list[float] = field(default_factory=list)
    n_written: int = 0
    memory_mb: list[float] = field(default_factory=list)
    live_percent: list[float] = field(default_factory=list)
    waiting_percent: list[float] = field(default_factory=list)
    starts_s: list[float] = field(default_factory=list)


def follow(name: str, kind: Kind, folder: Path, into: Measured) -> None:
    """Have a program follow a scan, and measure it; it must show the frames that were written, each after its key."""
    path, n_frames = folder / "live.h5", FRAMES + 3
    with Screen(folder) as screen, Writing(path, kind, n_frames) as writer:
        step(writer)
        nothing = screen.picture()
        with Program([*COMMANDS[name], str(path)], screen, folder) as program:
            first = screen.settled(nothing, 3.0)
            step(writer)
            shown = ShownCode(screen, first, screen.settled(first, 1.0))
            step(writer)
            wait_for(lambda: shown.read() == code_of(2), f"{name}: the third frame is not seen")
            if kind is KINDS[0]:
                into.waiting_percent.append(share_of_time(program, lambda: time.sleep(WAITING_S)))
            flushed: list[float] = []
            into.live_percent.append(share_of_time(program, lambda: flushed.extend(run(writer, shown, into, name))))
            into.memory_mb.append(program.memory() / 1e6)
        writer.ask("finish")
        writer.answer()
        for _ in range(STARTS // TURNS + 1):
            with Program([*COMMANDS[name], str(path)], screen, folder) as program:
                wait_for(lambda: shown.read() == code_of(n_frames - 1), f"{name}: the last frame is not seen")
                into.starts_s.append(time.monotonic() - program.started_s)
            wait_for(lambda: shown.read() is None, f"{name}: its window is still seen")
    path.unlink()


def step(writer: Writing) -> None:
    writer.ask("frame")
    writer.answer()


def run(writer: Writing, shown: ShownCode, into: Measured, name: str) -> list[float]:
    """Have frames written at a steady pace, and note how long each took to the screen; return when the keys were flushed."""
    writer.ask(f"run {FRAMES} {PERIOD_S}")
    ends_s, last = time.monotonic() + LEAD_S + FRAMES * PERIOD_S + LOST_S, code_of(3 + FRAMES - 1)
    changes = shown.changes_until(lambda: time.monotonic() > ends_s or (writer.has_answered and shown.read() == last))
    flushed: list[float] = writer.answer()
    latencies = latencies_of(changes, flushed, name)
    into.latencies_ms += latencies
    into.n_written += len(flushed)
    return flushed


def latencies_of(changes: list[tuple[float, int]], flushed: list[float], name: str) -> list[float]:
    """Return how long the painted frames took (ms): each change on the screen is the next frame of its code whose key was flushed."""
    found, n = [], -1
    for at_s, code in changes:
        later = [one for one in range(n + 1, len(flushed)) if code_of(3 + one) == code and flushed[one] < at_s + 0.01]
        if not later:
            raise SystemExit(f"{name}: a frame was seen that was not written by then")
        n = later[0]
        found.append(1000 * (at_s - flushed[n]))
    return found


def share_of_time(program: Program, do: Callable[[], object]) -> float:
    """Return how much of a core all processes of a program use meanwhile (percent)."""
    before_s, since_s = program.processor_s(), time.monotonic()
    do()
    return 100 * (program.processor_s() - before_s) / (time.monotonic() - since_s)


def wait_for(there: Callable[[], bool], otherwise: str, bound_s: float = 40.0) -> None:
    end_s = time.monotonic() + bound_s
    while not there():
        if time.monotonic() > end_s:
            raise SystemExit(otherwise)
        time.sleep(0.001)


def rows(kinds: tuple[Kind, ...] = KINDS) -> list[dict[str, Any]]:
    """Return the rows for each kind of frame; one that says why, where there is no screen."""
    if not is_there():
        return [{"what": "on the screen: painted pixels, start, memory, processor", "left_out": "Xvfb is not installed"}]
    return [row for kind in kinds for row in rows_of(kind)]


def rows_of(kind: Kind) -> list[dict[str, Any]]:
    measured = {name: Measured() for name in COMMANDS}
    for _ in range(TURNS):
        for name, into in measured.items():
            with tempfile.TemporaryDirectory() as folder:
                follow(name, kind, Path(folder), into)
    ours, peer = measured["viewer"], measured["prototype"]
    seen = f"{len(ours.latencies_ms)} of {ours.n_written} painted, {len(peer.latencies_ms)} by the prototype"

    def row(what: str, unit: str, number: Callable[[Measured], float], runs: int) -> dict[str, Any]:
        here, there = number(ours), number(peer)
        compared = {"ours": here, "peer": there, "peer_name": "prototype", "ratio": here / there}
        return {"what": f"{what}, {kind.name}", **compared, "unit": unit, "runs": runs}

    found = [
        row(f"key flushed -> pixels painted at 4 Hz ({seen})", "ms", lambda one: median(one.latencies_ms), len(ours.latencies_ms)),
        row("the same, p99", "ms", lambda one: float(np.quantile(one.latencies_ms, 0.99, method="higher")), len(ours.latencies_ms)),
        row("start of the command -> first frame painted, finished file", "s", lambda one: median(one.starts_s), len(ours.starts_s)),
        row("memory of all processes (PSS), live", "MB", lambda one: median(one.memory_mb), TURNS),
    ]
    if kind is KINDS[0]:
        found.append(row("processor, live at 4 Hz", "% of a core", lambda one: median(one.live_percent), TURNS))
        found.append(row("processor, open and waiting", "% of a core", lambda one: median(one.waiting_percent), TURNS))
    return found


if __name__ == "__main__":
    for one in rows():
        print(json.dumps(one))
