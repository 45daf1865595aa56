"""Frames that cannot be had: not written yet, read as fill, damaged; and what is said of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data.pieces import Piece
from swmr_viewer.core.data.stored import is_alone, is_whole
from swmr_viewer.core.errors import FrameDoubtfulError, FrameNotWrittenError, FrameUnreadableError, HeldTwiceError
from swmr_viewer.core.files import is_damage


def may_be_unwritten(frame: npt.NDArray[Any], pieces: Sequence[Piece]) -> bool:
    """Return whether a frame is all fill, in a chunk that other frames share and that the writer has not left yet.

    Keys may be flushed before the frame is (areaDetector's are). Spectra are in doubt as images are: that all channels of
    one are 0 is as rare. A single number is not: 0 is a value like any other there (a shutter that is closed), and each
    would come late.

    Parameters
    ----------
    frame : ndarray
        The frame, or a part of it, with the frame's axes.
    pieces : sequence of Piece
        What it was read from.
    """
    return any(not is_whole(piece.dataset, piece.box, frame.ndim) for piece in _in_shared_fill(frame, pieces))


def is_shared_fill(frame: npt.NDArray[Any], pieces: Sequence[Piece]) -> bool:
    """Return whether a frame is all fill, in a chunk that other frames share, whether or not the writer has left that."""
    return any(True for _ in _in_shared_fill(frame, pieces))


def _in_shared_fill(frame: npt.NDArray[Any], pieces: Sequence[Piece]) -> Iterator[Piece]:
    if frame.size > 1:
        for piece in pieces:
            # What costs least is first.
            if piece.dataset is not None and not _is_alone(piece, frame.ndim) and _is_all(frame, _fill_of(piece)):
                yield piece


def _is_alone(piece: Piece, frame_rank: int) -> bool:
    if piece.source is None:
        return piece.dataset is None or is_alone(piece.dataset.chunks, frame_rank)
    return is_alone(piece.source.chunks, frame_rank)


def _fill_of(piece: Piece) -> Any:
    """Return the fill value of what a piece is stored in; asking HDF5 takes as long as a small frame."""
    return _as_number(piece.source.fill if piece.source is not None else piece.dataset.fillvalue if piece.dataset is not None else None)


def fill_offsets(frames: npt.NDArray[Any], pieces: Sequence[Piece], scan_rank: int) -> Iterator[tuple[int, ...]]:
    """Yield where the frames of a block are all fill, along its ``scan_rank`` leading axes: these are to be looked at one by one."""
    if frames.ndim == scan_rank or not frames.size:
        return
    for fill in {_fill_of(piece) for piece in pieces if piece.dataset is not None}:
        firsts = frames.reshape(*frames.shape[:scan_rank], -1)[..., 0]
        for offset in map(tuple, np.argwhere(_is_fill(firsts, fill)).tolist()):
            if _is_all(frames[offset], fill):
                yield offset


def _is_all(frame: npt.NDArray[Any], fill: Any) -> bool:
    return bool(_is_fill(frame.flat[0], fill)) and bool(_is_fill(frame, fill).all())


def _is_fill(values: Any, fill: Any) -> npt.NDArray[np.bool_]:
    return np.asarray(np.isnan(values) if fill != fill else values == fill, np.bool_)


def _as_number(fill: Any) -> Any:
    return fill.item() if isinstance(fill, np.generic) else fill


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
        except MemoryError as error:
            raise FrameUnreadableError(
                f"Frame {index} of {self._where} cannot be read, it needs more memory than there is to be had: {error}.",
                "Look at other data; or allow more by --reader-memory, if that is not what a broken file asks for.",
            ) from error
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
