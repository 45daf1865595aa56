"""A writer process for names that are used again: each scan's frames are told by their values, so that none passes for another's.

By hand, larger: ``python -m tests.live.reused_names FOLDER [--rounds N]`` follows scan after scan of one name and counts.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from tests.live.led_process import LedProcess, serve

FRAME_SHAPE = (4, 6)
KEYS, DATA = "/keys", "/data"
OLD, NEW = 1000, 5000
"""What the frames of the scan before, and of the one after, are counted from."""


class Scans:
    """The files, by path (in the writer's process)."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[h5py.File, int]] = {}

    def begin(self, path: str, base: int, n_points: int | None) -> None:
        """Create a file, or write it anew, in SWMR mode; with ``n_points`` its keys have their full extent at once."""
        file = h5py.File(path, "w", libver="v110", locking=False)
        file.create_dataset("data", (0, *FRAME_SHAPE), "i4", maxshape=(None, *FRAME_SHAPE), chunks=(1, *FRAME_SHAPE))
        limits: dict[str, Any] = {"maxshape": (None,)} if n_points is None else {"fillvalue": 0}
        file.create_dataset("keys", (n_points or 0,), "i4", chunks=(4,), **limits)
        file.swmr_mode = True
        self.files[path] = file, base

    def frames(self, path: str, start: int, stop: int) -> None:
        """Write and flush frames, each before its key."""
        file, base = self.files[path]
        data, keys = file["data"], file["keys"]
        for index in range(start, stop):
            data.resize(index + 1, 0)
            data[index] = base + index
            data.flush()
            if index >= keys.shape[0]:
                keys.resize(index + 1, 0)
            keys[index] = index + 1
            keys.flush()

    def close(self, path: str) -> None:
        self.files.pop(path)[0].close()


class ReusedNames(LedProcess):
    """The process that writes them; use it in a ``with`` statement. Each call returns when its effect has been flushed."""

    def begin(self, path: Path, base: int = OLD, n_points: int | None = None) -> None:
        self._do("begin", str(path), base, n_points)

    def frames(self, path: Path, start: int, stop: int) -> None:
        self._do("frames", str(path), start, stop)

    def close(self, path: Path) -> None:
        self._do("close", str(path))


# ---- by hand: many scans of one name, at full speed


def in_place(path: Path, scans: Scans, base: int) -> None:
    scans.begin(str(path), base, None)


def renamed_over(path: Path, scans: Scans, base: int) -> None:
    aside = path.with_suffix(".new")
    scans.begin(str(aside), base, None)
    scans.files[str(path)] = scans.files.pop(str(aside))
    os.replace(aside, path)


def link_turned(path: Path, scans: Scans, base: int) -> None:
    real = path.with_name(f"real-{base}.h5")
    scans.begin(str(real), base, None)
    scans.files[str(path)] = scans.files.pop(str(real))
    turned = path.with_suffix(".link")
    turned.symlink_to(real)
    os.replace(turned, path)


WAYS: dict[str, Callable[[Path, Scans, int], None]] = {"in place": in_place, "renamed over": renamed_over, "link turned": link_turned}


def write_rounds(path: Path, way: str, rounds: int, n_frames: int) -> None:
    """Write scan after scan under one name, each right after the one before."""
    for number in range(rounds):
        scans = Scans()
        WAYS[way](path, scans, 1000 * (1 + number))
        for index in range(n_frames):
            scans.frames(str(path), index, index + 1)
            time.sleep(0.002)
        scans.close(str(path))


def count_rounds(folder: Path, way: str, rounds: int, n_frames: int) -> str:
    """Follow them all with the library, each until it ends; return what was seen."""
    from swmr_viewer import Follower, FrameGrabber, open_swmr
    from swmr_viewer.core.errors import SwmrViewerError

    path = folder / f"{way.replace(' ', '-')}.h5"
    command = [sys.executable, "-m", "tests.live.reused_names", str(folder), "--write", way, "--rounds", str(rounds)]
    seen, mixed, refused, reasons = 0, 0, 0, dict[str, int]()
    with subprocess.Popen([*command, "--frames", str(n_frames)]) as writer:
        while writer.poll() is None:
            try:
                with open_swmr(path, 0.2) as file:
                    follower = Follower(file, KEYS, 2.0, ("file_closed", "timeout"))
                    grabber = FrameGrabber(file, DATA, scan_shape=follower.scan_shape)
                    bases = set()
                    for index in follower:
                        try:
                            values = np.unique(grabber.grab(index, wait_s=0.5))
                        except SwmrViewerError:
                            refused += 1
                            continue
                        seen += 1
                        bases |= {int(value) - index for value in values}
                    mixed += len(bases) > 1
                    reason = str(follower.reason)
            except (SwmrViewerError, OSError, RuntimeError, KeyError, ValueError) as error:
                reason = type(error).__name__
            reasons[reason] = reasons.get(reason, 0) + 1
    return f"{way}: {rounds} scans, {seen} frames, {mixed} scans mixed, {refused} frames refused, ends {reasons}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.live.reused_names")
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--write", choices=WAYS)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--frames", type=int, default=40)
    args = parser.parse_args()
    if args.serve:
        serve(Scans())
    elif args.write:
        write_rounds(args.folder / f"{args.write.replace(' ', '-')}.h5", args.write, args.rounds, args.frames)
    else:
        for way in WAYS:
            print(count_rounds(args.folder, way, args.rounds, args.frames), flush=True)


if __name__ == "__main__":
    main()
