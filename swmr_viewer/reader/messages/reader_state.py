"""Events of the reader itself: what it is doing, and whether it answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """What the reader is doing, in the words of the window."""

    WAITING_FOR_FILE = "waiting for the file"
    WAITING_FOR_SWMR = "waiting for SWMR"
    WAITING_FOR_KEYS = "waiting for keys"
    FOLLOWING = "following"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """The reader entered another phase."""

    generation: int
    phase: Phase
    message: str = ""


@dataclass(frozen=True, slots=True)
class Busy:
    """Sent before anything that could hang or kill the reader, so that the supervisor knows what did."""

    generation: int
    doing: str
    index: int | None = None
    data_path: str = ""
    """Whose frame ``index`` is."""
    position: tuple[int, ...] = ()
    """Where that frame is: its index may move while the scan shape grows, and its position does not."""
    asks_storage: bool = False
    """Whether it is about to touch the file without HDF5: what hangs now is the storage, not the file."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Sent at least twice a second while the reader's loop turns."""

    generation: int


# ---- made by the supervisor


@dataclass(frozen=True, slots=True)
class ReaderStuck:
    """The reader has not answered for ``seconds``: storage is slow, or the file makes HDF5 retry."""

    generation: int
    doing: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ReaderRecovered:
    """After ``ReaderStuck``: it answers again."""

    generation: int


@dataclass(frozen=True, slots=True)
class ReaderReplaced:
    """The reader died or was killed, and a new one took its place where it was."""

    generation: int
    why: str
