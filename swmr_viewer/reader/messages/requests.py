"""Requests about following, and about other files: what the window, or a command, asks of the reader."""

from __future__ import annotations

from dataclasses import replace

from swmr_viewer.core.conditions import Condition
from swmr_viewer.core.file_state import FileStamp
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.reader.messages.follow_request import FollowRequest
from swmr_viewer.reader.messages.request import Acknowledgement, Group, Request, ScanRequest

FramePlace = tuple[str, tuple[int, ...]]
"""A frame for as long as the scan lasts: its data set, and its position on the scan shape (indices move when an inner axis grows)."""


@frozen
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


@frozen
class UseSlots(ScanRequest):
    """The shared-memory blocks that frames go into from now on."""

    names: tuple[str, ...]
    size: int
    """Bytes of each slot."""


@frozen
class ReleaseSlot(Request):
    """The window no longer looks at this slot."""

    name: str


@frozen
class SetConditions(ScanRequest):
    """Replace the termination conditions while following."""

    group = Group.CONDITIONS
    replaces_waiting = True

    conditions: tuple[Condition, ...]

    def added_to(self, request: FollowRequest) -> FollowRequest:
        return replace(request, conditions=self.conditions)


@frozen
class SetLookingOn(ScanRequest):
    """Look for keys after a timeout as well, or let following end there; after a timeout it counts at once, and ``Ended`` tells it."""

    group = Group.LOOKING_ON
    replaces_waiting = True
    starts_reader = False

    on: bool

    def added_to(self, request: FollowRequest) -> FollowRequest:
        return replace(request, looks_on=self.on)


@frozen
class Stop(ScanRequest):
    """End following now, after one last poll."""

    group = Group.ENDING
    is_restored = True


@frozen
class Resume(ScanRequest):
    """Go on after an end; the timeout starts anew."""

    group = Group.ENDING


@frozen
class AcknowledgeProgress(Acknowledgement):
    """The last ``KeysChanged`` was handled; until then the reader merges."""

    group = Group.PROGRESS


@frozen
class Inspect(Request):
    """Look at a file without following it (for the open dialog and ``inspect``)."""

    request_id: int
    path: str
    external: bool = True
    """Whether other files are looked into, where this one leads to such."""


@frozen
class Preview(Request):
    """Read the first complete frame of a data set without following it (for the open dialog)."""

    request_id: int
    request: FollowRequest
    """Its first data path is the data set; with no key paths and no length paths that one's own length stands in for keys."""

    @property
    def path(self) -> str:
        return self.request.path


@frozen
class SetWatchdog(Request):
    """End yourself when your loop has not turned for so long (s)."""

    seconds: float


@frozen
class Quit(Request):
    """End the reader process."""


InspectionRequest = Inspect | Preview
"""What is answered without following; of these any number may be under way, each with a number of its own."""
