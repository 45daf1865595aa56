"""Events about the files behind a scan: what is not there yet, and what is not the file any more that it was."""

from __future__ import annotations

from dataclasses import dataclass

from swmr_viewer.core.files.stamps import FileStamp


@dataclass(frozen=True, slots=True)
class DataAwaited:
    """Which data sets are not there yet; told whenever that changes."""

    generation: int
    waits: tuple[tuple[str, str], ...] = ()
    """(path, why, as a sentence without its capital and full stop)."""


@dataclass(frozen=True, slots=True)
class FileReplaced:
    """Another scan has the name of a file that is read; where following had not ended, it ends for this reason."""

    generation: int
    path: str
    message: str
    in_place: bool
    """It was written anew: what it held is gone. Otherwise the open handle still reads the old file."""
    at: float
    """When that was noticed (s since 1970)."""


@dataclass(frozen=True, slots=True)
class FileIdentified:
    """The supervisor's own: the file that is read, as it is by now."""

    generation: int
    stamp: FileStamp
