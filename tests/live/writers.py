"""A real SWMR writer in a process of its own, led step by step: tests wait for what it says, never for a clock."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from swmr_viewer.commands.simulate import arguments_from
from swmr_viewer.simulator.orders import dropped_indices, stored_indices
from swmr_viewer.simulator.pattern import Frame, make_channel_frame
from swmr_viewer.simulator.plan import ScanPlan

COMMAND = (sys.executable, "-m", "swmr_viewer", "simulate")
WAIT_S = 60.0
"""A generous bound on everything that is waited for."""


class WriterError(AssertionError):
    """The writer ended, or was silent, while something was expected of it."""


class LiveWriter:
    """A writer process; use it in a ``with`` statement.

    Parameters
    ----------
    path : Path
        The file that it writes.
    plan : ScanPlan
        What it writes.
    stepped : bool
        True: it writes a frame for each ``step()``. False: it writes at the plan's own pace.
    hold : bool
        Stepped only: stay out of SWMR mode until ``enter_swmr()``.
    """

    def __init__(self, path: Path, plan: ScanPlan, *, stepped: bool = True, hold: bool = False) -> None:
        self.path = path
        self.plan = plan
        self.stepped = stepped
        self.events: list[str] = []
        self._hold = hold
        self._news = threading.Condition()
        self._over = False
        self._errors: list[str] = []
        self._threads: list[threading.Thread] = []
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            [*self._command(), *(["--step"] if self.stepped else [])], stdin=pipe, stdout=pipe, stderr=pipe, text=True, encoding="utf-8"
        )
        self._threads = [
            threading.Thread(target=listen, name=f"writer {listen.__name__}") for listen in (self._listen, self._listen_errors)
        ]
        for thread in self._threads:
            thread.start()
        try:
            self.wait_for("created")
            if not self._hold:
                self.enter_swmr()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(WAIT_S)
        for thread in self._threads:
            thread.join(WAIT_S)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            with suppress(OSError):  # what could not be sent to a process that is gone
                stream.close()

    # ---- leading it

    def enter_swmr(self) -> None:
        """Let it enter SWMR mode; return when it has."""
        if self.stepped:
            self._send("step")
        self.wait_for("swmr")

    def wait_swmr(self) -> None:
        """Wait until it is in SWMR mode."""
        self.wait_for("swmr")

    def step(self, n_ticks: int = 1) -> list[int]:
        """Let it write ``n_ticks`` more frames per detector; return the indices that became complete."""
        before, n_done = len(self.complete), self.events.count("tick")
        for _ in range(n_ticks):
            self._send("step")
        self._wait(lambda: self.events.count("tick") >= n_done + n_ticks, f"{n_ticks} more ticks")
        return self.complete[before:]

    def run(self) -> None:
        """Let it go on at the plan's pace; return at once."""
        self._send("run")

    def set_finished(self) -> None:
        """After the last step: let it set the finished flag; the file stays open."""
        self._send("step")
        self.wait_for("finished")

    def finish(self) -> None:
        """Let it write the rest and close the file; return when the process has ended."""
        if self.stepped and "finished" not in self.events:
            self.run()
        elif self.stepped:
            self._send("step")
        self.wait_for("closed")
        self.wait_exit(0)

    def close_early(self) -> None:
        """Let it close the file properly now (stepped only); return when the process has ended."""
        self._send("close")
        self.wait_exit(130)

    def kill(self) -> None:
        """End the process as a crash would: the file keeps its SWMR flag."""
        self.process.kill()
        self.process.wait(WAIT_S)

    # ---- waiting for it

    def wait_for(self, event: str) -> None:
        """Wait until it has said this."""
        self._wait(lambda: event in self.events, event)

    def wait_frames(self, n_frames: int) -> list[int]:
        """Wait until at least this many frames are complete; return their indices in the order of completion."""
        self._wait(lambda: len(self.complete) >= n_frames, f"{n_frames} frames")
        return self.complete

    def wait_exit(self, status: int | None = None) -> int:
        """Wait until the process has ended; check its exit status if one is given."""
        found = self.process.wait(WAIT_S)
        if status is not None and found != status:
            raise WriterError(f"the writer ended with status {found}, not {status}: {self.stderr}")
        return found

    # ---- looking at it

    @property
    def process(self) -> subprocess.Popen[str]:
        """The writer's process."""
        assert self._process is not None, "the writer was not started: use `with`"
        return self._process

    @property
    def complete(self) -> list[int]:
        """Every index that is complete, in the order of completion."""
        with self._news:
            events = [event.split() for event in self.events if event.startswith(("frame ", "burst "))]
        last = str(self.plan.n_channels - 1)
        complete: list[int] = []
        for word, *numbers in events:
            if word == "frame":
                complete.append(int(numbers[0]))
            elif numbers[0] == last:
                complete += self._visited(int(numbers[1]), int(numbers[2]))
        return complete

    @property
    def stderr(self) -> str:
        """What it said on standard error."""
        with self._news:
            return "".join(self._errors)

    def expected(self, index: int, detector: int = 0) -> Frame:
        """Return the pixels that it writes at this index."""
        return make_channel_frame(self.plan, detector, index)

    # ----

    def _command(self) -> list[str]:
        return [*COMMAND, str(self.path), "--handshake", *arguments_from(self.plan)]

    def _visited(self, first: int, count: int) -> list[int]:
        """The indices of some visits whose keys are set."""
        dropped = dropped_indices(self.plan)
        return [index for index in stored_indices(self.plan)[first : first + count].tolist() if index not in dropped]

    def _send(self, word: str) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{word}\n")
            self.process.stdin.flush()
        except OSError as error:
            raise WriterError(f"the writer is gone, and cannot {word}: {self.stderr}") from error

    def _wait(self, is_so: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + WAIT_S
        with self._news:
            while not is_so():
                left = deadline - time.monotonic()
                if self._over or left <= 0 or not self._news.wait(left):
                    if is_so():
                        return
                    how = "ended" if self._over else "was silent"
                    raise WriterError(f"waited for {what!r}, the writer {how} after {self.events[-3:]}: {''.join(self._errors)}")

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self.events.append(line.strip())
                self._news.notify_all()
        # Its last words come on the other pipe: have them before saying that it is over.
        self.process.wait()
        self._threads[1].join(WAIT_S)
        with self._news:
            self._over = True
            self._news.notify_all()

    def _listen_errors(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._news:
                self._errors.append(line)
