"""The FrameGrabber: the frame of one index, straight from the file, and never what was not written."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, Self

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data import (
    Box,
    DataPath,
    FrameErrors,
    FrameSelector,
    Index,
    NotThereYetError,
    PartNotThereYetError,
    Piece,
    Region,
    VirtualSource,
    fill_offsets,
    layout_of,
    may_be_unwritten,
    open_data,
    read_piece,
    shape_of,
)
from swmr_viewer.core.files import FileIdentity, FilesRead
from swmr_viewer.core.scan import position_of
from swmr_viewer.core.waiting import wait_for


class FrameGrabber:
    """Read frames of one data set by the indices that a ``Follower`` hands out.

    Virtual data sets are read from their sources, which are opened here when they are there: a source that is missing
    is an error, not fill. (One whose mappings are no regular boxes can only be read by HDF5 itself, which does fill in.)

    Parameters
    ----------
    h5file : h5py.File
        The open file. It stays the caller's to close. A handle on the data set that the caller holds is used as well; two of them are an
        error.
    dataset_path : str, h5py.Dataset or (file, path), or list of them
        A data set whose leading axes are the scan's; what remains is the frame: an image, a spectrum or a scalar.
        Or a group with ``data_000001``, ``data_000002`` ... read one after the other, each once its link leads somewhere.
        Or a list of several data sets, perhaps of other files, that get blocks of frames in turn.
    scan_rank : int, optional
        The number of scan axes (``follower.scan_rank``). Without it, and without ``scan_shape``, NeXus' ``interpretation``
        tells it, or else everything but the last two axes is the scan (a data set of one or two axes has one scan axis).
    scan_shape : tuple of int, optional
        The scan's extent (``follower.scan_shape``); needed where the data set grows along more than its first axis.
        A data set with one leading axis for a scan of several is taken as numbered in C order.
    scan_axes : tuple of int, optional
        Which axes are the scan's, slowest first, where they are not the leading ones: ``(2,)`` or ``(-1,)`` for (y, x, n).
    block : int
        With several data sets: how many frames on end each one gets.
    clock, sleep : callable
        Monotonic seconds, and a wait for so many seconds.

    Raises
    ------
    PathNotThereError, PathError
        If the path names nothing, or something that is not a data set of numbers.
    ShapeError
        If the data set does not fit the scan.
    FilterMissingError
        If the data set is compressed with a filter that is not installed here.
    """

    def __init__(
        self,
        h5file: h5py.File,
        dataset_path: DataPath | list[DataPath] | list[str],
        *,
        scan_rank: int | None = None,
        scan_shape: tuple[int, ...] | None = None,
        scan_axes: Sequence[int] | None = None,
        block: int = 1,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._source, self._files = open_data(h5file, dataset_path, block)
        self.path = self._source.path
        self._files_read = FilesRead(h5file)
        try:
            layout = layout_of(self._source, scan_shape, scan_rank, scan_axes)
        except BaseException:
            self.close()
            raise
        self._errors = FrameErrors(self.path, self._source.filename)
        self._selector = FrameSelector(self._source, layout, scan_shape)
        self._clock, self._sleep = clock, sleep
        self._without: frozenset[str] = frozenset()
        if isinstance(self._source, VirtualSource):
            self._source.scan_axes = layout.scan_axes

    def close(self) -> None:
        """Close the files that were opened here, those of virtual or interleaved data sets; the caller's stays open."""
        self._source.close()
        if self._files is not None:
            self._files.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # ---- what is known

    @property
    def dtype(self) -> np.dtype[Any]:
        """The pixels' type."""
        return self._source.dtype

    @property
    def frame_shape(self) -> tuple[int, ...]:
        """The shape of one frame, () for scalars."""
        return self._selector.frame_shape

    @property
    def scan_shape(self) -> tuple[int, ...]:
        """The extent that indices are counted on: as given, else the data set's scan axes as long as they are or may become.

        Set it to ``follower.scan_shape`` where that grows along more than its first axis.
        """
        return self._selector.scan_shape

    @scan_shape.setter
    def scan_shape(self, scan_shape: tuple[int, ...]) -> None:
        self._selector.scan_shape = scan_shape

    @property
    def scan_rank(self) -> int:
        """The number of scan axes."""
        return self._selector.scan_rank

    @property
    def chunk_shape(self) -> tuple[int, ...]:
        """How many scan points lie in one chunk, along each scan axis; 1 where that is not known."""
        return self._selector.chunk_shape

    @property
    def files(self) -> tuple[FileIdentity, ...]:
        """The files that frames were read from so far, and the one that was opened."""
        return self._files_read.files

    def position(self, index: int) -> tuple[int, ...]:
        """Return the position of an index on the scan shape.

        Raises
        ------
        IndexError
            If the index is outside the scan.
        """
        return position_of(index, self.scan_shape)

    # ---- reading

    def grab(self, index: Index, region: Region | None = None, *, wait_s: float = 0.0, as_it_is: bool = False) -> npt.NDArray[Any]:
        """Return one frame, or a part of it, as a new array of ``dtype`` and of ``frame_shape`` or the region's shape.

        Parameters
        ----------
        index : int or tuple of int
            Flat C-order index on the scan shape, or the position itself (which stays the same while the scan grows).
        region : tuple of slice, optional
            The part of the frame, one slice per axis from the first on; only the chunks that it touches are read.
        wait_s : float
            How long to wait (s) for a frame whose key is set and that is not visible yet.
        as_it_is : bool
            Take the frame although it reads as fill in a chunk that other frames share, or lacks the parts whose sources are
            missing (they are fill then). For who has waited, and says so.

        Raises
        ------
        FrameNotWrittenError
            If the frame has not been written, or is not visible yet: never zeros. FrameDoubtfulError, if it needs ``as_it_is``.
        FrameUnreadableError
            If the frame is there and cannot be read or decoded.
        FileReplacedError
            If the file was written anew in place: it is another scan's frame.
        """
        return self._patiently(lambda: self._grab(index, region, None, as_it_is), wait_s)

    def grab_into(
        self, index: Index, out: npt.NDArray[Any], region: Region | None = None, *, wait_s: float = 0.0, as_it_is: bool = False
    ) -> None:
        """Read one frame, or a part of it, straight into a C-contiguous array of its shape and ``dtype``.

        Raises as ``grab``, and ValueError if the array does not fit.
        """
        self._patiently(lambda: self._grab(index, region, out, as_it_is), wait_s)

    def grab_block(
        self, block: tuple[slice, ...], region: Region | None = None, *, wait_s: float = 0.0, as_it_is: bool = False
    ) -> npt.NDArray[Any]:
        """Return the frames of a box of scan points in one read, shape (points along each scan axis ..., frame axes ...).

        Parameters
        ----------
        block : tuple of slice
            One per axis of the scan, with start and stop.
        region, wait_s, as_it_is :
            As for ``grab``, which tells what is raised, too: for any of the frames.
        """
        if as_it_is or not self._selector.can_be_blocks(len(block)):
            return self._patiently(lambda: self._block_by_frames(block, region, as_it_is), wait_s)
        return self._patiently(lambda: self._block_at_once(block, region), wait_s)

    def go_without(self, missing: Iterable[str]) -> None:
        """Return frames from now on, with fill, that lack nothing but parts of these source files (as the error names them)."""
        self._without |= frozenset(missing)

    def _grab(self, index: Index, region: Region | None, out: npt.NDArray[Any] | None, as_it_is: bool) -> npt.NDArray[Any]:
        pieces, box = self._find(index, region, as_it_is)
        shape = self._selector.frame_part(shape_of(box))
        if out is None:
            out = self._room(shape)
        elif out.shape != shape or not out.flags.c_contiguous:
            raise ValueError(f"A C-contiguous array of shape {shape} is needed for a frame of {self.path}, not {out.shape}.")
        self._read(index, pieces, box, out)
        if not as_it_is:
            self._refuse_fill(index, region, pieces, out)
        return out

    def _block_at_once(self, block: tuple[slice, ...], region: Region | None) -> npt.NDArray[Any]:
        first, lengths = tuple(along.start for along in block), tuple(along.stop - along.start for along in block)
        try:
            pieces, box = self._pieces(first, region, lengths)
        except PartNotThereYetError:
            return self._block_by_frames(block, region, False)
        except NotThereYetError as error:
            raise self._errors.not_written(first, error) from error
        out = self._room(shape_of(box))
        self._read(first, pieces, box, out)
        for offset in fill_offsets(out, pieces, len(lengths)):
            self._grab(tuple(start + at for start, at in zip(first, offset, strict=True)), region, None, False)
        return out

    def _room(self, shape: tuple[int, ...]) -> npt.NDArray[Any]:
        try:
            return np.empty(shape, self.dtype)
        except (MemoryError, ValueError) as error:  # numpy has a limit of its own
            raise self._errors.too_large(shape) from error

    def _block_by_frames(self, block: tuple[slice, ...], region: Region | None, as_it_is: bool) -> npt.NDArray[Any]:
        lengths = tuple(along.stop - along.start for along in block)
        frames = [
            self._grab(tuple(along.start + at for along, at in zip(block, offset, strict=True)), region, None, as_it_is)
            for offset in np.ndindex(*lengths)
        ]
        return np.stack(frames).reshape(*lengths, *frames[0].shape)

    def _patiently(self, attempt: Callable[[], npt.NDArray[Any]], wait_s: float) -> npt.NDArray[Any]:
        return wait_for(attempt, self._clock() + wait_s, self._clock, self._sleep)

    def _find(self, index: Index, region: Region | None, as_it_is: bool) -> tuple[list[Piece], Box]:
        """Return where a frame is stored, refreshed, after making sure that it is."""
        try:
            return self._pieces(index, region)
        except PartNotThereYetError as error:
            if as_it_is or (error.missing and error.missing <= self._without):
                return list(error.pieces), self._selector.box(index, region)
            raise self._errors.doubtful(index, f"a part of it is not there: {error}", error.missing) from error
        except NotThereYetError as error:
            raise self._errors.not_written(index, error) from error

    def _pieces(self, index: Index, region: Region | None, lengths: tuple[int, ...] | None = None) -> tuple[list[Piece], Box]:
        self._files_read.refuse_mixture()
        with self._errors.explained(index):
            self._source.refresh()
            box = self._selector.box(index, region, lengths)
            return list(self._source.pieces(box)), box

    def _read(self, index: object, pieces: list[Piece], box: Box, out: npt.NDArray[Any]) -> None:
        with self._files_read.unmixed(piece.dataset for piece in pieces), self._errors.explained(index):
            target = out.reshape(shape_of(box))
            for piece in pieces:
                read_piece(piece, box, target)

    def _refuse_fill(self, index: Index, region: Region | None, pieces: list[Piece], frame: npt.NDArray[Any]) -> None:
        if not may_be_unwritten(frame, pieces):
            return
        if region is None:
            raise self._errors.doubtful(index, "it reads as fill, in a chunk that it shares with other frames and that is still written to")
        self._grab(index, None, None, False)  # a part may well be dark where the frame is not
