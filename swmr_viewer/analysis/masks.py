"""Masked pixels: gaps and bad pixels, known by their value, a pixel mask, or a limit."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.frozen import frozen

Pixels = npt.NDArray[Any]


@frozen
class MaskShape:
    """A part of an image that is masked, or whose pixels are taken out of the mask again.

    Raises
    ------
    ValueError
        If there are not enough points for its kind.
    """

    kind: Literal["rectangle", "ellipse", "polygon"]
    points: tuple[tuple[float, float], ...]
    """As those of `Region`."""
    erases: bool = False

    def __post_init__(self) -> None:
        if len(self.points) < 3 if self.kind == "polygon" else len(self.points) != 2:
            raise ValueError(f"A masked {self.kind} cannot have {len(self.points)} points.")


@frozen
class MaskRules:
    """Which pixels are left out of pictures, levels and statistics. NaN and infinities always are."""

    sentinel: bool = True
    """Leave out the type's maximum, where it stands for "no measurement" (see `sentinel_of`)."""
    mask_path: str | None = None
    """A data set of the frame's shape in the same file, such as ``pixel_mask``: what is not 0 is left out. None: do not use one."""
    above: float | None = None
    """Leave out values greater than this."""
    below: float | None = None
    """Leave out values smaller than this."""
    mask_file: str | None = None
    """A file with a mask of the frame's shape (NPY, TIFF, EDF ...): what is not 0 is left out."""
    drawn: tuple[MaskShape, ...] = ()
    """What somebody drew, in this order, over the mask of that file; what is erased is only taken out of these two."""
    gaps: tuple[int, ...] = ()
    """Further values that stand for "no measurement" in this file (see `DataFacts.gap_values`); they count as ``sentinel`` does."""

    @property
    def has_own_mask(self) -> bool:
        """Whether pixels are masked that the data set's file says nothing of."""
        return self.mask_file is not None or bool(self.drawn)

    @property
    def mask_key(self) -> str | None:
        """What a mask of pixels by these rules is known by; None where there is none. Without an own mask it is ``mask_path``."""
        if not self.has_own_mask:
            return self.mask_path
        return sha256(repr((self.mask_path, self.mask_file, self.drawn)).encode()).hexdigest()

    @property
    def names_values(self) -> bool:
        """Whether pixels are masked by other values than the type's own (see `sentinel_of`)."""
        return self.above is not None or self.below is not None or bool(self.gaps)


DEFAULT_RULES = MaskRules()
_STRIP_PIXELS = 1 << 16


def sentinel_of(dtype: npt.DTypeLike) -> int | float | None:
    """Return the value that stands for "no measurement" in frames of this type.

    Parameters
    ----------
    dtype : dtype
        Type of the frame's pixels.

    Returns
    -------
    int, float or None
        The type's maximum for unsigned integers of 16 bits and more (Dectris, NXmx) and for signed ones of 32 bits
        and more (where such frames were cast); NaN for floating and complex numbers (infinities are masked as well);
        None for everything else: 255 in an 8-bit camera picture is a saturated pixel, and so is 32767 in int16,
        and a viewer must not hide those.
    """
    kind = np.dtype(dtype)
    if kind.kind in "fc":
        return float("nan")
    if (kind.kind == "u" and kind.itemsize >= 2) or (kind.kind == "i" and kind.itemsize >= 4):
        return int(np.iinfo(kind).max)
    return None


def marks_of(dtype: npt.DTypeLike, rules: MaskRules = DEFAULT_RULES) -> tuple[int, ...]:
    """Return the values that stand for "no measurement" in frames of this type in this file, whether they count or not.

    Parameters
    ----------
    dtype : dtype
        Type of the frame's pixels; floating and complex numbers have NaN for it, and none of these.
    rules : MaskRules
        Its ``gaps`` are what the file tells of.
    """
    kind = np.dtype(dtype)
    if kind.kind not in "iu":
        return ()
    limits, sentinel = np.iinfo(kind), sentinel_of(kind)
    gaps = tuple(gap for gap in rules.gaps if limits.min <= gap <= limits.max)
    return gaps if sentinel is None else (int(sentinel), *gaps)


