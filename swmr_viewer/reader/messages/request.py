"""What every request is: what it is about, and the rules by which it is sent, and sent again to a new reader."""

from __future__ import annotations

from enum import Enum, auto
from typing import ClassVar, Self

from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.reader.messages.follow_request import FollowRequest


class Group(Enum):
    """What requests are about; of one group the last counts. A new reader receives what stands in this order."""

    CONDITIONS = auto()
    LOOKING_ON = auto()
    DISPLAY = auto()
    EVERY_FRAME = auto()
    MEASURING = auto()
    SHOWN = auto()
    BESIDE = auto()
    ENDING = auto()
    PROGRESS = auto()
    MEASURED = auto()
    ORDER = auto()
    ORDER_READ = auto()
    SCALARS = auto()
    SCALARS_READ = auto()


class Request:
    """What can be sent to a reader, and by which rules."""

    __slots__ = ()
    group: ClassVar[Group | None] = None
    replaces_waiting: ClassVar[bool] = False
    """Whether it replaces one of its group that still waits to be sent, right before it."""
    starts_reader: ClassVar[bool] = True
    """Whether a reader is started for it where there is none."""


@frozen(eq=False)
class ScanRequest(Request):
    """A request about the scan of one generation; an older one is dropped."""

    is_restored: ClassVar[bool] = False
    """Whether a reader that takes another's place receives it again, if it is the last of its group."""
    generation: int

    @property
    def part(self) -> str | None:
        """The data set for which it replaces the one before; None: for all of them."""
        return None

    def added_to(self, request: FollowRequest) -> FollowRequest:
        """Return what a new reader follows, with what this changes about it."""
        return request

    def resumed(self, handled: IndexArray, shape: tuple[int, ...] | None) -> Self | None:
        """Return it for a new reader, if that needs it; ``handled`` are the frames on ``shape`` that an earlier one handled for it."""
        return self if self.is_restored else None


class Acknowledgement(ScanRequest):
    """The last of one kind of events was handled: the next may be sent."""

    __slots__ = ()
    replaces_waiting = True
    starts_reader = False
