"""Events: what the reader reports of a scan, of itself and of files that are inspected."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import ClassVar

from swmr_viewer.analysis import Thumbnail
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.core.file_state import FileStamp
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.inspection import Inspection
from swmr_viewer.core.other_files import NO_OTHERS, OtherFiles
from swmr_viewer.core.ranges import IndexArray, Ranges, no_ranges


class Event:
    """What comes from a reader, or from its supervisor."""

    __slots__ = ()


@frozen(eq=False)
class ScanEvent(Event):
    """An event about the scan of one generation; one of an older generation is dropped."""

    is_internal: ClassVar[bool] = False
    """Whether it ends at the supervisor."""
    generation: int


@frozen
class DataDescription:
    """One followed data set."""

    path: str
    frame_shape: tuple[int, ...]
    dtype: str
    """numpy's name with byte order, as ``numpy.dtype(...).str``."""
    note: str = ""
    facts: DataFacts = field(default_factory=DataFacts)
    others: OtherFiles = NO_OTHERS
    """The other files that it comes from."""


@frozen
class Opened(ScanEvent):
    """The file is open and its keys are being followed."""

    path: str
    scan_shape: tuple[int, ...]
    key_paths: tuple[str, ...]
    data: tuple[DataDescription, ...]
    finished_path: str | None
    slot_size: int
    """Bytes that a slot must hold for any of ``data`` with its preview."""
    stamp: FileStamp | None = None
    """Which file that is; another one may have its name later."""
    key_others: OtherFiles = NO_OTHERS
    """The other files that its keys come from."""
    libraries: str = ""
    """Versions of HDF5 and what goes with it, in words: the window's process has none of it."""

    @property
    def data_paths(self) -> tuple[str, ...]:
        return tuple(dataset.path for dataset in self.data)


@frozen
class DataAwaited(ScanEvent):
    """Which data sets are not there yet; told whenever that changes."""

    waits: tuple[tuple[str, str], ...] = ()
    """(path, why, as a sentence without its capital and full stop)."""


@frozen
class DataJoined(ScanEvent):
    """Data sets that were not there when the file was opened are read from now on."""

    data: tuple[DataDescription, ...]


@frozen
class FileReplaced(ScanEvent):
    """Another scan has the name of a file that is read; where following had not ended, it ends for this reason."""

    path: str
    message: str
    in_place: bool
    """It was written anew: what it held is gone. Otherwise the open handle still reads the old file."""
    at: float
    """When that was noticed (s since 1970)."""


@frozen
class FileIdentified(ScanEvent):
    """The supervisor's own: the file that is read, as it is by now."""

    is_internal = True
    stamp: FileStamp


@frozen(eq=False)
class KeysChanged(ScanEvent):
    """Which keys were set since the last such event; merging them in any order gives the whole state.

    Not sent with ``every_frame``, where each ``FrameMeasured`` announces its index.
    """

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


@frozen
class Ended(ScanEvent):
    """Following ended; with ``Resume`` it can go on."""

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


@frozen
class Resumed(ScanEvent):
    """After an ``Ended`` that looks on: a key came, and following goes on by itself."""


@frozen
class Failed(ScanEvent):
    """Following cannot go on (a sentence, its remedy, and the traceback for those who ask)."""

    message: str
    remedy: str
    details: str
    kind: FailureKind


@frozen
class Inspected(Event):
    """The answer to ``Inspect``: an inspection or an error."""

    request_id: int
    inspection: Inspection | None
    message: str = ""
    remedy: str = ""
    kind: FailureKind | None = None


@frozen
class Previewed(Event):
    """The answer to ``Preview``: the first complete frame, made small, or why there is none."""

    request_id: int
    data_path: str
    thumbnail: Thumbnail | None
    index: int | None = None
    position: tuple[int, ...] = ()
    message: str = ""
    remedy: str = ""
    kind: FailureKind | None = None


class Phase(StrEnum):
    """What the reader is doing, in the words of the window."""

    WAITING_FOR_FILE = "waiting for the file"
    WAITING_FOR_SWMR = "waiting for SWMR"
    WAITING_FOR_KEYS = "waiting for keys"
    FOLLOWING = "following"
    ENDED = "ended"


@frozen
class PhaseChanged(ScanEvent):
    """The reader entered another phase."""

    phase: Phase
    message: str = ""


@frozen
class SlotsWanted(ScanEvent):
    """The frames outgrew the slots; the supervisor answers with ``UseSlots``, nobody else sees it."""

    is_internal = True
    size: int
    """Bytes that a slot must hold."""


@frozen
class Busy(ScanEvent):
    """Sent before anything that could hang or kill the reader, so that the supervisor knows what did."""

    doing: str
    index: int | None = None
    data_path: str = ""
    """Whose frame ``index`` is."""
    position: tuple[int, ...] = ()
    """Where that frame is: its index may move while the scan shape grows, and its position does not."""
    asks_storage: bool = False
    """Whether it is about to touch the file without HDF5: what hangs now is the storage, not the file."""
    of_scalars: bool = False
    """Whether it is about the scalars of the scan (``SendScalars``): frames can be followed without them."""


@frozen
class Heartbeat(ScanEvent):
    """Sent at least twice a second while the reader's loop turns."""

    is_internal = True


@frozen
class ReaderStuck(ScanEvent):
    """The reader has not answered for ``seconds``: storage is slow, or the file makes HDF5 retry."""

    doing: str
    seconds: float


@frozen
class ReaderRecovered(ScanEvent):
    """After ``ReaderStuck``: it answers again."""


@frozen
class ReaderReplaced(ScanEvent):
    """The reader died or was killed, and a new one took its place where it was."""

    why: str
