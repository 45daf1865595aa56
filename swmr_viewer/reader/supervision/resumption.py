"""What a new reader must be told to go on where its predecessor was. Pure: requests and events in, requests out."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, replace

import numpy as np

from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.core.scan import moved
from swmr_viewer.reader.messages import (
    Busy,
    DataDescription,
    DataJoined,
    Ended,
    Event,
    EveryBegan,
    Failed,
    Fault,
    Follow,
    FollowEvery,
    FollowRequest,
    FrameMeasured,
    FrameReady,
    KeysChanged,
    Measure,
    Measured,
    Opened,
    Request,
    Resume,
    Resumed,
    SetConditions,
    SetDisplay,
    ShowIndex,
    ShowLive,
    Stop,
    StopMeasuring,
)

KILLS_PER_FRAME = 2
DEATHS_WHILE_OPENING = 3
DEATHS_IN_A_ROW = 5


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

    def indices(self) -> IndexArray:
        """Return all that were noted."""
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
    """What the reader was about to do when it was last heard."""
    opened: bool = False
    """Whether any reader of this generation came as far as ``Opened``."""
    failed: bool = False
    data: tuple[DataDescription, ...] = ()
    """What the window knows of, in the order in which it was told."""
    _has_grown: bool = False
    _shown: ShowIndex | ShowLive | None = None
    _displays: dict[str | None, SetDisplay] = field(default_factory=dict)
    _measure: Measure | None = None
    _measured: IndicesOnShape = field(default_factory=IndicesOnShape)
    _every: FollowEvery | None = None
    _passed: IndicesOnShape = field(default_factory=IndicesOnShape)
    _delivered: array[int] = field(default_factory=lambda: array("q"))
    _unreadable: set[int] = field(default_factory=set)
    _kills: dict[int, int] = field(default_factory=dict)
    _ended_reason: str | None = None
    _stopping: bool = False
    _deaths: int = 0

    def note_sent(self, request: Request) -> None:
        """Take note of what the window asked for."""
        match request:
            case ShowIndex() | ShowLive():
                self._shown = request
            case SetConditions(conditions=conditions):
                self.request = replace(self.request, conditions=conditions)
            case SetDisplay():
                self._note_display(request)
            case Measure():
                self._measure, self._measured = request, IndicesOnShape()
            case StopMeasuring():
                self._measure = None
            case FollowEvery():
                self._every, self._passed = request if request.on else None, IndicesOnShape()
            case Stop():
                self._stopping = True
            case Resume():
                self._ended_reason, self._stopping = None, False
            case _:
                pass

    def _note_display(self, wish: SetDisplay) -> None:
        if wish.data_path is None:
            self._displays.clear()
        self._displays[wish.data_path] = wish

    def is_outdated(self, event: Event) -> bool:
        """Whether this answers what is not asked any more."""
        return isinstance(event, Measured) and (self._measure is None or event.revision != self._measure.revision)

    def note_event(self, event: Event) -> None:
        """Take note of what the reader said."""
        self.busy = event if isinstance(event, Busy) else None
        match event:
            case Opened():
                self.opened = True
            case FrameMeasured(index=index):
                self._delivered.append(index)
                self._deaths = 0
            case FrameReady():
                self._deaths = 0
                if event.live:
                    self._passed.add(event.index)
            case Fault(index=int(index)):
                self._passed.add(index)
            case Measured():
                self._measured.move_to(event.scan_shape)
                self._measured.extend(event.indices)
            case EveryBegan():
                self._passed = IndicesOnShape(event.scan_shape)
                self._passed.extend(event.passed)
            case KeysChanged():
                self._passed.move_to(event.scan_shape)
                self._measured.move_to(event.scan_shape)
            case Ended(reason=reason):
                self._ended_reason, self._stopping, self._deaths = reason, False, 0
            case Resumed():
                self._ended_reason = None
            case Failed():
                self.failed = True
            case _:
                pass

    def news_in(self, event: Event) -> Event | None:
        """Return what is new to the window in an event; to be asked before :meth:`note_event`.

        A reader that took another's place opens the same file again, and may find more data sets in it, or the late ones once more.
        """
        if not isinstance(event, Opened | DataJoined):
            return event
        known = {one.path for one in self.data}
        new = tuple(one for one in event.data if one.path not in known)
        self.data += new
        if isinstance(event, Opened) and not self.opened:
            return event
        self._has_grown = self._has_grown or bool(new)
        return DataJoined(self.generation, new) if new else None

    def note_death(self) -> int | None:
        """Take note that the reader died, and return the frame that is given up for it, if it is one."""
        busy, self.busy = self.busy, None
        if busy is None or busy.index is None:
            self._deaths += 1
            return None
        self._kills[busy.index] = self._kills.get(busy.index, 0) + 1
        if self._kills[busy.index] < KILLS_PER_FRAME:
            return None
        self._unreadable.add(busy.index)
        return busy.index

    @property
    def is_hopeless(self) -> bool:
        """Whether another reader would only die as well."""
        return self._deaths >= (DEATHS_IN_A_ROW if self.opened else DEATHS_WHILE_OPENING)

    def note_long_life(self) -> None:
        """Take note that a reader lived long enough for its death to be another story."""
        self._deaths = 0

    def requests(self) -> tuple[Request, ...]:
        """Return what to send to a new reader."""
        follow = Follow(
            self.generation, self.request, np.array(self._delivered, np.int64), tuple(sorted(self._unreadable)), self._ended_reason
        )
        then: list[Request] = [*self._displays.values()]
        if self._every is not None:
            then.append(replace(self._every, passed=self._passed.indices(), passed_shape=self._passed.shape))
        if self._measure is not None:
            then.append(replace(self._measure, already=self._measured.indices(), already_shape=self._measured.shape))
        if self._has_grown and self.data and not self.request.every_frame:
            # A new reader may list them in another order: what the window takes for the first one is told by name.
            shown = self._shown or ShowLive(self.generation)
            then.append(replace(shown, data_path=shown.data_path or self.data[0].path))
        elif self._shown is not None:
            then.append(self._shown)
        if self._stopping:
            then.append(Stop(self.generation))
        return (follow, *then)
