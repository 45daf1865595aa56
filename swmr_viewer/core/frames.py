"""The FrameGrabber: the frame of one index, straight from the file, and never what was not written."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data.boxes import Box
from swmr_viewer.core.data.chunks import is_whole
from swmr_viewer.core.data.layout import layout_of
from swmr_viewer.core.data.opening_data import DataPath, open_data
from swmr_viewer.core.data.places import Index, Places
from swmr_viewer.core.data.regions import Region
from swmr_viewer.core.data.sources import NotThereYetError, Piece, read_piece, shape_of
from swmr_viewer.core.data.virtual import VirtualSource
from swmr_viewer.core.errors import FrameNotWrittenError, FrameUnreadableError
from swmr_viewer.core.scan import position_of

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.001, 0.05


class FrameGrabber:
    """Read frames of one data set by the indices that a :class:`swmr_viewer.Follower` hands out.

    Virtual data sets are read from their sources, which are opened here when they are there: a source that is missing
    is an error, not fill. (One whose mappings are no regular boxes can only be read by HDF5 itself, which does fill in.)

    Parameters
    ----------
    h5file : h5py.File
        The open file. It stays the caller's to close. Do not open the data set a second time in the same process.
    dataset_path : str or (file, path), or list of them
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
        try:
            layout = layout_of(self._source, scan_shape, scan_rank, scan_axes)
        except BaseException:
            self.close()
            raise
        self._places = Places(self._source, layout, scan_shape)
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
        return self._places.frame_shape

    @property
    def scan_shape(self) -> tuple[int, ...]:
        """The extent that indices are counted on: as told, else the data set's scan axes as long as they are or may become.

        Set it to ``follower.scan_shape`` where that grows along more than its first axis.
        """
        return self._places.scan_shape

    @scan_shape.setter
    def scan_shape(self, scan_shape: tuple[int, ...]) -> None:
        self._places.scan_shape = scan_shape

    @property
    def scan_rank(self) -> int:
        """The number of scan axes."""
        return self._places.scan_rank

    @property
    def chunk_shape(self) -> tuple[int, ...]:
        """How many scan points lie in one chunk, along each scan axis; 1 where that is not known."""
        return self._places.chunk_shape

    def position(self, index: int) -> tuple[int, ...]:
        """Return the position of an index on the scan shape.

        Raises
        ------
        IndexError
            If the index is outside the scan.
        """
        return position_of(index, self.scan_shape)

    # ---- reading

    def grab(self, index: Index, region: Region | None = None, *, wait_s: float = 0.0) -> npt.NDArray[Any]:
        """Return one frame, or a part of it, as a new array of ``dtype`` and of ``frame_shape`` or the region's shape.

        Parameters
        ----------
        index : int or tuple of int
            Flat C-order index on the scan shape, or the position itself (which stays the same while the scan grows).
        region : tuple of slice, optional
            The part of the frame, one slice per axis from the first on; only the chunks that it touches are read.
        wait_s : float
            How long to wait (s) for a frame whose key is set and that is not visible yet.

        Raises
        ------
        FrameNotWrittenError
            If the frame has not been written, or is not visible yet: never zeros.
        FrameUnreadableError
            If the frame is there and cannot be read or decoded.
        """
        pieces, box = self._wait_for(lambda: self._find(index, region), index, wait_s)
        out = self._room(self._places.frame_part(shape_of(box)))
        self._read(index, pieces, box, out)
        self._refuse_fill(index, pieces, out)
        return out

    def grab_into(self, index: Index, out: npt.NDArray[Any], region: Region | None = None, *, wait_s: float = 0.0) -> None:
        """Read one frame, or a part of it, straight into a C-contiguous array of its shape and ``dtype``.

        Raises
        ------
        FrameNotWrittenError, FrameUnreadableError
            As :meth:`grab`.
        ValueError
            If the array does not fit.
        """
        pieces, box = self._wait_for(lambda: self._find(index, region), index, wait_s)
        shape = self._places.frame_part(shape_of(box))
        if out.shape != shape or not out.flags.c_contiguous:
            raise ValueError(f"A C-contiguous array of shape {shape} is needed for a frame of {self.path}, not {out.shape}.")
        self._read(index, pieces, box, out)
        self._refuse_fill(index, pieces, out)

    def grab_block(self, block: tuple[slice, ...], region: Region | None = None, *, wait_s: float = 0.0) -> npt.NDArray[Any]:
        """Return the frames of a box of scan points in one read, shape (points along each scan axis ..., frame axes ...).

        Parameters
        ----------
        block : tuple of slice
            One per axis of the scan, with start and stop.
        region, wait_s :
            As for :meth:`grab`.

        Raises
        ------
        FrameNotWrittenError, FrameUnreadableError
            If any of the frames is not there yet, or cannot be read.
        """
        lengths = tuple(one.stop - one.start for one in block)
        if not self._places.can_be_blocks(len(lengths)):
            return self._block_by_frames(block, lengths, region, wait_s)
        first = tuple(one.start for one in block)
        pieces, box = self._wait_for(lambda: self._find(first, region, lengths), first, wait_s)
        out = self._room(shape_of(box))
        self._read(first, pieces, box, out)
        return out

    def _room(self, shape: tuple[int, ...]) -> npt.NDArray[Any]:
        try:
            return np.empty(shape, self.dtype)
        except (MemoryError, ValueError) as error:  # numpy has a limit of its own
            said = " x ".join(map(str, shape))
            raise FrameUnreadableError(
                f"{said} values of {self.path} in {self._source.filename} do not fit into memory.", "Read a region of the frame."
            ) from error

    def _block_by_frames(
        self, block: tuple[slice, ...], lengths: tuple[int, ...], region: Region | None, wait_s: float
    ) -> npt.NDArray[Any]:
        frames = [
            self.grab(tuple(one.start + at for one, at in zip(block, offset, strict=True)), region, wait_s=wait_s)
            for offset in np.ndindex(*lengths)
        ]
        return np.stack(frames).reshape(*lengths, *frames[0].shape)

    def _wait_for(self, find: Callable[[], tuple[list[Piece], Box]], index: object, wait_s: float) -> tuple[list[Piece], Box]:
        """Look until it is there, with a bound."""
        deadline, pause_s = self._clock() + wait_s, _FIRST_WAIT_S
        while True:
            try:
                return find()
            except NotThereYetError as error:
                left_s = deadline - self._clock()
                if left_s <= 0:
                    raise self._not_written(index, error) from error
            self._sleep(min(pause_s, left_s))
            pause_s = min(2 * pause_s, _LONGEST_WAIT_S)

    def _find(self, index: Index, region: Region | None, lengths: tuple[int, ...] | None = None) -> tuple[list[Piece], Box]:
        """Return where a frame (or ``lengths`` of them from there on) is stored, refreshed, after making sure that it is."""
        with self._explained(index):
            self._source.refresh()
            box = self._places.box(index, region, lengths)
            return list(self._source.pieces(box)), box

    def _read(self, index: object, pieces: list[Piece], box: Box, out: npt.NDArray[Any]) -> None:
        with self._explained(index):
            target = out.reshape(shape_of(box))
            for piece in pieces:
                read_piece(piece, box, target)

    def _refuse_fill(self, index: object, pieces: list[Piece], image: npt.NDArray[Any]) -> None:
        """Refuse an image that is all fill, in a chunk that other frames share and that the writer has not left yet.

        Keys may be flushed before the frame is (areaDetector's are), and the chunk is there because of its other frames.
        """
        frame_rank = image.ndim
        for piece in pieces if frame_rank >= 2 and image.size else ():
            if piece.dataset is None or is_whole(piece.dataset, piece.box, frame_rank):
                continue
            fill = piece.dataset.fillvalue
            if image.flat[0] == fill and bool((image == fill).all()):
                raise self._not_written(index, "it reads as fill, in a chunk that it shares with other frames")

    @contextmanager
    def _explained(self, index: object) -> Iterator[None]:
        try:
            yield
        except (OSError, RuntimeError) as error:
            raise FrameUnreadableError(
                f"Frame {index} of {self.path} in {self._source.filename} cannot be read: {error}.",
                "The frame may be damaged; the others can still be read.",
            ) from error

    def _not_written(self, index: object, why: object) -> FrameNotWrittenError:
        return FrameNotWrittenError(
            f"Frame {index} of {self.path} in {self._source.filename} has not been written: {why}.", "Try again after the next poll."
        )
