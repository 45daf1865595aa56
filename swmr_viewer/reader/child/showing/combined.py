"""Several frames shown as one: which belong together, read and combined step by step, and when the result is worth sending."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import Accumulator
from swmr_viewer.core.errors import FrameNotWrittenError, SwmrViewerError
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.reader.child.frame_order import ArrivalLog, Backlog, FrameQueue
from swmr_viewer.reader.child.frame_reading import FRAME_TIMEOUT_S, FrameReader
from swmr_viewer.reader.messages import Combine

PARTLY_EVERY_S = 0.5
"""How often (s) a combination is shown that does not have all of its frames yet."""
_CACHED_BYTES = 256 * 1024 * 1024
"""Frames kept in memory, so that those which leave the window need not be read again; a longer window reads them again."""


class Rolling:
    """The last n frames of a data set, or all, as one, while their window moves on: one frame in or out at each step."""

    def __init__(self, path: str, frames: FrameReader, combine: Combine) -> None:
        assert combine.how != "none"
        self.path = path
        self.n = combine.n
        self.accumulator: Accumulator | None = None
        self._how = combine.how
        self._frames = frames
        self._cached: OrderedDict[int, npt.NDArray[Any]] = OrderedDict()
        self._target: tuple[int, ...] = ()
        self._members: set[int] = set()
        self._to_add: deque[int] = deque()
        self._to_remove: list[int] = []
        self._backlog = Backlog()
        self._head: int | None = None
        self._span: tuple[int, int] | None = None
        """With all frames: the first and the last that are in it."""
        self._is_fresh = False
        self._late: dict[int, float] = {}
        self._given_up: set[int] = set()

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
        self._to_add = deque(index for index in target if index not in self._members and index not in self._given_up)
        self._late = {}
        for index in self._cached.keys() - wanted - leaving:
            del self._cached[index]

    def push(self, indices: IndexArray) -> None:
        """With all frames: take these as well, the last one first."""
        if indices.size:
            self._backlog.push(indices)
            self._is_fresh = True

    def _empty(self) -> None:
        self._members.clear()
        if self.accumulator is not None:
            self.accumulator.clear()

    # ---- what there is

    @property
    def head(self) -> int | None:
        if self.n is None:
            return self._head
        return next((index for index in self._target if index in self._members), None)

    @property
    def run(self) -> tuple[int, int] | None:
        """(first, last) of the frames that are in it, where it is each one from the first to the last."""
        span = (min(self._members), max(self._members)) if self._members else self._span
        is_run = span is not None and self.accumulator is not None and span[1] - span[0] + 1 == self.accumulator.n
        return span if is_run else None

    @property
    def is_exact(self) -> bool:
        """Whether it holds nothing but what is wanted, and something."""
        return not self._to_remove and self.head is not None

    @property
    def n_to_read(self) -> int:
        """How many frames are not in it yet, and may still be."""
        return len(self._backlog) + len(self._to_add) + len(self._late)

    @property
    def has_work(self) -> bool:
        """Whether another step would bring it on now."""
        return bool(self._to_remove or self._to_add) or len(self._backlog) > 0

    def is_given_up(self, index: int) -> bool:
        return index in self._given_up

    # ---- stepping

    def step(self) -> None:
        """Take one frame in or out; one that could not be read yet is tried again when nothing else is left."""
        if self._to_remove:
            self._remove(self._to_remove.pop())
        elif self._to_add:
            self._add(self._to_add.popleft())
        elif (index := self._backlog.pop()) is not None:
            self._add(index)
        elif self._late:
            self._add(next(iter(self._late)))

    def _remove(self, index: int) -> None:
        assert self.accumulator is not None
        try:
            frame = self._cached.pop(index, None)
            self.accumulator.remove(self._read(index) if frame is None else frame)
            self._members.discard(index)
        except SwmrViewerError:  # what was read before cannot be read again: begin anew, without it
            target, self._target = self._target, ()
            self._to_remove = []
            self._empty()
            self.aim(target)

    def _add(self, index: int) -> None:
        try:
            frame = self._cached.get(index)
            frame = self._read_patiently(index) if frame is None else frame
        except FrameNotWrittenError as error:
            since = self._late.pop(index, self._frames.clock())
            if self._frames.clock() - since >= FRAME_TIMEOUT_S:
                self._give_up(index, error)
            else:
                self._late[index] = since
        except SwmrViewerError as error:
            self._give_up(index, error)
        else:
            self._take(index, frame)

    def _read(self, index: int, as_it_is: bool = False) -> npt.NDArray[Any]:
        return self._frames.prepare(self.path, index, self._frames.read(self.path, index, "reading", as_it_is))

    def _read_patiently(self, index: int) -> npt.NDArray[Any]:
        now = self._frames.clock()
        return self._frames.patiently(partial(self._read, index), self.path, index, lambda: self._late.get(index, now))

    def _take(self, index: int, frame: npt.NDArray[Any]) -> None:
        if self.accumulator is None or self.accumulator.shape != frame.shape or self.accumulator.dtype != frame.dtype:
            self.accumulator = Accumulator(self._how, frame.shape, frame.dtype)
            self._members.clear()
            self._cached.clear()
            self._span = None
        self.accumulator.add(frame)
        self._late.pop(index, None)
        if self.n is not None:
            self._members.add(index)
            self._cache(index, frame)
        else:
            first, last = self._span or (index, index)
            self._span = min(first, index), max(last, index)
        if self._is_fresh or self._head is None:
            self._head, self._is_fresh = index, False

    def _give_up(self, index: int, error: SwmrViewerError) -> None:
        self._late.pop(index, None)
        self._given_up.add(index)
        self._frames.pipe.report_fault(f"Frame {index} is left out of the {self._how}: {error}", index, self.path)

    def _cache(self, index: int, frame: npt.NDArray[Any]) -> None:
        """Keep a copy if a whole window of such frames may be kept: a part of it would never hold the one that leaves."""
        if (self.n or 0) * frame.nbytes > _CACHED_BYTES or index in self._cached:
            return
        self._cached[index] = np.array(frame)
        while len(self._cached) > (self.n or 0):
            self._cached.popitem(last=False)


class CombinedFrames:
    """The frames of one data set, combined as its preparer has it.

    ``queued`` are complete frames that are not in a combination of all frames yet, because they come in turn.
    """

    def __init__(self, path: str, frames: FrameReader, queued: IndexArray) -> None:
        self.path = path
        self.preparer = frames.preparers.of(path)
        self.rolling = Rolling(path, frames, self.preparer.settings.combine)
        self._frames = frames
        self._pushed: int | None = None
        """The first of a queue that is in it already."""
        self._sent: tuple[int, int, bool] | None = None
        """The newest index, how many frames, and whether it was live."""
        self._sent_at = 0.0
        if self.is_of_all:
            self.push(np.setdiff1d(frames.all_complete, queued))

    @property
    def is_of_all(self) -> bool:
        """Whether it is of all complete frames, whatever is shown."""
        return self.rolling.n is None

    @property
    def is_settled(self) -> bool:
        """Whether the newest frame that can be in it was sent with it."""
        head = self.rolling.head
        return not self.rolling.has_work and (head is None or (self._sent is not None and self._sent[0] == head))

    def push(self, indices: IndexArray) -> None:
        """Take these as well, if it is of all frames."""
        if self.is_of_all:
            bad = self._frames.unreadable(self.path)
            self.rolling.push(indices[~np.isin(indices, list(bad))] if bad else indices)

    def aim_at(self, newest_first: Sequence[int]) -> None:
        """Combine these from now on (a longer list than the window is cut)."""
        if not self.is_of_all:
            bad = self._frames.unreadable(self.path)
            self.rolling.aim([index for index in newest_first if index not in bad][: self.rolling.n])

    def aim_at_first(self, queue: FrameQueue, log: ArrivalLog) -> bool:
        """Combine the first frame of a queue with those before it; return whether there is one that can be read."""
        bad = self._frames.unreadable(self.path)
        while (first := queue.first) is not None and (first in bad or self.rolling.is_given_up(first)):
            queue.pop()
        if first is None:
            return False
        if first != self._pushed:
            self._pushed = first
            self.push(np.array([first], np.int64))
        self.aim_at([first, *log.last((self.rolling.n or 1) - 1)])
        return True

    def aim_up_to(self, index: int) -> None:
        """Combine the complete frames up to this index, the highest ones."""
        if not self.is_of_all:
            complete = np.flatnonzero(self._frames.progress.complete_mask()[: index + 1])
            self.aim_at(complete[-(self.rolling.n or 1) :][::-1].tolist())

    def is_worth_sending(self, live: bool) -> bool:
        """Whether there is something new to be sent: complete, or not for a while."""
        rolling = self.rolling
        if not rolling.is_exact or rolling.accumulator is None:
            return False
        if self._sent is None or self._sent[2] != live:
            return True
        is_new = self._sent[:2] != (rolling.head, rolling.accumulator.n)
        return is_new and (not rolling.has_work or self._frames.clock() - self._sent_at >= PARTLY_EVERY_S)

    def mark_sent(self, index: int, live: bool) -> None:
        assert self.rolling.accumulator is not None
        self._sent, self._sent_at = (index, self.rolling.accumulator.n, live), self._frames.clock()

    def resend(self) -> None:
        """Forget what was sent: the view holds something else."""
        self._sent = None
