"""Several frames as one: sum, mean or maximum of the unmasked pixels, exact for integers. Pure numpy."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis.masks import Pixels, sentinel_of, valid_mask

How = Literal["sum", "mean", "maximum"]


def combined_dtype(how: str, dtype: npt.DTypeLike) -> np.dtype[Any]:
    """Return the type of combined frames of this type.

    Sums of integers are 64-bit integers (modulo 2**64, as they are added up), means are float64, a maximum keeps the type.
    """
    kind = np.dtype(dtype)
    if how == "maximum":
        return np.dtype(np.float64) if kind.kind == "c" else np.dtype(np.uint8) if kind.kind == "b" else kind.newbyteorder("=")
    if how == "mean" or kind.kind in "fc":
        return np.dtype(np.float64)
    return np.dtype(np.int64 if kind.kind == "i" else np.uint64)


class Accumulator:
    """Frames added up pixel by pixel; a masked pixel adds nothing, and one that is masked in every frame stays masked.

    Parameters
    ----------
    how : str
        sum, mean or maximum.
    shape : tuple of int
        Of each frame.
    dtype : dtype
        Of each frame, whose masked pixels are known by their value (see `marked`).
    """

    def __init__(self, how: How, shape: tuple[int, ...], dtype: npt.DTypeLike) -> None:
        self.how = how
        self.shape = shape
        self.dtype = np.dtype(dtype)
        self.n = 0
        """How many frames are in it."""
        summed = combined_dtype("sum", dtype)
        self._values: Pixels = np.zeros(shape, combined_dtype("maximum", dtype) if how == "maximum" else summed)
        self._n_valid: npt.NDArray[np.uint32] | None = None
        self._masked: npt.NDArray[np.bool_] | None = None
        """While each frame has the same masked pixels: these; counting each pixel's frames can wait until one differs."""

    @property
    def can_remove(self) -> bool:
        """Whether frames can be taken out again, exactly: sums of floats would keep their rounding, a maximum has forgotten."""
        return self.how != "maximum" and self.dtype.kind in "iub"

    def clear(self) -> None:
        """Begin anew."""
        self.n = 0
        self._values[...] = 0
        self._n_valid = self._masked = None

    def add(self, frame: Pixels) -> None:
        """Add a frame."""
        self._take(frame, +1)

    def remove(self, frame: Pixels) -> None:
        """Take out a frame that was added."""
        if self.n == 1:
            self.clear()
        else:
            self._take(frame, -1)

    def _take(self, frame: Pixels, sign: int) -> None:
        frame = np.abs(frame) if frame.dtype.kind == "c" else frame.view(np.uint8) if frame.dtype.kind == "b" else frame
        masked = ~valid_mask(frame)
        if self._masked is None and self._n_valid is None:
            self._masked = masked
        if self._n_valid is None and not np.array_equal(masked, self._masked if self._masked is not None else masked):
            self._count_from_now_on()
        self._apply(frame, masked, sign)
        self.n += sign

    def _count_from_now_on(self) -> None:
        assert self._masked is not None
        self._n_valid = np.where(self._masked, np.uint32(0), np.uint32(self.n))
        self._values[self._masked] = 0
        self._masked = None

    def _apply(self, frame: Pixels, masked: npt.NDArray[np.bool_], sign: int) -> None:
        if self._n_valid is None:
            self._join(frame, sign, first=self.n == 0)
            return
        if self.how == "maximum":
            is_first = ~masked & (self._n_valid == 0)
            held = np.where(masked, self._values, frame)
            np.maximum(self._values, held, out=self._values)
            self._values[is_first] = frame[is_first]
        else:
            self._join(np.where(masked, frame.dtype.type(0), frame), sign, first=False)
        self._n_valid += np.where(masked, np.uint32(0), np.uint32(sign % (1 << 32)))

    def _join(self, frame: Pixels, sign: int, first: bool) -> None:
        with np.errstate(all="ignore"):
            if self.how == "maximum":
                np.copyto(self._values, frame) if first else np.maximum(self._values, frame, out=self._values)
            else:
                (np.add if sign > 0 else np.subtract)(self._values, frame, out=self._values, casting="unsafe", dtype=self._values.dtype)

    def write_into(self, out: Pixels) -> None:
        """Write what there is into an array of the shape and of the `combined_dtype`; masked pixels as the type tells them."""
        masked = self._n_valid == 0 if self._n_valid is not None else self._masked
        with np.errstate(all="ignore"):
            if self.how == "mean":
                np.divide(self._values, max(self.n, 1) if self._n_valid is None else self._n_valid, out=out)
            else:
                np.copyto(out, self._values)
        sentinel = sentinel_of(out.dtype)
        if masked is not None and sentinel is not None:
            out[masked] = sentinel
