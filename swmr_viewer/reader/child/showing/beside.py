"""Delivers other data sets at the index of the frame that is shown, to be seen beside it: never before the shown one, and conflated."""

from __future__ import annotations

from functools import partial

from swmr_viewer.core.errors import FileReplacedError, FrameNotWrittenError, SwmrViewerError
from swmr_viewer.reader.child.event_pipe import Handlers
from swmr_viewer.reader.child.frame_reading import FRAME_TIMEOUT_S, FrameReader, late_text
from swmr_viewer.reader.child.preparing.frame_preparers import FramePreparer
from swmr_viewer.reader.child.sending import FrameToSend, Sender
from swmr_viewer.reader.child.showing.frames_to_show import FramesToShow
from swmr_viewer.reader.messages import ShowAlso


class BesideDelivery:
    """One frame of each data set that was asked for, at the index of what was shown when the last of them was begun."""

    def __init__(self, frames: FrameReader, sender: Sender, live: FramesToShow) -> None:
        self._frames, self._sender, self._live = frames, sender, live
        self._paths: tuple[str, ...] = ()
        self._target: int | None = None
        self._since = 0.0
        """When it was aimed at (s)."""
        self._settled: dict[str, tuple[int, FramePreparer]] = {}
        """The index that was sent of each, or given up, and how it was prepared."""
        self._is_late = False
        self.handlers: Handlers = {ShowAlso: self._set}

    @property
    def has_work(self) -> bool:
        """Whether the next step should come at once."""
        return not self._is_late and self._sender.has_spare and (self._next() is not None or self._is_behind)

    def _set(self, request: ShowAlso) -> None:
        self._paths, self._settled = request.data_paths, {}

    def remap_indices(self) -> None:
        """Indices mean other frames now."""
        self._settled.clear()
        self._target = None

    def step(self) -> None:
        """Send one frame, if there is one to send, and a slot that the shown data set does not need."""
        if self._is_behind and (self._is_late or self._next() is None):
            self._target, self._since, self._is_late = self._live.sent, self._frames.clock(), False
        path, index = self._next(), self._target
        if path is None or index is None or not self._sender.has_spare:
            return
        self._is_late = not self._try(path, index)
        if not self._is_late:
            self._settled[path] = index, self._frames.preparers.of(path)

    @property
    def _is_behind(self) -> bool:
        """Whether another frame is shown than that beside which others are sent; those are sent first, so that all are of one index."""
        return bool(self._paths) and self._live.sent not in (None, self._target)

    def _next(self) -> str | None:
        """Return the first data set whose frame is missing."""
        if self._target is None:
            return None
        there = (path for path in self._paths if path != self._live.path and path in self._frames.grabbers)
        return next((path for path in there if not self._is_settled(path, self._target)), None)

    def _is_settled(self, path: str, index: int) -> bool:
        return self._settled.get(path) == (index, self._frames.preparers.of(path))

    def _try(self, path: str, index: int) -> bool:
        """Send a frame; return whether that is settled: it was sent, or will never be. Else it is late, or needs a larger slot."""
        frames = self._frames
        if index in frames.unreadable(path):
            return True
        wanted = FrameToSend(path, index, self._since, live=False, beside=True)
        try:
            return frames.patiently(partial(self._sender.send, wanted), path, index, lambda: self._since)
        except FrameNotWrittenError as error:  # doubtful ones are waited for as well
            if frames.clock() - self._since < FRAME_TIMEOUT_S:
                frames.pipe.keep_alive(now=True)
                return False
            frames.pipe.report_fault(late_text(error), index, path)
        except FileReplacedError:  # reported by whoever watches the files
            return False
        except SwmrViewerError as error:
            frames.pipe.report_fault(str(error), index, path)
        return True
