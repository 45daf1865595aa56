"""Does the window stutter on ten million points? The longest gaps between two turns of its event loop, while such a scan is written.

Run ``python -m tests.benchmarks.large_scan``; the limit is 150 ms once the scan is open, and few gaps above 50 ms. Off screen.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings, QTimer

from swmr_viewer.gui.application import application
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.reader.supervisor import Supervisor

_SCAN = ["--scan", "2500x4000", "--frame", "scalar", "--burst", "20000", "--period", "0.000005", "--keys", "2", "--order", "snake"]


class Turns:
    """Times the turns of the event loop, from the first complete point on."""

    def __init__(self, assembly: Assembly) -> None:
        self._session = assembly.session
        self._last_s = time.perf_counter()
        self.gaps_s: list[float] = []
        self.n_complete = 0
        self._timer = QTimer(interval=0)
        self._timer.timeout.connect(self._note)
        self._timer.start()

    def _note(self) -> None:
        now_s, progress = time.perf_counter(), self._session.progress
        self.n_complete = progress.n_complete if progress is not None else 0
        if self.n_complete and now_s - self._last_s > 0.01:
            self.gaps_s.append(now_s - self._last_s)
        self._last_s = now_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=45.0)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        path = Path(folder) / "large.h5"
        command = [sys.executable, "-m", "swmr_viewer", "simulate", str(path), *_SCAN]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as writer:
            turns = _watch(path, seconds)
            writer.terminate()
    worst = ", ".join(f"{1000 * gap:.0f}" for gap in sorted(turns.gaps_s, reverse=True)[:8])
    print(f"{turns.n_complete:,} points; longest gaps (ms): {worst}; above 50 ms: {sum(gap > 0.05 for gap in turns.gaps_s)}")


def _watch(path: Path, seconds: float) -> Turns:
    app, supervisor = application(), Supervisor()
    supervisor.start()
    assembly = Assembly(supervisor)
    assembly.window.resize(1280, 800)
    assembly.window.show()
    assembly.session.open(FollowRequest(str(path)))
    turns = Turns(assembly)
    QTimer.singleShot(round(1000 * seconds), app.quit)
    app.exec()
    assembly.close()
    supervisor.close()
    return turns


if __name__ == "__main__":
    main()
