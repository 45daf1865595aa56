"""Which frames belong together for the shown one, and when their combination is worth sending."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import FrameDoubtfulError
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.reader.child.frame_preparers import FramePreparers
from swmr_viewer.reader.child.frame_reading import FrameReading
from swmr_viewer.reader.child.rolling import Rolling

_PARTLY_EVERY_S = 0.5
"""How often (s) a combination is shown that does not have all of its frames yet."""


@dataclass(slots=True)
class _Sent:
    """What was sent last."""

    index: int
    n: int
    live: bool
    at_s: float


class CombinedFrames:
    """The frames of one data set, combined as its preparer says.

    Parameters
    ----------
    path : str
        The data set.
    frames : FrameReading
        Reads them.
    preparers : FramePreparers
        How frames are prepared and combined.
    progress : callable
        Returns the keys by now.
    left : int64 array
        With all frames: complete ones that are not in it yet, because they wait in line (see `push`).
    """

    def __init__(
        self, path: str, frames: FrameReading, preparers: FramePreparers, progress: Callable[[], KeyProgress], left: IndexArray
    ) -> None:
        preparer = preparers.of(path)
        how = preparer.combine.how
        assert how != "none"
        self.path = path
        self.preparer = preparer
        self._preparers = preparers
        self._frames = frames
        self._progress = progress
        self.rolling = Rolling(how, preparer.combine.n, self._read, self._leave_out, frames.clock, self._read_doubtful)
        self._sent: _Sent | None = None
        if preparer.combine.n is None:
            self.push(np.setdiff1d(np.flatnonzero(progress().complete_mask()).astype(np.int64), left))

    @property
    def is_of_all(self) -> bool:
        """Whether it is of all complete frames, whatever is shown."""
        return self.preparer.combine.n is None

    @property
    def is_settled(self) -> bool:
        """Whether the newest frame that can be in it was sent with it."""
        return not self.rolling.has_work and (
            self.rolling.head is None or (self._sent is not None and self._sent.index == self.rolling.head)
        )

    def push(self, indices: IndexArray) -> None:
        """Take these as well, if it is of all frames."""
        if self.is_of_all:
            bad = self._unreadable
            self.rolling.push(indices[~np.isin(indices, list(bad))] if bad else indices)

    def aim_at(self, newest_first: Sequence[int]) -> None:
        """Combine these from now on (a longer list than the window is cut)."""
        if not self.is_of_all:
            bad = self._unreadable
            self.rolling.aim([index for index in newest_first if index not in bad][: self.preparer.combine.n])

    @property
    def _unreadable(self) -> frozenset[int]:
        return self._frames.unreadable(self.path, self._progress().scan_shape)

    def aim_up_to(self, index: int) -> None:
        """Combine the complete frames up to this index, the highest ones."""
        if not self.is_of_all:
            complete = np.flatnonzero(self._progress().complete_mask()[: index + 1])
            self.aim_at(complete[-(self.preparer.combine.n or 1) :][::-1].tolist())

    def what_to_send(self, live: bool) -> bool:
        """Whether there is something new to be sent: complete, or not for a while."""
        head = self.rolling.head
        if not self.rolling.is_true or head is None or self.rolling.accumulator is None:
            return False
        if self._sent is None or self._sent.live != live:
            return True
        is_new = (self._sent.index, self._sent.n) != (head, self.rolling.accumulator.n)
        return is_new and (self.rolling.is_complete or self._frames.clock() - self._sent.at_s >= _PARTLY_EVERY_S)

    def mark_sent(self, index: int, live: bool) -> None:
        """Take note that it was sent."""
        assert self.rolling.accumulator is not None
        self._sent = _Sent(index, self.rolling.accumulator.n, live, self._frames.clock())

    def resend(self) -> None:
        """Take note that the view holds something else."""
        self._sent = None

    def _read(self, index: int, as_it_is: bool = False) -> npt.NDArray[Any]:
        shape = self._progress().scan_shape
        frame = self._frames.read(self.path, index, shape, "reading", as_it_is)
        return self._preparers.prepare(self.path, frame, index, shape)

    def _read_doubtful(self, index: int, error: FrameDoubtfulError) -> npt.NDArray[Any]:
        self._frames.accept(self.path, index, error)
        return self._read(index, as_it_is=True)

    def _leave_out(self, index: int, why: str) -> None:
        self._frames.pipe.report_fault(f"Frame {index} is left out of the {self.preparer.combine.how}: {why}", index, self.path)
