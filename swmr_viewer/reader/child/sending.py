"""Sends which keys were set, and frames behind their keys: in slots, with preview, levels and statistics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import Accumulator, FrameStatistics, FrameView, combined_dtype, write_centred_preview
from swmr_viewer.core import nexus
from swmr_viewer.core.follower import Follower
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.keys import KeyChanges
from swmr_viewer.core.positions import MotorPositions
from swmr_viewer.core.ranges import IndexArray, Ranges, joined, ranges_of, runs_of
from swmr_viewer.core.scan import position_of
from swmr_viewer.reader.child.event_pipe import EventPipe, Handlers
from swmr_viewer.reader.child.frame_reading import FrameReader
from swmr_viewer.reader.child.preparing.pixel_masks import Mask
from swmr_viewer.reader.child.reader_slots import ReaderSlots, Slot, SlotLayout, refuse_too_large, slot_layout
from swmr_viewer.reader.messages import AcknowledgeProgress, FrameReady, FrameTimes, KeysChanged, Made, OfPoints, SlotsWanted

OnFrame = Callable[[str, int, npt.NDArray[Any], FrameStatistics], None]
"""Called with path, index, the frame (masked pixels marked by value) and its statistics; the array is good during the call."""


@frozen
class FrameToSend:
    """A frame that somebody waits for."""

    path: str
    index: int
    since: float
    """When its key was seen, or it was asked for (s)."""
    live: bool
    is_new: bool = False
    """As in `FrameReady`."""
    in_turn: bool = False
    """As in `FrameReady`."""
    beside: bool = False
    """As in `FrameReady`."""


class ProgressReporter:
    """Merges what the follower found until the parent is ready for the next message."""

    def __init__(self, follower: Follower, pipe: EventPipe) -> None:
        self._follower = follower
        self._pipe = pipe
        self._scan_shape = follower.scan_shape
        self._added: list[list[Ranges]] = [[] for _ in follower.key_paths]
        self._completed: list[IndexArray] = []
        self._sends_whole = True
        self._is_acknowledged = True
        self._last_key_came = False
        self.handlers: Handlers = {AcknowledgeProgress: self._acknowledge}

    @property
    def is_idle(self) -> bool:
        """Whether everything was reported."""
        return not self._sends_whole and not any(self._added)

    def add(self, changes: KeyChanges, came: bool = True) -> None:
        """Add what changed; ``came``: keys came while they were looked for, otherwise they were there before."""
        shape = self._follower.scan_shape
        if any(starts.size for starts, _ in changes.added):
            self._last_key_came = came
        self._sends_whole |= shape != self._scan_shape
        self._scan_shape = shape
        if self._sends_whole:
            self._added, self._completed = [[] for _ in changes.added], []
            return
        self._completed.append(changes.completed)
        for parts, ranges in zip(self._added, changes.added, strict=True):
            if ranges[0].size:
                parts.append(ranges)

    def _acknowledge(self, request: AcknowledgeProgress) -> None:
        self._is_acknowledged = True

    def report(self, *, at_once: bool = False) -> None:
        """Send what was not reported yet, if the parent is ready for it or must have it at once."""
        if self.is_idle or not (self._is_acknowledged or at_once):
            return
        progress, whole = self._follower.progress, self._sends_whole
        added = progress.whole() if whole else tuple(joined(parts) for parts in self._added)
        completed = ranges_of(progress.complete_mask()) if whole else runs_of(np.sort(np.concatenate(self._completed)))
        at_s, came = self._follower.last_key_at, self._last_key_came
        self._pipe.send(KeysChanged(self._pipe.generation, progress.scan_shape, added, whole, at_s, came, completed))
        self._added, self._completed = [[] for _ in self._added], []
        self._sends_whole = self._is_acknowledged = False


class Sender:
    """Frames into slots."""

    def __init__(self, frames: FrameReader, reporter: ProgressReporter, slots: ReaderSlots, on_frame: OnFrame) -> None:
        self._frames = frames
        self._reporter = reporter
        self._slots = slots
        self._on_frame = on_frame
        self._times: dict[str, nexus.FrameTimes] = {}
        self._positions: dict[str, MotorPositions] = {}
        self._requested_size = 0

    @property
    def any_free(self) -> bool:
        return self._slots.any_free

    @property
    def has_spare(self) -> bool:
        """Whether a slot is left for the shown data set when one more is taken."""
        return self._slots.has_spare

    def send(self, wanted: FrameToSend, as_it_is: bool = False) -> bool:
        """Read a frame (a doubtful one: only ``as_it_is``) and send it; return whether the slots are large enough for it.

        Raises
        ------
        FrameNotWrittenError, FrameUnreadableError
            If the frame is not there yet, or cannot be read.
        """
        path, index, preparers = wanted.path, wanted.index, self._frames.preparers
        grabber = self._frames.grabbers[path]
        with self._slot(path, preparers.layout_of(path, grabber.frame_shape, grabber.dtype)) as slot:
            if slot is None:
                return False
            began = self._frames.clock()
            self._frames.read_into(slot.frame, path, index, "reading", as_it_is)
            read = self._frames.clock()
            mask = self._mask_of(slot, wanted)
            made = preparers.made(path, slot.layout.view, grabber.dtype)
            prepared = preparers.prepare(path, slot.frame, index, self._frames.scan_shape, slot.shown if made.compared == "none" else None)
            shown = preparers.compare(path, slot.layout.view, prepared, slot.shown)
            event = replace(self._event(slot, wanted, shown, made), lacks_mask=preparers.lacks_mask(path, mask), is_doubtful=as_it_is)
        self._send(event, began, read)
        if event.statistics is not None:
            # Behind the message: the picture waits for no region. The window only reads, and only this thread would write there.
            is_measured = made.compared == "none"
            statistics = event.statistics if is_measured else preparers.examine(path, slot.frame, prepared, levels=False)[1]
            self._on_frame(path, index, prepared, statistics)
        self._positions_of(path).look_further()
        return True

    def send_combined(
        self, wanted: FrameToSend, combined: Accumulator, run: tuple[int, int] | None, of_points: OfPoints | None = None
    ) -> bool:
        """Send what was accumulated, as the frame at this index; return whether the slots are large enough.

        ``run`` and ``of_points`` as in `FrameReady`.
        """
        path, preparers = wanted.path, self._frames.preparers
        dtype = combined_dtype(combined.how, combined.dtype)
        whole = FrameView(combined.shape, tuple(range(len(combined.shape))))  # what is shown of each frame was added up
        view = preparers.compared_view(path, whole, dtype)
        with self._slot(path, slot_layout(combined.shape, dtype, view)) as slot:
            if slot is None:
                return False
            began = self._frames.clock()
            combined.write_into(slot.frame)
            read = self._frames.clock()
            shown = preparers.compare(path, view, slot.frame, slot.shown)
            made = preparers.made(path, view, None)
            event = self._event(slot, wanted, shown, made, max(1, combined.n), combined.how)
            event = replace(event, run=run, of_points=of_points)
        self._send(event, began, read)
        return True

    @contextmanager
    def _slot(self, path: str, layout: SlotLayout) -> Iterator[Slot | None]:
        """Take a slot, and give it back if it cannot be filled; None: larger ones are needed, and were asked for."""
        if layout.size > self._slots.size:
            refuse_too_large(path, layout)
            if layout.size > self._requested_size:
                self._requested_size = layout.size
                self._frames.pipe.send(SlotsWanted(self._frames.pipe.generation, layout.size))
            yield None
            return
        slot = Slot(self._slots.take(), layout)
        try:
            yield slot
        except BaseException:
            self._slots.release(slot.block.name)
            raise

    def _mask_of(self, slot: Slot, wanted: FrameToSend) -> Mask | None:
        """Return the frame's pixel mask, if there is one; its own is put into the slot as well."""
        mask = self._frames.preparers.mask_of(wanted.path, wanted.index, slot.layout.view, self._frames.scan_shape)
        if (own := slot.own_mask) is not None:
            own[...] = False if mask is None else mask
        return mask

    def _send(self, event: FrameReady, began: float, read: float) -> None:
        prepared = self._frames.clock()
        # A frame that overtakes its keys stands on the map as missing, and cannot be gone back to. Slots bound how many go out so.
        self._reporter.report(at_once=True)
        self._frames.pipe.send(replace(event, times=FrameTimes(event.key_seen_at_s, began, read, prepared, self._frames.clock())))

    def _event(
        self, slot: Slot, wanted: FrameToSend, shown: npt.NDArray[Any], made: Made, combined: int = 1, how: str | None = None
    ) -> FrameReady:
        layout, shape = slot.layout, self._frames.scan_shape
        write_centred_preview(shown, layout.preview_factor, slot.preview, made.centre)
        levels, statistics = self._frames.preparers.examine(wanted.path, slot.frame, shown, combined=combined, how=how)
        return FrameReady(
            self._frames.pipe.generation,
            wanted.path,
            wanted.index,
            position_of(wanted.index, shape),
            slot.block.name,
            layout.shape,
            layout.dtype.str,
            layout.preview_shape,
            layout.preview_offset,
            layout.preview_factor,
            levels,
            wanted.since,
            wanted.live,
            statistics,
            combined,
            self._time_of(wanted.path, wanted.index, shape),
            wanted.in_turn,
            wanted.is_new,
            layout.view,
            layout.shown_offset,
            layout.mask_offset,
            motor_positions=self._positions_of(wanted.path).at(wanted.index, shape),
            beside=wanted.beside,
            made=made,
        )

    def _positions_of(self, path: str) -> MotorPositions:
        if (positions := self._positions.get(path)) is None:
            scan, grabber = self._frames.scan, self._frames.grabbers[path]
            self._positions[path] = positions = MotorPositions(scan.h5file, path, grabber.scan_rank, sources=scan.sources)
        return positions

    def _time_of(self, path: str, index: int, shape: tuple[int, ...]) -> float | None:
        times = self._times.get(path)
        if times is None:
            scan = self._frames.scan
            self._times[path] = times = nexus.FrameTimes(scan.h5file, scan.facts[path].time_path, sources=scan.sources)
        at = times.at(index, shape)
        for message in times.take_faults():
            self._frames.pipe.report_fault(message)
        return at
