"""Values of a motor as one dataset has them, along some axes of the scan; one is read when it is asked for, or many at once."""

from __future__ import annotations

from math import isfinite, prod
from typing import Any, Self

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data import Refresher, is_allocated
from swmr_viewer.core.files import object_id, texts_of
from swmr_viewer.core.keys import KeyDataset
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
    scan_rank : int
        How many axes the scan has that ``along`` counts on; one with a single one may number the points of several.
    path : str
        Where it was found.
    """

    def __init__(self, dataset: h5py.Dataset, along: tuple[int, ...] | None, is_read_back: bool, scan_rank: int, path: str = "") -> None:
        self._dataset = dataset
        self._along = along
        self._scan_rank = scan_rank
        self.path = path or str(dataset.name)
        self._points: KeyDataset | None = None
        self._refresher = Refresher(dataset) if dataset.chunks is not None else None  # a contiguous one may not survive it
        self._fill: Any = dataset.fillvalue
        self.is_read_back = is_read_back
        self.unit = plain(" ".join(texts_of(dataset, "units")))

    @classmethod
    def found_in(
        cls, dataset: Any, along: tuple[int, ...] | None, scan_rank: int, *, was_asked: bool = False, path: str = ""
    ) -> Self | None:
        """Return what a dataset holds for the points of a scan, or None if it has nothing to do with them.

        ``along`` as the file declares it; None: it declares nothing, and the dataset's rank must tell. ``was_asked``: it is
        called as what is no read-back.
        """
        if not isinstance(dataset, h5py.Dataset) or dataset.dtype.kind not in "iuf" or dataset.ndim == 0 or dataset.is_virtual:
            return None
        whole = tuple(range(scan_rank))
        if along is not None and dataset.ndim == len(along) and set(along) <= set(whole):
            return cls(dataset, along, along == whole and dataset.chunks is not None and not was_asked, scan_rank, path)
        if dataset.ndim >= scan_rank and all(length <= 1 for length in dataset.shape[scan_rank:]):
            return cls(dataset, whole, not was_asked, scan_rank, path)
        if dataset.ndim == 1 and dataset.maxshape == (None,):
            return cls(dataset, None, not was_asked, scan_rank, path)
        return None

    @property
    def identity(self) -> tuple[int, int]:
        """Equal for the same dataset, whatever led to it."""
        return object_id(self._dataset)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self._dataset.shape)

    @property
    def maxshape(self) -> tuple[int | None, ...]:
        return tuple(self._dataset.maxshape)

    @property
    def axis(self) -> int | None:
        """The one axis of a scan of several that it lies along, or None."""
        return self._along[0] if self._along is not None and len(self._along) == 1 and self._scan_rank > 1 else None

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

    # ---- many at once

    @property
    def window(self) -> int:
        """How many values may be read at once: about a millisecond."""
        return 1 << 16 if self._lies_along_some else self._as_points().window

    def refresh(self) -> None:
        """Make visible what was flushed."""
        if self._refresher is not None:
            self._refresher.refresh()

    def read(self, scan_shape: tuple[int, ...], start: int, stop: int) -> npt.NDArray[np.float64]:
        """Return the values at the flat indices [start, stop), float64; NaN beyond the dataset's extent."""
        if self._scan_rank == 1:
            scan_shape = (prod(scan_shape),)
        return self._read_along(scan_shape, start, stop) if self._lies_along_some else self._as_points().values_in(scan_shape, start, stop)

    def is_fill(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Return which of these may not have been written yet: they are the fill value of a dataset that is written in parts."""
        if self._dataset.chunks is None or self._fill is None:
            return np.zeros(values.shape, np.bool_)
        return np.asarray(values == float(self._fill), np.bool_)

    @property
    def has_nothing(self) -> bool:
        """Whether nothing at all was written: all that is read is fill."""
        return self._dataset.chunks is not None and self._dataset.id.get_storage_size() == 0

    @property
    def _lies_along_some(self) -> bool:
        return self._along is not None and self._along != tuple(range(self._scan_rank))

    def _as_points(self) -> KeyDataset:
        if self._points is None:
            self._points = KeyDataset(self._dataset, path=self.path)
            self._points.flat = self._along is None
        self._points.full_shape = tuple(self._dataset.shape)
        return self._points

    def _read_along(self, scan_shape: tuple[int, ...], start: int, stop: int) -> npt.NDArray[np.float64]:
        places = np.unravel_index(np.arange(start, stop), scan_shape)
        at = [places[axis] for axis in self._along or ()]
        inside = np.logical_and.reduce([place < length for place, length in zip(at, self._dataset.shape, strict=False)])
        values = np.full(stop - start, np.nan)
        if not inside.any():
            return values
        at = [place[inside] for place in at]
        low = [int(place.min()) for place in at]
        there = self._dataset[tuple(slice(a, int(place.max()) + 1) for a, place in zip(low, at, strict=True))]
        values[inside] = there[tuple(place - a for a, place in zip(low, at, strict=True))]
        return values
