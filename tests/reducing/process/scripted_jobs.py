"""Jobs that do what the values of the request say, in place of ``ReductionJob``; they run in the real process."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np

from swmr_viewer.reducing.messages import (
    FrameFailed,
    Noted,
    Prepared,
    Reduced,
    ReduceRequest,
    ReductionChoice,
    ReductionEnded,
    ReductionEvent,
    ReductionProgress,
    ShownReduced,
)
from swmr_viewer.reductions import ReductionError


def request_for(script: Mapping[str, Any], **more: Any) -> ReduceRequest:
    """Return a request for a scripted job.

    ``n``: frames; ``folder``: results of an earlier process are files there; ``dies_at``: a frame that kills the process, the first
    time it comes (``dies_again``: each time); ``hangs_at``: a frame that stops the process; ``waits``: go on until stopped;
    ``n_values``: bytes of values per frame; ``raises``: a frame that raises; ``silent_end``: end without a word.
    """
    return ReduceRequest("/scan.h5", ReductionChoice("scripted", dict(script)), **more)


class ScriptedJob:
    """A job that is led by ``request.reduction.values``."""

    def __init__(self, request: ReduceRequest, tell: Callable[[ReductionEvent], None]) -> None:
        self.script, self.tell = dict(request.reduction.values), tell
        self.n = self.script.get("n", 4)
        self.folder = Path(self.script["folder"]) if "folder" in self.script else None
        self.index = self.n_known()
        self.stopped = Event()
        self.tell(Prepared("scripted", "/data", ("/keys",), (self.n,), (), "1 thread", request.output, self.index))

    def n_known(self) -> int:
        return 0 if self.folder is None else len(list(self.folder.glob("result*")))

    def step(self) -> bool:
        if self.stopped.is_set() or self.index >= self.n:
            return self.over()
        self.reduce(self.index)
        self.index += 1
        if self.index == self.n and self.script.get("waits"):
            while not self.stopped.wait(0.05):
                self.tell(ReductionProgress(self.n, 0, self.n, self.n, 0, 1.0, 0.0, 0.0))
        return True

    def over(self) -> bool:
        if not self.script.get("silent_end"):
            reason = "stopped" if self.stopped.is_set() else "all_keys"
            self.tell(ReductionEnded(reason, self.index, 0, self.n, self.n, not self.stopped.is_set()))
        return False

    def reduce(self, index: int) -> None:
        if self.folder is not None:
            self.meet_fate(index, self.folder)
            (self.folder / f"result{index}").touch()
        if index == self.script.get("raises"):
            raise ValueError("a frame that raises")
        if index == self.script.get("fails"):
            self.tell(FrameFailed(index, (index,), "no such frame"))
        numbers = np.full(1, float(index))
        patterns = {"pattern": np.zeros((1, self.script["n_values"] // 4), np.float32)} if "n_values" in self.script else {}
        self.tell(Reduced((self.n,), np.array([index]), {"number": numbers}, patterns))
        self.tell(ReductionProgress(index + 1, 0, self.n, self.n, 0, 1.0, 0.0, 0.0))

    def meet_fate(self, index: int, folder: Path) -> None:
        marks = len(list(folder.glob(f"death{index}-*")))
        if index == self.script.get("dies_at") and (self.script.get("dies_again") or not marks):
            (folder / f"death{index}-{marks}").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if index == self.script.get("hangs_at") and not marks:
            (folder / f"death{index}-{marks}").touch()
            os.kill(os.getpid(), signal.SIGSTOP)

    def show(self, index: int, scan_shape: tuple[int, ...]) -> None:
        self.tell(ShownReduced(scan_shape, index, {"number": np.float64(index) * np.ones(())}))

    def stop(self) -> None:
        self.stopped.set()

    def close(self) -> None:
        if self.folder is not None:
            (self.folder / "closed").touch()


class DeafJob(ScriptedJob):
    """One whose reduction hangs: it never comes back from a step."""

    def step(self) -> bool:
        self.tell(ReductionProgress(3, 0, self.n, self.n, 0, 1.0, 0.0, 0.0))
        Event().wait()
        return True


class NoisyJob(ScriptedJob):
    """Tells its niceness, ignores that it is to stop, and writes to standard output."""

    def step(self) -> bool:
        print("noise")
        self.tell(Noted(f"nice {os.nice(0)}"))
        while True:
            time.sleep(0.05)


class TextScriptedJob(ScriptedJob):
    """Takes its script as a command line sets it; ``reason``: of its end; ``refuses``: what is refused."""

    def __init__(self, request: ReduceRequest, tell: Callable[[ReductionEvent], None]) -> None:
        values = request.reduction.values
        if "refuses" in values:
            raise ReductionError(f"There is no {values['refuses']}.")
        script = {name: int(text) if text.isdecimal() else text for name, text in values.items()}
        super().__init__(replace(request, reduction=ReductionChoice("scripted", script)), tell)

    def over(self) -> bool:
        if "reason" in self.script:
            self.tell(ReductionEnded(self.script["reason"], self.index, 0, self.n, self.n, False))
            return False
        return super().over()