def valid_mask(pixels: Pixels, rules: MaskRules = DEFAULT_RULES, pixel_mask: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.bool_]:
    """Return where pixels hold a measurement.

    Parameters
    ----------
    pixels : ndarray
        A frame of any shape and numeric type (complex numbers: ``above`` and ``below`` are about their magnitude).
    rules : MaskRules
        What is masked; ``mask_path`` and ``mask_file`` are the caller's to read, ``drawn`` is his to draw (`drawn_mask`).
    pixel_mask : ndarray of bool, optional
        Of the frame's shape: True is masked. One of another shape is an error.

    Returns
    -------
    ndarray of bool, same shape
        False at gaps, bad pixels, NaN and infinities, and at whatever else the rules name.

    Raises
    ------
    ValueError
        If the pixel mask has another shape.
    """
    pixels = np.asarray(pixels)
    valid = _valid_by_value(pixels, rules.sentinel)
    for gap in _gaps_in(pixels, rules):
        valid &= pixels != gap
    if rules.above is not None or rules.below is not None:
        _leave_out_beyond(valid, np.abs(pixels) if pixels.dtype.kind == "c" else pixels, rules)
    if pixel_mask is not None:
        if pixel_mask.shape != pixels.shape:
            raise ValueError(f"A pixel mask of shape {pixel_mask.shape} does not fit a frame of shape {pixels.shape}.")
        valid &= ~pixel_mask
    return valid


def _leave_out_beyond(valid: npt.NDArray[np.bool_], values: Pixels, rules: MaskRules) -> None:
    """Compare with no limit beyond the numbers' type: numpy before 2.4 may crash there, with unsigned ones of the other byte order."""
    kind = values.dtype.kind
    least, most = (np.iinfo(values.dtype).min, np.iinfo(values.dtype).max) if kind in "iu" else (-np.inf, np.inf)
    above, below = rules.above, rules.below
    if (above is not None and above < least) or (below is not None and below > most):
        valid[...] = False
        return
    if above is not None and above < most:
        valid &= values <= above
    if below is not None and below > least:
        valid &= values >= below


def _valid_by_value(pixels: Pixels, sentinel_counts: bool) -> npt.NDArray[np.bool_]:
    if pixels.dtype.kind in "fc":
        return np.asarray(np.isfinite(pixels))
    sentinel = sentinel_of(pixels.dtype) if sentinel_counts else None
    return np.ones(pixels.shape, bool) if sentinel is None else np.asarray(pixels != sentinel)


def _gaps_in(pixels: Pixels, rules: MaskRules) -> list[int]:
    """Return which of the rules' gaps there are; a strip at a time, in the processor's cache: most frames have none."""
    if not rules.sentinel or pixels.dtype.kind not in "iu" or not pixels.size:
        return []
    limits, flat = np.iinfo(pixels.dtype), pixels.reshape(-1)
    possible = [gap for gap in rules.gaps if limits.min <= gap <= limits.max]
    strips = range(0, flat.size, _STRIP_PIXELS)
    return [gap for gap in possible if any(bool((flat[start : start + _STRIP_PIXELS] == gap).any()) for start in strips)]


def marks_by_value(dtype: npt.DTypeLike, rules: MaskRules) -> bool:
    """Return whether a pixel of this type can be marked as masked by its value: NaN, or the type's sentinel where that counts."""
    kind = np.dtype(dtype)
    return kind.kind in "fc" or (rules.sentinel and sentinel_of(kind) is not None)


def marked(pixels: Pixels, rules: MaskRules = DEFAULT_RULES, pixel_mask: npt.NDArray[np.bool_] | None = None) -> Pixels:
    """Return a frame in which the masked pixels are known by their value alone, as all of ``analysis`` expects by default.

    Parameters
    ----------
    pixels, rules, pixel_mask :
        As for `valid_mask`.

    Returns
    -------
    ndarray
        ``pixels`` itself where the rules ask for nothing else; a copy with the type's sentinel at masked pixels where
        the type has one and it counts; else a copy in float64 with NaN there.
    """
    has_sentinel = sentinel_of(pixels.dtype) is not None
    by_value = marks_by_value(pixels.dtype, rules)
    if (
        (by_value or not has_sentinel)
        and rules.above is None
        and rules.below is None
        and pixel_mask is None
        and not _gaps_in(pixels, rules)
    ):
        return pixels
    masked = ~valid_mask(pixels, rules, pixel_mask)
    if by_value:
        copy = pixels.copy()
        copy[masked] = sentinel_of(pixels.dtype)
        return copy
    if not masked.any() and not has_sentinel:
        return pixels
    copy = pixels.astype(np.complex128 if pixels.dtype.kind == "c" else np.float64)
    copy[masked] = np.nan
    return copy
