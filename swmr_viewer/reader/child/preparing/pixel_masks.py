"""A pixel mask as files have it: of one image or one per frame, with axes of 1, of whole frames, of any type of number."""

from __future__ import annotations

from math import prod
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import FrameView
from swmr_viewer.core.data import can_refresh
from swmr_viewer.core.errors import PathError, PathNotThereError, SwmrViewerError
from swmr_viewer.core.files import open_object
from swmr_viewer.core.scan import position_of

Mask = npt.NDArray[np.bool_]
_BROKEN = (OSError, RuntimeError, KeyError, ValueError, TypeError, MemoryError)


class PixelMask:
    """Which shown pixels are masked: those where it is not 0 (NXdetector/pixel_mask; each bit is a reason), NaN included.

    Parameters
    ----------
    h5file : h5py.File
        Where it is.
    path : str
        Its path there.

    Raises
    ------
    PathNotThereError
        If it is a link that leads nowhere: it may later.
    PathError
        If there are no numbers.
    """

    def __init__(self, h5file: h5py.File, path: str) -> None:
        self.path = path
        try:
            found = open_object(h5file, path)
        except (*_BROKEN, SwmrViewerError) as error:
            raise self._unusable(f"cannot be read: {error}") from error
        if found is None:
            raise PathNotThereError(f"The pixel mask {path} is a link that leads nowhere yet.", "Frames are shown without it until then.")
        if not isinstance(found, h5py.Dataset) or found.dtype.kind not in "iufb" or found.shape is None:
            raise self._unusable("does not hold numbers")
        self._dataset: Any = found
        self._shared: tuple[tuple[int, ...], Mask] | None = None
        self._own: tuple[tuple[int, FrameView], Mask] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(int(n) for n in self._dataset.shape)

    def is_shared_by(self, view: FrameView) -> bool:
        """Whether all frames that are shown like this have the same mask."""
        return _long(self.shape) == _long(view.shown_shape)

    def of(self, index: int, view: FrameView, scan_shape: tuple[int, ...]) -> Mask:
        """Return the mask of one frame, of ``view.shown_shape``; True is masked.

        Raises
        ------
        PathError
            If it fits no such frames, or has none for this one, or cannot be read.
        """
        try:
            return self._of_all(view) if self.is_shared_by(view) else self._of_one(index, view, scan_shape)
        except _BROKEN as error:
            raise self._unusable(f"cannot be read: {error}") from error

    def _of_all(self, view: FrameView) -> Mask:
        if self._shared is None or self._shared[0] != view.shown_shape:
            self._shared = view.shown_shape, self._masked(self._dataset[()]).reshape(view.shown_shape)
        return self._shared[1]

    def _of_one(self, index: int, view: FrameView, scan_shape: tuple[int, ...]) -> Mask:
        if self._own is None or self._own[0] != (index, view):
            self._own = (index, view), self._picked(index, view, scan_shape)
        return self._own[1]

    def _picked(self, index: int, view: FrameView, scan_shape: tuple[int, ...]) -> Mask:
        if _long(self.shape) == _long(view.shape):
            return self._shown(self._dataset[()], view)
        for shape in (view.shape, view.shown_shape):
            at = self._place_of(index, shape, scan_shape)
            if at is not None:
                return self._shown(self._dataset[at], view)
        raise self._unusable(f"has the shape {self.shape}, and frames have {view.shape}")

    def _place_of(self, index: int, shape: tuple[int, ...], scan_shape: tuple[int, ...]) -> tuple[int, ...] | None:
        """Return where on the mask's leading axes a frame's own is; None where the others are not those of the frame."""
        lead = len(self.shape) - len(shape)
        if lead not in (1, len(scan_shape)) or self.shape[lead:] != shape:
            return None
        at = position_of(index, scan_shape) if lead == len(scan_shape) else (index,)
        if any(place >= has for place, has in zip(at, self.shape, strict=False)) and can_refresh(self._dataset):
            self._dataset.refresh()
        if any(place >= has for place, has in zip(at, self.shape, strict=False)):
            raise self._unusable(f"has the shape {self.shape}, and none for frame {index}")
        return at

    def _shown(self, values: npt.NDArray[Any], view: FrameView) -> Mask:
        masked = self._masked(values)
        if masked.size == prod(view.shown_shape):
            return masked.reshape(view.shown_shape)
        picked = view.picked(masked.reshape(view.shape))
        return np.asarray(picked.any(axis=-1)) if view.color_axis is not None else picked

    def _masked(self, values: Any) -> Mask:
        return np.asarray(values != 0)

    def _unusable(self, why: str) -> PathError:
        return PathError(f"The pixel mask {self.path} {why}.", "The frames are shown without it.")


def _long(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The axes that are not of length 1."""
    return tuple(n for n in shape if n != 1)
