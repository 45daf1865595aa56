"""Keeps several frames combined while their window moves on: one frame in or out at each step."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis.accumulating import Accumulator, How
from swmr_viewer.core.errors import FrameDoubtfulError, FrameNotWrittenError, SwmrViewerError
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.reader.child.frame_order import Backlog
from swmr_viewer.reader.child.frame_reading import FRAME_TIMEOUT_S

Read = Callable[[int], npt.NDArray[Any]]
ReadDoubtful = Callable[[int, FrameDoubtfulError], npt.NDArray[Any]]
_KEPT_BYTES = 256 * 1024 * 1024
"""Frames kept in memory, so that those which leave the window need not be read again; a longer window reads them again."""


class Rolling:
    """The last n frames, or all, as one.

    Parameters
    ----------
    how : str
        sum, mean or maximum.
    n : int or None
        How many frames; None: all that complete.
    read : callable
        Returns the frame at an index, with masked pixels told by value; the array may be written over by the next call.
    leave_out : callable
        Told of a frame that cannot be in it, and why.
    clock : callable
        Monotonic seconds.
    read_doubtful : callable, optional
        Returns a frame that is in doubt, once it has been waited for; without it such a frame is left out.
    """

    def __init__(
        self,
        how: How,
        n: int | None,
        read: Read,
        leave_out: Callable[[int, str], None],
        clock: Callable[[], float] = time.monotonic,
        read_doubtful: ReadDoubtful | None = None,
    ) -> None:
        self.n = n
        self.accumulator: Accumulator | None = None
        self._how = how
        self._read = read
        self._leave_out = leave_out
        self._clock = clock
        self._read_doubtful = read_doubtful
        self._kept: OrderedDict[int, npt.NDArray[Any]] = OrderedDict()
        self._target: tuple[int, ...] = ()
        self._members: set[int] = set()
        self._to_add: deque[int] = deque()
        self._to_remove: list[int] = []
        self._pile = Backlog()
        self._head: int | None = None
        self._is_fresh = False
        self._late: dict[int, float] = {}
        self._bad: set[int] = set()

    # ---- what is wanted

    def aim(self, target: Sequence[int]) -> None:
        """Take these frames (newest first) as the window from now on."""
        if (target := tuple(target)) == self._target:
            return
        self._target = target
        wanted = set(target)
        leaving = self._members - wanted
        stays = len(self._members) - len(leaving)
        can_remove = self.accumulator is not None and self.accumulator.can_remove
        if leaving and (not can_remove or len(leaving) >= stays):
            self._empty()
            leaving = set()
        self._to_remove = list(leaving)
        self._to_add = deque(index for index in target if index not in self._members and index not in self._bad)
        self._late = {}
        for index in [one for one in self._kept if one not in wanted and one not in leaving]:
            del self._kept[index]

    def push(self, indices: IndexArray) -> None:
        """With all frames: take these as well, the last one first."""
        if indices.size:
            self._pile.push(indices)
            self._is_fresh = True

    def _empty(self) -> None:
        self._members.clear()
        if self.accumulator is not None:
            self.accumulator.clear()

    # ---- what there is

    @property
    def head(self) -> int | None:
        """The newest frame that is in it."""
        if self.n is None:
            return self._head
        return next((index for index in self._target if index in self._members), None)

    @property
    def is_true(self) -> bool:
        """Whether it holds nothing but what is wanted, and something."""
        return not self._to_remove and self.head is not None

    @property
    def is_complete(self) -> bool:
        """Whether everything that is wanted and can be read by now is in it."""
        return self.is_true and not self.has_work

    @property
    def has_work(self) -> bool:
        """Whether another step would bring it on now."""
        return bool(self._to_remove or self._to_add) or len(self._pile) > 0

    def is_given_up(self, index: int) -> bool:
        """Whether this frame will never be in it."""
        return index in self._bad

    # ---- stepping

    def step(self) -> None:
        """Take one frame in or out; one that could not be read yet is tried again when nothing else is left."""
        if self._to_remove:
            self._remove(self._to_remove.pop())
        elif self._to_add:
            self._add(self._to_add.popleft())
        elif (index := self._pile.pop()) is not None:
            self._add(index)
        elif self._late:
            self._add(next(iter(self._late)))

    def _remove(self, index: int) -> None:
        assert self.accumulator is not None
        try:
            frame = self._kept.pop(index, None)
            self.accumulator.remove(self._read(index) if frame is None else frame)
            self._members.discard(index)
        except SwmrViewerError:  # what was read before cannot be read again: begin anew, without it
            target, self._target = self._target, ()
            self._to_remove = []
            self._empty()
            self.aim(target)

    def _add(self, index: int) -> None:
        try:
            frame = self._kept.get(index)
            frame = self._read_patiently(index) if frame is None else frame
        except FrameNotWrittenError as error:
            self._wait_for(index, str(error))
            return
        except SwmrViewerError as error:
            self._give_up(index, str(error))
            return
        self._take(index, frame)

    def _read_patiently(self, index: int) -> npt.NDArray[Any]:
        try:
            return self._read(index)
        except FrameDoubtfulError as error:
            if self._read_doubtful is None or self._clock() - self._late.get(index, self._clock()) < FRAME_TIMEOUT_S:
                raise
            return self._read_doubtful(index, error)

    def _take(self, index: int, frame: npt.NDArray[Any]) -> None:
        if self.accumulator is None or self.accumulator.shape != frame.shape or self.accumulator.dtype != frame.dtype:
            self.accumulator = Accumulator(self._how, frame.shape, frame.dtype)
            self._members.clear()
            self._kept.clear()
        self.accumulator.add(frame)
        self._late.pop(index, None)
        if self.n is not None:
            self._members.add(index)
            self._keep(index, frame)
        if self._is_fresh or self._head is None:
            self._head, self._is_fresh = index, False

    def _wait_for(self, index: int, why: str) -> None:
        since = self._late.pop(index, self._clock())
        if self._clock() - since >= FRAME_TIMEOUT_S:
            self._give_up(index, why)
        else:
            self._late[index] = since

    def _give_up(self, index: int, why: str) -> None:
        self._late.pop(index, None)
        self._bad.add(index)
        self._leave_out(index, why)

    def _keep(self, index: int, frame: npt.NDArray[Any]) -> None:
        """Keep a copy if a whole window of such frames may be kept: a part of it would never hold the one that leaves."""
        if (self.n or 0) * frame.nbytes > _KEPT_BYTES or index in self._kept:
            return
        self._kept[index] = np.array(frame)
        while len(self._kept) > (self.n or 0):
            self._kept.popitem(last=False)
