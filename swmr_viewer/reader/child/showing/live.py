"""Delivers the newest frame, conflated before it is read, or every frame in turn, or the one frame that the window pinned."""

from __future__ import annotations

from functools import partial

import numpy as np

from swmr_viewer.core.errors import FileReplacedError, FrameDoubtfulError, FrameNotWrittenError, SwmrViewerError
from swmr_viewer.reader.child.frame_order import FrameQueue
from swmr_viewer.reader.child.frame_reading import FRAME_TIMEOUT_S, FrameReader, late_text
from swmr_viewer.reader.child.sending import FrameToSend, Sender
from swmr_viewer.reader.child.showing.combined import CombinedFrames
from swmr_viewer.reader.child.showing.frames_to_show import FramesToShow
from swmr_viewer.reader.child.showing.points_as_one import PointsAsOne


class LiveDelivery(FramesToShow):
    """Frames into slots, only when a slot is free."""

    def __init__(self, frames: FrameReader, sender: Sender) -> None:
        super().__init__(frames)
        self._sender = sender

    @property
    def has_work(self) -> bool:
        """Whether the next step should come at once: frames are queued, or to be combined."""
        if self._points is not None:
            return self._points.rolling.has_work and self._path in self._frames.grabbers
        if self._combined is not None and self._combined.rolling.has_work:
            return True
        if self._queue is None or self._pin is not None or self._path not in self._frames.grabbers:
            return False
        return not self._queue.is_empty and self._sender.any_free and not self._late

    def step(self) -> None:
        """Send one frame, if there is one to send and a slot to put it into."""
        if self._path not in self._frames.grabbers:
            return
        if self._points is not None:
            self._step_points(self._points)
        elif not self._frames.preparers.of(self._path).settings.combine.is_plain:
            self._step_combined()
        elif not self._sender.any_free:
            return
        elif self._pin is not None:
            self._step_pinned(self._pin)
        elif self._queue is not None:
            self._step_queue(self._queue)
        elif not self._newest.is_settled:
            self._step_newest()

    def _step_pinned(self, index: int) -> None:
        if self._pinned_since is None:
            return
        if self._is_refused(index) or self._try(FrameToSend(self._path, index, self._pinned_since, live=False)):
            self._pinned_since = None

    def _is_refused(self, index: int) -> bool:
        is_bad = index in self._unreadable
        if not is_bad and self._frames.progress.is_complete(index):
            return False
        why = "ended the reader before" if is_bad else "is not complete yet"
        self._frames.pipe.report_fault(f"Frame {index} {why}.", index, self._path)
        return True

    def _step_queue(self, queue: FrameQueue) -> None:
        while (index := queue.first) is not None and index in self._unreadable:
            queue.pop()
        if index is not None and self._try(self._live_frame(index)):
            self._late.clear()
            self._log.add(np.array([queue.pop()], np.int64))

    def _step_newest(self) -> None:
        for index in list(self._newest.candidates(self._frames.progress)):
            if self._try(self._live_frame(index)):
                return
        doubtful = self._doubtful.waited_for(self._frames.clock())
        if doubtful is not None:
            self._try(self._live_frame(doubtful))

    def _live_frame(self, index: int) -> FrameToSend:
        since = self._late.get(index, self._seen_at)
        return FrameToSend(self._path, index, since, True, self._is_new, in_turn=self._queue is not None)

    def _try(self, wanted: FrameToSend) -> bool:
        """Send a frame, and return whether this is settled: it was sent, or (pinned, or in turn) will never be."""
        frames = self._frames
        is_settled_without = wanted.in_turn or not wanted.live
        try:
            sent = frames.patiently(partial(self._sender.send, wanted), self._path, wanted.index, partial(self._doubtful_since, wanted))
        except FrameDoubtfulError:
            self._late.setdefault(wanted.index, wanted.since)
            frames.pipe.keep_alive(now=True)
            return False
        except FrameNotWrittenError as error:
            since = self._late.setdefault(wanted.index, frames.clock() if wanted.in_turn else wanted.since)
            if frames.clock() - since < FRAME_TIMEOUT_S:
                frames.pipe.keep_alive(now=True)
                return False
            self._give_up(wanted, late_text(error))
            return is_settled_without
        except FileReplacedError:  # reported by whoever watches the files, and nothing more is read
            return False
        except SwmrViewerError as error:
            self._give_up(wanted, str(error))
            return is_settled_without
        if sent:
            self.sent = wanted.index
        if sent and wanted.live:
            self._mark_shown(wanted.index)
        return sent

    def _doubtful_since(self, wanted: FrameToSend) -> float:
        if not wanted.live:
            return wanted.since
        return self._doubtful.since(wanted.index, self._frames.clock()) if self._queue is None else self._queue.first_since

    def _mark_shown(self, index: int) -> None:
        self._shown = index
        self._newest.mark_shown(index)
        self._is_new = self._is_new and not self._newest.is_settled
        self._late.clear()
        if self._doubtful.index not in list(self._newest.candidates(self._frames.progress)):
            self._doubtful.clear()

    def _give_up(self, wanted: FrameToSend, message: str) -> None:
        self._frames.pipe.report_fault(message, wanted.index, self._path)
        if wanted.live:
            self._newest.give_up(wanted.index)

    # ---- several frames as one

    def _step_points(self, points: PointsAsOne) -> None:
        points.rolling.step()
        head, accumulator = points.rolling.head, points.rolling.accumulator
        if head is None or accumulator is None or not points.is_worth_sending or not self._sender.any_free:
            return
        wanted = FrameToSend(self._path, head, self._seen_at, live=False)
        if self._sender.send_combined(wanted, accumulator, points.rolling.run, points.description):
            points.mark_sent()

    def _step_combined(self) -> None:
        combined, live = self._combination(), self._pin is None
        if not self._aim(combined):
            return
        combined.rolling.step()
        head, accumulator = combined.rolling.head, combined.rolling.accumulator
        index = head if self._pin is None else self._pin
        if head is None or index is None or accumulator is None or not (combined.is_of_all or head == index):
            return
        if not combined.is_worth_sending(live) or not self._sender.any_free:
            return
        is_new, in_turn = live and self._is_new, live and self._queue is not None
        wanted = FrameToSend(self._path, index, self._seen_at, live, is_new, in_turn)
        if self._sender.send_combined(wanted, accumulator, combined.rolling.run):
            combined.mark_sent(head, live)
            self.sent = index
            self._mark_combined_shown(index, live)

    def _combination(self) -> CombinedFrames:
        preparer = self._frames.preparers.of(self._path)
        if self._combined is None or self._combined.path != self._path or self._combined.preparer is not preparer:
            queued = np.empty(0, np.int64) if self._queue is None else self._queue.remaining()
            self._combined = CombinedFrames(self._path, self._frames, queued)
        return self._combined

    def _aim(self, combined: CombinedFrames) -> bool:
        """Set what belongs together now; return whether anything is wanted."""
        if self._pin is not None:
            return self._aim_at_pinned(combined, self._pin)
        if self._queue is not None:
            return combined.aim_at_first(self._queue, self._log)
        combined.aim_at(self._log.last(combined.rolling.n or 1))
        return True

    def _aim_at_pinned(self, combined: CombinedFrames, index: int) -> bool:
        is_given_up = combined.rolling.is_given_up(index)
        if is_given_up or index in self._unreadable or not self._frames.progress.is_complete(index):
            if self._pinned_since is not None and not is_given_up:
                self._is_refused(index)
            self._pinned_since = None
            return False
        combined.aim_up_to(index)
        return True

    def _mark_combined_shown(self, index: int, live: bool) -> None:
        if not live:
            self._pinned_since = None
            return
        self._mark_shown(index)
        if self._queue is not None and self._queue.first == index:
            self._log.add(np.array([self._queue.pop()], np.int64))
