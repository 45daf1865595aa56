"""What is to be shown next: the newest frame, every frame in turn, or the one frame that the window pinned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.core.scan import index_of, moved, moved_index
from swmr_viewer.reader.child.combined import CombinedFrames
from swmr_viewer.reader.child.event_pipe import Handlers
from swmr_viewer.reader.child.frame_order import ArrivalLog, FrameQueue, NewestFrame
from swmr_viewer.reader.child.frame_preparers import FramePreparers
from swmr_viewer.reader.child.frame_reading import DoubtfulFrame, FrameReading
from swmr_viewer.reader.child.progress_reporter import ProgressReporter
from swmr_viewer.reader.child.sending import FrameToSend, Sender
from swmr_viewer.reader.messages import EveryFrameBegan, SetDisplay, SetEveryFrame, ShowIndex, ShowLive


class FramesToShow:
    """Frames that became complete, and the wishes of the window; whoever sends keeps what was shown.

    Parameters
    ----------
    frames : FrameReading
        The data sets, and what is not to be touched.
    announcer : ProgressReporter
        Knows which frames are complete.
    sender : Sender
        Puts frames into slots.
    preparers : FramePreparers
        How frames are prepared and combined.
    """

    def __init__(self, frames: FrameReading, announcer: ProgressReporter, sender: Sender, preparers: FramePreparers) -> None:
        self._frames = frames
        self._announcer = announcer
        self._sender = sender
        self._preparers = preparers
        self._newest = NewestFrame()
        self._path = frames.first_path
        self._newest.set_unreadable(self._unreadable)
        self._pinned: FrameToSend | None = None
        self._pin_request: ShowIndex | None = None
        self._pin: int | None = None
        self._every: FrameQueue | None = None
        self._log = ArrivalLog()
        self._shown: int | None = None
        self._combined: CombinedFrames | None = None
        self._first: int | None = None
        self._abandoned = False
        self._late: dict[int, float] = {}
        self._doubtful = DoubtfulFrame()
        self._seen_at = frames.clock()
        self._is_new = False
        """Whether the newest frame just came and was not sent yet."""
        self.handlers: Handlers = {
            ShowIndex: self.show,
            ShowLive: self.show,
            SetDisplay: self._set_display,
            SetEveryFrame: self.set_every_frame,
        }

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
    def has_work(self) -> bool:
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

    def add_completed(self, indices: IndexArray, reshaped: bool, came: bool = True) -> None:
        """Take note of complete indices."""
        if reshaped:
            self._reset()
        if not indices.size:
            return
        self._seen_at, self._is_new = self._frames.clock(), came
        if not reshaped:
            self._newest.add_completed(indices)
        if self._every is not None:
            self._every.add_completed(indices, self._newest.is_backwards, self._seen_at)
            return
        self._log.note(indices, self._newest.is_backwards)
        if self._combined is not None:
            self._combined.push(indices)

    def add_data(self, path: str) -> None:
        """Take note that a data set is there now; it is shown if it was asked for, or if there was none."""
        if path == (self._path or path):
            self._path = path
            self._seen_at = self._frames.clock()
            self.resend()

    def remap_indices(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """Take note that indices mean other places now; called before ``add_completed``."""
        self._log.remap_indices(before, after)
        if self._every is not None:
            self._every.remap_indices(before, after)
        if self._shown is not None:
            self._shown = moved_index(self._shown, before, after)
        self._place_pin()

    def _reset(self) -> None:
        self._newest.reset()
        self._newest.set_unreadable(self._unreadable)
        self._late.clear()
        self._doubtful.clear()
        self._combined = None
        newest = self._announcer.progress.newest
        if newest is not None:
            self._newest.add_completed(np.array([newest], np.int64))

    # ---- wishes

    def show(self, request: ShowIndex | ShowLive) -> None:
        """Pin a frame, or go back to the newest."""
        path = request.data_path or self._frames.first_path
        if not self._frames.knows(path):
            return
        if path != self._path:
            self._path, self._combined = path, None
            self._newest.set_unreadable(self._unreadable)
        shape = self._announcer.progress.scan_shape
        self._pin_request = replace(request, scan_shape=request.scan_shape or shape) if isinstance(request, ShowIndex) else None
        self._place_pin()
        self.resend()

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

    def resend(self) -> None:
        """Send again what is wanted: it is prepared in another way now, or the view holds something else."""
        self._newest.resend()
        self._is_new = False
        self._late.clear()
        self._pinned = FrameToSend(self._pin, self._frames.clock(), False) if self._pin is not None else None
        if self._combined is not None:
            self._combined.resend()

    def _set_display(self, request: SetDisplay) -> None:
        self._preparers.set(request)
        self.prepare_again()

    def prepare_again(self) -> None:
        """Take note that frames are prepared in another way now."""
        self._combined = None
        self.resend()

    def set_every_frame(self, request: SetEveryFrame) -> None:
        """Deliver every frame from now on, or only the newest again."""
        if not request.on:
            if self._every is not None:
                self._log.note(self._every.left())
                self.prepare_again()
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
        self._every = FrameQueue(passed)
        if after is not None:
            self._every.add_completed(after, self._newest.is_backwards, self._seen_at)
        self._combined, self._sender.in_turn = None, True
        self._frames.pipe.send(EveryFrameBegan(self._frames.pipe.generation, passed, progress.scan_shape))

    def _shown_in_window(self, request: SetEveryFrame) -> int | None:
        """Return the frame after which frames come in turn: what was sent last may be on its way, and others before it were skipped."""
        try:
            return self._shown if request.shown is None else index_of(request.shown, self._announcer.progress.scan_shape)
        except IndexError:  # a position of another scan
            return self._shown

    def abandon(self) -> None:
        """Go on as before, but let the end wait for no frame that is not the last: it is worth showing, and does not take long."""
        self._abandoned = True
