"""What stands for a frame worker in the workers of tests: it makes numbers of positions, without a file."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np

from swmr_viewer.engines import Batch, BatchResult, FrameFault, Plan
from swmr_viewer.reductions import Frame, FrameDescription, Mask, Output, Outputs, Reduction, ReductionError
from tests.engines.reductions_here import Sums


class Nothing(Reduction):
    """A reduction that is never called."""

    name = "nothing"

    def prepare(self, description: FrameDescription) -> None:
        self.outputs = (Output("value"),)

    def __call__(self, frame: Frame, mask: Mask | None) -> Outputs:
        return {"value": 0.0}


def plan_for(path: Path, data_path: str = "/entry/data") -> Plan:
    return Plan(str(path), data_path, 1, Nothing(), FrameDescription((4, 4), "<u4"))


class SlowSums(Sums):
    """Takes its time, so that there is something to do when a worker goes."""

    def __call__(self, frame: Frame, mask: Mask | None) -> Outputs:
        time.sleep(0.01)
        return super().__call__(frame, mask)


class Numbers:
    """Gives 2 * index + 1 for each frame, its process, and when it was done."""

    pause_s = 0.0

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def reduce(self, batch: Batch) -> BatchResult:
        time.sleep(self.pause_s)
        indices = np.ravel_multi_index(np.transpose(batch.positions), batch.scan_shape)
        return BatchResult(
            batch, {"value": 2.0 * indices + 1, "pid": np.full(batch.n, os.getpid()), "at": np.full(batch.n, time.monotonic())}
        )

    def close(self) -> None:
        Path(self.plan.path).with_suffix(f".{os.getpid()}.closed").touch()


class SlowNumbers(Numbers):
    pause_s = 0.05


class LateNumbers(Numbers):
    """Another host's cache: each frame is missing at the first look of each worker."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self._seen: set[tuple[int, ...]] = set()

    def reduce(self, batch: Batch) -> BatchResult:
        result = super().reduce(batch)
        faults = [FrameFault(at, "not there yet", True) for at, position in enumerate(batch.positions) if position not in self._seen]
        self._seen.update(batch.positions)
        return BatchResult(batch, result.outputs, tuple(faults))


class Deadly(Numbers):
    """Frame 7 ends the process."""

    def reduce(self, batch: Batch) -> BatchResult:
        if (7,) in batch.positions:
            os._exit(1)
        return super().reduce(batch)


class Unready(Numbers):
    def __init__(self, plan: Plan) -> None:
        raise ReductionError("nothing cannot be prepared for such frames.", "Choose another one.")


class Waits(Numbers):
    """Waits in a batch until a file is there."""

    def reduce(self, batch: Batch) -> BatchResult:
        Path(self.plan.path).with_suffix(".begun").touch()
        while not Path(self.plan.path).with_suffix(".go").exists():
            time.sleep(0.01)
        return super().reduce(batch)


BINS = 1000


class Patterns:
    """Gives a pattern for each frame of a scan of one point, and works on none."""

    def __init__(self, plan: Plan) -> None:
        pass

    def reduce(self, batch: Batch) -> BatchResult:
        n = batch.n if batch.scan_shape == (1,) else 0
        return BatchResult(batch, {"intensity": np.ones((n, BINS), np.float32)})

    def close(self) -> None:
        pass
