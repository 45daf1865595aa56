"""Puts a frame, or several combined, into a slot with preview, levels and statistics, and says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import FrameStatistics, FrameView, write_preview
from swmr_viewer.analysis.accumulating import Accumulator, combined_dtype
from swmr_viewer.core.frames import FrameGrabber
from swmr_viewer.core.nexus import FrameTimes
from swmr_viewer.core.scan import position_of
from swmr_viewer.reader.child.event_pipe import EventPipe
from swmr_viewer.reader.child.frame_preparers import FramePreparer, FramePreparers
from swmr_viewer.reader.child.frame_reading import grab_at
from swmr_viewer.reader.child.pixel_masks import Mask
from swmr_viewer.reader.child.progress_reporter import ProgressReporter
from swmr_viewer.reader.child.reader_slots import ReaderSlots, SlotLayout, refuse_too_large, slot_layout
from swmr_viewer.reader.messages import FrameReady, SlotsWanted

OnFrame = Callable[[str, int, npt.NDArray[Any], FrameStatistics], None]
"""Called with path, index, the frame (masked pixels told by value) and its statistics; the array is good during the call."""


@dataclass(frozen=True, slots=True)
class FrameToSend:
    """A frame that somebody waits for."""

    index: int
    since: float
    """When its key was seen, or it was asked for (s)."""
    live: bool
    is_new: bool = False
    """As in `FrameReady`."""
    as_it_is: bool = False
    """Whether it is taken although it is in doubt: it has been waited for."""


class Sender:
    """Frames into slots.

    Parameters
    ----------
    grabbers : mapping of str to FrameGrabber
        The data sets by path.
    announcer : ProgressReporter
        Knows the scan shape, and tells each frame's keys before the frame.
    slots : ReaderSlots
        Where pixels go.
    pipe : EventPipe
        Where messages go.
    preparers : FramePreparers
        How frames are prepared.
    times : mapping of str to FrameTimes
        When frames were taken, by path of the data set.
    on_frame : callable
        Who else wants to look at each plain frame.
    """

    def __init__(
        self,
        grabbers: Mapping[str, FrameGrabber],
        announcer: ProgressReporter,
        slots: ReaderSlots,
        pipe: EventPipe,
        preparers: FramePreparers,
        times: Mapping[str, FrameTimes],
        on_frame: OnFrame,
    ) -> None:
        self._grabbers = grabbers
        self._announcer = announcer
        self._slots = slots
        self._pipe = pipe
        self._preparers = preparers
        self._times = times
        self._on_frame = on_frame
        self._asked_size = 0
        self.in_turn = False
        """Whether live frames are sent one after the other, none skipped."""

    @property
    def any_free(self) -> bool:
        """Whether a frame can be sent now."""
        return self._slots.any_free

    def send(self, path: str, wanted: FrameToSend) -> bool:
        """Read a frame (one that is in doubt: only ``as_it_is``) and send it; return whether the slots are large enough for it.

        Raises
        ------
        FrameNotWrittenError, FrameUnreadableError
            If the frame is not there yet, or cannot be read.
        """
        grabber, preparer = self._grabbers[path], self._preparers.of(path)
        layout = self._preparers.layout_of(path, grabber.frame_shape, grabber.dtype)

        def fill(frame: npt.NDArray[Any]) -> None:
            shape = self._announcer.progress.scan_shape
            self._pipe.report_frame("reading", wanted.index, path, shape)
            grab_at(grabber, wanted.index, shape, frame, wanted.as_it_is)

        return self._filled(layout, fill, preparer, path, wanted)

    def send_combined(self, path: str, wanted: FrameToSend, combined: Accumulator) -> bool:
        """Send what was accumulated, as the frame at this index; return whether the slots are large enough."""
        view = FrameView(combined.shape, tuple(range(len(combined.shape))))  # what is shown of each frame was added up
        layout = slot_layout(combined.shape, combined_dtype(combined.how, combined.dtype), view)
        preparer = self._preparers.of(path)
        return self._filled(layout, combined.write_into, preparer, path, wanted, combined.n)

    def _filled(
        self,
        layout: SlotLayout,
        fill: Callable[[npt.NDArray[Any]], None],
        preparer: FramePreparer,
        path: str,
        wanted: FrameToSend,
        combined: int = 0,
    ) -> bool:
        if layout.size > self._slots.size:
            refuse_too_large(path, layout)
            self._ask_for(layout.size)
            return False
        block = self._slots.take()
        try:
            frame: npt.NDArray[Any] = np.ndarray(layout.shape, layout.dtype, block.buf)
            fill(frame)
            mask = None if combined else self._mask_of(block, layout, path, wanted.index)
            prepared = frame if combined else preparer.prepare(frame, mask, _shown_in(block, layout))
            event = self._described(block, layout, prepared, preparer, path, wanted, combined)
            event = replace(event, lacks_mask=not combined and mask is None and preparer.rules.mask_path is not None)
        except BaseException:
            self._slots.release(block.name)
            raise
        # A frame that overtakes its keys stands on the map as missing, and cannot be gone back to. Slots bound how many go out so.
        self._announcer.announce(at_once=True)
        self._pipe.send(event)
        if not combined and event.statistics is not None:
            # Behind the message: the picture waits for no region. The window only looks, and only this thread would write there.
            self._on_frame(path, wanted.index, prepared, event.statistics)
        return True

    def _mask_of(self, block: SharedMemory, layout: SlotLayout, path: str, index: int) -> Mask | None:
        """Return the frame's pixel mask, if there is one; its own is put into the slot as well."""
        mask = self._preparers.mask_of(path, index, layout.view, self._announcer.progress.scan_shape)
        if layout.mask_offset:
            own: Mask = np.ndarray(layout.view.shown_shape, np.bool_, block.buf, layout.mask_offset)
            own[...] = False if mask is None else mask
        return mask

    def _described(
        self,
        block: SharedMemory,
        layout: SlotLayout,
        prepared: npt.NDArray[Any],
        preparer: FramePreparer,
        path: str,
        wanted: FrameToSend,
        combined: int,
    ) -> FrameReady:
        write_preview(prepared, layout.preview_factor, np.ndarray(layout.preview_shape, np.float32, block.buf, layout.preview_offset))
        frame: npt.NDArray[Any] = np.ndarray(layout.shape, layout.dtype, block.buf)
        levels, statistics = preparer.examine(frame, prepared, combined=max(1, combined))
        shape = self._announcer.progress.scan_shape
        return FrameReady(
            self._pipe.generation,
            path,
            wanted.index,
            position_of(wanted.index, shape),
            block.name,
            layout.shape,
            layout.dtype.str,
            layout.preview_shape,
            layout.preview_offset,
            layout.preview_factor,
            levels,
            wanted.since,
            wanted.live,
            statistics,
            max(1, combined),
            self._time_of(path, wanted.index, shape),
            wanted.live and self.in_turn,
            wanted.is_new,
            layout.view,
            layout.shown_offset,
            layout.mask_offset,
        )

    def _time_of(self, path: str, index: int, shape: tuple[int, ...]) -> float | None:
        times = self._times.get(path)
        if times is None:
            return None
        at = times.at(index, shape)
        for message in times.take_faults():
            self._pipe.report_fault(message)
        return at

    def _ask_for(self, size: int) -> None:
        if size > self._asked_size:
            self._asked_size = size
            self._pipe.send(SlotsWanted(self._pipe.generation, size))


def _shown_in(block: SharedMemory, layout: SlotLayout) -> npt.NDArray[Any] | None:
    """Return where in the slot the shown numbers go, if they have to be computed."""
    if not layout.shown_offset:
        return None
    return np.ndarray(layout.view.shown_shape, layout.view.shown_dtype(layout.dtype), block.buf, layout.shown_offset)
