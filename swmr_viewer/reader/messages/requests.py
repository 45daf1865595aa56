"""Requests: what the window, or a command, asks of the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from swmr_viewer.core.conditions import Condition
from swmr_viewer.core.files.stamps import FileStamp
from swmr_viewer.reader.messages.wishes import IndexArray, Wish

FramePlace = tuple[str, tuple[int, ...]]
"""A frame for as long as the scan lasts: its data set, and its position on the scan shape (indices move when an inner axis grows)."""


@dataclass(frozen=True, slots=True)
class FollowRequest:
    """What to follow, and how."""

    path: str
    key_paths: tuple[str, ...] = ()
    """Groups or datasets; empty: what inspection finds."""
    data_paths: tuple[str, ...] = ()
    """The first one is shown; empty: what inspection finds."""
    finished_path: str | None = None
    conditions: tuple[Condition, ...] = ()
    order: Literal["scan", "arrival"] = "scan"
    """In which order ``every_frame`` delivers."""
    every_frame: bool = False
    """False: conflate to the newest complete frame (pixels in slots). True: measure each complete frame, pixels stay in the reader."""
    wait_s: float | None = None
    """Longest wait (s) for the file, its SWMR mode and its keys to appear; None: for ever; 0: do not wait."""
    length_paths: tuple[str, ...] = ()
    """Data sets whose length and chunks stand in for keys; empty, and no keys found: what inspection finds."""
    scan_shape: tuple[int, ...] | None = None
    """The scan's extent, where the file does not tell it."""
    gap_patience_s: float | None = None
    """With ``every_frame`` in scan order: seconds after which a gap is given up; None: it is waited for."""


@dataclass(frozen=True, slots=True)
class Follow:
    """Drop what is being followed and follow this."""

    generation: int
    request: FollowRequest
    delivered: IndexArray | None = None
    """With ``every_frame``: indices on ``delivered_shape`` that an earlier reader has delivered already."""
    delivered_shape: tuple[int, ...] | None = None
    unreadable: tuple[FramePlace, ...] = ()
    """Frames that killed a reader: not to be touched again."""
    ended_reason: str | None = None
    """An earlier reader ended for this reason: open, poll once and serve frames, but do not announce an end again."""
    stamp: FileStamp | None = None
    """The file that an earlier reader read: another one at the same path is another scan, and not to be followed."""


@dataclass(frozen=True, slots=True)
class UseSlots:
    """The shared-memory blocks that frames go into from now on."""

    generation: int
    names: tuple[str, ...]
    size: int
    """Bytes of each slot."""


@dataclass(frozen=True, slots=True)
class ReleaseSlot:
    """The window no longer looks at this slot."""

    name: str


@dataclass(frozen=True, slots=True)
class ShowLive:
    """Send the newest complete frame from now on, conflated."""

    generation: int
    data_path: str | None = None
    """None: the first data path."""


@dataclass(frozen=True, slots=True)
class ShowIndex:
    """Send this frame once and no live ones until ``ShowLive``."""

    generation: int
    index: int
    data_path: str | None = None
    scan_shape: tuple[int, ...] | None = None
    """What ``index`` counts on: the scan may have grown meanwhile, also for a reader that takes another's place; None: the shape by now."""


@dataclass(frozen=True, slots=True)
class SetConditions:
    """Replace the termination conditions while following."""

    generation: int
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """End following now, after one last poll."""

    generation: int


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on after an end; the timeout starts anew."""

    generation: int


@dataclass(frozen=True, slots=True)
class AcknowledgeProgress:
    """The last ``KeysChanged`` was handled: the next may be sent. Until then the reader merges."""

    generation: int


@dataclass(frozen=True, slots=True)
class Inspect:
    """Look at a file without following it (for the open dialog and ``inspect``)."""

    request_id: int
    path: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Read the first complete frame of a data set without following it (for the open dialog)."""

    request_id: int
    request: FollowRequest
    """Its first data path is the data set; with no key paths and no length paths that one's own length stands in for keys."""

    @property
    def path(self) -> str:
        return self.request.path


@dataclass(frozen=True, slots=True)
class Quit:
    """End the reader process."""


InspectionRequest = Inspect | Preview
"""What is answered without following; of these any number may be under way, each with a number of its own."""

Request = (
    Follow
    | UseSlots
    | ReleaseSlot
    | ShowLive
    | ShowIndex
    | SetConditions
    | Stop
    | Resume
    | AcknowledgeProgress
    | Wish
    | InspectionRequest
    | Quit
)
