"""A writer process with a master that links to its detectors' files, which come when a test says so: for what joins a scan late.

By hand, larger: ``python -m tests.live.detector_files FOLDER [--scans N]`` follows scans whose detectors come late, and counts.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np

from swmr_viewer.core.conditions import AllKeys, Condition, FinishedFlag, Timeout
from tests.live.led_process import LedProcess, serve

FRAME_SHAPE = (4, 6)
BASE = 1000
"""Frames of the n-th detector are n times as far up: no frame of one can pass for another's."""


class Scan:
    """The files of one scan, written step by step (in the writer's process)."""

    def __init__(self) -> None:
        self.files: dict[str, h5py.File] = {}

    def master(self, path: str, detectors: list[str], n_points: int, keys: str) -> None:
        """Create it, in SWMR mode; ``keys``: ``linked`` (each detector's own), or ``own`` (one dataset here)."""
        self.folder, self.stem, self.names = Path(path).parent, Path(path).stem, detectors
        file = self.files[""] = h5py.File(path, "w", libver="v110")
        for name in detectors:
            group = file.create_group(f"entry/{name}")
            group.attrs.update(NX_class=np.bytes_("NXdata"), signal=np.bytes_("data"))
            group["data"] = h5py.ExternalLink(self._file_of(name).name, "/data")
            if keys == "linked":
                file[f"entry/diamond_scan/keys/{name}"] = h5py.ExternalLink(self._file_of(name).name, "/uid")
        file["entry/diamond_scan/scan_shape"] = [n_points]
        file["entry/diamond_scan/scan_finished"] = np.zeros(1, "i4")
        if keys == "own":
            file.create_dataset("entry/diamond_scan/keys/uniqueKeys", (n_points,), "i4", chunks=(1,))
        file.swmr_mode = True

    def detector(self, name: str, frame: list[int], swmr: bool) -> None:
        """Let a detector make its file: now its links lead somewhere, once it is in SWMR mode."""
        file = self.files[name] = h5py.File(self._file_of(name), "w", libver="v110")
        file.create_dataset("data", (0, *frame), "i4", maxshape=(None, *frame), chunks=(1, *frame), compression="gzip")
        file.create_dataset("uid", (0,), "i4", maxshape=(None,), chunks=(16,))
        if swmr:
            file.swmr_mode = True

    def swmr(self, name: str) -> None:
        self.files[name].swmr_mode = True

    def frames(self, name: str, start: int, stop: int) -> None:
        """Write and flush frames of a detector, each before its number."""
        data, uid = self.files[name]["data"], self.files[name]["uid"]
        for index in range(start, stop):
            data.resize(index + 1, 0)
            data[index] = value_of(self.names.index(name), index)
            data.flush()
            uid.resize(index + 1, 0)
            uid[index] = index + 1
            uid.flush()

    def keys(self, start: int, stop: int) -> None:
        """Set and flush the master's own keys."""
        keys = self.files[""]["entry/diamond_scan/keys/uniqueKeys"]
        keys[start:stop] = np.arange(start, stop) + 1
        keys.flush()

    def finish(self) -> None:
        flag = self.files[""]["entry/diamond_scan/scan_finished"]
        flag[0] = 1
        flag.flush()

    def close(self) -> None:
        for file in self.files.values():
            file.close()
        self.files.clear()

    def _file_of(self, name: str) -> Path:
        return self.folder / f"{self.stem}-{name}.h5"


def value_of(detector: int, index: int) -> int:
    """Return the value of every pixel of a frame."""
    return BASE * (1 + detector) + index


class DetectorFiles(LedProcess):
    """The process that writes them; use it in a ``with`` statement. Each call returns when its effect has been flushed."""

    def master(self, path: Path, detectors: list[str], n_points: int, keys: str = "linked") -> None:
        self._do("master", str(path), detectors, n_points, keys)

    def detector(self, name: str, frame: tuple[int, ...] = FRAME_SHAPE, swmr: bool = True) -> None:
        self._do("detector", name, frame, swmr)

    def swmr(self, name: str) -> None:
        self._do("swmr", name)

    def frames(self, name: str, start: int, stop: int) -> None:
        self._do("frames", name, start, stop)

    def keys(self, start: int, stop: int) -> None:
        self._do("keys", start, stop)

    def finish(self) -> None:
        self._do("finish")

    def close(self) -> None:
        self._do("close")


# ---- by hand: scans whose detectors come at any time

NAMES = ["eiger", "diode", "xspress"]
DATA = [f"/entry/{name}/data" for name in NAMES]


def write_late(folder: Path, number: int, n_frames: int) -> None:
    """Write one scan; each detector comes at a time of its own, one of them perhaps long after the keys."""
    random = np.random.default_rng(number)
    scan = Scan()
    scan.master(str(folder / f"scan-{number}.nxs"), NAMES, n_frames, "own" if number % 2 else "linked")
    for name in random.permutation(NAMES):
        time.sleep(float(random.uniform(0, 1.5)))
        scan.detector(str(name), list(FRAME_SHAPE), True)
        if number % 2 and name == NAMES[0]:
            scan.keys(0, n_frames)  # all keys are there, and two detectors may not be
    for name in NAMES:
        scan.frames(name, 0, n_frames)
    scan.finish()
    scan.close()


def count_late(folder: Path, number: int, n_frames: int) -> tuple[int, int, int, str]:
    """Follow one scan from before its detectors; return how many frames were right, wrong and missing, and why it ended."""
    from swmr_viewer.reader.messages import Ended, Failed, FollowRequest, FrameMeasured
    from swmr_viewer.reader.supervision import Supervisor

    right = wrong = 0
    supervisor = Supervisor()
    supervisor.follow(FollowRequest(str(folder / f"scan-{number}.nxs"), conditions=conditions(), every_frame=True))
    command = [sys.executable, "-m", "tests.live.detector_files", str(folder), "--write", str(number), "--frames", str(n_frames)]
    with subprocess.Popen(command):
        while True:
            for event in supervisor.wait(1.0):
                if isinstance(event, FrameMeasured):
                    values = [(path, measured["min"], measured["max"]) for path, measured in event.data.items()]
                    good = sum(low == high == value_of(DATA.index(path), event.index) for path, low, high in values)
                    right, wrong = right + good, wrong + len(values) - good
                elif isinstance(event, Ended | Failed):
                    supervisor.close()
                    reason = event.reason if isinstance(event, Ended) else event.message
                    return right, wrong, len(NAMES) * n_frames - right - wrong, reason


def conditions() -> tuple[Condition, ...]:
    return FinishedFlag(), AllKeys(), Timeout(30.0)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.live.detector_files")
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--write", type=int)
    parser.add_argument("--scans", type=int, default=30)
    parser.add_argument("--frames", type=int, default=50)
    args = parser.parse_args()
    if args.serve:
        serve(Scan())
    elif args.write is not None:
        write_late(args.folder, args.write, args.frames)
    else:
        found = [count_late(args.folder, number, args.frames) for number in range(args.scans)]
        right, wrong, missing = (sum(one[at] for one in found) for at in range(3))
        reasons = {reason: sum(one[3] == reason for one in found) for reason in {one[3] for one in found}}
        print(f"{args.scans} scans: {right} frames right, {wrong} wrong, {missing} missing, ends {reasons}")


if __name__ == "__main__":
    main()
