"""A writer that does everything a writer may do, 100 times each, while window and ``follow`` are on its file: no error on its side.

``python -m tests.reliability.writer_first --rounds 100`` runs it, chooses in the window whatever may be chosen meanwhile, and prints
what was seen. Exit status 1 if the writer met an error, if a frame on the screen is wrong, or if the reader keeps a handle that it does
not need.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtWidgets import QApplication

from swmr_viewer.gui.application import application
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.reader.supervision import Supervisor

WAIT_S = 60.0
LONGEST_REST_S = 2.0
"""Between two choices in the window."""
GOOD_ENDS = (0, 2, 3, 5)
"""Of ``follow``: complete; not there, or nothing to follow; ended before it was complete; replaced by another scan."""


@dataclass
class Outcome:
    """What was seen."""

    done: dict[str, int] = field(default_factory=dict)
    """How often the writer did what."""
    errors: list[str] = field(default_factory=list)
    """Which it met."""
    n_shown: int = 0
    n_wrong: int = 0
    n_followed: int = 0
    """How often ``follow`` ran; it is started again as soon as it ends."""
    follow_faults: list[str] = field(default_factory=list)
    chosen: Counter[str] = field(default_factory=Counter)
    """What was chosen in the window meanwhile, and how often."""
    kept: list[str] = field(default_factory=list)
    """Handles of the file that the reader keeps once another one is open."""

    @property
    def is_right(self) -> bool:
        return self.n_shown > 0 and self.n_followed > 0 and not (self.errors or self.n_wrong or self.follow_faults or self.kept)


class FollowAgainAndAgain(threading.Thread):
    """The command on the file, one after the other."""

    def __init__(self, path: Path) -> None:
        super().__init__(name="follow again and again")
        self._command = [sys.executable, "-m", "swmr_viewer", "follow", str(path), "--timeout", "1", "--wait", "1"]
        self.is_over = threading.Event()
        self.n = 0
        self.faults: list[str] = []

    def run(self) -> None:
        while not self.is_over.is_set():
            done = subprocess.run(self._command, capture_output=True, text=True, timeout=WAIT_S, check=False)
            self.n += 1
            if "Traceback" in done.stderr or done.returncode not in GOOD_ENDS:
                self.faults.append(f"status {done.returncode}: {done.stderr[-500:]}")


class Watching:
    """The window on the file, in which somebody chooses this and that."""

    def __init__(self, path: Path, outcome: Outcome, seed: int) -> None:
        application()
        self._path = path
        self._outcome = outcome
        self._chance = random.Random(seed)
        self._next_at = 0.0
        self.supervisor = Supervisor()
        self.supervisor.start()
        self._assembly = Assembly(self.supervisor)
        self._assembly.window.show()
        self.session = self._assembly.session
        self.session.frame_changed.connect(self._compare)
        self._choices = self._make_choices()
        self.open(path)

    def _make_choices(self) -> dict[str, Callable[[], object]]:
        session = self.session
        return {
            "open": lambda: self.open(self._path),
            "open again": session.retry,
            "inspect": lambda: self.supervisor.inspect(str(self._path)),
            "stop": session.stop,
            "go on": session.resume,
            "hold": session.toggle_hold,
            "live": session.follow_live,
            "last": session.pin_last,
            "every frame": lambda: session.set_every_frame(True),
            "newest": lambda: session.set_every_frame(False),
            "replace the reader": session.replace_reader,
        }

    def open(self, path: Path) -> None:
        self.session.open(FollowRequest(str(path)))

    def _compare(self) -> None:
        frame = self.session.scan.shown
        if frame is not None:
            value = int(frame.raw.flat[0])
            self._outcome.n_shown += 1
            self._outcome.n_wrong += bool((frame.raw != value).any()) or value < 1000 or value % 1000 != frame.index

    def turn(self) -> None:
        """Let the event loop run for a moment, and choose something now and then."""
        QApplication.processEvents()
        time.sleep(0.002)
        if time.monotonic() >= self._next_at:
            self._next_at = time.monotonic() + self._chance.uniform(0, LONGEST_REST_S)
            name = self._chance.choice(list(self._choices))
            self._outcome.chosen[name] += 1
            self._choices[name]()

    def kept_of(self, path: Path, other: Path) -> list[str]:
        """Open another file, and return which handles of the one before the reader keeps."""
        self.session.frame_changed.disconnect(self._compare)
        self.open(other)
        deadline = time.monotonic() + WAIT_S
        while not (self.session.scan.is_over and self.session.scan.shown is not None):
            QApplication.processEvents()
            time.sleep(0.01)
            assert time.monotonic() < deadline, self.session.scan.state
        process = self.supervisor._current.process
        assert process is not None
        if not sys.platform.startswith("linux"):
            return [one.path for one in psutil.Process(process.pid).open_files() if one.path == str(path)]
        folder = f"/proc/{process.pid}/fd"  # deleted files as well
        held = [os.readlink(f"{folder}/{number}") for number in os.listdir(folder) if os.path.lexists(f"{folder}/{number}")]
        return [name for name in held if name.startswith(str(path.with_suffix("")))]

    def close(self) -> None:
        self._assembly.close()
        self.supervisor.close()


def watch(folder: Path, rounds: int, seed: int) -> Outcome:
    """Have window and command on the file of a writer until it is done."""
    outcome, path, other = Outcome(), folder / "scan.h5", folder / "other.h5"
    subprocess.run([sys.executable, "-m", "swmr_viewer", "simulate", str(other), "--scan", "3", "--period", "0"], check=True)
    command = [sys.executable, "-m", "tests.reliability.busy_writer", str(path), "--rounds", str(rounds), "--seed", str(seed)]
    following, watching = FollowAgainAndAgain(path), Watching(path, outcome, seed)
    following.start()
    try:
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            while writer.poll() is None:
                watching.turn()
            assert writer.stdout is not None
            written = json.loads(writer.stdout.read())
        outcome.done, outcome.errors = written["done"], written["errors"]
        outcome.kept = watching.kept_of(path, other)
    finally:
        following.is_over.set()
        following.join()
        watching.close()
    outcome.n_followed, outcome.follow_faults = following.n, following.faults
    return outcome


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.writer_first", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="how often each operation is done at least")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        outcome = watch(Path(folder), args.rounds, args.seed)
    print(*(f"{name}: {n}" for name, n in {**outcome.done, "errors of the writer": len(outcome.errors)}.items()), sep="\n")
    print(f"{outcome.n_shown} frames shown, {outcome.n_wrong} wrong; handles kept: {len(outcome.kept)}")
    print(f"follow ran {outcome.n_followed} times, {len(outcome.follow_faults)} faults")
    print(f"chosen in the window: {dict(outcome.chosen)}")
    print(*outcome.errors, *outcome.follow_faults, *outcome.kept, sep="\n", end="")
    return int(not outcome.is_right)


if __name__ == "__main__":
    sys.exit(main())
