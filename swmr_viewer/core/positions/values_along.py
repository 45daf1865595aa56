"""Values of a motor as one dataset has them, along some axes of the scan; each is read when it is asked for."""

from __future__ import annotations

from math import isfinite, prod
from typing import Any, Self

import h5py
import numpy as np

from swmr_viewer.core.data import Refresher, is_allocated
from swmr_viewer.core.files import texts_of
from swmr_viewer.core.plain_text import plain


class ValuesAlong:
    """One dataset of positions.

    Parameters
    ----------
    dataset : h5py.Dataset
        Holds numbers; the only open handle on it.
    along : tuple of int or None
        Along which axes of the scan its leading axes lie, those behind are of length 1; None: its one axis numbers the scan's points.
    is_read_back : bool
        Whether it is written point by point, as the scan goes on; otherwise it holds what was asked for.
    """

    def __init__(self, dataset: h5py.Dataset, along: tuple[int, ...] | None, is_read_back: bool) -> None:
        self._dataset = dataset
        self._along = along
        self._refresher = Refresher(dataset) if dataset.chunks is not None else None  # a contiguous one may not survive it
        self._fill: Any = dataset.fillvalue
        self.is_read_back = is_read_back
        self.unit = plain(" ".join(texts_of(dataset, "units")))

    @classmethod
    def found_in(cls, dataset: Any, along: tuple[int, ...] | None, scan_rank: int, *, was_asked: bool = False) -> Self | None:
        """Return what a dataset holds for the points of a scan, or None if it has nothing to do with them.

        ``along`` as the file declares it; None: it declares nothing, and the dataset's rank must tell. ``was_asked``: it is
        called as what is no read-back.
        """
        if not isinstance(dataset, h5py.Dataset) or dataset.dtype.kind not in "iuf" or dataset.ndim == 0 or dataset.is_virtual:
            return None
        whole = tuple(range(scan_rank))
        if along is not None and dataset.ndim == len(along) and set(along) <= set(whole):
            return cls(dataset, along, is_read_back=along == whole and dataset.chunks is not None and not was_asked)
        if dataset.ndim >= scan_rank and all(length <= 1 for length in dataset.shape[scan_rank:]):
            return cls(dataset, whole, is_read_back=not was_asked)
        if dataset.ndim == 1 and dataset.maxshape == (None,):
            return cls(dataset, None, is_read_back=not was_asked)
        return None

    def at(self, index: int, position: tuple[int, ...]) -> float | None:
        """Return the position at a scan point, or None where it is not known (yet)."""
        where = (index,) if self._along is None else tuple(position[axis] for axis in self._along)
        where += (0,) * (self._dataset.ndim - len(where))
        if self._refresher is not None:
            self._refresher.refresh()
        if any(at >= length for at, length in zip(where, self._dataset.shape, strict=True)):
            return None
        value = float(np.asarray(self._dataset[where]))
        return value if isfinite(value) and not self._is_unset(value, where) else None

    def _is_unset(self, value: float, where: tuple[int, ...]) -> bool:
        """Whether nothing was written there, as far as that can be told: where points share a chunk, a read-back of 0 may be none."""
        if value != self._fill:
            return False
        if not is_allocated(self._dataset, tuple((at, at + 1) for at in where)):
            return True
        return self.is_read_back and self._dataset.chunks is not None and prod(self._dataset.chunks) > 1

    def is_of(self, scan_shape: tuple[int, ...]) -> bool:
        """Whether it has, or will have, a value for every point of this scan."""
        lengths = (prod(scan_shape),) if self._along is None else tuple(scan_shape[axis] for axis in self._along)
        there = zip(self._dataset.maxshape, lengths, strict=False)
        return all(most is None or most >= length for most, length in there)
