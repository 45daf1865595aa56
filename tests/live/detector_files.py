"""A writer process with a master that links to its detectors' files, which come when a test says so: for what joins a scan late."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import h5py
import numpy as np

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


class DetectorFiles:
    """The process that writes them; use it in a ``with`` statement. Each call returns when its effect has been flushed."""

    def __enter__(self) -> Self:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([sys.executable, "-m", __name__], stdin=pipe, stdout=pipe, text=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

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

    def _do(self, verb: str, *arguments: Any) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([verb, arguments]), file=self._process.stdin, flush=True)
        assert self._process.stdout.readline() == "done\n", "the writer died"


def main() -> None:
    """Do what each line of standard input says."""
    scan = Scan()
    for line in sys.stdin:
        verb, arguments = json.loads(line)
        getattr(scan, verb)(*arguments)
        print("done", flush=True)


if __name__ == "__main__":
    main()
