"""What is to be shown next: the newest frame, every frame in turn, or the one frame that the window pinned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.core.scan import index_of, moved, moved_index
from swmr_viewer.reader.child.event_pipe import Handlers
from swmr_viewer.reader.child.frame_order import ArrivalLog, FrameQueue, NewestFrame
from swmr_viewer.reader.child.frame_reading import DoubtfulFrame, FrameReader
from swmr_viewer.reader.child.showing.combined import CombinedFrames
from swmr_viewer.reader.child.showing.points_as_one import PointsAsOne
from swmr_viewer.reader.messages import EveryFrameBegan, SetDisplay, SetEveryFrame, ShowIndex, ShowLive, ShowPoints


class FramesToShow:
    """What became complete, and what the window asked for; whoever sends it keeps account of what was shown."""

    def __init__(self, frames: FrameReader) -> None:
        self._frames = frames
        self._path = frames.first_path
        self._newest = NewestFrame()
        self._newest.set_unreadable(self._unreadable)
        self._pin_request: ShowIndex | None = None
        self._pin: int | None = None
        self._pinned_since: float | None = None
        """When the pinned frame was asked for; None once it was sent, or never will be."""
        self._queue: FrameQueue | None = None
        self._log = ArrivalLog()
        self._shown: int | None = None
        self.sent: int | None = None
        """The index of the frame that was sent last, live or pinned, of ``path``."""
        self._combined: CombinedFrames | None = None
        self._points: PointsAsOne | None = None
        """What is shown in place of the pinned frame or the newest, if points are."""
        self._abandoned = False
        self._late: dict[int, float] = {}
        self._doubtful = DoubtfulFrame()
        self._seen_at = frames.clock()
        self._is_new = False
        """Whether the newest frame just came and was not sent yet."""
        self.handlers: Handlers = {
            ShowIndex: self.show,
            ShowLive: self.show,
            ShowPoints: self.show,
            SetDisplay: self._set_display,
            SetEveryFrame: self.set_every_frame,
        }

    @property
    def path(self) -> str:
        """The data set that is shown."""
        return self._path

    @property
    def is_idle(self) -> bool:
        """Whether everything that is wanted was sent."""
        if self._path not in self._frames.grabbers:
            return True
        if self._points is not None:
            return self._points.is_settled
        if self._pin is not None:
            return self._pinned_since is None
        if self._queue is not None:
            return self._abandoned or self._queue.is_empty
        return self._newest.is_settled if self._combined is None else self._combined.is_settled

    @property
    def _unreadable(self) -> frozenset[int]:
        return self._frames.unreadable(self._path)

    # ---- what is there

    def add_completed(self, indices: IndexArray, reshaped: bool, came: bool = True) -> None:
        """Take complete indices; ``reshaped``: indices mean other positions now; ``came``: they completed just now."""
        if reshaped:
            self._forget_indices()
        elif self._points is not None and indices.size:
            self._points.push(indices)
        if not indices.size:
            return
        self._seen_at, self._is_new = self._frames.clock(), came
        if not reshaped:
            self._newest.add_completed(indices)
        if self._queue is not None:
            self._queue.add_completed(indices, self._newest.is_backwards, self._seen_at)
            return
        self._log.add(indices, self._newest.is_backwards)
        if self._combined is not None:
            self._combined.push(indices)

    def add_data(self, path: str) -> None:
        """Show a data set that can be read from now on, if it was asked for, or if there was none."""
        if path == (self._path or path):
            self._path = path
            self._seen_at = self._frames.clock()
            self.resend()

    def remap_indices(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """Move indices to the scan shape by now; called before ``add_completed``."""
        self._log.remap_indices(before, after)
        if self._queue is not None:
            self._queue.remap_indices(before, after)
        if self._shown is not None:
            self._shown = moved_index(self._shown, before, after)
        if self.sent is not None:
            self.sent = moved_index(self.sent, before, after)
        self._place_pin()

    def _forget_indices(self) -> None:
        self._newest.reset(self._unreadable)
        self._late.clear()
        self._doubtful.clear()
        self._combined = None
        self._begin_points(self._points)
        newest = self._frames.progress.newest
        if newest is not None:
            self._newest.add_completed(np.array([newest], np.int64))

    # ---- requests

    def show(self, request: ShowIndex | ShowLive | ShowPoints) -> None:
        """Pin a frame, or some points, or go back to the newest."""
        path = request.data_path or self._frames.first_path
        if not self._frames.is_followed(path):
            return
        if path != self._path:
            self._path, self._combined = path, None
            self._newest.set_unreadable(self._unreadable)
        shape = self._frames.scan_shape
        self._pin_request = replace(request, scan_shape=request.scan_shape or shape) if isinstance(request, ShowIndex) else None
        self._place_pin()
        self._points = PointsAsOne(request, path, self._frames) if isinstance(request, ShowPoints) else None
        self.resend()

    def _begin_points(self, before: PointsAsOne | None) -> None:
        """Add the same points up anew: they are at other indices now, or prepared in another way."""
        self._points = None if before is None else PointsAsOne(before.request, before.path, self._frames)

    def _place_pin(self) -> None:
        """Hold the same scan point, whatever its index is by now; one that is not there (yet) keeps its number, and is not complete."""
        request = self._pin_request
        if request is None:
            self._pin = None
            return
        now = moved_index(request.index, request.scan_shape or (), self._frames.scan_shape)
        self._pin = request.index if now is None else now

    def _set_display(self, request: SetDisplay) -> None:
        self._frames.preparers.set(request)
        self.prepare_again()

    def prepare_again(self) -> None:
        """Send again what is wanted: it is prepared in another way now."""
        self._combined = None
        self._begin_points(self._points)
        self.resend()

    def resend(self) -> None:
        """Send again what is wanted: the view holds something else."""
        self._newest.resend()
        self._is_new = False
        self._late.clear()
        self._pinned_since = None if self._pin is None else self._frames.clock()
        if self._combined is not None:
            self._combined.resend()
        if self._points is not None:
            self._points.resend()

    def set_every_frame(self, request: SetEveryFrame) -> None:
        """Deliver every frame from now on, or only the newest again."""
        if not request.on:
            if self._queue is not None:
                self._log.add(self._queue.remaining())
                self.prepare_again()
            self._queue = None
            return
        if self._queue is not None:
            return
        shape, passed = self._frames.scan_shape, self._frames.all_complete
        shown = self._shown_in_window(request)
        after = self._log.since(shown) if shown is not None else None
        if after is not None:
            passed = np.setdiff1d(passed, after)
        if request.passed is not None:
            passed = np.union1d(passed, moved(request.passed, request.passed_shape or shape, shape))
        self._queue, self._combined = FrameQueue(passed), None
        if after is not None:
            self._queue.add_completed(after, self._newest.is_backwards, self._seen_at)
        self._frames.pipe.send(EveryFrameBegan(self._frames.pipe.generation, passed, shape))

    def _shown_in_window(self, request: SetEveryFrame) -> int | None:
        """Return the frame after which frames come in turn: what was sent last may be on its way, and others before it were skipped."""
        try:
            return self._shown if request.shown is None else index_of(request.shown, self._frames.scan_shape)
        except IndexError:  # a position of another scan
            return self._shown

    def abandon(self) -> None:
        """Go on as before, but let the end wait for no frame that is not the last: it is worth showing, and does not take long."""
        self._abandoned = True
