"""Reads frames for everything that looks at them in the reader, and bounds how long a frame may lag its key."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import FrameDoubtfulError, FrameNotWrittenError
from swmr_viewer.core.frames import FrameGrabber
from swmr_viewer.core.scan import index_of
from swmr_viewer.reader.child.event_pipe import EventPipe
from swmr_viewer.reader.child.scans import LateData
from swmr_viewer.reader.messages import FramePlace

_NONE: frozenset[int] = frozenset()


class FrameReading:
    """Reads frames to be looked at here, and says what is wrong with them.

    Parameters
    ----------
    grabbers : mapping of str to FrameGrabber
        The data sets by path, the first one is shown until another is asked for.
    pipe : EventPipe
        Where messages go.
    unreadable : tuple of (str, tuple of int)
        Frames that ended a reader, by data set and position: not to be touched.
    clock : callable
        Monotonic seconds.
    late : LateData, optional
        The data sets that are not there yet.
    """

    def __init__(
        self,
        grabbers: Mapping[str, FrameGrabber],
        pipe: EventPipe,
        unreadable: tuple[FramePlace, ...] = (),
        clock: Callable[[], float] = time.monotonic,
        late: LateData | None = None,
    ) -> None:
        self.grabbers = grabbers
        self.pipe = pipe
        self._unreadable = unreadable
        self.clock = clock
        self._late = late
        self._kept: dict[str, npt.NDArray[Any]] = {}

    @property
    def first_path(self) -> str:
        """The data set that is shown first; nothing where there is none."""
        return next(iter(self.grabbers), "")

    def unreadable(self, path: str, scan_shape: tuple[int, ...]) -> frozenset[int]:
        """Return which frames of a data set are not to be touched, by their indices on this scan shape."""
        if not self._unreadable:
            return _NONE
        positions = [position for data_path, position in self._unreadable if data_path == path]
        return frozenset(index for position in positions if (index := _index_on(position, scan_shape)) is not None)

    def read(self, path: str, index: int, scan_shape: tuple[int, ...], doing: str, as_it_is: bool = False) -> npt.NDArray[Any]:
        """Read a frame into an array that is good until the next call: twice as fast as a new one for each frame.

        ``as_it_is`` takes a frame that is in doubt: see `accept`.

        Raises
        ------
        FrameNotWrittenError, FrameUnreadableError
            If the frame is not there yet, or cannot be read.
        """
        grabber, kept = self.grabbers[path], self._kept.get(path)
        self.pipe.report_frame(doing, index, path, scan_shape)
        if kept is None or kept.shape != grabber.frame_shape or kept.dtype != grabber.dtype:
            self._kept[path] = kept = np.empty(grabber.frame_shape, grabber.dtype)
        grab_at(grabber, index, scan_shape, kept, as_it_is)
        return kept

    @property
    def awaited(self) -> tuple[str, ...]:
        """The data sets that are followed and not there yet."""
        return self._late.paths if self._late is not None else ()

    def knows(self, path: str) -> bool:
        """Whether this data set is followed, there or not yet; a fault is reported where it is not."""
        is_known = path in self.grabbers or path in self.awaited
        if not is_known:
            self.pipe.report_fault(f"{path} is not among the data sets that are followed.")
        return is_known

    def accept(self, path: str, index: int, error: FrameDoubtfulError, report: bool = True) -> None:
        """Take a doubtful frame as it is from now on, for it was waited for long enough.

        Sources that are missing are waited for once, not for every frame anew.
        """
        self.grabbers[path].go_without(error.missing)
        if report:
            self.pipe.report_fault(
                f"{error.message} Its key was set more than {FRAME_TIMEOUT_S:.0f} s ago: it is taken as it is.", index, path
            )


def _index_on(position: tuple[int, ...], scan_shape: tuple[int, ...]) -> int | None:
    try:
        return index_of((*position, *(0,) * (len(scan_shape) - len(position))), scan_shape)
    except IndexError:  # of another scan
        return None


def grab_at(grabber: FrameGrabber, index: int, scan_shape: tuple[int, ...], frame: npt.NDArray[Any], as_it_is: bool = False) -> None:
    """Read the frame at an index on the keys' scan shape, which may lag or lead that of the data while both grow.

    ``as_it_is`` takes a frame that is in doubt, after waiting.

    Raises
    ------
    FrameNotWrittenError, FrameUnreadableError
        If the frame is not there yet, or its data set grew at this moment, or it cannot be read.
    """
    grabber.scan_shape = scan_shape
    try:
        grabber.grab_into(index, frame, as_it_is=as_it_is)
    except (TypeError, ValueError) as error:
        if grabber.frame_shape == frame.shape:
            raise
        raise _growing(index, grabber) from error


def _growing(index: int, grabber: FrameGrabber) -> FrameNotWrittenError:
    return FrameNotWrittenError(f"Frame {index} of {grabber.path} is growing.", "Try again after the next poll.")


FRAME_TIMEOUT_S = 5.0
"""Longest wait (s) for a frame whose key is set."""

_SAME_MOMENT_S = 0.1


class DoubtfulFrame:
    """The first of the newest frames that is in doubt: where all are dark they come faster than any of them is waited for."""

    def __init__(self) -> None:
        self.index: int | None = None
        self._since = 0.0

    def since(self, index: int, now: float) -> float:
        """Return since when this frame has been in doubt."""
        if self.index is None:
            self.index, self._since = index, now
        return self._since if index == self.index else now

    def waited_for(self, now: float) -> int | None:
        """Return the frame that has been waited for, if there is one."""
        return self.index if now - self._since >= FRAME_TIMEOUT_S else None

    def clear(self) -> None:
        """Take note that a frame was shown, or that indices mean other frames."""
        self.index = None


class ReadyTimes:
    """When frames became ready, by how many were ready at which time."""

    def __init__(self) -> None:
        self._ready: deque[tuple[int, float]] = deque()

    def note(self, n_ready: int, now: float) -> None:
        """Take note that by now so many frames are ready."""
        if self._ready and self._ready[-1][0] >= n_ready:
            return
        if len(self._ready) > 1 and now - self._ready[-1][1] < _SAME_MOMENT_S:
            now = self._ready.pop()[1]
        self._ready.append((n_ready, now))

    def ready_since(self, number: int, otherwise: float) -> float:
        """Return when the ``number``-th frame (from 1, never falling from call to call) became ready."""
        while self._ready and self._ready[0][0] < number:
            self._ready.popleft()
        return self._ready[0][1] if self._ready else otherwise
