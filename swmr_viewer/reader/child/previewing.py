"""The first complete frame of a data set, for people who have not decided yet: opened, polled, read and closed again."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import replace
from typing import Any

import numpy.typing as npt

from swmr_viewer.analysis import Thumbnail, thumbnail_of
from swmr_viewer.core.errors import FrameDoubtfulError, FrameNotWrittenError, FrameUnreadableError, PathError
from swmr_viewer.core.follower import Follower
from swmr_viewer.core.frames import FrameGrabber
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.scan import position_of
from swmr_viewer.reader.child.preparing.frame_preparer import default_preparer
from swmr_viewer.reader.child.preparing.pixel_masks import PixelMask
from swmr_viewer.reader.child.scans import Scan, open_scan
from swmr_viewer.reader.messages import FollowRequest

_TRIES = 3
"""A poll may fail at the moment at which the writer flushes."""


@frozen
class FirstFrame:
    """What was read."""

    index: int
    position: tuple[int, ...]
    thumbnail: Thumbnail


def read_first_frame(request: FollowRequest) -> FirstFrame:
    """Read the first complete frame of the request's first data set, as following would show it.

    The file is opened for this and closed again. Not for a reader that follows: it would have two handles on a data set.

    Parameters
    ----------
    request : FollowRequest
        No patterns in its paths. Without key paths and length paths the data set's own length stands in for keys.

    Raises
    ------
    FrameNotWrittenError
        If no frame is complete yet, or the first one is not visible yet.
    SwmrViewerError
        If the file, its keys or the frame cannot be read.
    """
    with closing(open_scan(_for_one(request))) as scan:
        follower = scan.follower
        _poll(follower)
        index = follower.first_complete
        if index is None:
            raise _nothing_complete(follower)
        ((path, grabber),) = scan.grabbers.items()
        grabber.scan_shape = follower.scan_shape
        frame = _grabbed(grabber, index)
        return FirstFrame(index, position_of(index, follower.scan_shape), _thumbnail(scan, path, index, frame))


def _thumbnail(scan: Scan, path: str, index: int, frame: npt.NDArray[Any]) -> Thumbnail:
    """Return the small copy of what the window will show of a frame, without what its mask leaves out."""
    preparer = default_preparer(scan.facts[path])
    view = preparer.view_of(frame.shape, frame.dtype)
    mask = None
    with suppress(PathError):  # a mask that cannot be used is reported where it is missed, in the window
        if preparer.settings.mask.mask_path is not None:
            mask = PixelMask(scan.h5file, preparer.settings.mask.mask_path).of(index, view, scan.follower.scan_shape)
    return thumbnail_of(frame, view, preparer.settings.mask, mask)


def _for_one(request: FollowRequest) -> FollowRequest:
    if not request.data_paths:
        raise PathError(f"No data set was named in {request.path}.", "Choose one.")
    data = request.data_paths[:1]
    lengths = request.length_paths if request.key_paths or request.length_paths else data
    return replace(request, data_paths=data, length_paths=lengths, conditions=())


def _grabbed(grabber: FrameGrabber, index: int) -> npt.NDArray[Any]:
    """Read a frame; where sources are missing, what is there of it: nobody waits for a preview."""
    try:
        return grabber.grab(index)
    except FrameDoubtfulError as error:
        if not error.missing:
            raise
        return grabber.grab(index, as_it_is=True)


def _poll(follower: Follower) -> None:
    for _ in range(_TRIES):
        if follower.refresh():
            break


def _nothing_complete(follower: Follower) -> FrameNotWrittenError | FrameUnreadableError:
    if faults := follower.take_faults():
        return FrameUnreadableError(faults[0], "Read again, or choose other keys.")
    if follower.file_is_closed():
        return FrameNotWrittenError("No frame is complete, and the file is closed.", "Choose other keys, or another data set.")
    return FrameNotWrittenError("No frame is complete yet.", "The first one is shown here when it is.")
