"""Sends frames behind their keys: in slots, with preview, levels and statistics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

import numpy.typing as npt

from swmr_viewer.analysis import Accumulator, FramePass, FrameStatistics, FrameView, combined_dtype, write_centred_preview
from swmr_viewer.core import nexus
from swmr_viewer.core.data import kept_bytes
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.positions import MotorPositions
from swmr_viewer.core.scan import position_of
from swmr_viewer.decoding import share
from swmr_viewer.reader.child.frame_reading import FrameReader
from swmr_viewer.reader.child.preparing.frame_preparer import Measures
from swmr_viewer.reader.child.preparing.pixel_masks import Mask
from swmr_viewer.reader.child.progress_reporting import ProgressReporter
from swmr_viewer.reader.child.reader_slots import ReaderSlots, Slot, SlotLayout, refuse_too_large, slot_layout
from swmr_viewer.reader.messages import AS_IT_IS, FrameReady, FrameTimes, Made, OfPoints, SlotsWanted

Measured = Callable[[], tuple[npt.NDArray[Any], FrameStatistics]]
"""Returns a frame (masked pixels marked by value) and its statistics, made only if they are wanted; the array is good during the call."""
OnFrame = Callable[[str, int, Measured], None]
"""Called with path, index, and what returns the frame."""


class _Prepared(NamedTuple):
    """What is to be told of a frame in a slot."""

    made: Made
    measures: Measures
    lacks_mask: bool
    measured: Measured


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
            one_pass = preparers.pass_over(path, slot, index, self._frames.scan_shape)
            is_noted = self._frames.read_into(slot.frame, path, index, "reading", as_it_is, None if one_pass is None else one_pass.note)
            read = self._frames.clock()
            prepared = self._prepared(slot, wanted) if one_pass is None else self._passed(slot, wanted, one_pass, is_noted)
            event = self._event(slot, wanted, prepared.made, prepared.measures, lacks_mask=prepared.lacks_mask, is_doubtful=as_it_is)
        self._send(event, began, read)
        # Behind the message: the picture waits for no region. The window only reads, and only this thread would write there.
        self._on_frame(path, index, prepared.measured)
        self._positions_of(path).look_further()
        return True

    def _passed(self, slot: Slot, wanted: FrameToSend, one_pass: FramePass, is_noted: bool) -> _Prepared:
        """Measure what was not noted while the frame was read: all of it, where it was not decoded piece by piece, or was read again."""
        path, index, preparers, shape = wanted.path, wanted.index, self._frames.preparers, self._frames.scan_shape
        if not is_noted:
            one_pass.restart()
        measures = one_pass.finish(preparers.of(path).settings.percentiles, share)
        lacks_mask = preparers.lacks_mask(path, preparers.mask_of(path, index, slot.layout.view, shape))
        return _Prepared(AS_IT_IS, measures, lacks_mask, lambda: (preparers.prepare(path, slot.frame, index, shape), measures[1]))

    def _prepared(self, slot: Slot, wanted: FrameToSend) -> _Prepared:
        """Make what is shown of a frame that was read, and measure it."""
        path, index, view, preparers = wanted.path, wanted.index, slot.layout.view, self._frames.preparers
        mask = self._mask_of(slot, wanted)
        made = preparers.made(path, view, slot.layout.dtype)
        is_compared = made.compared != "none"
        prepared = preparers.prepare(path, slot.frame, index, self._frames.scan_shape, None if is_compared else slot.shown)
        measures = self._measures(slot, wanted, preparers.compare(path, view, prepared, slot.shown), made)

        def measured() -> tuple[npt.NDArray[Any], FrameStatistics]:
            return prepared, preparers.examine(path, slot.frame, prepared, levels=False)[1] if is_compared else measures[1]

        return _Prepared(made, measures, preparers.lacks_mask(path, mask), measured)

    def _measures(
        self, slot: Slot, wanted: FrameToSend, shown: npt.NDArray[Any], made: Made, combined: int = 1, how: str | None = None
    ) -> Measures:
        """Measure what is shown, and make it small."""
        factor, examine = slot.layout.preview_factor, self._frames.preparers.examine
        if made.centre is None:
            return examine(wanted.path, slot.frame, shown, combined=combined, how=how, preview=(factor, slot.preview))
        write_centred_preview(shown, factor, slot.preview, made.centre)
        return examine(wanted.path, slot.frame, shown, combined=combined, how=how)

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
            n = max(1, combined.n)
            measures = self._measures(slot, wanted, shown, made, n, combined.how)
            event = self._event(slot, wanted, made, measures, n, run=run, of_points=of_points)
        self._send(event, began, read)
        return True

    @contextmanager
    def _slot(self, path: str, layout: SlotLayout) -> Iterator[Slot | None]:
        """Take a slot, and give it back if it cannot be filled; None: larger ones are needed, and were asked for."""
        if layout.size > self._slots.size:
            refuse_too_large(f"{path} in {self._frames.scan.h5file.filename}", layout)
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
        kept = kept_bytes()
        times = FrameTimes(event.key_seen_at_s, began, read, prepared, self._frames.clock())
        self._frames.pipe.send(replace(event, times=times, kept_bytes=kept))

    def _event(self, slot: Slot, wanted: FrameToSend, made: Made, measures: Measures, combined: int = 1, **more: Any) -> FrameReady:
        layout, shape = slot.layout, self._frames.scan_shape
        levels, statistics = measures
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
            **more,
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
