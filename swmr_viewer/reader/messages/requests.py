"""Requests: what the window, or a command, asks of the reader, and the rules by which each is sent and sent again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import ClassVar, Literal, Self

from swmr_viewer.analysis import DEFAULT_RULES, USUAL_VIEW, MaskRules, Region, ViewChoice
from swmr_viewer.core.conditions import Condition
from swmr_viewer.core.file_state import FileStamp
from swmr_viewer.core.ranges import IndexArray, Ranges
from swmr_viewer.reader.messages.corrections import NO_COMPARISON, NO_CORRECTION, Compare, Correction
from swmr_viewer.reader.messages.follow_request import FollowRequest

FramePlace = tuple[str, tuple[int, ...]]
"""A frame for as long as the scan lasts: its data set, and its position on the scan shape (indices move when an inner axis grows)."""

MOST_COMBINED = 65_536
"""The longest rolling window (frames)."""


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


@dataclass(frozen=True, slots=True, eq=False)
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


@dataclass(frozen=True, slots=True)
class Follow(ScanRequest):
    """Drop what is being followed and follow this."""

    request: FollowRequest
    delivered: IndexArray | None = None
    """With ``every_frame``: indices on ``delivered_shape`` that an earlier reader has delivered already."""
    delivered_shape: tuple[int, ...] | None = None
    unreadable: tuple[FramePlace, ...] = ()
    """Frames that killed a reader: not to be touched again."""
    ended_reason: str | None = None
    """An earlier reader ended for this reason: open, poll once and serve frames, but do not announce an end again."""
    ended_still_following: bool = False
    """What it said with that: keys were still looked for. Where this is not so any more, the end is announced again."""
    stamp: FileStamp | None = None
    """The file that an earlier reader read: another one at the same path is another scan, and not to be followed."""


@dataclass(frozen=True, slots=True)
class UseSlots(ScanRequest):
    """The shared-memory blocks that frames go into from now on."""

    names: tuple[str, ...]
    size: int
    """Bytes of each slot."""


@dataclass(frozen=True, slots=True)
class ReleaseSlot(Request):
    """The window no longer looks at this slot."""

    name: str


@dataclass(frozen=True, slots=True)
class ShowLive(ScanRequest):
    """Send the newest complete frame from now on, conflated."""

    group = Group.SHOWN
    is_restored = True
    replaces_waiting = True

    data_path: str | None = None
    """None: the first data path."""


@dataclass(frozen=True, slots=True)
class ShowIndex(ScanRequest):
    """Send this frame once and no live ones until ``ShowLive``."""

    group = Group.SHOWN
    is_restored = True
    replaces_waiting = True

    index: int
    data_path: str | None = None
    scan_shape: tuple[int, ...] | None = None
    """What ``index`` counts on: the scan may have grown meanwhile, also for a reader that takes another's place; None: the shape by now."""


@dataclass(frozen=True, slots=True, eq=False)
class ShowPoints(ScanRequest):
    """Send the frames of these scan points as one, and no live ones until ``ShowLive``; another ``Show`` request ends it.

    It is sent now and then while it is being read, and again when a point becomes complete. Points that are not complete (yet),
    or cannot be read, are left out and counted (`OfPoints`).
    """

    group = Group.SHOWN
    is_restored = True
    replaces_waiting = True

    number: int
    """Grows with every such request; the frames that answer it bring it back."""
    frames: Ranges
    """Half-open ranges of flat indices on ``scan_shape``."""
    how: Literal["sum", "mean", "maximum"]
    data_path: str | None
    """None: the first data path."""
    scan_shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ShowAlso(ScanRequest):
    """Send frames of these data sets as well, of the index of each frame that is shown, or of the newest of these; conflated.

    What is shown comes first. A data set that is shown itself, or is not there, is left out; none: no more.
    """

    group = Group.BESIDE
    is_restored = True
    replaces_waiting = True

    data_paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetConditions(ScanRequest):
    """Replace the termination conditions while following."""

    group = Group.CONDITIONS
    replaces_waiting = True

    conditions: tuple[Condition, ...]

    def added_to(self, request: FollowRequest) -> FollowRequest:
        return replace(request, conditions=self.conditions)


@dataclass(frozen=True, slots=True)
class SetLookingOn(ScanRequest):
    """Look for keys after a timeout as well, or let following end there; after a timeout it counts at once, and ``Ended`` tells it."""

    group = Group.LOOKING_ON
    replaces_waiting = True
    starts_reader = False

    on: bool

    def added_to(self, request: FollowRequest) -> FollowRequest:
        return replace(request, looks_on=self.on)


@dataclass(frozen=True, slots=True)
class Stop(ScanRequest):
    """End following now, after one last poll."""

    group = Group.ENDING
    is_restored = True


@dataclass(frozen=True, slots=True)
class Resume(ScanRequest):
    """Go on after an end; the timeout starts anew."""

    group = Group.ENDING


@dataclass(frozen=True, slots=True)
class AcknowledgeProgress(ScanRequest):
    """The last ``KeysChanged`` was handled: the next may be sent. Until then the reader merges."""

    group = Group.PROGRESS
    replaces_waiting = True
    starts_reader = False


