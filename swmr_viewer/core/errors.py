"""The one tree of errors: what happened, to which path, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, StrEnum
from typing import ClassVar, Self


class Remedy(Enum):
    """What helps against a failure."""

    WAIT = "wait"
    """What is missing can still come."""
    CHANGE = "change"
    """Ask for something else, or change the surroundings."""
    CHECK = "check"
    """The request was sound: check the file and its storage, or report a fault of the program."""


class FailureKind(StrEnum):
    """What an error is about: this crosses the process boundary instead of the error."""

    remedy: Remedy

    def __new__(cls, text: str, remedy: Remedy) -> Self:
        member = str.__new__(cls, text)
        member._value_ = text
        member.remedy = remedy
        return member

    UNEXPECTED = "unexpected", Remedy.CHECK
    FILE_NOT_THERE = "file not there", Remedy.WAIT
    FILE_ACCESS = "file access", Remedy.CHANGE
    NOT_HDF5 = "not hdf5", Remedy.CHANGE
    NOT_SWMR_YET = "not swmr yet", Remedy.WAIT
    NOT_SWMR = "not swmr", Remedy.CHANGE
    INTERRUPTED_WRITER = "interrupted writer", Remedy.CHANGE
    FILE_REPLACED = "file replaced", Remedy.CHANGE
    FILE_VERSION = "file version", Remedy.CHANGE
    FILE_BROKEN = "file broken", Remedy.CHECK
    FILE_DAMAGED = "file damaged", Remedy.CHECK
    NO_KEYS = "no keys", Remedy.WAIT
    PATH = "path", Remedy.CHANGE
    PATH_NOT_THERE = "path not there", Remedy.WAIT
    EXTERNAL_DATA = "external data", Remedy.CHANGE
    SHAPE = "shape", Remedy.CHANGE
    FILTER_MISSING = "filter missing", Remedy.CHANGE
    FRAME_NOT_WRITTEN = "frame not written", Remedy.WAIT
    FRAME_DOUBTFUL = "frame doubtful", Remedy.WAIT
    FRAME_UNREADABLE = "frame unreadable", Remedy.CHECK
    HELD_TWICE = "held twice", Remedy.WAIT
    READER = "reader", Remedy.CHECK
    EXPORT = "export", Remedy.CHANGE
    CONDITION = "condition", Remedy.CHANGE
    REDUCTION = "reduction", Remedy.CHANGE
    ENGINE = "engine", Remedy.CHANGE

    @property
    def can_be_retried(self) -> bool:
        """Whether waiting may help: a file can still appear, or still enter SWMR mode."""
        return self.remedy is Remedy.WAIT


class SwmrViewerError(Exception):
    """Base of every error that this package raises on purpose.

    Parameters
    ----------
    message : str
        What happened, in one sentence that names the path.
    remedy : str, optional
        What to do next, in one sentence.
    """

    kind: ClassVar[FailureKind] = FailureKind.UNEXPECTED

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    @property
    def retryable(self) -> bool:
        """Whether waiting may help."""
        return self.kind.can_be_retried

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class FileNotThereError(SwmrViewerError):
    """The file does not exist (yet)."""

    kind = FailureKind.FILE_NOT_THERE


class FileAccessError(SwmrViewerError):
    """The file is there, and may not be read or its storage fails."""

    kind = FailureKind.FILE_ACCESS


class NotHdf5Error(SwmrViewerError):
    """The file exists and is not an HDF5 file."""

    kind = FailureKind.NOT_HDF5


class NotSwmrYetError(SwmrViewerError):
    """A writer has the file open and has not switched to SWMR mode yet."""

    kind = FailureKind.NOT_SWMR_YET


class NotSwmrError(SwmrViewerError):
    """The file cannot be followed live: its format has no SWMR mode."""

    kind = FailureKind.NOT_SWMR


class InterruptedWriterError(SwmrViewerError):
    """A writer died before it closed the file, and HDF5 refuses to open it."""

    kind = FailureKind.INTERRUPTED_WRITER


class FileReplacedError(SwmrViewerError):
    """The file is not the one that was opened: its name was used again, for another scan."""

    kind = FailureKind.FILE_REPLACED


class FileVersionError(SwmrViewerError):
    """The file was written by a newer HDF5 than the one in use here."""

    kind = FailureKind.FILE_VERSION


class FileBrokenError(SwmrViewerError):
    """The file is HDF5, and HDF5 cannot make sense of what it holds."""

    kind = FailureKind.FILE_BROKEN


class FileDamagedError(FileBrokenError):
    """Metadata in the file have a wrong checksum: they are damaged, were lost, or a writer is at them at this moment."""

    kind = FailureKind.FILE_DAMAGED


class NoKeysError(SwmrViewerError):
    """No key dataset was found."""

    kind = FailureKind.NO_KEYS


class PathError(SwmrViewerError):
    """A path inside the file names nothing, or the wrong kind of object."""

    kind = FailureKind.PATH


class PathNotThereError(PathError):
    """A path inside the file names nothing (yet)."""

    kind = FailureKind.PATH_NOT_THERE


class ExternalDataError(PathError):
    """What a path names lies in another file, and only what the opened file holds itself may be read.

    Parameters
    ----------
    message, remedy : str
        As for every error.
    what : str
        Where it is, in words: ``an external link to raw.h5:/data``.
    """

    kind = FailureKind.EXTERNAL_DATA

    def __init__(self, message: str, remedy: str = "", what: str = "") -> None:
        super().__init__(message, remedy)
        self.what = what


class ShapeError(SwmrViewerError):
    """The key datasets do not fit one another, or do not fit the data set."""

    kind = FailureKind.SHAPE


class FilterMissingError(SwmrViewerError):
    """A data set is compressed with a filter that is not installed here."""

    kind = FailureKind.FILTER_MISSING


class FrameNotWrittenError(SwmrViewerError, LookupError):
    """The frame at this index has not been written (or is not visible yet)."""

    kind = FailureKind.FRAME_NOT_WRITTEN


class FrameDoubtfulError(FrameNotWrittenError):
    """Something is there at this index, and waiting must tell whether it is the frame.

    It reads as fill in a chunk that other frames share, or some of its sources are missing. Who has waited long enough
    can take it all the same: ``grab(..., as_it_is=True)``.

    Parameters
    ----------
    message, remedy : str
        As for every error.
    missing : iterable of str
        The source files that are missing, where these alone are the reason.
    """

    kind = FailureKind.FRAME_DOUBTFUL

    def __init__(self, message: str, remedy: str = "", missing: Iterable[str] = ()) -> None:
        super().__init__(message, remedy)
        self.missing = frozenset(missing)


class FrameUnreadableError(SwmrViewerError):
    """The frame at this index is there and cannot be read."""

    kind = FailureKind.FRAME_UNREADABLE


class HeldTwiceError(SwmrViewerError, RuntimeError):
    """The caller holds a dataset open more than once, so that HDF5 would show old values of it."""

    kind = FailureKind.HELD_TWICE


class ReaderError(SwmrViewerError):
    """The reader process could not be started, or died more often than is useful to retry."""

    kind = FailureKind.READER


class ExportError(SwmrViewerError):
    """A snapshot could not be written."""

    kind = FailureKind.EXPORT
