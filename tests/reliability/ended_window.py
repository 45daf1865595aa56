"""Windows that are ended in every state in every way, and what is left of them: ``python -m tests.reliability.ended_window``.

Prints the slowest end of each state and way. Exit status 1 if anything was left after 5 s, was said, or ended with another status.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from swmr_viewer.reducing.output.lock import OutputLock
from swmr_viewer.simulator.plan import ScanPlan
from tests.live.writers import LiveWriter
from tests.reader import broken
from tests.reliability.soak.sampling import shared_of

STATES = ("starting", "empty", "waiting", "live", "quiet", "finished", "failed", "stuck", "reducing", "watching", "writing")
WAYS = ("close", "ctrl-c", "sigterm", "sigkill")
MARK = "SWMR_VIEWER_ENDED_WINDOW"
"""Environment variable by which all processes of a window are known, whoever their parent is."""
PROMISED_S = 5.0
REACHED_S = 120.0
"""So long may a window take to be in its state."""
AT_ONCE = 3
ROOT = Path(__file__).parents[2]
CUT_SHORT = re.compile(r"Traceback \(most.*\n(?: .*\n)+ .*reduction\.pickle\.load\(from_parent\)\n(?: .*\n)*EOFError: .*\n")
"""What Python says in a process that is being started when its parent is killed: the parent was to tell it what to run."""


@dataclass
class Ended:
    """How a window ended."""

    state: str
    way: str
    seconds: float = 0.0
    """Until nothing of it was left."""
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Scans:
    """The files that windows are opened on."""

    folder: Path

    def arguments(self, state: str) -> list[str]:
        """Return those of the command, for a window of this state."""
        name = {"live": "live.nxs", "starting": "live.nxs", "reducing": "live.nxs", "writing": "live.nxs", "waiting": "not-there.nxs"}
        match state:
            case "empty":
                return []
            case "watching":
                return ["--watch", str(self.folder / "live")]
            case "stuck":
                return [str(self.folder / "stuck" / "hanging.h5"), "--keys", broken.KEYS, "--data", broken.DATA]
        return [str(self.folder / "live" / name[state])] if state in name else [str(self.folder / f"{state}.nxs")]


@contextmanager
def scans(folder: Path) -> Iterator[Scans]:
    """Have a scan that is being written, one whose writer waits, one that is finished, one that is none, and one that hangs a reader."""
    for name in ("live", "stuck"):
        (folder / name).mkdir()
    broken.write_hanging_opening(folder / "stuck")
    (folder / "failed.nxs").write_bytes(b"this is no HDF5 file " * 400)
    small = ScanPlan((4, 5), (32, 32), period_s=0.0)
    with ExitStack() as stack:
        live = stack.enter_context(LiveWriter(folder / "live" / "live.nxs", ScanPlan((100_000,), (64, 64), period_s=0.1), stepped=False))
        stack.enter_context(LiveWriter(folder / "quiet.nxs", small)).step(3)
        stack.enter_context(LiveWriter(folder / "finished.nxs", small, stepped=False)).wait_exit(0)
        live.wait_frames(2)
        yield Scans(folder)


class Window:
    """A window's process; use it in a ``with`` statement.

    Parameters
    ----------
    ended : Ended
        Which state; takes the faults.
    files : Scans
        What there is to be opened.
    folder : Path
        Its own: settings, temporary files, and what it writes.
    """

    def __init__(self, ended: Ended, files: Scans, folder: Path) -> None:
        self._ended, self._folder, self._mark = ended, folder, f"{os.getpid()} {ended.state} {ended.way}"
        module = ["swmr_viewer"] if ended.state == "starting" else ["tests.reliability.told_window", ended.state, str(folder / "written")]
        self._command = [sys.executable, "-m", *module, *files.arguments(ended.state)]
        for name in ("home", "temporary", "written"):
            (folder / name).mkdir()

    def __enter__(self) -> Window:
        home, temporary = str(self._folder / "home"), str(self._folder / "temporary")
        names = ("HOME", *(f"XDG_{what}_HOME" for what in ("CONFIG", "DATA", "CACHE", "STATE")))
        environment = {**os.environ, **dict.fromkeys(names, home), "TMPDIR": temporary, MARK: self._mark, "QT_QPA_PLATFORM": "offscreen"}
        self._errors = (self._folder / "errors").open("w+")
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            self._command, stdin=pipe, stdout=pipe, stderr=self._errors, text=True, env=environment, cwd=ROOT, start_new_session=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        for one in self.processes():
            one.kill()
        self.process.communicate()
        self._errors.close()

    def wait_until_there(self) -> None:
        """Wait until the window is in its state; one that starts has a reader by now, and loads Qt."""
        assert self.process.stdout is not None
        if self._ended.state == "starting":
            wait_for(lambda: len(self.processes()) > 1, f"{self._ended.state}: no reader was started")
        elif (said := self.process.stdout.readline()) != "there\n":
            raise AssertionError(f"{self._ended.state}: the window ended before it was there, and said {said!r}; {self.said}")

    def end(self) -> None:
        """End it in its way."""
        assert self.process.stdin is not None
        match self._ended.way:
            case "close":
                print("close", file=self.process.stdin, flush=True)
            case "ctrl-c":  # a terminal sends it to all processes of the group
                os.killpg(self.process.pid, signal.SIGINT)
            case "sigterm":
                self.process.terminate()
            case "sigkill":
                self.process.kill()

    def processes(self) -> list[psutil.Process]:
        """Return all that live and carry its mark."""
        found = []
        for one in psutil.process_iter():
            try:
                if one.environ().get(MARK) == self._mark and one.status() != psutil.STATUS_ZOMBIE:
                    found.append(one)
            except psutil.Error:
                continue
        return found

    def shared(self) -> set[str]:
        """Return the blocks of shared memory that its processes have mapped."""
        return {name for one in self.processes() for name in shared_of(one.pid)}

    @property
    def said(self) -> str:
        """What its processes said on standard error, without what Python says where a start was cut short by a kill."""
        said = (self._folder / "errors").read_text()
        return CUT_SHORT.sub("", said) if self._ended.way == "sigkill" else said

    def temporary_files(self) -> list[str]:
        """Return what is left of its temporary files, and what is not whole of what it wrote."""
        if self._ended.way == "sigkill":  # the lock of an output that was being written stays, and the next run takes it and removes it
            for lock in (self._folder / "written").glob(".*.lock"):
                OutputLock(lock.with_name(lock.name.removeprefix(".").removesuffix(".lock"))).release()
        killed = [".part"] if self._ended.way == "sigkill" else []  # beside its target, never in its place
        unfinished = [path for path in (self._folder / "written").iterdir() if path.suffix not in (".npy", ".h5", ".png", ".json", *killed)]
        return [str(path) for path in (*(self._folder / "temporary").rglob("*"), *unfinished)]


def expected_status(state: str, way: str) -> tuple[int, ...]:
    """Return with which status a window may end: it closes as by its button, unless it is killed, or asked before it is there."""
    number = {"ctrl-c": signal.SIGINT, "sigterm": signal.SIGTERM}.get(way)
    if way == "sigkill":
        return (-signal.SIGKILL,)
    return (0, 128 + number) if state == "starting" and number is not None else (0,)


def end_window(state: str, way: str, files: Scans, folder: Path, bound_s: float = 30.0) -> Ended:
    """Start a window, end it in this state in this way, and look for what is left of it."""
    ended = Ended(state, way)
    folder.mkdir()
    with Window(ended, files, folder) as window:
        window.wait_until_there()
        shared, began_s = window.shared(), time.monotonic()
        window.end()

        def left() -> list[str]:
            processes = [f"process {one.pid}" for one in window.processes()]
            return processes + [name for name in shared if Path(name).exists()]

        while left() and time.monotonic() - began_s < bound_s:
            time.sleep(0.02)
        ended.seconds = time.monotonic() - began_s
        ended.faults += [f"{what} is left after {bound_s:.0f} s" for what in left()]
        ended.faults += [f"{name} is left" for name in window.temporary_files()]
        if not ended.faults and (status := window.process.wait(bound_s)) not in expected_status(state, way):
            ended.faults.append(f"it ended with status {status}")
        if window.said:
            ended.faults.append(f"it said {window.said!r}")
    return ended


def end_windows(cases: list[tuple[str, str]], folder: Path, bound_s: float = 30.0) -> list[Ended]:
    """End some windows, a few at once."""
    with scans(folder) as files, ThreadPoolExecutor(AT_ONCE) as pool:
        started = [pool.submit(end_window, *case, files, folder / "-".join(case), bound_s) for case in cases]
        return [one.result() for one in started]


def wait_for(is_so: Callable[[], Any], otherwise: str) -> None:
    end_s = time.monotonic() + REACHED_S
    while not is_so():
        if time.monotonic() > end_s:
            raise AssertionError(otherwise)
        time.sleep(0.01)


def every_case() -> list[tuple[str, str]]:
    """Return all states with all ways; a window that starts cannot be closed."""
    return [(state, way) for state in STATES for way in WAYS if (state, way) != ("starting", "close")]


def some_cases() -> list[tuple[str, str]]:
    """Return each state with a kill, and with one of the other ways."""
    others = [(state, WAYS[(number + 1) % 3]) for number, state in enumerate(STATES)]
    return [*((state, "sigkill") for state in STATES), *others]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        found = end_windows(every_case(), Path(folder))
    print(f"{'seconds until nothing is left':32}" + "".join(f"{way:>10}" for way in WAYS))
    for state in STATES:
        seconds = {one.way: one.seconds for one in found if one.state == state}
        print(f"{state:32}" + "".join(f"{seconds[way]:10.2f}" if way in seconds else f"{'':10}" for way in WAYS))
    for one in found:
        late = [f"nothing was left only after {one.seconds:.1f} s"] if one.seconds > PROMISED_S else []
        for fault in (*one.faults, *late):
            print(f"FAULT: {one.state}, {one.way}: {fault}")
    return int(any(one.faults or one.seconds > PROMISED_S for one in found))


if __name__ == "__main__":
    sys.exit(main())
