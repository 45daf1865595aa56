"""Which file this is, and what may become of it: plain values that cross the process boundary (no h5py here)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Change(Enum):
    """What became of a file, in the order of how bad that is for those who read it."""

    NONE = 0
    GONE = 1
    """Nothing is at its path any more: it was deleted or moved away. An open handle still reads it."""
    OTHER = 2
    """Another file is at its path: renamed over it, or a link was turned. An open handle still reads the old one."""
    REWRITTEN = 3
    """It was written anew in place: what it held is gone, and an open handle reads a mixture."""

    @property
    def is_replacement(self) -> bool:
        """Whether another scan has this name now."""
        return self in (Change.OTHER, Change.REWRITTEN)


@dataclass(frozen=True, slots=True)
class FileStamp:
    """A file as it was at one moment: plain, so that it can be compared in another process."""

    path: str
    device: int
    inode: int
    size: int
    """The largest size (bytes) that was seen."""
