"""A real Dask scheduler and real workers, each a process of its own."""

from __future__ import annotations

import contextlib
import gc
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
LEAVES_CONNECTIONS = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
"""For tests that end workers: Dask's client leaves the socket to one that is gone to Python's collector."""
_LONGEST_S = 60.0


class DaskProcesses:
    """A scheduler, and as many workers as a test starts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scheduler_file = folder / "scheduler.json"
        self.scheduler_file.unlink(missing_ok=True)
        self.workers: list[subprocess.Popen[bytes]] = []
        hidden = folder / "hidden" / "swmr_viewer"  # found before the real one: a scheduler needs nothing of this package
        hidden.mkdir(parents=True)
        (hidden / "__init__.py").write_text("raise ImportError('there is no swmr_viewer here')")
        self.without_program = hidden.parent
        self.scheduler = self._start("dask_scheduler", "--port", "0", "--host", "127.0.0.1", "--no-dashboard", path=hidden.parent)
        _wait_for(self.scheduler_file.exists, self.scheduler)

    def add_worker(self, *options: str, path: Path | None = ROOT) -> subprocess.Popen[bytes]:
        """Start a worker; it is known to the scheduler soon, see ``wait_for_workers``."""
        settings = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1", "--local-directory", str(self.folder))
        worker = self._start("dask_worker", *settings, *options, path=path)
        self.workers.append(worker)
        return worker

    def wait_for_workers(self, n: int) -> None:
        """Wait until the scheduler knows so many."""
        from distributed import Client

        with Client(scheduler_file=str(self.scheduler_file), set_as_default=False) as client:
            client.wait_for_workers(n, timeout=_LONGEST_S)

    def _start(self, module: str, *options: str, path: Path | None = ROOT) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--scheduler-file", str(self.scheduler_file), *options]
        environment = os.environ | {"PYTHONPATH": str(path)} if path else {**os.environ}
        with open(self.folder / f"{module}.log", "ab") as log:
            return subprocess.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=log)

    def close(self) -> None:
        """End them all, also those that are stopped; what the client left to the collector goes in this test and not in a later one."""
        for process in (*self.workers, self.scheduler):
            with contextlib.suppress(psutil.NoSuchProcess):
                for child in psutil.Process(process.pid).children(recursive=True):
                    child.kill()
            process.kill()
            process.wait()
        gc.collect()

    def log(self) -> str:
        """Return what the processes said."""
        return "\n".join(file.read_text(errors="replace") for file in sorted(self.folder.glob("*.log")))


def pause(process: subprocess.Popen[bytes]) -> None:
    psutil.Process(process.pid).suspend()


def go_on(process: subprocess.Popen[bytes]) -> None:
    psutil.Process(process.pid).resume()


def _wait_for(condition: object, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _LONGEST_S
    while not condition():  # type: ignore[operator]
        assert process.poll() is None, "it ended at once"
        assert time.monotonic() < deadline, "it does not start"
        time.sleep(0.02)
