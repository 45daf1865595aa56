"""What a new reader must be told to go on where its predecessor was. Pure: requests and events in, requests out."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, replace

import numpy as np

from swmr_viewer.reader.messages import (
    Busy,
    Ended,
    Event,
    Failed,
    Follow,
    FollowRequest,
    FrameMeasured,
    FrameReady,
    Opened,
    Request,
    Resume,
    SetConditions,
    ShowIndex,
    ShowLive,
    Stop,
)

KILLS_PER_FRAME = 2
DEATHS_WHILE_OPENING = 3
DEATHS_IN_A_ROW = 5


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
    _shown: ShowIndex | ShowLive | None = None
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
            case Stop():
                self._stopping = True
            case Resume():
                self._ended_reason, self._stopping = None, False
            case _:
                pass

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
            case Ended(reason=reason):
                self._ended_reason, self._stopping, self._deaths = reason, False, 0
            case Failed():
                self.failed = True
            case _:
                pass

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
        then: list[Request] = [self._shown] if self._shown is not None else []
        if self._stopping:
            then.append(Stop(self.generation))
        return (follow, *then)
