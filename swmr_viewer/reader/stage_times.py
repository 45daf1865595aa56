"""How long frames took through each stage, from their key to where they were wanted: the last of them, in numbers."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from enum import StrEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.frozen import frozen
from swmr_viewer.reader.messages import FrameTimes

KEPT = 200
"""So many frames, the last ones, are looked at."""


class Stage(StrEnum):
    """What happens to a frame, in this order; the words are those that people read."""

    WAITING = "waiting to be read"
    """From the moment when its key was seen; how long the key lay there before, only its writer knows."""
    READING = "reading and decoding"
    PREPARING = "examining"
    """Masks, corrections, preview, levels and statistics."""
    SENDING = "handing over"
    """From the reader to the process that asked for it."""
    TAKING = "waiting for the window"
    """Until the window's thread takes it; without a window there are no stages from here on."""
    PAINTING = "painting"


@frozen
class StageTime:
    """What one stage took (s)."""

    stage: Stage
    median_s: float
    p99_s: float
    """99 of 100 frames took no longer."""


@frozen
class StageAccount:
    """What each stage took of the last frames."""

    n_frames: int
    stages: tuple[StageTime, ...]
    """In their order; none without a frame."""
    median_s: float
    """From the key to the end of the last stage (s)."""
    p99_s: float

    @property
    def slowest(self) -> StageTime | None:
        """The stage with the largest median."""
        return max(self.stages, key=lambda one: one.median_s, default=None)

    @property
    def slowest_text(self) -> str:
        """``Slowest: painting, 3.1 ms of 9.8``; nothing without a frame."""
        slowest = self.slowest
        return "" if slowest is None else f"Slowest: {slowest.stage}, {ms_text(slowest.median_s)} ms of {ms_text(self.median_s)}"


class StageTimes:
    """Keeps the times of the last frames.

    Parameters
    ----------
    n_kept : int
        How many frames.
    """

    def __init__(self, n_kept: int = KEPT) -> None:
        self._kept: deque[tuple[float, ...]] = deque(maxlen=n_kept)

    def note(self, times: FrameTimes, received: float, later: Iterable[float] = ()) -> None:
        """Note a frame: its times in the reader, when it was received, and the ends of the stages after that (s, the same clock).

        Frames with another number of stages than the ones before begin the account anew.
        """
        passed = (times.key_seen, times.reading_began, times.read, times.prepared, received, *later)
        if self._kept and len(self._kept[-1]) != len(passed):
            self._kept.clear()
        self._kept.append(passed)

    def account(self) -> StageAccount:
        """Return what each stage took. Clocks that go in steps make no stage shorter than nothing."""
        if not self._kept:
            return StageAccount(0, (), 0.0, 0.0)
        passed = np.array(self._kept)
        columns = [after - before for before, after in pairwise(passed.T)]
        stages = tuple(StageTime(stage, *_typical(spans)) for stage, spans in zip(Stage, columns, strict=False))
        return StageAccount(len(passed), stages, *_typical(passed[:, -1] - passed[:, 0]))


def ms_text(seconds: float) -> str:
    """Return a time in milliseconds, as exact as it is of use: ``0.08``, ``3.1``, ``140``."""
    ms = 1000 * seconds
    return f"{ms:.2f}" if ms < 0.995 else f"{ms:.1f}" if ms < 99.95 else f"{ms:.0f}"


def _typical(spans: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return median and p99 (s); p99 is a time that was measured, not one between two."""
    spans = np.maximum(spans, 0.0)
    return float(np.median(spans)), float(np.quantile(spans, 0.99, method="higher"))
