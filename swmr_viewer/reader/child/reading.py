"""One frame read straight into an array, wherever the keys are ahead of the data or behind."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from swmr_viewer.core.errors import FrameNotWrittenError
from swmr_viewer.core.frames import FrameGrabber


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
