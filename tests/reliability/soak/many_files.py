"""Scans of many layouts and sizes, one after another; as a program it is their writer: ``python -m tests.reliability.soak.many_files``.

It is told ``begin NUMBER PATH``, which writes the first half of a scan, and ``finish``, which writes the rest and closes the file.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from swmr_viewer.simulator.defects import pixel_mask
from swmr_viewer.simulator.pattern import make_frame
from swmr_viewer.simulator.plan import ScanPlan
from swmr_viewer.simulator.writer import Stage, write_scan

KINDS = (
    ScanPlan((4, 5), (48, 64), period_s=0.0),
    ScanPlan((16,), (32, 32), "uint32", 0.0, layout="areadetector", compression="gzip"),
    ScanPlan((3, 7), (128, 96), "uint16", 0.0, "bslz4", order="snake", monitor=True),
    ScanPlan((6, 5), (64, 64), "float32", 0.0, growing=True),
    ScanPlan((2, 3, 4), (40, 56), "int32", 0.0, n_detectors=2, mask=True),
    ScanPlan((24,), (256,), "uint32", 0.0),
    ScanPlan((5, 6), (96, 128), "uint16", 0.0, "blosc", n_keys=3, order="random"),
    ScanPlan((40,), (24, 24), "uint16", 0.0, burst=8, layout="areadetector"),
)
"""Images and spectra, with and without room for the whole scan from the start, of one detector and of several."""


def plan_of(number: int) -> ScanPlan:
    """Return what the scan of this number is."""
    return KINDS[number % len(KINDS)]


def totals_of(plan: ScanPlan) -> npt.NDArray[np.float64]:
    """Return the sum over the valid pixels of each frame of the first detector."""
    frames = (make_frame(plan, index) for index in range(plan.n_points))
    counts = pixel_mask(plan) == 0 if plan.mask else np.ones(plan.frame_shape, np.bool_)
    return np.array([frame[counts & (frame != plan.sentinel) & ~np.isnan(frame)].sum(dtype=np.float64) for frame in frames])


def write_in_halves(number: int, path: Path) -> None:
    """Write a scan; half way, and at the end, say so, and wait for a line."""
    plan, n_ticks = plan_of(number), 0

    def pause(stage: Stage) -> None:
        nonlocal n_ticks
        n_ticks += stage is Stage.TICK
        if stage is Stage.TICK and n_ticks == max(2, plan.n_ticks // 2):
            print("null", flush=True)
            sys.stdin.readline()

    write_scan(plan, path, gate=pause)


def main() -> None:
    print("null", flush=True)
    for line in sys.stdin:
        _, number, path = line.rstrip("\n").split(" ", 2)
        write_in_halves(int(number), Path(path))
        print(plan_of(int(number)).n_points, flush=True)


if __name__ == "__main__":
    main()
