"""What is said of a frame that cannot be had: not written yet, in doubt, or damaged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from swmr_viewer.core.errors import FrameDoubtfulError, FrameNotWrittenError, FrameUnreadableError, HeldTwiceError
from swmr_viewer.core.files.explaining import is_damage


class FrameErrors:
    """The errors of one data set's frames.

    Parameters
    ----------
    path, filename : str
        The data set, and the file that it was found in.
    """

    def __init__(self, path: str, filename: str) -> None:
        self._where = f"{path} in {filename}"

    @contextmanager
    def explained(self, index: object) -> Iterator[None]:
        """Raise as the error of a frame, or of several, what HDF5 raises."""
        try:
            yield
        except HeldTwiceError:
            raise
        except (OSError, RuntimeError) as error:
            if is_damage(error):  # a writer may be at the index of chunks
                raise self.not_written(index, error) from error
            raise FrameUnreadableError(
                f"Frame {index} of {self._where} cannot be read: {error}.",
                "The frame may be damaged; the others can still be read.",
            ) from error

    def doubtful(self, index: object, why: str, missing: Iterable[str] = ()) -> FrameDoubtfulError:
        """Return the error of a frame that may not be what it looks like; ``missing``: source files that it lacks."""
        return FrameDoubtfulError(
            f"Frame {index} of {self._where} is in doubt: {why}.", "Try again after the next poll, or take it as it is.", missing
        )

    def not_written(self, index: object, why: object) -> FrameNotWrittenError:
        """Return the error of a frame that is not there yet."""
        return FrameNotWrittenError(f"Frame {index} of {self._where} has not been written: {why}.", "Try again after the next poll.")

    def too_large(self, shape: tuple[int, ...]) -> FrameUnreadableError:
        """Return the error of frames of this shape that memory has no room for."""
        said = " x ".join(map(str, shape))
        return FrameUnreadableError(f"{said} values of {self._where} do not fit into memory.", "Read a region of the frame.")
