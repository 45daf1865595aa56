"""Delivers the newest frame, conflated before it is read, or every frame in turn, or the one frame that the window pinned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from swmr_viewer.core.errors import FileReplacedError, FrameDoubtfulError, FrameNotWrittenError, SwmrViewerError
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.core.scan import index_of, moved, moved_index
from swmr_viewer.reader.child.announcer import Announcer
from swmr_viewer.reader.child.combined import ArrivalLog, CombinedFrames
from swmr_viewer.reader.child.displays import Displays
from swmr_viewer.reader.child.every import EveryLine
from swmr_viewer.reader.child.frame_reading import FrameReading
from swmr_viewer.reader.child.newest import NewestFrame
from swmr_viewer.reader.child.patience import PATIENCE_S, Doubt
from swmr_viewer.reader.child.sending import Sender, Wanted
from swmr_viewer.reader.messages import EveryBegan, FollowEvery, ShowIndex, ShowLive


class LiveDelivery:
    """Frames into slots, only when a slot is free.

    Parameters
    ----------
    frames : FrameReading
        The data sets, and what is not to be touched.
    announcer : Announcer
        Knows which frames are complete.
    sender : Sender
        Puts frames into slots.
    displays : Displays
        How frames are prepared and combined.
    """

    def __init__(self, frames: FrameReading, announcer: Announcer, sender: Sender, displays: Displays) -> None:
        self._frames = frames
        self._announcer = announcer
        self._sender = sender
        self._displays = displays
        self._newest = NewestFrame()
        self._path = frames.first_path
        self._newest.give_up_only(self._unreadable)
        self._pinned: Wanted | None = None
        self._pin_request: ShowIndex | None = None
        self._pin: int | None = None
        self._every: EveryLine | None = None
        self._log = ArrivalLog()
        self._shown: int | None = None
        self._combined: CombinedFrames | None = None
        self._first: int | None = None
        self._abandoned = False
        self._late: dict[int, float] = {}
        self._doubt = Doubt()
        self._seen_at = frames.clock()
        self._is_new = False
        """Whether the newest frame just came and was not sent yet."""

    @property
    def is_idle(self) -> bool:
        """Whether the window has what it wants."""
        if self._path not in self._frames.grabbers:
            return True
        if self._pin is not None:
            return self._pinned is None
        if self._every is not None:
            return self._abandoned or self._every.is_empty
        if self._combined is not None:
            return self._combined.is_settled
        return self._newest.is_settled

    @property
    def is_pressed(self) -> bool:
        """Whether the next step should come at once: frames wait in line, or to be combined."""
        if self._combined is not None and self._combined.rolling.has_work:
            return True
        if self._every is None or self._pin is not None or self._path not in self._frames.grabbers:
            return False
        return not self._every.is_empty and self._sender.any_free and not self._late

    @property
    def _unreadable(self) -> frozenset[int]:
        return self._frames.unreadable(self._path, self._announcer.progress.scan_shape)

    # ---- news

    def note_completed(self, indices: IndexArray, reshaped: bool, came: bool = True) -> None:
        """Take note of complete indices."""
        if reshaped:
            self._forget_places()
        if not indices.size:
            return
        self._seen_at, self._is_new = self._frames.clock(), came
        if not reshaped:
            self._newest.note_completed(indices)
        if self._every is not None:
            self._every.note_completed(indices, self._newest.is_backwards, self._seen_at)
            return
        self._log.note(indices, self._newest.is_backwards)
        if self._combined is not None:
            self._combined.push(indices)

    def note_joined(self, path: str) -> None:
        """Take note that a data set is there now; it is shown if it was asked for, or if there was none."""
        if path == (self._path or path):
            self._path = path
            self._seen_at = self._frames.clock()
            self.show_again()

    def move(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """Take note that indices mean other places now; called before ``note_completed``."""
        self._log.move(before, after)
        if self._every is not None:
            self._every.move(before, after)
        if self._shown is not None:
            self._shown = moved_index(self._shown, before, after)
        self._place_pin()

    def _forget_places(self) -> None:
        self._newest.forget_places()
        self._newest.give_up_only(self._unreadable)
        self._late.clear()
        self._doubt.clear()
        self._combined = None
        newest = self._announcer.progress.newest
        if newest is not None:
            self._newest.note_completed(np.array([newest], np.int64))

    # ---- wishes

    def show(self, request: ShowIndex | ShowLive) -> None:
        """Pin a frame, or go back to the newest."""
        path = request.data_path or self._frames.first_path
        if not self._frames.knows(path):
            return
        if path != self._path:
            self._path, self._combined = path, None
            self._newest.give_up_only(self._unreadable)
        shape = self._announcer.progress.scan_shape
        self._pin_request = replace(request, scan_shape=request.scan_shape or shape) if isinstance(request, ShowIndex) else None
        self._place_pin()
        self.show_again()

    def _place_pin(self) -> None:
        """Hold the same scan point, whatever its index is by now; one that is not there (yet) keeps its number, and is not complete."""
        request = self._pin_request
        if request is None:
            self._pin = None
            return
        now = moved_index(request.index, request.scan_shape or (), self._announcer.progress.scan_shape)
        self._pin = request.index if now is None else now
        if self._pinned is not None:
            self._pinned = replace(self._pinned, index=self._pin)

    def show_again(self) -> None:
        """Send again what is wanted: it is prepared in another way now, or the view holds something else."""
        self._newest.show_again()
        self._is_new = False
        self._late.clear()
        self._pinned = Wanted(self._pin, self._frames.clock(), False) if self._pin is not None else None
        if self._combined is not None:
            self._combined.send_again()

    def redisplay(self) -> None:
        """Take note that frames are prepared in another way now."""
        self._combined = None
        self.show_again()

    def follow_every(self, request: FollowEvery) -> None:
        """Deliver every frame from now on, or only the newest again."""
        if not request.on:
            if self._every is not None:
                self._log.note(self._every.left())
                self.redisplay()
            self._every, self._sender.in_turn = None, False
            return
        if self._every is not None:
            return
        progress = self._announcer.progress
        shown = self._shown_in_window(request)
        after = self._log.since(shown) if shown is not None else None
        passed = np.flatnonzero(progress.complete_mask()).astype(np.int64)
        if after is not None:
            passed = np.setdiff1d(passed, after)
        if request.passed is not None:
            passed = np.union1d(passed, moved(request.passed, request.passed_shape or progress.scan_shape, progress.scan_shape))
        self._every = EveryLine(passed)
        if after is not None:
            self._every.note_completed(after, self._newest.is_backwards, self._seen_at)
        self._combined, self._sender.in_turn = None, True
        self._frames.line.send(EveryBegan(self._frames.line.generation, passed, progress.scan_shape))

    def _shown_in_window(self, request: FollowEvery) -> int | None:
        """Return the frame after which frames come in turn: what was sent last may be on its way, and others before it were skipped."""
        try:
            return self._shown if request.shown is None else index_of(request.shown, self._announcer.progress.scan_shape)
        except IndexError:  # a position of another scan
            return self._shown

    def abandon(self) -> None:
        """Go on as before, but let the end wait for no frame that is not the last: it is worth showing, and does not take long."""
        self._abandoned = True

    # ---- steps

    def step(self) -> None:
        """Send one frame, if there is one to send and a slot to put it into."""
        if self._path not in self._frames.grabbers:
            return
        if not self._displays.of(self._path).combine.is_plain:
            self._step_combined()
        elif not self._sender.any_free:
            return
        elif self._pinned is not None:
            self._step_pinned(self._pinned)
        elif self._pin is None and self._every is not None:
            self._step_every(self._every)
        elif self._pin is None and not self._newest.is_settled:
            self._step_live()

    def _step_pinned(self, wanted: Wanted) -> None:
        if self._cannot_be_pinned(wanted) or self._try(wanted):
            self._pinned = None

    def _cannot_be_pinned(self, wanted: Wanted) -> bool:
        is_bad = wanted.index in self._unreadable
        if not is_bad and self._announcer.progress.is_complete(wanted.index):
            return False
        why = "ended the reader before" if is_bad else "is not complete yet"
        self._frames.tell_fault(f"Frame {wanted.index} {why}.", wanted.index, self._path)
        return True

    def _step_every(self, every: EveryLine) -> None:
        while (index := every.first) is not None and index in self._unreadable:
            every.pop()
        if index is not None and self._try(self._live_one(index), is_settled_without=True):
            self._late.clear()
            self._log.note(np.array([every.pop()], np.int64))

    def _step_live(self) -> None:
        for index in list(self._newest.candidates(self._announcer.progress)):
            if self._try(self._live_one(index)):
                return
        doubtful = self._doubt.waited_for(self._frames.clock())
        if doubtful is not None:
            self._try(self._live_one(doubtful))

    def _live_one(self, index: int) -> Wanted:
        return Wanted(index, self._late.get(index, self._seen_at), True, self._is_new)

    def _try(self, wanted: Wanted, is_settled_without: bool = False) -> bool:
        """Send a frame, and return whether this is settled: it was sent, or (pinned, or asked for) will never be."""
        try:
            sent = self._send(wanted)
        except FrameDoubtfulError:
            self._late.setdefault(wanted.index, wanted.since)
            self._frames.line.keep_alive(now=True)
            return False
        except FrameNotWrittenError as error:
            since = self._late.setdefault(wanted.index, self._frames.clock() if is_settled_without else wanted.since)
            if self._frames.clock() - since < PATIENCE_S:
                self._frames.line.keep_alive(now=True)
                return False
            self._give_up(wanted, f"{error.message} Its key was set more than {PATIENCE_S:.0f} s ago.")
            return is_settled_without or not wanted.live
        except FileReplacedError:  # whoever watches the files says so, and nothing more is read
            return False
        except SwmrViewerError as error:
            self._give_up(wanted, str(error))
            return is_settled_without or not wanted.live
        if sent and wanted.live:
            self._note_shown(wanted.index)
        return sent

    def _send(self, wanted: Wanted) -> bool:
        """Send a frame; one that is in doubt is taken as it is once it has been waited for."""
        try:
            return self._sender.send(self._path, wanted)
        except FrameDoubtfulError as error:
            if self._frames.clock() - self._doubtful_since(wanted) < PATIENCE_S:
                raise
            self._frames.accept(self._path, wanted.index, error)
        return self._sender.send(self._path, replace(wanted, as_it_is=True))

    def _doubtful_since(self, wanted: Wanted) -> float:
        if not wanted.live:
            return wanted.since
        return self._doubt.since(wanted.index, self._frames.clock()) if self._every is None else self._every.first_since

    def _note_shown(self, index: int) -> None:
        self._shown = index
        self._newest.note_shown(index)
        self._is_new = self._is_new and not self._newest.is_settled
        self._late.clear()
        if self._doubt.index not in list(self._newest.candidates(self._announcer.progress)):
            self._doubt.clear()

    def _give_up(self, wanted: Wanted, message: str) -> None:
        self._frames.tell_fault(message, wanted.index, self._path)
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
        wanted = Wanted(index, self._seen_at, live, live and self._is_new)
        if self._sender.send_combined(self._path, wanted, accumulator):
            combined.note_sent(head, live)
            self._note_combined_shown(index, live)

    def _combination(self) -> CombinedFrames:
        display = self._displays.of(self._path)
        if self._combined is None or self._combined.path != self._path or self._combined.display is not display:
            left = np.empty(0, np.int64) if self._every is None else self._every.left()
            self._combined = CombinedFrames(self._path, self._frames, self._displays, lambda: self._announcer.progress, left)
            self._first = None
        return self._combined

    def _aim(self, combined: CombinedFrames) -> bool:
        """Tell it what belongs together now; return whether anything is wanted."""
        n = combined.display.combine.n or 1
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

    def _aim_at_first(self, combined: CombinedFrames, every: EveryLine, n: int) -> bool:
        while every.first is not None and (every.first in self._unreadable or combined.rolling.is_given_up(every.first)):
            every.pop()
        if every.first is None:
            return False
        if combined.is_of_all and every.first != self._first:
            self._first = every.first
            combined.push(np.array([every.first], np.int64))
        combined.aim_at([every.first, *self._log.last(n - 1)])
        return True

    def _note_combined_shown(self, index: int, live: bool) -> None:
        if not live:
            self._pinned = None
            return
        self._note_shown(index)
        if self._every is not None and self._every.first == index:
            self._log.note(np.array([self._every.pop()], np.int64))