@dataclass(frozen=True, slots=True)
class Combine:
    """Show several frames as one.

    Raises
    ------
    ValueError
        If ``n`` is not in 1 to 65,536.
    """

    how: Literal["none", "sum", "mean", "maximum"] = "none"
    n: int | None = 1
    """The last so many complete frames, the shown one included; None: all complete frames."""

    def __post_init__(self) -> None:
        if self.n is not None and not 1 <= self.n <= MOST_COMBINED:
            raise ValueError(f"{self.n} frames cannot be combined; give 1 to {MOST_COMBINED}, or None for all.")

    @property
    def is_plain(self) -> bool:
        """Whether each frame is shown as it is."""
        return self.how == "none" or self.n == 1


@dataclass(frozen=True, slots=True)
class SetDisplay(ScanRequest):
    """How frames are prepared from now on: what is masked, which percentiles are the levels, what is combined, what of a frame is shown.

    In this order: masked, corrected, combined, held against a reference. What is measured is masked and corrected.
    """

    group = Group.DISPLAY
    is_restored = True

    mask: MaskRules = DEFAULT_RULES
    percentiles: tuple[float, float] = (0.5, 99.5)
    """Of the unmasked pixels, low and high, 0 to 100."""
    combine: Combine = Combine()
    data_path: str | None = None
    """The data set that this is about; None: all of them, and what was said of one alone is forgotten."""
    view: ViewChoice = USUAL_VIEW
    """Of frames that have more than a picture shows."""
    correction: Correction = NO_CORRECTION
    compare: Compare = NO_COMPARISON

    @property
    def part(self) -> str | None:
        return self.data_path


@dataclass(frozen=True, slots=True)
class Measure(ScanRequest):
    """Measure every complete frame of a data set, newest first; replaces the ``Measure`` before."""

    group = Group.MEASURING
    is_restored = True
    replaces_waiting = True

    revision: int
    """Grows with every ``Measure``; answers to older ones are dropped."""
    data_path: str
    regions: tuple[Region, ...] = ()
    spectra: bool = False
    """Whether each row brings its frame along, if that is a spectrum."""
    already: IndexArray | None = None
    """Set by the supervisor: what an earlier reader has measured, on ``already_shape``."""
    already_shape: tuple[int, ...] | None = None

    def resumed(self, handled: IndexArray, shape: tuple[int, ...] | None) -> Self:
        return replace(self, already=handled, already_shape=shape)


@dataclass(frozen=True, slots=True)
class StopMeasuring(ScanRequest):
    """Measure nothing more."""

    group = Group.MEASURING


@dataclass(frozen=True, slots=True)
class AcknowledgeMeasured(ScanRequest):
    """The last ``Measured`` was handled: the next may be sent. Until then the reader merges."""

    group = Group.MEASURED
    replaces_waiting = True
    starts_reader = False


@dataclass(frozen=True, slots=True)
class SendOrder(ScanRequest):
    """Send in which order frames were taken (``OrderRead``), of those that are complete and of those to come; off: no more."""

    group = Group.ORDER
    is_restored = True
    replaces_waiting = True

    on: bool = True


@dataclass(frozen=True, slots=True)
class AcknowledgeOrder(ScanRequest):
    """The last ``OrderRead`` was handled: the next may be sent."""

    group = Group.ORDER_READ
    replaces_waiting = True
    starts_reader = False


@dataclass(frozen=True, slots=True)
class SendScalars(ScanRequest):
    """Look for what the file has one number of for each scan point (``ScalarsFound``), and send the values of some (``ScalarsRead``).

    Of the points that are complete, newest first, and of those to come. It replaces the one before: what that had asked for
    as well is read on, and what has been sent of it is not sent again. With no names only what there is is told.
    """

    group = Group.SCALARS
    is_restored = True
    replaces_waiting = True

    names: tuple[str, ...] = ()
    """One that is not found (yet) is read once it is."""


@dataclass(frozen=True, slots=True)
class AcknowledgeScalars(ScanRequest):
    """The last ``ScalarsRead`` was handled: the next may be sent."""

    group = Group.SCALARS_READ
    replaces_waiting = True
    starts_reader = False


@dataclass(frozen=True, slots=True)
class SetEveryFrame(ScanRequest):
    """The window's `Every frame`: from the shown frame on each complete one is delivered as it completes, waiting for a free slot.

    Sent right after ``Follow``: from the first frame on. Without it (or off) live means the newest, conflated.
    """

    group = Group.EVERY_FRAME
    is_restored = True
    replaces_waiting = True

    on: bool
    shown: tuple[int, ...] | None = None
    """Position of the frame that the window shows live: what completed after it is delivered. None: after the last one that was sent."""
    passed: IndexArray | None = None
    """Set by the supervisor: frames that an earlier reader has passed, on ``passed_shape``."""
    passed_shape: tuple[int, ...] | None = None

    def resumed(self, handled: IndexArray, shape: tuple[int, ...] | None) -> Self | None:
        return replace(self, passed=handled, passed_shape=shape) if self.on else None


@dataclass(frozen=True, slots=True)
class Inspect(Request):
    """Look at a file without following it (for the open dialog and ``inspect``)."""

    request_id: int
    path: str


@dataclass(frozen=True, slots=True)
class Preview(Request):
    """Read the first complete frame of a data set without following it (for the open dialog)."""

    request_id: int
    request: FollowRequest
    """Its first data path is the data set; with no key paths and no length paths that one's own length stands in for keys."""

    @property
    def path(self) -> str:
        return self.request.path


@dataclass(frozen=True, slots=True)
class Quit(Request):
    """End the reader process."""


InspectionRequest = Inspect | Preview
"""What is answered without following; of these any number may be under way, each with a number of its own."""
