"""The words that cross the process boundary: frozen, picklable, each with the generation that it answers.

Requests go from the window (or the command) to the reader, events come back. A *generation* is a number
that grows with every ``Follow``; events of an older generation are dropped by the supervisor.
Pixels never travel in a message: a ``FrameReady`` names the shared-memory slot that holds them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis.frame_statistics import FrameStatistics
from swmr_viewer.analysis.levels import LevelStatistics
from swmr_viewer.analysis.thumbnail import Thumbnail
from swmr_viewer.core.conditions import Condition
from swmr_viewer.core.inspection import Inspection
from swmr_viewer.core.nexus.facts import DataFacts

# The same kind of words, in a file of their own; names given twice are this module's as well.
# isort: off
from swmr_viewer.reader.wishes import (
    FRAME_COLUMNS as FRAME_COLUMNS,
    MOST_COMBINED as MOST_COMBINED,
    REGION_COLUMNS as REGION_COLUMNS,
    Combine as Combine,
    EveryBegan as EveryBegan,
    FollowEvery as FollowEvery,
    Measure as Measure,
    Measured as Measured,
    MeasuredTaken as MeasuredTaken,
    PixelMaskRead as PixelMaskRead,
    SetDisplay as SetDisplay,
    StopMeasuring as StopMeasuring,
    Wish as Wish,
)
# isort: on

IndexArray = npt.NDArray[np.int64]


class Phase(StrEnum):
    """What the reader is doing, in the words of the window."""

    WAITING_FOR_FILE = "waiting for the file"
    WAITING_FOR_SWMR = "waiting for SWMR"
    WAITING_FOR_KEYS = "waiting for keys"
    FOLLOWING = "following"
    ENDED = "ended"


# ---- requests: window -> reader


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
    """With ``every_frame``: indices that an earlier reader has delivered already."""
    unreadable: tuple[int, ...] = ()
    """Indices that killed a reader: not to be touched again."""
    ended_reason: str | None = None
    """An earlier reader ended for this reason: open, poll once and serve frames, but do not announce an end again."""


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
class ProgressTaken:
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


Look = Inspect | Preview
"""What is answered without following; of these any number may be under way, each with a number of its own."""

Request = Follow | UseSlots | ReleaseSlot | ShowLive | ShowIndex | SetConditions | Stop | Resume | ProgressTaken | Wish | Look | Quit


# ---- events: reader -> window


@dataclass(frozen=True, slots=True)
class DataDescription:
    """One followed data set."""

    path: str
    frame_shape: tuple[int, ...]
    dtype: str
    """numpy's name with byte order, as ``numpy.dtype(...).str``."""
    note: str = ""
    facts: DataFacts = field(default_factory=DataFacts)


@dataclass(frozen=True, slots=True)
class Opened:
    """The file is open and its keys are being followed."""

    generation: int
    path: str
    scan_shape: tuple[int, ...]
    key_paths: tuple[str, ...]
    data: tuple[DataDescription, ...]
    finished_path: str | None
    slot_size: int
    """Bytes that a slot must hold for any of ``data`` with its preview."""

    @property
    def data_paths(self) -> tuple[str, ...]:
        return tuple(one.path for one in self.data)


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """The reader entered another phase."""

    generation: int
    phase: Phase
    message: str = ""


@dataclass(frozen=True, slots=True)
class SlotsWanted:
    """The frames outgrew the slots; the supervisor answers with ``UseSlots``, nobody else sees it."""

    generation: int
    size: int
    """Bytes that a slot must hold."""


@dataclass(frozen=True, slots=True, eq=False)
class KeysChanged:
    """Which keys were set since the last such event; merging them in any order gives the whole state.

    Not sent with ``every_frame``, where each ``FrameMeasured`` announces its index.
    """

    generation: int
    scan_shape: tuple[int, ...]
    """May grow; ``starts``/``stops`` are flat C-order indices on exactly this shape."""
    added: tuple[tuple[IndexArray, IndexArray], ...]
    """Per key dataset, in the order of ``Opened.key_paths``: (starts, stops) of half-open ranges of newly set keys."""
    whole: bool
    """True: this is the whole state, forget what came before (after a reader was replaced, or the scan shape changed)."""
    last_key_at_s: float
    """``time.monotonic()`` of the newest key (same clock in all processes of one machine)."""


