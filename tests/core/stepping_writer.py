"""A writer in a process of its own that does one thing per line it is told, for tests of a file's states."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SCRIPT = """
import sys
import h5py
import numpy as np
path = sys.argv[1]
for line in sys.stdin:
    try:
        exec(line)
    except Exception as error:
        print("failed", " ".join(str(error).split()), flush=True)
    else:
        print("done", flush=True)
"""


class SteppingWriter:
    """Says each step to the process and waits until it is done; ``path`` and ``f`` are what steps may name."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def do(self, step: str) -> None:
        """Let the writer do one line of Python, and fail if it fails."""
        answer = self.attempt(step)
        assert answer == "done", answer

    def attempt(self, step: str) -> str:
        """Let the writer do one line of Python, and return what it says."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(step + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def create(self, libver: str | None = "v110", **options: int) -> None:
        """Create the file with one chunked dataset, without SWMR, and flush it."""
        bounds = f"({libver!r}, {libver!r})" if libver else "None"
        self.do(f"f = h5py.File(path, 'w', libver={bounds}, **{options!r})")
        self.do("d = f.create_dataset('d', (0, 4), 'i4', maxshape=(None, 4), chunks=(1, 4))")
        self.do("f.flush()")

    def go_swmr(self) -> None:
        """Enter SWMR mode."""
        self.do("f.swmr_mode = True")

    def close(self) -> None:
        """Close the file."""
        self.do("f.close()")

    def die(self) -> None:
        """End the process where it is: nothing is closed."""
        self._process.kill()
        self._process.wait()


@contextmanager
def stepping_writer(path: Path) -> Iterator[SteppingWriter]:
    """Start a writer for this path, and end it with the block."""
    process = subprocess.Popen([sys.executable, "-c", _SCRIPT, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        try:
            yield SteppingWriter(process)
        finally:
            process.kill()
