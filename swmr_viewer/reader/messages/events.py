"""Events: what the reader tells of a scan and its frames, and the union of all that it or its supervisor tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from swmr_viewer.analysis.frame_statistics import FrameStatistics, LevelStatistics
from swmr_viewer.analysis.frame_view import FrameView
from swmr_viewer.analysis.preview import Thumbnail
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.core.inspection import Inspection
from swmr_viewer.core.ranges import Ranges, no_ranges
from swmr_viewer.reader.messages.file_news import DataAwaited, FileIdentified, FileReplaced
from swmr_viewer.reader.messages.measured import EveryFrameBegan, Measured, PixelMaskRead
from swmr_viewer.reader.messages.reader_state import Busy, Heartbeat, PhaseChanged, ReaderRecovered, ReaderReplaced, ReaderStuck
from swmr_viewer.reader.messages.wishes import IndexArray


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
class DataJoined:
    """Data sets that were not there when the file was opened are read from now on."""

    generation: int
    data: tuple[DataDescription, ...]


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
    """``time.monotonic()`` when the newest key was seen (same clock in all processes of one machine)."""
    last_key_came: bool = True
    """False: it was there already when the file was opened, or following resumed: nobody knows when it came."""
    completed: Ranges = field(default_factory=no_ranges)
    """Which frames are complete by it: (starts, stops) on ``scan_shape``, ascending; with ``whole`` all complete ones."""


@dataclass(frozen=True, slots=True)
class FrameReady:
    """A frame lies in a slot: first the whole raw frame (C order), then, 64-byte aligned, the float32 preview of what is shown of it."""

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
    """Each preview pixel is the maximum of a factor x factor block (masked pixels are NaN); 1: same size as what is shown."""
    levels: LevelStatistics | None
    """By the mask rules and percentiles asked for; None when every pixel is masked."""
    key_seen_at_s: float
    """``time.monotonic()`` when its key was seen."""
    live: bool
    """True: sent because it is the newest, or in its turn; False: asked for with ``ShowIndex``."""
    statistics: FrameStatistics | None = None
    """Of the shown numbers, by the mask rules asked for (those of the combined frame, if it is one)."""
    combined: int = 1
    """How many frames are in it."""
    frame_time: float | None = None
    """When the frame was taken: seconds since 1970 (UTC), where the file has it."""
    in_turn: bool = False
    """Sent by `Every frame`; a live one that was on its way before is not, and would be out of turn."""
    is_new: bool = False
    """A live one that is sent because its key just came: it was not there before, and it is not sent for a second time."""
    view: FrameView | None = None
    """What of the frame is shown; None: all of it."""
    shown_offset: int = 0
    """Bytes from the slot's start to the shown numbers (C order); 0: they are a view on the frame."""
    mask_offset: int = 0
    """Bytes to this frame's own pixel mask, a bool for each shown pixel; 0: it has none of its own."""
    lacks_mask: bool = False
    """The pixel mask that was asked for could not be used (a ``Fault`` has told why)."""


@dataclass(frozen=True, slots=True)
class FrameMeasured:
    """With ``every_frame``: one complete frame, in the request's order."""

    generation: int
    index: int
    position: tuple[int, ...]
    data: dict[str, dict[str, Any]] = field(hash=False)
    """Per data path: ``shape``, ``dtype``, ``min``, ``max``, ``sum`` (JSON-ready); without those of which a ``Fault`` told."""
    scan_shape: tuple[int, ...] = ()
    """What ``index`` counts on, in C order."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is wrong with one frame or one key, and following goes on."""

    generation: int
    message: str
    index: int | None = None
    data_path: str = ""
    """Whose frame it is."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Following ended; with ``Resume`` it can go on."""

    generation: int
    reason: str
    complete: int
    """Frames; of a reader that did not answer when it was stopped: those that were measured for ``every_frame``."""
    total: int
    still_following: bool = False
    """It is no end of the scan: no key came for some time. Keys are still looked for; ``Resumed`` tells when one came."""
    at: float | None = None
    """When the end was seen (s since 1970)."""
    was_over: bool = False
    """It had ended before it was looked at, nobody knows when: ``at`` is when its files were written last."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """After an ``Ended`` that looks on: a key came, and following goes on by itself."""

    generation: int


@dataclass(frozen=True, slots=True)
class Failed:
    """Following cannot go on (a sentence, its remedy, and the traceback for those who ask)."""

    generation: int
    message: str
    remedy: str
    details: str
    kind: FailureKind


@dataclass(frozen=True, slots=True)
class Inspected:
    """The answer to ``Inspect``: an inspection or an error."""

    request_id: int
    inspection: Inspection | None
    message: str = ""
    remedy: str = ""
    kind: FailureKind | None = None


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
    kind: FailureKind | None = None


Event = (
    Opened
    | DataAwaited
    | DataJoined
    | FileReplaced
    | FileIdentified
    | SlotsWanted
    | PhaseChanged
    | KeysChanged
    | FrameReady
    | Measured
    | PixelMaskRead
    | EveryFrameBegan
    | FrameMeasured
    | Fault
    | Ended
    | Resumed
    | Failed
    | Inspected
    | Previewed
    | Busy
    | Heartbeat
    | ReaderStuck
    | ReaderRecovered
    | ReaderReplaced
)
