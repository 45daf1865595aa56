"""Reads frames for everything that uses them in the reader, and bounds how long a frame may lag its key."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import FrameDoubtfulError, FrameNotWrittenError
from swmr_viewer.core.frames import FrameGrabber
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.core.scan import index_of
from swmr_viewer.reader.child.event_pipe import EventPipe
from swmr_viewer.reader.child.preparing.frame_preparers import FramePreparers
from swmr_viewer.reader.child.scans import Scan
from swmr_viewer.reader.messages import FramePlace

FRAME_TIMEOUT_S = 5.0
"""Longest wait (s) for a frame whose key is set: some writers flush keys before the frames they announce."""
T = TypeVar("T")
_NONE: frozenset[int] = frozenset()


class FrameReader:
    """The data sets of a scan, which frames of them are complete, and how they are prepared.

    ``unreadable`` frames, by data set and position, ended a reader, and are not to be touched.
    """

    def __init__(
        self,
        scan: Scan,
        pipe: EventPipe,
        unreadable: tuple[FramePlace, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.scan = scan
        self.pipe = pipe
        self.clock = clock
        self.preparers = FramePreparers(scan, pipe, clock)
        self._unreadable = unreadable
        self._kept: dict[str, npt.NDArray[Any]] = {}

    @property
    def grabbers(self) -> dict[str, FrameGrabber]:
        return self.scan.grabbers

    @property
    def progress(self) -> KeyProgress:
        return self.scan.follower.progress

    @property
    def scan_shape(self) -> tuple[int, ...]:
        """The shape that indices count on by now."""
        return self.progress.scan_shape

    @property
    def all_complete(self) -> IndexArray:
        """The complete indices, rising."""
        return np.flatnonzero(self.progress.complete_mask()).astype(np.int64)

    @property
    def first_path(self) -> str:
        """The data set that is shown first; nothing where there is none."""
        return next(iter(self.grabbers), "")

    def is_followed(self, path: str) -> bool:
        """Whether this data set is followed, there or not yet; a fault is reported where it is not."""
        is_followed = path in self.grabbers or path in self.scan.late.paths
        if not is_followed:
            self.pipe.report_fault(f"{path} is not among the data sets that are followed.")
        return is_followed

    def unreadable(self, path: str) -> frozenset[int]:
        """Return which frames of a data set are not to be touched, by their indices by now."""
        if not self._unreadable:
            return _NONE
        positions = [position for data_path, position in self._unreadable if data_path == path]
        return frozenset(index for position in positions if (index := _index_on(position, self.scan_shape)) is not None)

    def read(self, path: str, index: int, doing: str, as_it_is: bool = False) -> npt.NDArray[Any]:
        """Read a frame into an array that is good until the next call: twice as fast as a new one for each frame.

        Raises
        ------
        FrameNotWrittenError, FrameUnreadableError
            If the frame is not there yet, or cannot be read.
        """
        grabber, kept = self.grabbers[path], self._kept.get(path)
        if kept is None or kept.shape != grabber.frame_shape or kept.dtype != grabber.dtype:
            self._kept[path] = kept = np.empty(grabber.frame_shape, grabber.dtype)
        self.read_into(kept, path, index, doing, as_it_is)
        return kept

    def read_into(
        self,
        frame: npt.NDArray[Any],
        path: str,
        index: int,
        doing: str,
        as_it_is: bool = False,
        note: Callable[[int, int], object] | None = None,
    ) -> bool:
        """Read a frame; the keys' scan shape may lag or lead that of the data while both grow.

        ``as_it_is`` takes a doubtful frame: see `patiently`. Returns whether ``note`` was told of all of the frame, as `grab_into` does.

        Raises
        ------
        FrameNotWrittenError, FrameUnreadableError
            If the frame is not there yet, or its data set grew at this moment, or it cannot be read.
        """
        grabber = self.grabbers[path]
        self.pipe.report_frame(doing, index, path, self.scan_shape)
        grabber.scan_shape = self.scan_shape
        try:
            return grabber.grab_into(index, frame, as_it_is=as_it_is, note=note)
        except (TypeError, ValueError) as error:
            if grabber.frame_shape == frame.shape:
                raise
            raise FrameNotWrittenError(f"Frame {index} of {grabber.path} is growing.", "Try again after the next poll.") from error

    def prepare(self, path: str, index: int, frame: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return what is shown of a frame, its masked pixels marked by their value."""
        return self.preparers.prepare(path, frame, index, self.scan_shape)

    def patiently(self, read: Callable[[bool], T], path: str, index: int, since: Callable[[], float], report: bool = True) -> T:
        """Read a frame by ``read(False)``; a doubtful one by ``read(True)``, as it is, once it was waited for since then (s).

        Sources that are missing are waited for once, not for every frame anew.
        """
        try:
            return read(False)
        except FrameDoubtfulError as error:
            if self.clock() - since() < FRAME_TIMEOUT_S:
                raise
            self.grabbers[path].go_without(error.missing)
            if report:
                self.pipe.report_fault(f"{late_text(error)[:-1]}: it is taken as it is.", index, path)
        return read(True)


def late_text(error: FrameNotWrittenError) -> str:
    """Return why a frame is not waited for any longer."""
    return f"{error.message} Its key was set more than {FRAME_TIMEOUT_S:.0f} s ago."


def _index_on(position: tuple[int, ...], scan_shape: tuple[int, ...]) -> int | None:
    try:
        return index_of((*position, *(0,) * (len(scan_shape) - len(position))), scan_shape)
    except IndexError:  # of another scan
        return None


class DoubtfulFrame:
    """The first of the newest frames that is doubtful: where all are dark they come faster than any of them is waited for."""

    def __init__(self) -> None:
        self.index: int | None = None
        self._since = 0.0

    def since(self, index: int, now: float) -> float:
        """Return since when this frame has been doubtful."""
        if self.index is None:
            self.index, self._since = index, now
        return self._since if index == self.index else now

    def waited_for(self, now: float) -> int | None:
        """Return the frame that has been waited for, if there is one."""
        return self.index if now - self._since >= FRAME_TIMEOUT_S else None

    def clear(self) -> None:
        """Forget it: a frame was shown, or indices mean other frames now."""
        self.index = None
