"""Reductions for tests, in a module that other processes can load."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from swmr_viewer.reductions import Frame, FrameDescription, Mask, Output, Reduction, ReductionError


class Sums(Reduction):
    """Sum of unmasked pixels, number of masked ones, and the sums of columns."""

    name = "sums"
    is_thread_safe = True

    def prepare(self, description: FrameDescription) -> None:
        self.outputs = (Output("total"), Output("n_masked", dtype="i8"), Output("columns", (description.frame_shape[-1],), dtype="f4"))

    def __call__(self, frame: Frame, mask: Mask | None) -> Mapping[str, Any]:
        good = frame if mask is None else np.where(mask, 0, frame)
        return {"total": float(good.sum(dtype="f8")), "n_masked": 0 if mask is None else int(mask.sum()), "columns": good.sum(axis=0)}


class OwnState(Sums):
    """Keeps something between calls: two threads must not share it."""

    name = "own_state"
    is_thread_safe = False
    n_prepared: ClassVar[int] = 0

    def prepare(self, description: FrameDescription) -> None:
        super().prepare(description)
        type(self).n_prepared += 1
        self._busy = False

    def __call__(self, frame: Frame, mask: Mask | None) -> Mapping[str, Any]:
        assert not self._busy
        self._busy = True
        try:
            return super().__call__(frame, mask)
        finally:
            self._busy = False


class Stumbles(Sums):
    """Fails for some frames, each in another way."""

    name = "stumbles"

    def __call__(self, frame: Frame, mask: Mask | None) -> Mapping[str, Any]:
        kind = int(frame[0, 0]) % 5
        if kind == 1:
            raise ZeroDivisionError("nothing to divide by")
        if kind == 2:
            return {"total": 1.0}
        if kind == 3:
            raise ReductionError("This frame is too dark.")
        return super().__call__(frame, mask)


class Deadly(Sums):
    """Ends its process with the frame whose first pixel is 5."""

    name = "deadly"

    def __call__(self, frame: Frame, mask: Mask | None) -> Mapping[str, Any]:
        if int(frame[0, 0]) == 5:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
        return super().__call__(frame, mask)


class Refuses(Sums):
    """Can do nothing with any frames."""

    name = "refuses"

    def prepare(self, description: FrameDescription) -> None:
        raise ReductionError("There is no wavelength.", "Give one.")


class Endless(Sums):
    """Is never through with a frame, and keeps Python busy meanwhile; a file tells that it has begun."""

    name = "endless"
    begun = Path()

    def __call__(self, frame: Frame, mask: Mask | None) -> Mapping[str, Any]:
        self.begun.touch()
        while True:
            pass


class Threads(Sums):
    """Tells how many threads libraries may start."""

    name = "threads"

    def __call__(self, frame: Frame, mask: Mask | None) -> Mapping[str, Any]:
        return super().__call__(frame, mask) | {"n_masked": int(os.environ["OMP_NUM_THREADS"])}


class Leaves(Sums):
    """Leaves Python with the frame whose first pixel is 2, as a script may that was a program once."""

    name = "leaves"

    def __call__(self, frame: Frame, mask: Mask | None) -> Mapping[str, Any]:
        if int(frame[0, 0]) == 2:
            raise SystemExit("done")
        return super().__call__(frame, mask)


class Spoils(Sums):
    """Writes to what it is given."""

    name = "spoils"

    def __call__(self, frame: Frame, mask: Mask | None) -> Mapping[str, Any]:
        assert mask is not None
        made = super().__call__(frame, mask)
        frame[:] = 0
        if int(made["total"]) % 2:
            mask[:] = True
        return made


class Forks(Sums):
    """Makes a copy of its process with each frame, which leaves it as if nothing had happened."""

    name = "forks"
    told = Path()

    def __call__(self, frame: Frame, mask: Mask | None) -> Mapping[str, Any]:
        if pid := os.fork():
            with self.told.open("a") as file:
                print(pid, file=file)
        return super().__call__(frame, mask)
