"""Regular selections along one axis, as HDF5 knows them, and which part of one belongs to which part of another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class AxisSelection:
    """``count`` blocks of ``block`` coordinates, the first at ``start``, one every ``stride`` (HDF5's regular hyperslab)."""

    start: int
    stride: int = 1
    count: int | None = 1
    """None: unlimited."""
    block: int | None = 1
    """None: unlimited, one block without an end."""

    @property
    def length(self) -> int | None:
        """How many coordinates are selected; None: unlimited."""
        return None if self.count is None or self.block is None else self.count * self.block

    @property
    def stop(self) -> int | None:
        """One more than the last coordinate; None: unlimited."""
        length = self.length
        return None if length is None else self.at(length - 1) + 1 if length else self.start

    def at(self, ordinal: int) -> int:
        """Return the coordinate of the selected point with this number."""
        if self.block is None:
            return self.start + ordinal
        return self.start + ordinal // self.block * self.stride + ordinal % self.block

    def first_from(self, coordinate: int) -> int:
        """Return the number of the first selected point at or after a coordinate (which may be past the last one)."""
        beyond = coordinate - self.start
        if beyond <= 0:
            return 0
        if self.block is None:
            return beyond
        blocks, rest = divmod(beyond, self.stride)
        return blocks * self.block + min(rest, self.block)

    def contiguous_from(self, ordinal: int) -> int | None:
        """Return how many selected points lie side by side from this one on; None: all."""
        if self.block is None or (self.stride == self.block and self.count is None):
            return None
        if self.stride == self.block and self.count is not None:
            return self.count * self.block - ordinal
        return self.block - ordinal % self.block

    def coordinates(self, length: int) -> npt.NDArray[np.intp]:
        """Return every selected coordinate below ``length``."""
        found = np.arange(self.first_from(length), dtype=np.intp)
        if self.block is not None:
            found = found // self.block * self.stride + found % self.block
        found = self.start + found[: self.length]
        return found[found < length]


def whole_axis(length: int) -> AxisSelection:
    """Return the selection of everything on an axis."""
    return AxisSelection(0, max(length, 1), 1, length)


def runs(here: AxisSelection, there: AxisSelection, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
    """Yield (coordinate here, coordinate there, length): where the part [start, stop) of one selection lies in the other.

    Points of the same number belong together; each run is contiguous on both sides.
    """
    ordinal = here.first_from(start)
    total = here.length
    while total is None or ordinal < total:
        at = here.at(ordinal)
        if at >= stop:
            return
        bounds = (here.contiguous_from(ordinal), there.contiguous_from(ordinal), None if total is None else total - ordinal, stop - at)
        length = min(bound for bound in bounds if bound is not None)
        yield at, there.at(ordinal), length
        ordinal += length
