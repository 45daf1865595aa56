"""The one tree of errors: what happened, to which path, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable


class SwmrViewerError(Exception):
    """Base of every error that this package raises on purpose.

    Parameters
    ----------
    message : str
        What happened, in one sentence that names the path.
    remedy : str, optional
        What to do next, in one sentence.
    """

    retryable = False
    """Whether waiting may help: the file can still appear, or still enter SWMR mode."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class FileNotThereError(SwmrViewerError):
    """The file does not exist (yet)."""

    retryable = True


class FileAccessError(SwmrViewerError):
    """The file is there, and may not be read or its storage fails."""


class NotHdf5Error(SwmrViewerError):
    """The file exists and is not an HDF5 file."""


class NotSwmrYetError(SwmrViewerError):
    """A writer has the file open and has not switched to SWMR mode yet."""

    retryable = True


class NotSwmrError(SwmrViewerError):
    """The file cannot be followed live: its format has no SWMR mode."""


class InterruptedWriterError(SwmrViewerError):
    """A writer died before it closed the file, and HDF5 refuses to open it."""


class FileReplacedError(SwmrViewerError):
    """The file is not the one that was opened: its name was used again, for another scan."""


class FileVersionError(SwmrViewerError):
    """The file was written by a newer HDF5 than the one in use here."""


class FileBrokenError(SwmrViewerError):
    """The file is HDF5, and HDF5 cannot make sense of what it holds."""


class FileDamagedError(FileBrokenError):
    """Metadata in the file have a wrong checksum: they are damaged, were lost, or a writer is at them at this moment."""


class NoKeysError(SwmrViewerError):
    """No key dataset was found."""

    retryable = True


class PathError(SwmrViewerError):
    """A path inside the file names nothing, or the wrong kind of object."""


class PathNotThereError(PathError):
    """A path inside the file names nothing (yet)."""

    retryable = True


class ShapeError(SwmrViewerError):
    """The key datasets do not fit one another, or do not fit the data set."""


class FilterMissingError(SwmrViewerError):
    """A data set is compressed with a filter that is not installed here."""


class FrameNotWrittenError(SwmrViewerError, LookupError):
    """The frame at this index has not been written (or is not visible yet)."""

    retryable = True


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

    def __init__(self, message: str, remedy: str = "", missing: Iterable[str] = ()) -> None:
        super().__init__(message, remedy)
        self.missing = frozenset(missing)


class FrameUnreadableError(SwmrViewerError):
    """The frame at this index is there and cannot be read."""


class HeldTwiceError(SwmrViewerError, RuntimeError):
    """The caller holds a dataset open more than once, so that HDF5 would show old values of it."""

    retryable = True


class ReaderError(SwmrViewerError):
    """The reader process could not be started, or died more often than is useful to retry."""


class ExportError(SwmrViewerError):
    """A snapshot could not be written."""
