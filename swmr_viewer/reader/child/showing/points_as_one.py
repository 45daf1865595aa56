"""The frames of some scan points as one: those that are complete, and each of the others once it is."""

from __future__ import annotations

import numpy as np

from swmr_viewer.core.ranges import IndexArray, ascending, indices_of
from swmr_viewer.core.scan import moved_within
from swmr_viewer.reader.child.frame_reading import FrameReader
from swmr_viewer.reader.child.showing.combined import PARTLY_EVERY_S, Rolling
from swmr_viewer.reader.messages import Combine, OfPoints, ShowPoints


class PointsAsOne:
    """What ``ShowPoints`` asked for, of one data set; one frame is in memory beside what they add up to."""

    def __init__(self, request: ShowPoints, path: str, frames: FrameReader) -> None:
        self.request, self.path = request, path
        self.rolling = Rolling(path, frames, Combine(request.how, None))
        self.preparer = frames.preparers.of(path)
        self._frames = frames
        points = indices_of(request.frames)
        self._n_points = points.size
        self._points = ascending(moved_within(points, request.scan_shape, frames.scan_shape))
        self._sent: tuple[int, int] | None = None
        """How many frames were in it, and were still to be read, when it was sent last."""
        self._sent_at = float("-inf")
        self.push(frames.all_complete)

    def push(self, indices: IndexArray) -> None:
        """Take these complete frames as well, as far as they are among the points."""
        bad = list(self._frames.unreadable(self.path))
        ours = self._points[np.isin(self._points, indices)]
        self.rolling.push(ours[~np.isin(ours, bad)] if bad else ours)

    @property
    def is_settled(self) -> bool:
        """Whether all that there is was sent, or nothing can be."""
        return not self.rolling.n_to_read and (self.rolling.accumulator is None or self._sent == self._state)

    @property
    def _state(self) -> tuple[int, int]:
        return 0 if self.rolling.accumulator is None else self.rolling.accumulator.n, self.rolling.n_to_read

    @property
    def is_worth_sending(self) -> bool:
        """Whether there is something new to be sent: all of it, or a part of it for the first time in a while."""
        if self.rolling.accumulator is None or not self.rolling.accumulator.n or self._sent == self._state:
            return False
        return not self.rolling.has_work or self._frames.clock() - self._sent_at >= PARTLY_EVERY_S

    @property
    def description(self) -> OfPoints:
        """What it is made of by now."""
        return OfPoints(self.request.number, self.request.how, self._n_points, self.rolling.n_to_read)

    def mark_sent(self) -> None:
        self._sent, self._sent_at = self._state, self._frames.clock()

    def resend(self) -> None:
        """Forget what was sent: the view holds something else."""
        self._sent = None
