"""How long frames took through each stage, for ``swmr-viewer follow --timings``: as JSON, and as lines for people."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from swmr_viewer.core.frozen import frozen
from swmr_viewer.reader.messages import FrameMeasured
from swmr_viewer.reader.stage_times import StageAccount, StageTimes, ms_text

if TYPE_CHECKING:
    from swmr_viewer.reader.supervision import ProcessMemory

KEPT = 10_000
"""The account is of so many frames, the last ones."""


class FollowTimings:
    """Keeps the times of the frames that are printed.

    Parameters
    ----------
    clock : callable
        Seconds, of the clock that `FrameTimes` are told in.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stages = StageTimes(KEPT)

    def note(self, event: FrameMeasured) -> dict[str, Any]:
        """Note a frame that has just come, and return what its line says of it: how long each stage took (ms)."""
        if event.times is None:
            return {}
        now, one = self._clock(), StageTimes(1)
        for stages in (self._stages, one):
            stages.note(event.times, now)
        return {"stages_ms": {str(stage.stage): _rounded(stage.median_s) for stage in one.account().stages}}

    def summary(self, n_skipped: int, memory: ProcessMemory | None) -> TimingsSummary:
        """Return the account of all frames, ``n_skipped`` of which were complete and not measured."""
        return TimingsSummary(self._stages.account(), n_skipped, None if memory is None else memory.total)


@frozen
class TimingsSummary:
    """What is told at the end."""

    account: StageAccount
    n_skipped: int
    """Frames that were complete, and were not measured."""
    memory_bytes: int | None
    """Of all processes; None where the system does not tell."""

    def as_json(self) -> dict[str, Any]:
        """Return what the last line says; times in ms."""
        stages = {str(one.stage): {"median": _rounded(one.median_s), "p99": _rounded(one.p99_s)} for one in self.account.stages}
        slowest = self.account.slowest
        return {
            "frames": self.account.n_frames,
            "stages_ms": stages,
            "slowest": None if slowest is None else str(slowest.stage),
            "skipped": self.n_skipped,
            "memory_bytes": self.memory_bytes,
        }

    def lines(self) -> list[str]:
        """Return the same for people."""
        memory = "" if self.memory_bytes is None else f", {self.memory_bytes / 1e6:.0f} MB of memory"
        lines = [f"{self.account.n_frames} frames, {self.n_skipped} skipped{memory}."]
        lines += [f"{one.stage}: {ms_text(one.median_s)} ms, 99 % within {ms_text(one.p99_s)} ms" for one in self.account.stages]
        return [*lines, f"{self.account.slowest_text} ms."] if self.account.slowest else lines


def _rounded(seconds: float) -> float:
    return round(1000 * seconds, 3)
