"""The FrameGrabber: the frame of one index, straight from the file, and never what was not written."""

from __future__ import annotations

from math import prod
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.boxes import Box
from swmr_viewer.core.chunks import is_allocated, missing_filters
from swmr_viewer.core.errors import FilterMissingError, FrameNotWrittenError, FrameUnreadableError, PathError, PathNotThereError
from swmr_viewer.core.layout import layout_of
from swmr_viewer.core.links import open_object
from swmr_viewer.core.refreshing import can_refresh
from swmr_viewer.core.scan import position_of

_SMALL_FRAME_BYTES = 4096


class FrameGrabber:
    """Read frames of one data set by the indices that a :class:`swmr_viewer.Follower` hands out.

    Parameters
    ----------
    h5file : h5py.File
        The open file. It stays the caller's to close. Do not open the data set a second time in the same process.
    dataset_path : str
        A data set whose leading axes are the scan's; what remains is the frame: an image, a spectrum or a scalar.
    scan_rank : int, optional
        The number of scan axes (``follower.scan_rank``). Without it, and without ``scan_shape``, NeXus' ``interpretation``
        tells it, or else everything but the last two axes is the scan (a data set of one or two axes has one scan axis).
    scan_shape : tuple of int, optional
        The scan's extent (``follower.scan_shape``); needed where the data set grows along more than its first axis.
        A data set with one leading axis for a scan of several is taken as numbered in C order.

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
        self, h5file: h5py.File, dataset_path: str, *, scan_rank: int | None = None, scan_shape: tuple[int, ...] | None = None
    ) -> None:
        self.path = dataset_path
        self._dataset = _open_data(h5file, dataset_path)
        self._layout = layout_of(self._dataset, scan_shape, scan_rank)
        self._told_shape = scan_shape
        self._refreshes = can_refresh(self._dataset)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The pixels' type."""
        dtype: np.dtype[Any] = self._dataset.dtype
        return dtype

    @property
    def frame_shape(self) -> tuple[int, ...]:
        """The shape of one frame, () for scalars."""
        return tuple(int(n) for n in self._dataset.shape[self._layout.scan_rank :])

    @property
    def scan_shape(self) -> tuple[int, ...]:
        """The extent that indices are counted on: as told, else the data set's leading axes as long as they are or may become.

        Set it to ``follower.scan_shape`` whenever that may have grown along more than its first axis.
        """
        if self._layout.is_flat and self._told_shape is not None:
            return self._told_shape
        axes = zip(self._dataset.shape, self._dataset.maxshape, strict=True)
        seen = tuple(int(has if most is None else most) for has, most in axes)[: self._layout.scan_rank]
        if self._told_shape is None:
            return seen
        # Only the first axis may be longer than was told without changing what an index means.
        return (max(self._told_shape[0], int(self._dataset.shape[0])), *self._told_shape[1:]) if seen else ()

    @scan_shape.setter
    def scan_shape(self, scan_shape: tuple[int, ...]) -> None:
        self._told_shape = (*scan_shape, *(1 for _ in range(self._layout.scan_rank - len(scan_shape))))

    @property
    def scan_rank(self) -> int:
        """The number of scan axes."""
        return len(self.scan_shape)

    def position(self, index: int) -> tuple[int, ...]:
        """Return the position of an index on the scan shape.

        Raises
        ------
        IndexError
            If the index is outside the scan.
        """
        return position_of(index, self.scan_shape)

    def grab(self, index: int) -> npt.NDArray[Any]:
        """Return one frame as a new array of ``frame_shape`` and ``dtype``.

        Parameters
        ----------
        index : int
            Flat C-order index on the scan shape.

        Raises
        ------
        FrameNotWrittenError
            If the frame has not been written, or is not visible yet: never zeros.
        FrameUnreadableError
            If the frame is there and cannot be read or decoded.
        """
        box = self._find(index)
        frame = np.empty(self.frame_shape, self.dtype)
        self._read(index, box, frame)
        return frame

    def grab_into(self, index: int, out: npt.NDArray[Any]) -> None:
        """Read one frame straight into a C-contiguous array of ``frame_shape`` and ``dtype``; errors as in :meth:`grab`."""
        self._read(index, self._find(index), out)

    def _find(self, index: int) -> Box:
        """Return the frame's box in the data set, refreshed, after making sure that it has been written."""
        if self._refreshes:
            self._dataset.refresh()
        leading = self._leading(index)
        frame_shape = self.frame_shape
        if any(at >= has for at, has in zip(leading, self._dataset.shape, strict=False)):
            raise self._not_written(index, f"the data set's shape is {self._dataset.shape} so far")
        box = (*((at, at + 1) for at in leading), *((0, n) for n in frame_shape))
        if not is_allocated(self._dataset, box):
            raise self._not_written(index, "its chunk is not there yet")
        return box

    def _leading(self, index: int) -> tuple[int, ...]:
        """Return where the frame lies on the leading axes; beyond the end of an axis that still grows is no mistake."""
        shape = self.scan_shape
        if self._layout.is_flat:
            self.position(index)
            return (index,)
        if shape and index >= prod(shape) and self._dataset.maxshape[0] is None:
            return index // max(1, prod(shape[1:])), *(0 for _ in shape[1:])
        return self.position(index)

    def _read(self, index: int, box: Box, out: npt.NDArray[Any]) -> None:
        selection = tuple(start if stop == start + 1 else slice(start, stop) for start, stop in box[: self._layout.scan_rank])
        try:
            if out.nbytes <= _SMALL_FRAME_BYTES or prod(out.shape) == 0:
                out[...] = self._dataset[selection]
            else:
                self._dataset.read_direct(out, source_sel=selection)
        except (OSError, RuntimeError) as error:
            raise FrameUnreadableError(
                f"Frame {index} of {self.path} in {self._dataset.file.filename} cannot be read: {error}.",
                "The frame may be damaged; the others can still be read.",
            ) from error

    def _not_written(self, index: int, why: str) -> FrameNotWrittenError:
        return FrameNotWrittenError(
            f"Frame {index} of {self.path} in {self._dataset.file.filename} has not been written: {why}.", "Try again after the next poll."
        )


def _open_data(h5file: h5py.File, path: str) -> h5py.Dataset:
    found = open_object(h5file, path)
    if found is None:
        raise PathNotThereError(f"The link {path} in {h5file.filename} leads nowhere yet.", "Wait until its writer has made the file.")
    if not isinstance(found, h5py.Dataset) or found.dtype.kind not in "iufbc":
        raise PathError(f"{path} in {h5file.filename} is not a data set of numbers.", "Name a data set with frames.")
    missing = missing_filters(found)
    if missing:
        raise FilterMissingError(
            f"{path} in {h5file.filename} is compressed with a filter that is not installed here: {', '.join(missing)}.",
            "Install the filter's HDF5 plugin (pip install hdf5plugin has the usual ones) or set HDF5_PLUGIN_PATH to where it is.",
        )
    return found
