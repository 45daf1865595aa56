"""The reader in every trouble: what the window does meanwhile, how soon it is said, how soon another reader reads, what is lost.

``python -m tests.reliability.supervision`` goes through all of them, each in a process of its own, on a scan that is written at the
same time, and prints a table; ``--trouble NAME`` takes one, ``--json`` prints it for programs. Exit status 1 if a frame was lost,
announced twice, or is wrong. On Linux; troubles of the storage need a C compiler.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from math import prod
from pathlib import Path
from types import TracebackType
from typing import Self

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import numpy as np
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialog

from swmr_viewer.gui.application import application
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.reader.messages import FollowRequest, Phase, PhaseChanged, ReaderReplaced, ReaderStuck
from swmr_viewer.reader.supervision import Supervisor
from swmr_viewer.scan_model import StateKind
from swmr_viewer.simulator.plan import ScanPlan
from tests.live.writers import LiveWriter
from tests.qt_settings import keep_qt_settings_in
from tests.reliability import slow_storage
from tests.reliability.loop_times import LoopTimes

LIMIT_S = 6.0
"""For a reader that does not answer; what users set."""
WAIT_S = 120.0
N_KILLS = 5
SCAN = (8, 100)
STEP_S = 0.05
"""From frame to frame, until the trouble is over; then the rest comes quickly."""
PLAN = ScanPlan(SCAN, (128, 128), period_s=0.004, compression="bslz4")
N_FRAMES = prod(SCAN)


@dataclass
class Outcome:
    """What was seen of one trouble."""

    trouble: str
    longest_turn_ms: float = 0.0
    longest_wait_ms: float = 0.0
    """Of the event loop, without what it worked and waited for a processor."""
    said_s: float | None = None
    """From the trouble until the window says so."""
    replaced_s: float | None = None
    """From the trouble, or from the limit where the reader is silent, until the reader is gone and another one is started."""
    reads_s: float | None = None
    """From then until that one follows the file."""
    n_frames: int = 0
    n_lost: int = 0
    n_twice: int = 0
    n_wrong: int = 0
    n_shown: int = 0
    """Different frames that were on the screen, each compared."""
    closing_s: float = 0.0

    @property
    def is_right(self) -> bool:
        return self.n_frames > 0 and self.n_shown > 0 and not (self.n_lost or self.n_twice or self.n_wrong)


class Watched:
    """The real window on a real scan, and what it announces and shows."""

    def __init__(self, path: Path, writer: LiveWriter) -> None:
        self.path = path
        self._writer = writer
        self.supervisor = Supervisor(stuck_after_s=LIMIT_S)
        self.supervisor.start()
        self.assembly = Assembly(self.supervisor)
        self.session = self.assembly.session
        self.session.set_stuck_after(LIMIT_S)
        self.announced: Counter[int] = Counter()
        self.shown: dict[int, bool] = {}
        self.told: list[tuple[float, object]] = []
        self.stood_still_at: float | None = None
        self.asked_at: float | None = None
        """When the reader was to be replaced without waiting for the limit."""
        self.times = LoopTimes()
        self.assembly.thread.frames_completed.connect(lambda indices: self.announced.update(indices.tolist()))
        self.assembly.thread.received.connect(self._on_event)
        self.session.frame_changed.connect(self._compare)
        self.session.state_changed.connect(self._on_state)
        self.assembly.window.show()
        self.session.open(FollowRequest(str(path)))

    def _on_event(self, event: object) -> None:
        self.told.append((time.monotonic(), event))

    def _on_state(self) -> None:
        if self.session.scan.state.kind is StateKind.STORAGE and self.stood_still_at is None:
            self.stood_still_at = time.monotonic()

    def _compare(self) -> None:
        frame = self.session.scan.shown
        if frame is not None and frame.index not in self.shown:
            self.shown[frame.index] = bool(np.array_equal(frame.raw, self._writer.expected(frame.index)))

    @property
    def pid(self) -> int:
        process = self.supervisor._current.process
        assert process is not None
        assert process.pid is not None
        return process.pid

    def n_told(self, kind: type) -> int:
        return sum(isinstance(event, kind) for _, event in self.told)

    def until(self, is_so: Callable[[], object]) -> None:
        """Run the event loop until this is so."""
        deadline = time.monotonic() + WAIT_S
        while not is_so():
            QApplication.processEvents()
            assert time.monotonic() < deadline, f"not so within {WAIT_S:g} s: {self._story()}"
            time.sleep(0.0005)

    def _story(self) -> str:
        now = time.monotonic()
        events = (f"{at - now:.2f} {event!r:.200}" for at, event in self.told[-25:])
        return "\n".join((str(self.session.scan.state), f"{len(self.shown)} shown", *events))

    def until_replaced(self, number: int = 1) -> None:
        """Wait until so many readers were replaced, and the last one reads."""
        self.until(lambda: self.n_told(ReaderReplaced) >= number)
        n_shown = len(self.shown)
        self.until(lambda: len(self.shown) > n_shown)

    def close(self) -> None:
        self.times.stop()
        self.assembly.close()
        self.supervisor.close()


class Steps:
    """Has the writer write a frame every so often while this lasts, as a detector does."""

    def __init__(self, writer: LiveWriter) -> None:
        self._writer = writer
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="steps")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        for _ in range(N_FRAMES - 1):
            if self._is_over.wait(STEP_S):
                return
            self._writer.step()


# ---- troubles


def _kill(window: Watched) -> None:
    os.kill(window.pid, signal.SIGKILL)
    window.until_replaced()


def _kill_again_and_again(window: Watched) -> None:
    for number in range(1, N_KILLS + 1):
        os.kill(window.pid, signal.SIGKILL)
        window.until_replaced(number)


def _crash(window: Watched) -> None:
    os.kill(window.pid, signal.SIGSEGV)
    window.until_replaced()


def _stop(window: Watched) -> None:
    os.kill(window.pid, signal.SIGSTOP)
    window.until_replaced()


def _stop_and_ask(window: Watched) -> None:
    window.session.set_stuck_after(3600)
    os.kill(window.pid, signal.SIGSTOP)
    window.until(lambda: window.n_told(ReaderStuck))
    window.asked_at = time.monotonic()
    window.session.replace_reader()
    window.until_replaced()


def _stop_for_a_moment(window: Watched) -> None:
    reader = window.pid
    os.kill(reader, signal.SIGSTOP)
    window.until(lambda: window.n_told(ReaderStuck))
    os.kill(reader, signal.SIGCONT)
    n_shown = len(window.shown)
    window.until(lambda: len(window.shown) > n_shown)
    assert window.pid == reader, "it was replaced although it answers"


def _storage(window: Watched) -> None:
    """It stands still until readers were replaced, and then answers."""
    with slow_storage.standing_still():
        window.until(lambda: window.n_told(ReaderReplaced))
    n_shown = len(window.shown)
    window.until(lambda: len(window.shown) > n_shown)


def _storage_and_another_file(window: Watched) -> None:
    """The same file is asked for again, and again, while it stands still."""
    with slow_storage.standing_still():
        window.until(lambda: window.n_told(ReaderStuck))
        window.asked_at = time.monotonic()
        for _ in range(3):
            window.session.retry()
            QApplication.processEvents()
        window.until(lambda: window.n_told(ReaderReplaced))
    window.announced.clear()
    n_shown = len(window.shown)
    window.until(lambda: len(window.shown) > n_shown)


NOT_CHOSEN = ("", "Ctrl+Q", "Ctrl+Shift+F1")
"""No action of ours; the end of the window; the end of all settings."""


def _storage_and_every_button(window: Watched) -> None:
    """Each action of the window is chosen while the storage stands still; then the file is opened again."""
    with slow_storage.standing_still():
        window.until(lambda: window.n_told(ReaderStuck))
        for action in window.assembly.window.findChildren(QAction):
            if action.isEnabled() and action.shortcut().toString() not in NOT_CHOSEN:
                _choose(action, window)
    window.announced.clear()
    window.session.open(FollowRequest(str(window.path)))
    window.session.set_every_frame(False)
    n_shown = len(window.shown)
    window.until(lambda: len(window.shown) > n_shown)


def _choose(action: QAction, window: Watched) -> None:
    action.trigger()
    for _ in range(10):
        QApplication.processEvents()
        time.sleep(0.002)
    for dialog in window.assembly.window.findChildren(QDialog):
        dialog.close()


TROUBLES: dict[str, Callable[[Watched], None]] = {
    "killed": _kill,
    "killed five times": _kill_again_and_again,
    "crashed": _crash,
    "stopped": _stop,
    "stopped, another asked for": _stop_and_ask,
    "stopped for a moment": _stop_for_a_moment,
    "storage stands still": _storage,
    "storage stands still, opened again": _storage_and_another_file,
    "storage stands still, all pressed": _storage_and_every_button,
}
OF_STORAGE = tuple(name for name in TROUBLES if name.startswith("storage"))


# ---- one of them


def suffer(trouble: str, folder: Path) -> Outcome:
    """Let the window follow a scan into this trouble, and out of it to the scan's end."""
    keep_qt_settings_in(folder.parent / "settings")
    application()
    outcome, path = Outcome(trouble), folder / "scan.h5"
    with ExitStack() as stack:
        with slow_storage.unloaded():
            writer = stack.enter_context(LiveWriter(path, PLAN))
        with Steps(writer):
            window = Watched(path, writer)
            window.until(lambda: len(window.shown) > 3)
            window.times.begin_anew()
            began = time.monotonic()
            TROUBLES[trouble](window)
            _note_times(outcome, window, began)
        writer.run()
        window.until(lambda: window.session.scan.is_over)
        _count(outcome, window, writer)
        began = time.monotonic()
        window.close()
        outcome.closing_s = time.monotonic() - began
    return outcome


