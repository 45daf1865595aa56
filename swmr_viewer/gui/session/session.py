"""The session: the signals that widgets show by, and what they may intend; what is known is in ``scan``."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from swmr_viewer.core.conditions import Condition, default_conditions
from swmr_viewer.core.pixel_geometry import PixelGeometry
from swmr_viewer.core.ranges import IndexArray, ascending, runs_of
from swmr_viewer.gui.look.turns import Paced
from swmr_viewer.gui.session.arrivals import Arrivals
from swmr_viewer.gui.session.follow_thread import FollowThread
from swmr_viewer.quantities import Quantity, Values
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model import Changed, Changes, LiveFrame, Problem, ScanModel

if TYPE_CHECKING:
    from swmr_viewer.reader.supervision import ProcessMemory, Slots

TICK_MS, RESTING_TICK_MS = 200, 1000
FRESH_S = 10.0
"""For so long (s) after something changed ages are told in tenths of a second, and so are the last seconds of a countdown."""
FRAME_FOLLOWS_S = 0.03
"""So long (s) what keys changed waits for their frame: it is to be painted first."""
_SETTLED = {Changed.FRAME: "frame_settled", Changed.PROGRESS: "progress_settled"}
"""What is told a second time, at a pace that eyes can follow."""


class Session(QObject):
    """Gives the model of the scan what the thread brings, emits what changed, and sends what is intended; nothing here draws."""

    request_changed = Signal()
    """Another file, or none: everything starts anew."""
    opened = Signal()
    progress_changed = Signal()
    keys_changed = Signal(object)
    """``messages.KeysChanged``, after it was added to ``scan.progress``."""
    frames_completed = Signal(object)
    """int64 array of ascending indices, each announced once."""
    frame_changed = Signal()
    """``scan.shown`` is another frame (or None): for what draws it, or must see each one. All else takes ``frame_settled``."""
    frame_settled = Signal()
    """As ``frame_changed``, once the picture is painted and at most twenty times a second; the last frame is always told."""
    progress_settled = Signal()
    """As ``progress_changed``, after the picture and at most twenty times a second; the last state is always told."""
    settled = Signal()
    """After ``frame_settled``, ``progress_settled`` or both: once, for what shows a frame and the progress."""
    frame_came_beside = Signal(object)
    """``LiveFrame`` of another data set than the shown one, as ``show_also`` asked; it is the receiver's to keep."""
    frame_awaited_beside = Signal(object)
    """``messages.AwaitedBeside``: one of these is not there yet."""
    data_changed = Signal()
    """Another of the file's data sets is shown, or it turned out to stand in another place."""
    data_joined = Signal()
    """Data sets came that were not there before, or others are waited for (``scan.awaited``)."""
    file_replaced = Signal()
    """Another scan has the name of the file that is followed (``scan.replaced``)."""
    pixel_mask_read = Signal(object)
    """``messages.PixelMaskRead``."""
    measured = Signal(object)
    """``messages.Measured`` of this generation."""
    quantities_changed = Signal()
    """More is known of ``scan.quantities``, or others are offered."""
    wanted_changed = Signal()
    """Other quantities are wanted (``scan.wanted``)."""
    geometry_changed = Signal()
    """The user gave another geometry (``scan.geometry``)."""
    order_changed = Signal()
    """The reader told more of the order in which frames were taken (``scan.order``), or of what else one goes by."""
    mode_changed = Signal()
    """Live or pinned, or another pinned frame was asked for."""
    live_mode_changed = Signal()
    """What live means: every frame or the newest, one frame or several combined."""
    state_changed = Signal()
    conditions_changed = Signal()
    problem_reported = Signal(object)
    """``Problem``."""
    problem_solved = Signal(object)
    """The ``Problem`` that is none any more."""
    finished = Signal(object)
    """``messages.Ended`` or ``messages.Failed``."""
    noted = Signal(str)
    """A few words for the status line."""
    recorded = Signal(str, str)
    """What happened, and the details of what went wrong, for the log alone."""
    ticked = Signal()
    """For ages and countdowns: five times a second while tenths are told, else once."""

    def __init__(self, thread: FollowThread, *, clock: Callable[[], float] = time.monotonic, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = thread
        self._model = ScanModel(thread.send, retry=self.retry, stop=self.stop, clock=clock)
        self.scan = self._model.scan
        """What is known, for reading."""
        self.external = True
        """Whether data of other files are read, from the next file on."""
        self._numbers = count(1)
        self._settling: set[Changed] = set()
        self._telling = Paced(self._tell_settled, self)
        self._changed_s = self.scan.now_s
        self._ticker = QTimer(self, interval=TICK_MS)
        self._ticker.timeout.connect(self.tick)
        self._ticker.start()
        self._arrivals = Arrivals(thread, self._model, self._emit, self)
        self._arrivals.came_beside.connect(self.frame_came_beside)

    # ---- what changed

    def _emit(self, changes: Changes) -> None:
        if changes:
            self._changed_s = self.scan.now_s
            self._set_tick(TICK_MS)
        self._tell(changes)
        if further := {changed for changed, _ in changes} & _SETTLED.keys():
            self._settling |= further
            self._telling.start(0.0 if Changed.FRAME in further else FRAME_FOLLOWS_S)

    def _tell_settled(self) -> None:
        settled, self._settling = self._settling, set()
        for what, signal in _SETTLED.items():
            if what in settled:
                getattr(self, signal).emit()
        self.settled.emit()

    def _tell(self, changes: Changes) -> None:
        for changed, value in changes:
            signal = getattr(self, changed)
            if changed is Changed.FRAME:
                signal.emit()
                if value is not None:  # nobody draws it any more
                    value.release()
            elif value is None:
                signal.emit()
            else:
                signal.emit(value)

    # ---- intents: following

    def send(self, request: m.Request) -> None:
        """Send a request to the reader, once a file is followed; the facts that follow from it are true at once."""
        if self.scan.request is not None:
            self._thread.send(request)
        self._arrivals.receive(request)

    def open(self, request: m.FollowRequest) -> None:
        """Follow another file (or the same one again); its path is made absolute, so that it names the same file from anywhere."""
        path = os.path.abspath(os.path.expanduser(request.path))
        request = replace(request, path=path, conditions=request.conditions or default_conditions(), looks_on=self.scan.looks_on)
        request = replace(request, external=self.external)
        self._arrivals.receive(m.Follow(self._thread.follow(request), request))
        if self.scan.every_frame:
            self.send(m.SetEveryFrame(self.scan.generation, True))
        if self.scan.wants_order:
            self.send(m.SendOrder(self.scan.generation))

    def retry(self) -> None:
        """Open the same request again, waiting as long as it takes for what is not there yet."""
        if self.scan.request is not None:
            self.open(replace(self.scan.request, wait_s=None, conditions=self.scan.conditions or self.scan.request.conditions))

    def set_conditions(self, conditions: tuple[Condition, ...]) -> None:
        """Replace what ends following, while following."""
        if conditions != self.scan.conditions:
            self.send(m.SetConditions(self.scan.generation, conditions))

    def set_looking_on(self, on: bool) -> None:
        """Look for keys after a timeout as well, or end there; it holds for the next files as well."""
        if on != self.scan.looks_on:
            self.send(m.SetLookingOn(self.scan.generation, on))

    def stop(self) -> None:
        """End following now."""
        if not self.scan.is_over:
            self.send(m.Stop(self.scan.generation))

    def resume(self) -> None:
        """Go on after an end; the timeout starts anew."""
        if self.scan.can_resume:
            self.send(m.Resume(self.scan.generation))

    def replace_reader(self) -> None:
        """Have another reader process go on in place of the one that runs: where it does not answer, or is not trusted."""
        self._thread.replace_reader()

    def set_stuck_after(self, seconds: float) -> None:
        """Have a reader that does not answer replaced after so long (s); it holds for the next files as well."""
        self._thread.set_stuck_after(seconds)

    # ---- intents: which frames

    def follow_live(self) -> None:
        """Show the newest complete frame from now on."""
        if self.scan.request is not None:
            self.send(m.ShowLive(self.scan.generation, self.scan.wanted_data_path or None))

    def show_data(self, data_path: str) -> None:
        """Show another of the file's data sets, at the same index if one is pinned."""
        scan = self.scan
        if data_path == scan.data_path or scan.description is None:
            return
        if scan.wanted_points is not None:
            self.send(replace(scan.wanted_points, data_path=data_path))
        elif scan.wanted_index is None:
            self.send(m.ShowLive(scan.generation, data_path))
        else:
            self.send(m.ShowIndex(scan.generation, scan.wanted_index, data_path, scan.scan_shape))

    def show_also(self, data_paths: Iterable[str]) -> None:
        """Have frames of these data sets as well (``frame_came_beside``), of the index of each that is shown; none: no more."""
        self.send(m.ShowAlso(self.scan.generation, tuple(data_paths)))

    def pin(self, index: int | None) -> None:
        """Hold the complete frame at this index while the scan goes on."""
        scan = self.scan
        if index is not None and index != scan.wanted_index and scan.progress is not None and scan.progress.is_complete(index):
            self.send(m.ShowIndex(scan.generation, index, scan.wanted_data_path or None, scan.scan_shape))

    def show_points(self, indices: IndexArray, how: Literal["sum", "mean", "maximum"] = "mean") -> None:
        """Show the frames of these scan points as one, and of those that are not complete yet once they are; ``follow_live`` ends it.

        Parameters
        ----------
        indices : int64 array
            Flat indices on ``scan.scan_shape``, in any order.
        how : str
            sum, mean or maximum.
        """
        scan, points = self.scan, ascending(indices)
        if scan.request is None or not points.size:
            return
        self.send(m.ShowPoints(scan.generation, next(self._numbers), runs_of(points), how, scan.wanted_data_path or None, scan.scan_shape))

    def toggle_hold(self) -> None:
        """Hold what is shown, or go back to the live edge."""
        if not self.scan.is_live:
            self.follow_live()
        elif self.scan.shown is not None:
            self.pin(self.scan.shown.index)

    def step(self, direction: int) -> None:
        """Pin the next (+1) or previous (-1) complete frame: by index, or as they were taken (``set_walk_in_order``)."""
        if self.scan.index is not None:
            self.pin(self.scan.nearest(self.scan.index, direction))

    def pin_first(self) -> None:
        self.pin(self.scan.first)

    def pin_last(self) -> None:
        self.pin(self.scan.last)

    def set_walk_in_order(self, on: bool) -> None:
        """Go from frame to frame in the order in which they were taken, or by their index; it holds for the next files as well."""
        if on != self.scan.walks_in_order:
            self._emit(self._model.walk_in_order(on))
            self.want_order()

    def want_order(self) -> None:
        """Have the reader tell in which order frames were taken (``order_changed``), of this file and of the next ones."""
        if not self.scan.wants_order:
            self.send(m.SendOrder(self.scan.generation))

    def want_quantities(self, who: str, names: Iterable[str]) -> None:
        """Have these quantities, or expressions of some, known from now on, of this file and of the next ones; none: no more of them."""
        self._emit(self._model.want_quantities(who, names))

    def begin_reduction(self, place: str, name: str, quantities: tuple[Quantity, ...]) -> None:
        """Offer the numbers that a reduction makes of the frames in a place; those of an earlier run of it are forgotten."""
        self._emit(self._model.begin_reduction(place, name, quantities))

    def take_reduced(self, place: str, names: tuple[str, ...], indices: IndexArray, values: Values, scan_shape: tuple[int, ...]) -> None:
        """Take numbers that a reduction made: (n, len(names)) of these frames, flat on this scan shape; others are not known yet."""
        self._emit(self._model.take_reduced(place, names, indices, values, scan_shape))

    def set_geometry(self, own: PixelGeometry, place: str | None = None) -> None:
        """Have this of the geometry count in place of the file's, of the data set in a place (None: of the shown one)."""
        self._emit(self._model.take_geometry(self.scan.place if place is None else place, own))

    def pin_nearest(self, index: int) -> None:
        """Pin the complete frame that is nearest to this index."""
        progress = self.scan.progress
        if progress is None:
            return
        around = [progress.nearest_complete(index + 1, -1), progress.nearest_complete(index, +1)]
        self.pin(min((found for found in around if found is not None), key=lambda found: abs(found - index), default=None))

    # ---- intents: how they are shown

    def prepare(self, data_path: str, **changes: Any) -> None:
        """Have these frames prepared otherwise: the fields of ``messages.SetDisplay`` (``mask``, ``percentiles``, ``combine`` ...)."""
        if self.scan.preparation.change(self.scan.generation, data_path, **changes) and "combine" in changes:
            self.live_mode_changed.emit()

    def set_every_frame(self, on: bool) -> None:
        """Have each complete frame shown, from the shown one on, or the newest alone; it holds for the next files as well."""
        if on != self.scan.every_frame:
            shown = self.scan.shown.position if on and self.scan.shown is not None and self.scan.shown.live else None
            self.send(m.SetEveryFrame(self.scan.generation, on, shown))

    def set_combine(self, combine: m.Combine) -> None:
        """Show the sum, mean or maximum over the last frames of this data set, or single frames again."""
        self.prepare(self.scan.data_path, combine=combine)

    def hold_frames(self, on: bool) -> None:
        """Take no more frames for a while (with every frame wanted, the reader waits), or go on."""
        self._arrivals.hold_frames(on)

    # ---- the window's own

    def report(self, problem: Problem) -> None:
        """Show a problem in the error bar."""
        self.problem_reported.emit(problem)

    def note(self, text: str) -> None:
        """Show a few words in the status line."""
        self.noted.emit(text)

    def record(self, text: str, details: str = "") -> None:
        """Have something written to the log, with the details of what went wrong; it is shown to nobody."""
        self.recorded.emit(text, details)

    @property
    def is_settling(self) -> bool:
        """Whether something of a frame, or of the progress, is still to be told by ``frame_settled`` or ``progress_settled``."""
        return bool(self._settling)

    @property
    def slots(self) -> Slots:
        """The slots that frames go through."""
        return self._thread.slots

    def memory(self) -> ProcessMemory | None:
        """Return the memory of the window's process and its helpers; None where the system does not tell. It takes some milliseconds."""
        return self._thread.memory()

    def note_painted(self, frame: LiveFrame) -> None:
        """Measure how long it took from the frame's key to the screen."""
        if frame is self.scan.shown:
            self.scan.counts.note_painted(frame, self.scan.now_s)

    def tick(self) -> None:
        """Let time pass: ages, countdowns, *quiet*."""
        self._emit(self._model.tick())
        self.ticked.emit()
        left_s = self.scan.seconds_left
        is_fresh = self.scan.now_s < self._changed_s + FRESH_S or (left_s is not None and left_s < FRESH_S)
        self._set_tick(TICK_MS if is_fresh else RESTING_TICK_MS)

    def _set_tick(self, interval_ms: int) -> None:
        if self._ticker.interval() != interval_ms:
            self._ticker.setInterval(interval_ms)

    def close(self) -> None:
        """Let go of the shown frame and of the clock; the thread is its owner's to stop."""
        self._ticker.stop()
        self._arrivals.close()
        self._emit(self._model.drop_shown())
        self._telling.stop()