@dataclass(frozen=True, slots=True)
class FrameReady:
    """A frame lies in a slot: first the raw pixels (C order), then, 64-byte aligned, its float32 preview."""

    generation: int
    data_path: str
    index: int
    position: tuple[int, ...]
    slot: str
    """Name of the shared-memory block."""
    shape: tuple[int, ...]
    dtype: str
    preview_shape: tuple[int, ...]
    preview_offset: int
    """Bytes from the slot's start."""
    preview_factor: int
    """Each preview pixel is the maximum of a factor x factor block (masked pixels are NaN); 1: same size as the frame; 0: no preview."""
    levels: LevelStatistics | None
    """By the mask rules and percentiles asked for; None when every pixel is masked."""
    key_seen_at_s: float
    """``time.monotonic()`` when its key was seen."""
    live: bool
    """True: sent because it is the newest; False: asked for with ``ShowIndex``."""
    statistics: FrameStatistics | None = None
    """Of the pixels in the slot, by the mask rules asked for (those of the combined frame, if it is one)."""
    combined: int = 1
    """How many frames are in it."""
    frame_time: float | None = None
    """When the frame was taken: seconds since 1970 (UTC), where the file has it."""


@dataclass(frozen=True, slots=True)
class FrameMeasured:
    """With ``every_frame``: one complete frame, in the request's order."""

    generation: int
    index: int
    position: tuple[int, ...]
    data: dict[str, dict[str, Any]] = field(hash=False)
    """Per data path: ``shape``, ``dtype``, ``min``, ``max``, ``sum`` (JSON-ready)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is wrong with one frame or one key, and following goes on."""

    generation: int
    message: str
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """Following ended; with ``Resume`` it can go on."""

    generation: int
    reason: str
    complete: int
    total: int


@dataclass(frozen=True, slots=True)
class Failed:
    """Following cannot go on (a sentence, its remedy, and the traceback for those who ask)."""

    generation: int
    message: str
    remedy: str
    details: str
    kind: str
    """Name of the error's class in ``swmr_viewer.core.errors``."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """The answer to ``Inspect``: an inspection or an error."""

    request_id: int
    inspection: Inspection | None
    message: str = ""
    remedy: str = ""
    kind: str = ""
    """Name of the error's class in ``swmr_viewer.core.errors``: whether waiting may help."""


@dataclass(frozen=True, slots=True)
class Previewed:
    """The answer to ``Preview``: the first complete frame, made small, or why there is none."""

    request_id: int
    data_path: str
    thumbnail: Thumbnail | None
    index: int | None = None
    position: tuple[int, ...] = ()
    message: str = ""
    remedy: str = ""
    kind: str = ""
    """Name of the error's class in ``swmr_viewer.core.errors``: whether waiting may help."""


@dataclass(frozen=True, slots=True)
class Busy:
    """Sent before anything that could hang or kill the reader, so that the supervisor knows what did."""

    generation: int
    doing: str
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Alive:
    """Sent at least twice a second while the reader's loop turns."""

    generation: int


# ---- events made by the supervisor


@dataclass(frozen=True, slots=True)
class ReaderStuck:
    """The reader has not answered for ``seconds``: storage is slow, or the file makes HDF5 retry."""

    generation: int
    doing: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ReaderAnswers:
    """After ``ReaderStuck``: it answers again."""

    generation: int


@dataclass(frozen=True, slots=True)
class ReaderReplaced:
    """The reader died or was killed, and a new one took its place where it was."""

    generation: int
    why: str


Event = (
    Opened
    | SlotsWanted
    | PhaseChanged
    | KeysChanged
    | FrameReady
    | Measured
    | PixelMaskRead
    | EveryBegan
    | FrameMeasured
    | Fault
    | Ended
    | Failed
    | Inspected
    | Previewed
    | Busy
    | Alive
    | ReaderStuck
    | ReaderAnswers
    | ReaderReplaced
)
