"""A flat array laid out on a scan shape that may grow: what was at a position stays at that position."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt


class GrowingArray:
    """A C-order array on a shape whose axes only ever grow.

    Growing the first axis alone leaves flat indices as they are and is cheap (the buffer doubles);
    growing any other axis moves every value to its position's new index.

    Parameters
    ----------
    shape : tuple of int
        The first extent.
    dtype : numpy dtype
        The element type.
    fill : scalar
        What new elements hold.
    """

    def __init__(self, shape: tuple[int, ...], dtype: npt.DTypeLike, fill: Any) -> None:
        self.shape = shape
        self._fill = fill
        self._buffer = self._filled((prod(shape),), np.dtype(dtype))

    def _filled(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        """Zeros cost memory only where they are written to, if they are asked for as such."""
        return np.full(shape, self._fill, dtype) if self._fill else np.zeros(shape, dtype)

    @property
    def flat(self) -> npt.NDArray[Any]:
        """The values as a writable 1-D view of length ``prod(shape)``; take it anew after ``grow``."""
        return self._buffer[: prod(self.shape)]

    def grow(self, shape: tuple[int, ...]) -> None:
        """Take on a larger shape; further axes come behind those that are there."""
        self.shape += (1,) * (len(shape) - len(self.shape))
        if shape[1:] == self.shape[1:] and shape:
            self._lengthen(prod(shape))
        else:
            self._rearrange(shape)
        self.shape = shape

    def _lengthen(self, size: int) -> None:
        if size <= self._buffer.size:
            return
        longer = self._filled((max(size, 2 * self._buffer.size),), self._buffer.dtype)
        longer[: self._buffer.size] = self._buffer
        self._buffer = longer

    def _rearrange(self, shape: tuple[int, ...]) -> None:
        wider = self._filled(shape, self._buffer.dtype)
        wider[tuple(slice(n) for n in self.shape)] = self.flat.reshape(self.shape)
        self._buffer = wider.reshape(-1)
