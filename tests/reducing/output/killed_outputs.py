"""Kill runs that write an output at random moments, each taken up by the next.

Run ``python -m tests.reducing.output.killed_outputs --kills 200``.
After each kill, and at the end of each scan, every result whose key is set is compared with what it must be, and none that was seen before
may be gone. Exit status 1 if anything was wrong.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.reducing.output.outputs import done_positions, make_scan

SHAPES = ((3000,), (40, 60), (300, 8), (4, 5, 30))
LIVES = 8
"""Runs of one scan."""
_WAIT_S = 60.0


@dataclass
class Counts:
    """What was seen."""

    n_kills: int = 0
    n_results: int = 0
    """Results that were compared after a kill."""
    n_early: int = 0
    """Kills while a run made its output or took it up."""
    n_late: int = 0
    """Kills while a run closed its output."""
    n_finished: int = 0
    wrong: list[str] = field(default_factory=list)


def kill_many(n_kills: int, seed: int) -> Counts:
    """Kill so many runs; each scan is finished by its last one."""
    moments, counts = random.Random(seed), Counts()
    while counts.n_kills < n_kills and not counts.wrong:
        with tempfile.TemporaryDirectory() as folder:
            shape = moments.choice(SHAPES)
            scan = make_scan(Path(folder) / "scan.h5", shape)
            try:
                _kill_some(scan, moments, min(LIVES, n_kills - counts.n_kills), counts)
            except AssertionError as error:
                counts.wrong.append(f"scan of {shape}, kill {counts.n_kills}: {error}")
    return counts


def _kill_some(scan: Path, moments: random.Random, n: int, counts: Counts) -> None:
    out, seen = scan.with_name("out.h5"), 0
    for _ in range(n):
        with _started(scan, out, moments.randrange(10**9)) as run:
            _wait_for_a_moment(run, seen, moments, counts)
            run.kill()
            run.communicate(timeout=_WAIT_S)
        counts.n_kills += 1
        if out.exists():
            now = len(done_positions(out))
            assert now >= seen, f"{seen} results were there, {now} are"
            seen = now
            counts.n_results += now
    with _started(scan, out, 0) as run:
        said, errors = run.communicate("finish\n", timeout=_WAIT_S)
    assert run.returncode == 0, errors
    assert len(done_positions(out)) == int(said.split()[-1]) >= seen
    assert {path.name for path in scan.parent.iterdir()} == {"scan.h5", "out.h5"}
    counts.n_finished += 1


def _wait_for_a_moment(run: subprocess.Popen[str], seen: int, moments: random.Random, counts: Counts) -> None:
    """Wait until somewhere while it makes the output or takes it up, writes, or closes it."""
    assert run.stdout is not None
    assert run.stdin is not None
    assert run.stdout.readline() == "ready\n"
    if moments.random() < 0.3:
        counts.n_early += 1
        time.sleep(moments.uniform(0, 0.02))
        return
    begun = run.stdout.readline()
    assert begun == f"begun {seen}\n", (begun, run.stderr and run.stderr.read())
    time.sleep(moments.uniform(0, 0.2))
    if moments.random() < 0.3:
        counts.n_late += 1
        run.stdin.write("close\n")
        run.stdin.flush()
        time.sleep(moments.uniform(0, 0.005))


def _started(scan: Path, out: Path, seed: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.reducing.output.outputs", str(scan), str(out), str(seed), "0"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def main() -> int:
    """Run, and print one line."""
    parser = argparse.ArgumentParser(prog="python -m tests.reducing.output.killed_outputs", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    counts = kill_many(args.kills, args.seed)
    print(
        f"{counts.n_kills} kills ({counts.n_early} early, {counts.n_late} late): {counts.n_results} results right, "
        f"{counts.n_finished} scans finished, {len(counts.wrong)} wrong"
    )
    print(*counts.wrong, sep="\n", end="")
    return int(bool(counts.wrong))


if __name__ == "__main__":
    raise SystemExit(main())