def _note_times(outcome: Outcome, window: Watched, began: float) -> None:
    outcome.longest_turn_ms = 1000 * window.times.longest_s
    outcome.longest_wait_ms = 1000 * window.times.longest_wait_s
    replaced = [at for at, event in window.told if isinstance(event, ReaderReplaced)]
    said = [at for at in (window.stood_still_at, *replaced[:1]) if at is not None]
    outcome.said_s = min(said) - began if said else None
    if replaced:
        due_at = window.asked_at or (began if window.stood_still_at is None else began + LIMIT_S)
        outcome.replaced_s = replaced[0] - due_at
        follows = [
            at for at, event in window.told if isinstance(event, PhaseChanged) and event.phase is Phase.FOLLOWING and at > replaced[0]
        ]
        outcome.reads_s = follows[0] - replaced[0] if follows else None


def _count(outcome: Outcome, window: Watched, writer: LiveWriter) -> None:
    writer.wait_for("closed")
    outcome.n_frames = N_FRAMES
    outcome.n_lost = N_FRAMES - len(window.announced)
    outcome.n_twice = sum(n > 1 for n in window.announced.values())
    outcome.n_shown, outcome.n_wrong = len(window.shown), sum(not right for right in window.shown.values())


def in_a_process(trouble: str, folder: Path) -> Outcome:
    """Do that in a process of its own, with the storage that can stand still where that is needed."""
    data, build = folder / "data", folder / "build"
    data.mkdir()
    build.mkdir()
    environment = slow_storage.environment(data, build) if trouble in OF_STORAGE else dict(os.environ)
    command = [sys.executable, "-m", "tests.reliability.supervision", "--trouble", trouble, "--folder", str(data), "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=4 * WAIT_S, check=False)
    assert done.returncode in (0, 1), f"{trouble}: {done.stderr[-6000:]}"
    return Outcome(**json.loads(done.stdout.splitlines()[-1]))


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.supervision", description=__doc__)
    parser.add_argument("--trouble", choices=TROUBLES)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    if args.folder is not None:
        outcome = suffer(args.trouble, args.folder)
        print(json.dumps(asdict(outcome)))
        return int(not outcome.is_right)
    outcomes = []
    for trouble in [args.trouble] if args.trouble else TROUBLES:
        if trouble in OF_STORAGE and slow_storage.compiler() is None:
            print(f"{trouble}: no C compiler")
            continue
        with tempfile.TemporaryDirectory() as folder:
            outcomes.append(in_a_process(trouble, Path(folder)))
        print(_line(outcomes[-1]), flush=True)
    return int(not all(outcome.is_right for outcome in outcomes))


def _line(one: Outcome) -> str:
    said, replaced, reads = (f"{value:.2f} s" if value is not None else "-" for value in (one.said_s, one.replaced_s, one.reads_s))
    parts = (
        f"{one.trouble:<36} longest turn {one.longest_turn_ms:4.0f} ms, of it waiting {one.longest_wait_ms:4.1f} ms",
        f"said {said}, replaced {replaced}, reads {reads}",
        f"{one.n_frames} frames, {one.n_lost} lost, {one.n_twice} twice",
        f"{one.n_shown} shown, {one.n_wrong} wrong",
        f"closed in {one.closing_s:.2f} s",
    )
    return "; ".join(parts)


if __name__ == "__main__":
    sys.exit(main())
