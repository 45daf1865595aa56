"""``python -m tests.layouts NAME FOLDER [--step] [--period S]``: one facility's writer as a process of its own.

It says what it has done, and is led, as the simulator is: see ``swmr_viewer/simulator/handshake.py``.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from swmr_viewer.simulator.writer import Handshake, Progress, Stage
from tests.layouts.catalogue import LAYOUTS

_WAITS_AFTER = (Stage.CREATED, Stage.SWMR, Stage.TICK, Stage.FINISHED)


def main() -> int:
    """Write one layout; 130 when it was told to close early, as the simulator does."""
    parser = argparse.ArgumentParser(prog="python -m tests.layouts")
    parser.add_argument("name", choices=sorted(LAYOUTS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--step", action="store_true")
    parser.add_argument("--period", type=float, default=0.0, help="seconds between ticks")
    args = parser.parse_args()
    handshake = Handshake(sys.stdout, sys.stdin)
    try:
        with closing(LAYOUTS[args.name].write(args.folder)) as steps:
            _drive(steps, handshake, args.step, args.period)
    except KeyboardInterrupt:
        return 130
    return 0


def _drive(steps: Iterator[Progress], handshake: Handshake, led: bool, period_s: float) -> None:
    for progress in steps:
        handshake.report(progress)
        if progress.stage is Stage.TICK and period_s:
            time.sleep(period_s)
        if led and progress.stage in _WAITS_AFTER:
            handshake.wait(progress.stage)


if __name__ == "__main__":
    sys.exit(main())
