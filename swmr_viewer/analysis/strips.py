"""One strip of rows, taken while it is in the processor's cache: block maxima for the preview, and what adds up to statistics. Pure numpy.

Few calls for each strip: at 256 KB what Python does around them costs as much as the pixels do, and only numpy's loops run on two threads
at a time.
"""

from __future__ import annotations

import threading
from math import prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis.masks import Pixels, sentinel_of

STRIP_BYTES = 1 << 20
"""A strip and what is made of it stay in the processor's cache: each pixel is fetched from memory once."""
_HALF = 32
Preview = npt.NDArray[np.float32]
RowSums = npt.NDArray[np.float64]


class StripTotals(NamedTuple):
    """Of the unmasked pixels of one strip, of which there are some."""

    minimum: Any
    """Of the strip's type, as is ``maximum``."""
    maximum: Any
    n_valid: int
    total: int
    """Of integers; of floats each row has its own sum, so that it does not matter how the rows came together."""
    n_saturated: int


class _Scratch(threading.local):
    """Arrays that are good until the next call, one of each name for each thread: new ones cost as much as what is done with them."""

    def __init__(self) -> None:
        self._buffers: dict[str, npt.NDArray[np.uint8]] = {}

    def array(self, name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Pixels:
        size = prod(shape) * dtype.itemsize
        buffer = self._buffers.get(name)
        if buffer is None or not size <= buffer.size <= 4 * size + STRIP_BYTES:
            self._buffers[name] = buffer = np.empty(size, np.uint8)
        return buffer[:size].view(dtype).reshape(shape)


_SCRATCH = _Scratch()


class StripMeasurer:
    """Measures strips of one frame, on any thread.

    Parameters
    ----------
    dtype : dtype
        Real numbers in this machine's byte order, whose masked pixels are known by their value.
    factor : int
        Block size of the preview.
    saturation : float, optional
        Count pixels from this value on.
    """

    def __init__(self, dtype: np.dtype[Any], factor: int = 1, saturation: float | None = None) -> None:
        sentinel = None if dtype.kind == "f" else sentinel_of(dtype)
        self._sentinel = None if sentinel is None else int(sentinel)
        self._factor = factor
        self._saturation = saturation
        self._is_floating = dtype.kind == "f"
        self._expects_masked = False
        """Whether an earlier strip had masked pixels: as a rule most have then."""

    def measured(self, strip: Pixels, out: Preview | None, row_sums: RowSums) -> StripTotals | None:
        """Measure a strip, and write its block maxima.

        Parameters
        ----------
        strip : ndarray
            Rows, C-contiguous, not empty.
        out : ndarray of float32 or None
            A row for every ``factor`` rows, and as many columns: NaN where every pixel of a block is masked.
        row_sums : ndarray of float64
            Of floats: here the sum of the unmasked pixels of each row is put.

        Returns
        -------
        StripTotals or None
            None where every pixel is masked.
        """
        if self._is_floating:
            return self._measured_floats(strip, out, row_sums)
        highest, has_masked = self._integer_maxima(strip, out)
        n_masked, sentinel = 0, self._sentinel or 0
        if has_masked:
            n_masked = int(np.count_nonzero(strip == sentinel))
            if n_masked == strip.size:
                return None
        lowest = strip.min()
        total = exact_total(strip, lowest, highest, n_masked, sentinel)
        n_saturated = self._count_saturated(strip, highest)
        return StripTotals(lowest, highest, strip.size - n_masked, total, n_saturated - n_masked if n_saturated else 0)

    def write_maxima(self, strip: Pixels, out: Preview) -> None:
        """Write the block maxima of a strip, and measure nothing; as for `measured`."""
        if self._is_floating:
            self._write_floating_maxima(_without_infinities(strip)[0], out)
        else:
            self._integer_maxima(strip, out)

    def _integer_maxima(self, strip: Pixels, out: Preview | None) -> tuple[Any, bool]:
        """Return the highest unmasked pixel (if there is one), and whether there may be masked ones."""
        if self._expects_masked:
            return self._raised_maxima(strip, out), True
        rows = strip if out is None else row_maxima(strip, self._factor)
        highest = rows.max()
        if self._sentinel is not None and highest == self._sentinel:
            self._expects_masked = True
            return self._raised_maxima(strip, out), True
        if out is not None:
            write_column_maxima(rows, self._factor, out)
        return highest, False

    def _raised_maxima(self, strip: Pixels, out: Preview | None) -> Any:
        """Add 1 and let it wrap round: the sentinel, which is the type's maximum, becomes its minimum and loses every comparison."""
        one = strip.dtype.type(1)
        rows = np.add(strip, one, out=_SCRATCH.array("raised", strip.shape, strip.dtype))
        if out is not None:
            rows = row_maxima(rows, self._factor)
            blocks = np.empty(out.shape, strip.dtype)
            write_column_maxima(rows, self._factor, blocks)
            np.subtract(blocks, one, out=out, dtype=blocks.dtype, casting="unsafe")
            np.copyto(out, np.float32(np.nan), where=blocks == np.iinfo(strip.dtype).min)
        with np.errstate(over="ignore"):  # of the type's minimum, where every pixel is masked
            return rows.max() - one

    def _measured_floats(self, strip: Pixels, out: Preview | None, row_sums: RowSums) -> StripTotals | None:
        strip, lowest, highest = _without_infinities(strip)
        if out is not None:
            self._write_floating_maxima(strip, out)
        n_masked = 0
        with np.errstate(over="ignore", invalid="ignore"):  # beyond the largest float64 a sum is infinite or no number
            strip.sum(axis=1, dtype=np.float64, out=row_sums)
            if not np.isfinite(row_sums).all():
                masked = np.isnan(strip)
                n_masked = int(np.count_nonzero(masked))
                np.where(masked, strip.dtype.type(0), strip).sum(axis=1, dtype=np.float64, out=row_sums)
        if n_masked == strip.size:
            return None
        return StripTotals(lowest, highest, strip.size - n_masked, 0, self._count_saturated(strip, highest))

    def _write_floating_maxima(self, strip: Pixels, out: Preview) -> None:
        with np.errstate(over="ignore"):
            write_column_maxima(row_maxima(strip, self._factor), self._factor, out)
        if strip.dtype.itemsize > out.dtype.itemsize:
            out[~np.isfinite(out)] = np.nan

    def _count_saturated(self, strip: Pixels, highest: Any) -> int:
        if self._saturation is None or highest < self._saturation:
            return 0
        return int(np.count_nonzero(strip >= self._saturation))


def _without_infinities(strip: Pixels) -> tuple[Pixels, Any, Any]:
    """Return floats with NaN in place of infinities, which the extremes tell at once, and these extremes (NaN: all are masked)."""
    lowest, highest = np.fmin.reduce(strip, axis=None), np.fmax.reduce(strip, axis=None)
    if np.isinf(lowest) or np.isinf(highest):
        strip = np.where(np.isinf(strip), strip.dtype.type(np.nan), strip)
        lowest, highest = np.fmin.reduce(strip, axis=None), np.fmax.reduce(strip, axis=None)
    return strip, lowest, highest


def measurable(pixels: Pixels) -> Pixels:
    """Return numbers in this machine's byte order: magnitudes of complex ones, and 0 and 1 of booleans."""
    if pixels.dtype.kind == "c":
        return np.asarray(np.abs(pixels))
    if pixels.dtype.kind == "b":
        return pixels.view(np.uint8)
    return pixels if pixels.dtype.isnative else pixels.astype(pixels.dtype.newbyteorder("="))


def row_maxima(strip: Pixels, factor: int) -> Pixels:
    """Return the maximum of every ``factor`` rows, the last of which may be fewer; rows first: they are contiguous. Scratch."""
    if factor == 1:
        return strip
    larger = np.fmax if strip.dtype.kind == "f" else np.maximum
    n_rows, width = strip.shape
    n_whole = n_rows // factor
    rows = _SCRATCH.array("rows", (-(-n_rows // factor), width), strip.dtype)
    larger.reduce(strip[: n_whole * factor].reshape(n_whole, factor, width), axis=1, out=rows[:n_whole])
    if n_whole < len(rows):
        larger.reduce(strip[n_whole * factor :], axis=0, out=rows[n_whole])
    return rows


def write_column_maxima(rows: Pixels, factor: int, out: npt.NDArray[Any]) -> None:
    """Write the maximum of every ``factor`` columns, the last of which may be fewer.

    Of each column and its neighbours first, by doubling, and only then of every so many: contiguous numbers are compared many at a time.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # numbers that float32 has not, and NaN of every kind
        _write_column_maxima(rows, factor, out)


def _write_column_maxima(rows: Pixels, factor: int, out: npt.NDArray[Any]) -> None:
    if factor == 1:
        out[...] = rows
        return
    if rows.dtype.kind == "u" and rows.dtype.itemsize <= 2 and factor % 2 == 0 and rows.shape[1] % 2 == 0:
        _write_column_maxima(_pair_maxima(rows), factor // 2, out)
        return
    larger = np.fmax if rows.dtype.kind == "f" else np.maximum
    n_whole = rows.shape[1] // factor
    joined, n_joined, name = rows[:, : n_whole * factor], 1, "even"
    while n_whole and n_joined < factor:
        step, name = min(n_joined, factor - n_joined), "odd" if name == "even" else "even"
        scratch = _SCRATCH.array(name, rows.shape, rows.dtype)[:, : joined.shape[1] - step]
        joined, n_joined = larger(joined[:, :-step], joined[:, step:], out=scratch), n_joined + step
    out[:, :n_whole] = joined[:, ::factor]
    if n_whole < out.shape[1]:
        out[:, n_whole] = larger.reduce(rows[:, n_whole * factor :], axis=1)


def _pair_maxima(rows: Pixels) -> Pixels:
    """Return the maximum of every two columns of short numbers, as numbers twice as long: without steps between them. Scratch."""
    bits = rows.dtype.itemsize * 8
    pairs = rows.view(f"u{2 * rows.dtype.itemsize}")
    upper = np.right_shift(pairs, bits, out=_SCRATCH.array("upper", pairs.shape, pairs.dtype))
    lower = np.bitwise_and(pairs, (1 << bits) - 1, out=_SCRATCH.array("lower", pairs.shape, pairs.dtype))
    return np.asarray(np.maximum(upper, lower, out=lower))


def exact_total(strip: Pixels, lowest: Any, highest: Any, n_masked: int = 0, sentinel: int = 0) -> int:
    """Return the exact sum of a strip's unmasked integers.

    In 32 bits where these are enough (three times as fast): what overflows on the way comes back, for sums are taken modulo 2**32, and
    masked pixels are known by their number. 64-bit values that are too large are added up in two halves.
    """
    signed = strip.dtype.kind == "i"
    most = max(int(highest), -int(lowest)) * strip.size
    if most < 1 << 31 and strip.dtype.itemsize <= 4:
        return _within(int(strip.sum(dtype=np.int32 if signed else np.uint32)) - n_masked * sentinel, 1 << 32, signed)
    wide: Any = np.int64 if signed else np.uint64
    if most < 1 << 63:
        return _within(int(strip.sum(dtype=wide)) - n_masked * sentinel, 1 << 64, signed)
    upper, lower = strip >> wide(_HALF), strip & wide((1 << _HALF) - 1)
    return (int(upper.sum(dtype=wide)) << _HALF) + int(lower.sum(dtype=np.uint64)) - n_masked * sentinel


def _within(number: int, modulus: int, signed: bool) -> int:
    number %= modulus
    return number - modulus if signed and 2 * number >= modulus else number
