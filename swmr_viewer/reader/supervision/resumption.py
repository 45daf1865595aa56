"""What a new reader must receive to go on where its predecessor was. Pure: requests and events in, requests out."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, replace
from math import prod

import numpy as np

from swmr_viewer.core.conditions import STOPPED
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.core.file_state import FileStamp
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.core.scan import moved
from swmr_viewer.reader.messages import (
    Busy,
    DataDescription,
    DataJoined,
    Ended,
    EveryFrameBegan,
    Failed,
    Fault,
    FileIdentified,
    Follow,
    FollowRequest,
    FrameMeasured,
    FrameReady,
    Group,
    KeysChanged,
    Measure,
    Measured,
    Opened,
    Request,
    Resume,
    Resumed,
    ScanEvent,
    ScanRequest,
    SendScalars,
    ShowIndex,
    ShowLive,
    ShowPoints,
    Stop,
)
from swmr_viewer.reader.supervision.reader_failures import ReaderFailures


class IndicesOnShape:
    """Frames noted by their index, which stay the same frames when the scan shape grows."""

    def __init__(self, shape: tuple[int, ...] | None = None) -> None:
        self.shape = shape
        self._indices = array("q")

    def add(self, index: int) -> None:
        """Note one."""
        self._indices.append(index)

    def extend(self, indices: IndexArray) -> None:
        """Note several."""
        self._indices.frombytes(np.ascontiguousarray(indices, np.int64).tobytes())

    def state(self) -> tuple[IndexArray, tuple[int, ...] | None]:
        """Return all that were noted, and the shape that they count on."""
        return self.indices(), self.shape

    def indices(self) -> IndexArray:
        return np.array(self._indices, np.int64)

    def move_to(self, shape: tuple[int, ...]) -> None:
        """Take note that indices count on this shape from now on."""
        if self.shape is not None and self.shape[1:] != shape[1:]:
            self._indices = array("q", moved(self.indices(), self.shape, shape).tobytes())
        self.shape = shape


@dataclass(slots=True)
class Resumption:
    """The state of one generation, as far as a new reader needs it."""

    generation: int
    request: FollowRequest
    busy: Busy | None = None
    """What the reader was about to do when it last sent something."""
    failed: bool = False
    data: tuple[DataDescription, ...] = ()
    """What was reported to the window, in that order."""
    _has_grown: bool = False
    will_retry: bool = False
    """Whether it failed because readers ended over it, and is looked at again: should the file open, it goes on."""
    stuck_after_s: float = 30.0
    reader_failures: ReaderFailures = field(init=False)
    _stamp: FileStamp | None = None
    _sent: dict[Group, dict[str | None, ScanRequest]] = field(default_factory=lambda: {group: {} for group in Group})
    """What stands of each group, by the part that it is about."""
    _handled: dict[Group, IndicesOnShape] = field(default_factory=lambda: {group: IndicesOnShape() for group in Group})
    """The frames that readers have handled for what stands."""
    _delivered: IndicesOnShape = field(default_factory=IndicesOnShape)
    _ended_reason: str | None = None
    _ended_still_following: bool = False
    _is_without_scalars: bool = False
    """Whether they ended readers, and are not looked for any more."""

    def __post_init__(self) -> None:
        self.reader_failures = ReaderFailures(self.stuck_after_s, self.request.wait_s)

    @property
    def opened(self) -> bool:
        """Whether any reader of this generation came as far as ``Opened``."""
        return self.reader_failures.opened

    @property
    def takes_events(self) -> bool:
        """Whether what a reader sends about it still counts."""
        return not self.failed or self.will_retry

    @property
    def waits_for_stop(self) -> bool:
        """Whether the reader was asked to stop, and has not reported that it did."""
        return isinstance(self._last_sent(Group.ENDING), Stop)

    def note_sent(self, request: Request) -> None:
        """Take note of what the window asked for."""
        if not isinstance(request, ScanRequest) or request.group is None:
            return
        parts = self._sent[request.group]
        if request.part is None:
            parts.clear()
        parts[request.part] = request
        self._handled[request.group] = IndicesOnShape()
        self.request = request.added_to(self.request)
        if isinstance(request, Resume):
            self._ended_reason = None

    def refuses(self, request: Request) -> bool:
        """Whether this would only end another reader."""
        return self._is_without_scalars and isinstance(request, SendScalars)

    def _last_sent(self, group: Group) -> ScanRequest | None:
        return next(reversed(self._sent[group].values()), None)

    def is_outdated(self, event: ScanEvent) -> bool:
        """Whether this answers what is not asked any more."""
        measure = self._last_sent(Group.MEASURING)
        return isinstance(event, Measured) and not (isinstance(measure, Measure) and event.revision == measure.revision)

    def note_event(self, event: ScanEvent) -> None:
        """Take note of what the reader sent."""
        self.busy = event if isinstance(event, Busy) else None
        if self.busy is None or not self.busy.asks_storage:
            self.reader_failures.note_storage_answers()
        match event:
            case Opened():
                self.reader_failures.opened = True
                if self.will_retry:
                    self.failed = self.will_retry = False
            case FileIdentified(stamp=stamp):
                self._stamp = stamp
            case FrameMeasured(index=index):
                self._delivered.move_to(event.scan_shape)
                self._delivered.add(index)
                self.reader_failures.note_progress()
            case FrameReady():
                self.reader_failures.note_progress()
                if event.live:
                    self._handled[Group.EVERY_FRAME].add(event.index)
            case Fault(index=int(index), data_path=path):
                if path in ("", self._shown_path):
                    self._handled[Group.EVERY_FRAME].add(index)
            case Measured():
                self._handled[Group.MEASURING].move_to(event.scan_shape)
                self._handled[Group.MEASURING].extend(event.indices)
            case EveryFrameBegan():
                self._handled[Group.EVERY_FRAME] = IndicesOnShape(event.scan_shape)
                self._handled[Group.EVERY_FRAME].extend(event.passed)
            case KeysChanged():
                self._handled[Group.EVERY_FRAME].move_to(event.scan_shape)
                self._handled[Group.MEASURING].move_to(event.scan_shape)
            case Ended(reason=reason):
                self._ended_reason, self._ended_still_following = reason, event.still_following
                self._sent[Group.ENDING].clear()
                self.reader_failures.note_progress()
            case Resumed():
                self._ended_reason = None
            case Failed():
                self.failed, self.will_retry = True, False
            case _:
                pass

    def to_forward(self, event: ScanEvent) -> ScanEvent | None:
        """Return an event as far as it is new to the window; to be asked before ``note_event``.

        A reader that took another's place opens the same file again, and may find more data sets in it, or the late ones once more.
        """
        if not isinstance(event, Opened | DataJoined):
            return event
        known = {description.path for description in self.data}
        new = tuple(description for description in event.data if description.path not in known)
        self.data += new
        if isinstance(event, Opened) and (self.will_retry or not self.opened):
            return replace(event, data=self.data)
        self._has_grown = self._has_grown or bool(new)
        return DataJoined(self.generation, new) if new else None

    @property
    def _shown_path(self) -> str:
        shown = self._last_sent(Group.SHOWN)
        path = shown.data_path if isinstance(shown, ShowIndex | ShowLive | ShowPoints) else None
        return path or "".join(description.path for description in self.data[:1])

    def note_death(self, silent_s: float | None = None) -> Busy | None:
        """Take note that the reader died, and return what it did if that is given up: a frame, or the scalars.

        Parameters
        ----------
        silent_s : float or None
            The silence (s) for which it was killed; None: it ended by itself.
        """
        busy, self.busy = self.busy, None
        given_up = busy if self.reader_failures.note(busy, silent_s) else None
        self._is_without_scalars |= given_up is not None and given_up.of_scalars
        return given_up

    @property
    def is_hopeless(self) -> bool:
        """Whether another reader would only die as well."""
        return self.reader_failures.is_hopeless

    def event_after_death(self, given_up: Busy | None, why: str) -> Fault | Failed | None:
        """Return what to report after a death."""
        path = self.request.path
        if given_up is not None and given_up.of_scalars and not self.is_hopeless:
            text = f"What is in {path} beside the frames is not looked at any more, it ended the reader twice: {why}."
            return Fault(self.generation, text)
        if given_up is not None and not self.is_hopeless:
            text = f"Frame {given_up.index} of {given_up.data_path} in {path} ended the reader twice and is passed over: {why}."
            return Fault(self.generation, text, given_up.index, given_up.data_path)
        if not self.is_hopeless:
            return None
        if self.reader_failures.is_of_storage:
            text, remedy = f"The storage of {path} does not answer: {why}.", "Try again when it does, or wait for it with --wait SECONDS."
        else:
            text = f"{path} cannot be read: it ended the reader again and again ({why})."
            remedy = "The file may be damaged, or its storage may not answer; check it with h5dump or h5check."
        if self._ended_reason is not None:  # an end stays what it was; frames of it are not to be had
            return Fault(self.generation, f"{text} {remedy}")
        if self.request.wait_s is None:
            remedy += " It is looked at again now and then, and followed once it can be read."
        return Failed(self.generation, text, remedy, "", FailureKind.READER)

    def stopped(self) -> Ended:
        """Return the end that was asked for, as far as it is known here."""
        shape = self._delivered.shape or ()
        return Ended(self.generation, STOPPED, self._delivered.indices().size, prod(shape) if shape else 0)

    def give_up(self) -> float | None:
        """Take note that it failed, and return the seconds after which to look again; None: not at all."""
        pause_s = self.reader_failures.next_pause_s()
        self.failed, self.will_retry = True, pause_s is not None
        return pause_s

    def requests(self) -> tuple[Request, ...]:
        """Return what to send to a new reader."""
        follow = Follow(
            self.generation,
            self.request,
            *self._delivered.state(),
            tuple(self.reader_failures.unreadable),
            self._ended_reason,
            self._ended_still_following,
            self._stamp,
        )
        if self._has_grown and self.data and not self.request.every_frame:
            self._name_shown()
        resumed = (request.resumed(*self._handled[group].state()) for group in Group for request in self._sent[group].values())
        return (follow, *(request for request in resumed if request is not None and not self.refuses(request)))

    def _name_shown(self) -> None:
        """Name what is shown: a new reader may list the data sets in another order, and take another one for the first."""
        shown = self._last_sent(Group.SHOWN) or ShowLive(self.generation)
        if isinstance(shown, ShowIndex | ShowLive | ShowPoints):
            self._sent[Group.SHOWN] = {None: replace(shown, data_path=shown.data_path or self.data[0].path)}
