"""Values of a motor as one dataset has them, along some axes of the scan; one is read when it is asked for, or many at once."""

from __future__ import annotations

from math import isfinite, prod
from typing import Any, Self

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data import Numbers, SharedSources, declared_extent
from swmr_viewer.core.files import reads_a_pipe, texts_of
from swmr_viewer.core.plain_text import plain

LONGEST_UNIT = 60
"""Characters; whatever is longer is none, and would not fit into a menu."""


class ValuesAlong:
    """One dataset of positions.

    Parameters
    ----------
    numbers : Numbers
        What it holds.
    along : tuple of int or None
        Along which axes of the scan its leading axes lie, those behind are of length 1; None: its one axis numbers the scan's points.
    is_read_back : bool
        Whether it is written point by point, as the scan goes on; otherwise it holds what was asked for.
    scan_rank : int
        How many axes the scan has that ``along`` counts on; one with a single one may number the points of several.
    unit : str
        Of the values.
    """

    def __init__(self, numbers: Numbers, along: tuple[int, ...] | None, is_read_back: bool, scan_rank: int, unit: str = "") -> None:
        self._numbers = numbers
        self._along = along
        self._scan_rank = scan_rank
        self.path = numbers.path
        self.is_read_back = is_read_back
        self.unit = unit

    @classmethod
    def found_in(
        cls,
        dataset: Any,
        along: tuple[int, ...] | None,
        scan_rank: int,
        *,
        was_asked: bool = False,
        path: str = "",
        sources: SharedSources | None = None,
    ) -> Self | None:
        """Return what a dataset holds for the points of a scan, or None if it has nothing to do with them.

        ``along`` as the file declares it; None: it declares nothing, and the dataset's rank must tell. ``was_asked``: it is
        called as what is no read-back. ``sources``: where virtual datasets open theirs.

        Raises
        ------
        FilterMissingError
            If it cannot be read.
        """
        if not isinstance(dataset, h5py.Dataset) or dataset.dtype.kind not in "iuf":
            return None
        if reads_a_pipe(dataset):
            return None
        (shape, maxshape), whole = declared_extent(dataset), tuple(range(scan_rank))
        is_along = along is not None and len(shape) == len(along) and set(along) <= set(whole)
        is_whole = len(shape) >= scan_rank and all(length <= 1 for length in shape[scan_rank:])
        if not shape or not (is_along or is_whole or maxshape == (None,)):
            return None
        numbers = Numbers(dataset, path or str(dataset.name), sources)
        units = texts_of(dataset, "units") or texts_of(dataset, "unit")  # SOLEIL's have the other one
        unit = plain(" ".join(units))[:LONGEST_UNIT]
        if is_along:
            return cls(numbers, along, along == whole and numbers.is_written_in_parts and not was_asked, scan_rank, unit)
        return cls(numbers, whole if is_whole else None, not was_asked, scan_rank, unit)

    @property
    def identity(self) -> tuple[int, int]:
        """Equal for the same values, whatever led to them."""
        return self._numbers.identity

    @property
    def is_virtual(self) -> bool:
        return self._numbers.is_virtual

    @property
    def shape(self) -> tuple[int, ...]:
        return self._numbers.shape

    @property
    def maxshape(self) -> tuple[int | None, ...]:
        return self._numbers.maxshape

    @property
    def axis(self) -> int | None:
        """The one axis of a scan of several that it lies along, or None."""
        return self._along[0] if self._along is not None and len(self._along) == 1 and self._scan_rank > 1 else None

    def at(self, index: int, position: tuple[int, ...]) -> float | None:
        """Return the position at a scan point, or None where it is not known (yet)."""
        where = (index,) if self._along is None else tuple(position[axis] for axis in self._along)
        self._numbers.refresh()
        value = self._numbers.read(tuple((at, at + 1) for at in where)).reshape(-1)
        is_unset = not isfinite(value[0]) or (self.is_read_back and bool(self._numbers.is_fill(value)[0]))
        return None if is_unset else float(value[0])

    def is_of(self, scan_shape: tuple[int, ...]) -> bool:
        """Whether it has, or will have, a value for every point of this scan."""
        lengths = (prod(scan_shape),) if self._along is None else tuple(scan_shape[axis] for axis in self._along)
        there = zip(self.maxshape, lengths, strict=False)
        return all(most is None or most >= length for most, length in there)

    # ---- many at once

    @property
    def window(self) -> int:
        """How many values may be read at once: about a millisecond."""
        return 1 << 16 if self._lies_along_some else self._numbers.window

    def refresh(self) -> None:
        """Make visible what was flushed."""
        self._numbers.refresh()

    def read(self, scan_shape: tuple[int, ...], start: int, stop: int) -> npt.NDArray[np.float64]:
        """Return the values at the flat indices [start, stop), float64; NaN where there is none (yet)."""
        if self._scan_rank == 1:
            scan_shape = (prod(scan_shape),)
        if self._lies_along_some:
            return self._read_along(scan_shape, start, stop)
        return self._numbers.values_in(scan_shape, start, stop, flat=self._along is None)

    def is_fill(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Return which of these may not have been written yet: they are the fill value of a dataset that is written in parts."""
        return self._numbers.is_fill(values)

    @property
    def has_nothing(self) -> bool:
        """Whether nothing at all was written: all that is read is fill."""
        return self._numbers.has_nothing

    @property
    def is_at_rest(self) -> bool:
        """Whether nobody writes to the files that it comes from."""
        return self._numbers.is_at_rest

    @property
    def _lies_along_some(self) -> bool:
        return self._along is not None and self._along != tuple(range(self._scan_rank))

    def _read_along(self, scan_shape: tuple[int, ...], start: int, stop: int) -> npt.NDArray[np.float64]:
        places = np.unravel_index(np.arange(start, stop), scan_shape)
        at = [places[axis] for axis in self._along or ()]
        inside = np.logical_and.reduce([place < length for place, length in zip(at, self.shape, strict=False)])
        values = np.full(stop - start, np.nan)
        if not inside.any():
            return values
        at = [place[inside] for place in at]
        low = [int(place.min()) for place in at]
        there = self._numbers.read(tuple((a, int(place.max()) + 1) for a, place in zip(low, at, strict=True)))
        values[inside] = there[tuple(place - a for a, place in zip(low, at, strict=True))]
        return values
