"""Delivers the newest frame, conflated before it is read, or the one frame that the window pinned."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from swmr_viewer.core.errors import FrameNotWrittenError, SwmrViewerError
from swmr_viewer.core.frames import FrameGrabber
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.reader.announcer import Announcer
from swmr_viewer.reader.line import Line
from swmr_viewer.reader.messages import Busy, Fault, ShowIndex, ShowLive, SlotsWanted
from swmr_viewer.reader.newest import NewestFrame
from swmr_viewer.reader.patience import PATIENCE_S
from swmr_viewer.reader.reader_slots import ReaderSlots
from swmr_viewer.reader.reading import layout_of_frames, read_into


@dataclass(slots=True)
class _Wanted:
    """A frame that somebody waits for."""

    index: int
    since: float
    live: bool


class LiveDelivery:
    """Frames into slots, only when a slot is free.

    Parameters
    ----------
    grabbers : dict of str to FrameGrabber
        The data sets by path, the first one is shown until another is asked for.
    announcer : Announcer
        Knows which frames are complete.
    slots : ReaderSlots
        Where pixels go.
    line : Line
        Where messages go.
    unreadable : iterable of int
        Frames not to be touched.
    clock : callable
        Monotonic seconds.
    """

    def __init__(
        self,
        grabbers: dict[str, FrameGrabber],
        announcer: Announcer,
        slots: ReaderSlots,
        line: Line,
        unreadable: tuple[int, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._grabbers = grabbers
        self._announcer = announcer
        self._slots = slots
        self._line = line
        self._clock = clock
        self._unreadable = frozenset(unreadable)
        self._newest = NewestFrame()
        for index in unreadable:
            self._newest.give_up(index)
        self._path = next(iter(grabbers), "")
        self._pinned: _Wanted | None = None
        self._is_live = True
        self._late: dict[int, float] = {}
        self._seen_at = clock()
        self._asked_size = 0

    @property
    def is_idle(self) -> bool:
        """Whether the window has what it wants."""
        if not self._grabbers:
            return True
        return self._newest.is_settled if self._is_live else self._pinned is None

    is_pressed = False

    def note_completed(self, indices: IndexArray, reshaped: bool) -> None:
        """Take note of indices that became complete."""
        if reshaped:
            self._newest.forget_places()
            self._late.clear()
            newest = self._announcer.progress.newest
            indices = np.array([] if newest is None else [newest], np.int64)
        if indices.size:
            self._seen_at = self._clock()
            self._newest.note_completed(indices)

    def show(self, request: ShowIndex | ShowLive) -> None:
        """Pin a frame, or go back to the newest."""
        path = request.data_path or next(iter(self._grabbers), "")
        if path not in self._grabbers:
            self._line.send(Fault(self._line.generation, f"{path} is not among the data sets that are followed."))
            return
        self._path = path
        self._newest.show_again()
        self._late.clear()
        self._is_live = isinstance(request, ShowLive)
        self._pinned = _Wanted(request.index, self._clock(), False) if isinstance(request, ShowIndex) else None

    def abandon(self) -> None:
        """Go on as before: the last frame is worth showing, and does not take long."""

    def step(self) -> None:
        """Send one frame, if there is one to send and a slot to put it into."""
        if not self._slots.any_free or not self._grabbers:
            return
        if self._pinned is not None:
            self._step_pinned(self._pinned)
        elif self._is_live and not self._newest.is_settled:
            self._step_live()

    def _step_pinned(self, wanted: _Wanted) -> None:
        if wanted.index in self._unreadable or not self._announcer.progress.is_complete(wanted.index):
            why = "ended the reader before" if wanted.index in self._unreadable else "is not complete yet"
            self._fault(wanted.index, f"Frame {wanted.index} {why}.")
            self._pinned = None
        elif self._try(wanted):
            self._pinned = None

    def _step_live(self) -> None:
        for index in list(self._newest.candidates(self._announcer.progress)):
            if self._try(_Wanted(index, self._late.get(index, self._seen_at), True)):
                return

    def _try(self, wanted: _Wanted) -> bool:
        """Send a frame, and return whether this is settled: it was sent, or will never be."""
        try:
            sent = self._send(wanted)
        except FrameNotWrittenError as error:
            self._late.setdefault(wanted.index, wanted.since)
            if self._clock() - wanted.since < PATIENCE_S:
                self._line.keep_alive(now=True)
                return False
            self._give_up(wanted, f"{error.message} Its key was set more than {PATIENCE_S:.0f} s ago.")
            return not wanted.live
        except SwmrViewerError as error:
            self._give_up(wanted, str(error))
            return not wanted.live
        if sent and wanted.live:
            self._newest.note_shown(wanted.index)
            self._late.clear()
        return sent

    def _give_up(self, wanted: _Wanted, message: str) -> None:
        self._fault(wanted.index, message)
        if wanted.live:
            self._newest.give_up(wanted.index)

    def _fault(self, index: int, message: str) -> None:
        self._line.send(Fault(self._line.generation, message, index))

    def _send(self, wanted: _Wanted) -> bool:
        grabber = self._grabbers[self._path]
        layout = layout_of_frames(grabber)
        if layout.size > self._slots.size:
            self._ask_for(layout.size)
            return False
        self._line.send(Busy(self._line.generation, f"reading frame {wanted.index} of {self._path}", wanted.index))
        block = self._slots.take()
        try:
            event = read_into(
                block,
                grabber,
                layout,
                wanted.index,
                self._announcer.progress.scan_shape,
                generation=self._line.generation,
                data_path=self._path,
                key_seen_at_s=wanted.since,
                live=wanted.live,
            )
        except BaseException:
            self._slots.release(block.name)
            raise
        self._line.send(event)
        return True

    def _ask_for(self, size: int) -> None:
        if size > self._asked_size:
            self._asked_size = size
            self._line.send(SlotsWanted(self._line.generation, size))
