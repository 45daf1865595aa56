"""Delivers the newest frame, conflated before it is read, or every frame in turn, or the one frame that the window pinned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from swmr_viewer.core.errors import FileReplacedError, FrameDoubtfulError, FrameNotWrittenError, SwmrViewerError
from swmr_viewer.reader.child.combined import CombinedFrames
from swmr_viewer.reader.child.frame_order import FrameQueue
from swmr_viewer.reader.child.frame_reading import FRAME_TIMEOUT_S
from swmr_viewer.reader.child.frames_to_show import FramesToShow
from swmr_viewer.reader.child.sending import FrameToSend


class LiveDelivery(FramesToShow):
    """Frames into slots, only when a slot is free."""

    # ---- steps

    def step(self) -> None:
        """Send one frame, if there is one to send and a slot to put it into."""
        if self._path not in self._frames.grabbers:
            return
        if not self._preparers.of(self._path).combine.is_plain:
            self._step_combined()
        elif not self._sender.any_free:
            return
        elif self._pinned is not None:
            self._step_pinned(self._pinned)
        elif self._pin is None and self._every is not None:
            self._step_every(self._every)
        elif self._pin is None and not self._newest.is_settled:
            self._step_live()

    def _step_pinned(self, wanted: FrameToSend) -> None:
        if self._cannot_be_pinned(wanted) or self._try(wanted):
            self._pinned = None

    def _cannot_be_pinned(self, wanted: FrameToSend) -> bool:
        is_bad = wanted.index in self._unreadable
        if not is_bad and self._announcer.progress.is_complete(wanted.index):
            return False
        why = "ended the reader before" if is_bad else "is not complete yet"
        self._frames.pipe.report_fault(f"Frame {wanted.index} {why}.", wanted.index, self._path)
        return True

    def _step_every(self, every: FrameQueue) -> None:
        while (index := every.first) is not None and index in self._unreadable:
            every.pop()
        if index is not None and self._try(self._newest_to_send(index), is_settled_without=True):
            self._late.clear()
            self._log.note(np.array([every.pop()], np.int64))

    def _step_live(self) -> None:
        for index in list(self._newest.candidates(self._announcer.progress)):
            if self._try(self._newest_to_send(index)):
                return
        doubtful = self._doubtful.waited_for(self._frames.clock())
        if doubtful is not None:
            self._try(self._newest_to_send(doubtful))

    def _newest_to_send(self, index: int) -> FrameToSend:
        return FrameToSend(index, self._late.get(index, self._seen_at), True, self._is_new)

    def _try(self, wanted: FrameToSend, is_settled_without: bool = False) -> bool:
        """Send a frame, and return whether this is settled: it was sent, or (pinned, or asked for) will never be."""
        try:
            sent = self._send(wanted)
        except FrameDoubtfulError:
            self._late.setdefault(wanted.index, wanted.since)
            self._frames.pipe.keep_alive(now=True)
            return False
        except FrameNotWrittenError as error:
            since = self._late.setdefault(wanted.index, self._frames.clock() if is_settled_without else wanted.since)
            if self._frames.clock() - since < FRAME_TIMEOUT_S:
                self._frames.pipe.keep_alive(now=True)
                return False
            self._give_up(wanted, f"{error.message} Its key was set more than {FRAME_TIMEOUT_S:.0f} s ago.")
            return is_settled_without or not wanted.live
        except FileReplacedError:  # whoever watches the files says so, and nothing more is read
            return False
        except SwmrViewerError as error:
            self._give_up(wanted, str(error))
            return is_settled_without or not wanted.live
        if sent and wanted.live:
            self._mark_shown(wanted.index)
        return sent

    def _send(self, wanted: FrameToSend) -> bool:
        """Send a frame; one that is in doubt is taken as it is once it has been waited for."""
        try:
            return self._sender.send(self._path, wanted)
        except FrameDoubtfulError as error:
            if self._frames.clock() - self._doubtful_since(wanted) < FRAME_TIMEOUT_S:
                raise
            self._frames.accept(self._path, wanted.index, error)
        return self._sender.send(self._path, replace(wanted, as_it_is=True))

    def _doubtful_since(self, wanted: FrameToSend) -> float:
        if not wanted.live:
            return wanted.since
        return self._doubtful.since(wanted.index, self._frames.clock()) if self._every is None else self._every.first_since

    def _mark_shown(self, index: int) -> None:
        self._shown = index
        self._newest.mark_shown(index)
        self._is_new = self._is_new and not self._newest.is_settled
        self._late.clear()
        if self._doubtful.index not in list(self._newest.candidates(self._announcer.progress)):
            self._doubtful.clear()

    def _give_up(self, wanted: FrameToSend, message: str) -> None:
        self._frames.pipe.report_fault(message, wanted.index, self._path)
        if wanted.live:
            self._newest.give_up(wanted.index)

    # ---- several frames as one

    def _step_combined(self) -> None:
        combined, live = self._combination(), self._pin is None
        if not self._aim(combined):
            return
        combined.rolling.step()
        head, accumulator = combined.rolling.head, combined.rolling.accumulator
        index = self._pin if self._pin is not None else head
        if head is None or index is None or accumulator is None or not (combined.is_of_all or head == index):
            return
        if not combined.what_to_send(live) or not self._sender.any_free:
            return
        wanted = FrameToSend(index, self._seen_at, live, live and self._is_new)
        if self._sender.send_combined(self._path, wanted, accumulator):
            combined.mark_sent(head, live)
            self._mark_combined_shown(index, live)

    def _combination(self) -> CombinedFrames:
        preparer = self._preparers.of(self._path)
        if self._combined is None or self._combined.path != self._path or self._combined.preparer is not preparer:
            left = np.empty(0, np.int64) if self._every is None else self._every.left()
            self._combined = CombinedFrames(self._path, self._frames, self._preparers, lambda: self._announcer.progress, left)
            self._first = None
        return self._combined

    def _aim(self, combined: CombinedFrames) -> bool:
        """Tell it what belongs together now; return whether anything is wanted."""
        n = combined.preparer.combine.n or 1
        if self._every is not None and self._pin is None:
            return self._aim_at_first(combined, self._every, n)
        if self._pin is None:
            combined.aim_at(self._log.last(n))
            return True
        is_bad = self._pin in self._unreadable or combined.rolling.is_given_up(self._pin)
        if is_bad or not self._announcer.progress.is_complete(self._pin):
            if self._pinned is not None and not combined.rolling.is_given_up(self._pin):
                self._cannot_be_pinned(self._pinned)
            self._pinned = None
            return False
        combined.aim_up_to(self._pin)
        return True

    def _aim_at_first(self, combined: CombinedFrames, every: FrameQueue, n: int) -> bool:
        while every.first is not None and (every.first in self._unreadable or combined.rolling.is_given_up(every.first)):
            every.pop()
        if every.first is None:
            return False
        if combined.is_of_all and every.first != self._first:
            self._first = every.first
            combined.push(np.array([every.first], np.int64))
        combined.aim_at([every.first, *self._log.last(n - 1)])
        return True

    def _mark_combined_shown(self, index: int, live: bool) -> None:
        if not live:
            self._pinned = None
            return
        self._mark_shown(index)
        if self._every is not None and self._every.first == index:
            self._log.note(np.array([self._every.pop()], np.int64))
