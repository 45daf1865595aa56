"""The FrameGrabber: the frame of one index, straight from the file, and never what was not written."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, Self

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data import DataPath, FrameSelector, Index, Note, Notes, Region, VirtualSource, layout_of, open_data
from swmr_viewer.core.files import FileIdentity, FilesRead
from swmr_viewer.core.frame_access import FrameAccess
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
        self._selector = FrameSelector(self._source, layout, scan_shape)
        self._access = FrameAccess(self._source, self._selector, self._files_read, clock)
        self._clock, self._sleep = clock, sleep
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
    def has_blocks(self) -> bool:
        """Whether ``grab_block`` reads scan points side by side along the last axis at once, and not frame by frame."""
        return self._selector.block_lengths((1,) * self.scan_rank) is not None

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
        return self._patiently(lambda: self._access.frame(index, region, None, as_it_is), wait_s)

    def grab_into(
        self,
        index: Index,
        out: npt.NDArray[Any],
        region: Region | None = None,
        *,
        wait_s: float = 0.0,
        as_it_is: bool = False,
        note: Note | None = None,
    ) -> bool:
        """Read one frame, or a part of it, straight into a C-contiguous array of its shape and ``dtype``.

        Raises as ``grab``, and ValueError if the array does not fit.

        Parameters
        ----------
        index, region, wait_s, as_it_is :
            As for ``grab``.
        out : ndarray
            Where to.
        note : callable, optional
            Is called with (start, stop), on any thread, when ``out.reshape(-1)[start:stop]`` is final and still in the processor's
            cache: pieces of 256 KB to 1 MB, each element at most once.

        Returns
        -------
        bool
            Whether ``note`` was told of every element. Otherwise what it was told is to be forgotten: the frame is not decoded piece by
            piece, or it was read again.
        """
        notes = Notes(note) if note is not None else None
        self._patiently(lambda: self._access.frame(index, region, out, as_it_is, notes), wait_s)
        return notes is not None and notes.are_whole

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
        return self._patiently(lambda: self._access.block(block, region, as_it_is), wait_s)

    def go_without(self, missing: Iterable[str]) -> None:
        """Return frames from now on, with fill, that lack nothing but parts of these source files (as the error names them)."""
        self._access.go_without(missing)

    def _patiently(self, attempt: Callable[[], npt.NDArray[Any]], wait_s: float) -> npt.NDArray[Any]:
        return wait_for(attempt, self._clock() + wait_s, self._clock, self._sleep)
