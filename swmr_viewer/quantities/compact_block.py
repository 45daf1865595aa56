"""The values of one block of a column, in as few bytes as lose nothing: most quantities are whole numbers, or were once float32."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.quantities.decimation import Values

Places = IndexArray | slice
"""In a block."""


@frozen
class Coding:
    """How values are kept: as whole numbers up to ``limit``, or (0) as the bits of ``dtype``.

    What is not known is kept as 0, so that the system gives memory only where something is.
    """

    dtype: type[np.floating[Any]] | None
    kept: type[np.unsignedinteger[Any]]
    limit: int = 0

    def holds(self, values: Values) -> bool:
        """Whether these values, of which none is NaN, come back as they are."""
        if self.dtype is None:
            return not values.size or bool((values == np.floor(values)).all() and np.abs(values).max() <= self.limit)
        with np.errstate(over="ignore"):
            return bool((values.astype(self.dtype) == values).all())

    def kept_as(self, values: Values) -> npt.NDArray[Any]:
        """Return values, NaN among them, as they are kept."""
        missing = np.isnan(values)
        if self.dtype is None:
            return np.where(missing, 0, values + (self.limit + 1)).astype(self.kept)
        bits: npt.NDArray[Any] = values.astype(self.dtype).view(self.kept) ^ self._nan
        bits[missing] = 0  # there are many NaN
        return bits

    def values(self, kept: npt.NDArray[Any]) -> Values:
        """Return the values that are kept so, as a new array."""
        if self.dtype is not None:
            found: Values = (kept ^ self._nan).view(self.dtype).astype(np.float64, copy=False)
            return found
        values = kept.astype(np.float64)
        values -= self.limit + 1
        values[kept == 0] = np.nan
        return values

    @property
    def _nan(self) -> Any:
        return np.array(np.nan, self.dtype).view(self.kept)[()]


CODINGS = (
    Coding(None, np.uint8, 127),
    Coding(None, np.uint16, 32_767),
    Coding(None, np.uint32, 2_147_483_647),
    Coding(np.float32, np.uint32),
    Coding(np.float64, np.uint64),
)
"""From the shortest to the one that holds all."""


def coding_of(values: Values, least: int = 0) -> int:
    """Return the number of the first coding, from ``least`` on, that holds these values."""
    known = values[~np.isnan(values)]
    last = len(CODINGS) - 1
    return next(number for number in range(least, len(CODINGS)) if number == last or CODINGS[number].holds(known))


_PRIVATE: dict[str, Any] = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}
"""Private ones lie together: of the others Linux gives a process 65,530, and hundreds of regions in a long scan have more blocks."""


class CompactBlock:
    """Values that are put one after another."""

    __slots__ = ("_kept", "coding")

    def __init__(self, size: int, coding: int) -> None:
        self.coding = coding
        kept = CODINGS[coding].kept
        # Straight from the system, whose zeros take no memory and no time: a scan in no order touches all of its blocks at once.
        self._kept: npt.NDArray[Any] = np.frombuffer(mmap.mmap(-1, size * np.dtype(kept).itemsize, **_PRIVATE), kept)

    def put(self, at: Places, values: Values, coding: int, kept: npt.NDArray[Any]) -> int:
        """Set some values, which ``kept`` are in the coding of this number; return how many more are known now."""
        if coding != self.coding:
            self._widen(values, coding)
            kept = kept if coding == self.coding else CODINGS[self.coding].kept_as(values)
        n_more = np.count_nonzero(kept) - np.count_nonzero(self._kept[at])
        self._kept[at] = kept
        return int(n_more)

    def put_from(self, at: Places, source: CompactBlock, here: slice) -> int:
        """Set what stands in a part of another block; return how many more are known now."""
        kept = source._kept[here]
        values = np.empty(0) if source.coding == self.coding else source.part(here.start, here.stop)
        return self.put(at, values, source.coding, kept)

    def _widen(self, values: Values, coding: int) -> None:
        """Keep all in a coding that holds what is here and what comes."""
        wide = coding_of(values, max(coding, self.coding))
        if wide == self.coding:
            return
        here = self.part(0, self._kept.size)
        self.coding = coding_of(here, wide)
        self._kept = CODINGS[self.coding].kept_as(here)

    def part(self, start: int, stop: int) -> Values:
        """Return the values from one place up to another as a new float64 array; NaN where nothing is known."""
        return CODINGS[self.coding].values(self._kept[start:stop])

    @property
    def n_bytes(self) -> int:
        return self._kept.nbytes
