"""One frame read straight into a slot, with its preview and its levels."""

from __future__ import annotations

from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import level_statistics, write_preview
from swmr_viewer.core.errors import FrameNotWrittenError
from swmr_viewer.core.frames import FrameGrabber
from swmr_viewer.core.scan import position_of
from swmr_viewer.reader.layout import SlotLayout, slot_layout
from swmr_viewer.reader.messages import FrameReady


def layout_of_frames(grabber: FrameGrabber) -> SlotLayout:
    """Return how the frames of this data set lie in a slot, as large as they are by now."""
    return slot_layout(grabber.frame_shape, grabber.dtype)


def read_into(
    block: SharedMemory, grabber: FrameGrabber, layout: SlotLayout, index: int, scan_shape: tuple[int, ...], **about: Any
) -> FrameReady:
    """Read a frame and its preview into a slot.

    Parameters
    ----------
    block : SharedMemory
        The slot, at least ``layout.size`` bytes.
    grabber : FrameGrabber
        The data set.
    layout : SlotLayout
        Where things go.
    index : int
        Flat index on the scan shape.
    scan_shape : tuple of int
        The scan's axes by now.
    **about
        The other fields of ``FrameReady``.

    Raises
    ------
    FrameNotWrittenError, FrameUnreadableError
        If the frame is not there yet (or grew larger at this moment: try again), or cannot be read.
    """
    frame: npt.NDArray[Any] = np.ndarray(layout.shape, layout.dtype, block.buf)
    grab_at(grabber, index, scan_shape, frame)
    if layout.preview_factor:
        write_preview(frame, layout.preview_factor, np.ndarray(layout.preview_shape, np.float32, block.buf, layout.preview_offset))
    return FrameReady(
        index=index,
        position=position_of(index, scan_shape),
        slot=block.name,
        shape=layout.shape,
        dtype=layout.dtype.str,
        preview_shape=layout.preview_shape,
        preview_offset=layout.preview_offset,
        preview_factor=layout.preview_factor,
        levels=level_statistics(frame),
        **about,
    )


def grab_at(grabber: FrameGrabber, index: int, scan_shape: tuple[int, ...], frame: npt.NDArray[Any]) -> None:
    """Read the frame at an index on the keys' scan shape, which may lag or lead that of the data while both grow.

    Raises
    ------
    FrameNotWrittenError, FrameUnreadableError
        If the frame is not there yet, or its data set grew at this moment, or it cannot be read.
    """
    grabber.scan_shape = scan_shape
    try:
        grabber.grab_into(index, frame)
    except (TypeError, ValueError) as error:
        if grabber.frame_shape == frame.shape:
            raise
        raise _growing(index, grabber) from error


def _growing(index: int, grabber: FrameGrabber) -> FrameNotWrittenError:
    return FrameNotWrittenError(f"Frame {index} of {grabber.path} is growing.", "Try again after the next poll.")
