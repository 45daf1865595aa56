"""Whether a dataset has one number for each point of a scan, as far as its shape and its limits tell."""

from __future__ import annotations

from math import prod

from swmr_viewer.core.frozen import frozen

Shape = tuple[int, ...]
MaxShape = tuple[int | None, ...]
_ONE_MORE = 1
"""What counts by itself may have begun before the detector, or gone on after it."""


@frozen
class Extent:
    """The shape of a scan."""

    shape: Shape
    may_grow: bool
    """Whether points may come that lie outside of it."""

    def is_along_all(self, shape: Shape, maxshape: MaxShape) -> bool:
        """Return whether a dataset has the scan's axes, and behind them nothing but axes of 1."""
        rank = len(self.shape)
        if len(shape) < rank or any(length > 1 for length in shape[rank:]) or not rank:
            return False
        return all(map(self._has_axis, shape, maxshape, self.shape)) and self._is_telling(shape[:rank], maxshape[:rank])

    def is_planned(self, shape: Shape) -> bool:
        """Return whether a virtual dataset has the shape that the scan is to have: it is made before the scan."""
        rank = len(self.shape)
        if len(shape) < rank or prod(shape[rank:]) != 1 or prod(self.shape) < 2:
            return False
        if self.may_grow:
            return all(length >= known for length, known in zip(shape, self.shape, strict=False))
        return shape[1:rank] == self.shape[1:] and (shape[0] == self.shape[0] or (rank > 1 and shape[0] > self.shape[0]))

    def is_flat(self, shape: Shape, maxshape: MaxShape) -> bool:
        """Return whether a dataset numbers the points of a scan of several axes."""
        if len(self.shape) < 2 or len(shape) != 1:
            return False
        if not self._can_grow(shape, maxshape):
            return shape == (prod(self.shape),)
        return maxshape == (None,) and (shape[0] <= prod(self.shape) + _ONE_MORE or self.may_grow)

    def is_exactly(self, shape: Shape) -> bool:
        """Return whether a dataset is just as long as the scan is by now."""
        rank = len(self.shape)
        return shape[:rank] == self.shape and prod(shape[rank:]) == 1

    def _has_axis(self, length: int, most: int | None, wanted: int) -> bool:
        if most is None or most > length:
            is_one_more = len(self.shape) == 1 and length <= wanted + _ONE_MORE
            return (most is None or most >= wanted) and (length <= wanted or is_one_more or self.may_grow)
        return length == wanted and not self.may_grow

    def _is_telling(self, shape: Shape, maxshape: MaxShape) -> bool:
        """Whether it is no chance that it has this shape: of a single point everything has it."""
        return prod(self.shape) > 1 or self._can_grow(shape, maxshape)

    def _can_grow(self, shape: Shape, maxshape: MaxShape) -> bool:
        return any(most is None or most > length for length, most in zip(shape, maxshape, strict=False))
