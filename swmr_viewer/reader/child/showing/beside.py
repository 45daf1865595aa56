"""Delivers other data sets at the index of the frame that is shown, to be seen beside it: never before the shown one, and conflated."""

from __future__ import annotations

from swmr_viewer.core.errors import FileReplacedError, FrameNotWrittenError, SwmrViewerError
from swmr_viewer.reader.child.event_pipe import Handlers
from swmr_viewer.reader.child.frame_reading import FrameReader
from swmr_viewer.reader.child.preparing.frame_preparer import FramePreparer
from swmr_viewer.reader.child.sending import FrameToSend, Sender
from swmr_viewer.reader.child.showing.frames_to_show import FramesToShow
from swmr_viewer.reader.messages import AwaitedBeside, ShowAlso

RETRY_S, SOON_S = 0.25, 0.02
"""How often a frame that is not there yet is looked for, as long as the one beside it is shown; more often during the first second."""


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
        self._late: list[str] = []
        """Data sets whose frame is not there yet, or was sent though it is doubtful: the one that is to be tried next comes first."""
        self._retry_at = 0.0
        self.handlers: Handlers = {ShowAlso: self._set}

    @property
    def has_work(self) -> bool:
        """Whether the next step should come at once."""
        return self._sender.has_spare and (self._next() is not None or self._is_behind)

    @property
    def awaits_frames(self) -> bool:
        """Whether frames are tried again that are not there yet."""
        return bool(self._late)

    def _set(self, request: ShowAlso) -> None:
        self._paths, self._settled, self._late = request.data_paths, {}, []

    def remap_indices(self) -> None:
        """Indices mean other frames now."""
        self._settled.clear()
        self._late.clear()
        self._target = None

    def step(self) -> None:
        """Send one frame, if there is one to send, and a slot that the shown data set does not need."""
        if self._is_behind and self._next() is None:
            self._target, self._since = self._live.sent, self._frames.clock()
            self._late.clear()
        index = self._target
        if index is None or not self._sender.has_spare:
            return
        path = self._next() or self._next_late()
        if path is not None:
            self._try(path, index)

    @property
    def _is_behind(self) -> bool:
        """Whether another frame is shown than that beside which others are sent; those are sent first, so that all are of one index."""
        return bool(self._paths) and self._live.sent not in (None, self._target)

    def _next(self) -> str | None:
        """Return the first data set whose frame is missing, and was not tried yet."""
        if self._target is None:
            return None
        there = (path for path in self._paths if path != self._live.path and path in self._frames.grabbers)
        return next((path for path in there if path not in self._late and not self._is_settled(path, self._target)), None)

    def _next_late(self) -> str | None:
        if not self._late or self._frames.clock() < self._retry_at:
            return None
        now = self._frames.clock()
        self._retry_at = now + (SOON_S if now - self._since < 1.0 else RETRY_S)
        self._late.append(self._late.pop(0))
        return self._late[-1]

    def _is_settled(self, path: str, index: int) -> bool:
        return self._settled.get(path) == (index, self._frames.preparers.of(path))

    def _try(self, path: str, index: int) -> None:
        """Send a frame, or take note that it is late, or needs a larger slot; what cannot be read is given up."""
        is_late = False
        if index not in self._frames.unreadable(path):
            try:
                is_late = not self._sent(path, index)
            except FrameNotWrittenError:  # the window says that it is not there
                self._frames.pipe.keep_alive(now=True)
                is_late = True
            except FileReplacedError:  # reported by whoever watches the files
                is_late = True
            except SwmrViewerError as error:
                self._frames.pipe.report_fault(str(error), index, path)
        if is_late and path not in self._late:
            self._late.append(path)
            self._frames.pipe.send(AwaitedBeside(self._frames.pipe.generation, path, index))
        elif not is_late and path in self._late:
            self._late.remove(path)
        if not is_late:
            self._settled[path] = index, self._frames.preparers.of(path)

    def _sent(self, path: str, index: int) -> bool:
        """Return whether a frame was sent that is no doubtful one: those are sent once they were waited for, and looked for again."""
        wanted = FrameToSend(path, index, self._since, live=False, beside=True)
        if self._is_settled(path, index):
            return self._sender.send(wanted)
        was_doubtful = False

        def send(as_it_is: bool) -> bool:
            nonlocal was_doubtful
            was_doubtful = as_it_is
            return self._sender.send(wanted, as_it_is)

        is_sent = self._frames.patiently(send, path, index, lambda: self._since, report=False)
        if is_sent and was_doubtful:
            self._settled[path] = index, self._frames.preparers.of(path)
        return is_sent and not was_doubtful
