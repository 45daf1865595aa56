"""What is in a part of a frame: named regions, and the values along a line. Pure numpy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, floor, hypot, isfinite, nan, sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis.frame_statistics import exact_sum
from swmr_viewer.analysis.masks import DEFAULT_RULES, MaskRules, Pixels, valid_mask

Mask = npt.NDArray[np.bool_]
Point = tuple[float, float]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Region:
    """A named part of an image (or of a spectrum: only x counts there).

    Raises
    ------
    ValueError
        If there are not enough points for its kind.
    """

    name: str
    kind: Literal["rectangle", "ellipse", "polygon"]
    points: tuple[Point, ...]
    """(x, y) in pixels, x to the right and y down; pixel (0, 0) covers [0, 1) x [0, 1). Rectangle and ellipse: two opposite
    corners (of the box round the ellipse). Polygon: its corners."""

    def __post_init__(self) -> None:
        if self.kind == "polygon":
            if len(self.points) < 3:
                raise ValueError(f"The polygon {self.name!r} has {len(self.points)} corners; give three or more.")
        elif len(self.points) != 2:
            raise ValueError(f"The {self.kind} {self.name!r} has {len(self.points)} points; give two opposite corners.")


@dataclass(frozen=True, slots=True)
class RegionStatistics:
    """The unmasked pixels of a region; a pixel belongs to it if its centre lies inside."""

    n: int
    """How many unmasked pixels there are."""
    sum: float
    mean: float
    """NaN without pixels, as are ``maximum`` and ``std``."""
    maximum: float
    std: float
    """Of the pixels taken as the whole population (divided by n)."""
    centre_x: float = nan
    """Of mass, in pixels of the whole frame as `Region` has them: the centre of pixel 0 is 0.5. Of a spectrum: the channel,
    as its axis counts them, the first is 0. NaN where the sum is not above 0, and of frames that are neither."""
    centre_y: float = nan
    """Of an image."""
    width: float = nan
    """Of a spectrum: the standard deviation of the channels, weighted by their values, in channels (the FWHM of a Gaussian peak is 2.355
    times as wide). NaN where the weights leave none, as negative ones may."""


def region_mask(region: Region, frame_shape: tuple[int, ...]) -> tuple[tuple[slice, ...], Mask | None]:
    """Return the box round a region, and which of its pixels belong to the region.

    Parameters
    ----------
    region : Region
        May lie partly or wholly outside the frame.
    frame_shape : tuple of int
        (rows, columns) of an image, (length,) of a spectrum, () of a scalar, which every region covers.

    Returns
    -------
    tuple of slice
        One per axis of the frame; empty ones where the region is outside.
    ndarray of bool or None
        Of the box's shape; None: all of it.
    """
    return _region_mask(region.kind, region.points, frame_shape)


@lru_cache(maxsize=256)
def _region_mask(kind: str, points: tuple[Point, ...], frame_shape: tuple[int, ...]) -> tuple[tuple[slice, ...], Mask | None]:
    if not frame_shape:
        return (), None
    xs, ys = zip(*points, strict=True)
    columns = _covered(min(xs), max(xs), frame_shape[-1])
    if len(frame_shape) == 1:
        return (columns,), None
    rows = _covered(min(ys), max(ys), frame_shape[-2])
    box = (rows, columns)
    if kind == "rectangle":
        return box, None
    y, x = np.ogrid[rows, columns]
    inside = _in_ellipse(x + 0.5, y + 0.5, points) if kind == "ellipse" else _in_polygon(x + 0.5, y + 0.5, points)
    inside.flags.writeable = False
    return box, inside


def _covered(low: float, high: float, length: int) -> slice:
    """The pixels whose centres lie in [low, high)."""
    start = min(max(ceil(low - 0.5), 0), length)
    return slice(start, max(start, min(floor(np.nextafter(high, low) - 0.5) + 1 if high > low else start, length)))


def _in_ellipse(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], points: tuple[Point, ...]) -> Mask:
    (x0, y0), (x1, y1) = points
    width, height = max(abs(x1 - x0) / 2, 1e-9), max(abs(y1 - y0) / 2, 1e-9)
    return np.asarray(((x - (x0 + x1) / 2) / width) ** 2 + ((y - (y0 + y1) / 2) / height) ** 2 <= 1)


def _in_polygon(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], points: tuple[Point, ...]) -> Mask:
    """Even-odd rule: a ray to the right crosses the outline an odd number of times."""
    inside = np.zeros(np.broadcast_shapes(x.shape, y.shape), bool)
    for (xa, ya), (xb, yb) in zip(points, points[1:] + points[:1], strict=True):
        if ya == yb:
            continue
        crosses = (ya <= y) != (yb <= y)
        inside ^= crosses & (x < xa + (y - ya) * ((xb - xa) / (yb - ya)))
    return inside


def region_statistics(
    pixels: Pixels, region: Region, valid: Mask | None = None, *, rules: MaskRules = DEFAULT_RULES, pixel_mask: Mask | None = None
) -> RegionStatistics:
    """Measure the pixels of a region.

    Parameters
    ----------
    pixels : ndarray
        A frame (complex numbers: their magnitude).
    region : Region
        What to measure.
    valid : ndarray of bool, optional
        Which pixels of the frame hold a measurement, of its shape; without it: what the rules tell, by the region's pixels alone.
    rules : MaskRules
        By default what the pixels' type tells.
    pixel_mask : ndarray of bool, optional
        Of the frame's shape: True is masked.

    Returns
    -------
    RegionStatistics
        Sum and maximum of integers are exact ints.
    """
    box, inside = region_mask(region, pixels.shape)
    part = np.asarray(pixels[box])
    good = valid_mask(part, rules, None if pixel_mask is None else pixel_mask[box]) if valid is None else np.asarray(valid[box])
    good = good if inside is None else good & inside
    is_whole = bool(good.all())
    chosen = part if is_whole else part[good]
    found = statistics_of(chosen)
    if part.ndim not in (1, 2) or not found.sum > 0:
        return found
    at = [np.arange(axis.start, axis.stop, dtype=np.float64) for axis in box]
    if part.ndim == 2:
        x, y = _centre(part, None if is_whole else good, at[1] + 0.5, at[0] + 0.5)
        return replace(found, centre_x=x, centre_y=y)
    places = at[0] if is_whole else at[0][good]
    weights = _magnitudes(chosen).astype(np.float64)
    centre = _mean_place(weights, places)
    variance = _mean_place(weights, (places - centre) ** 2)
    return replace(found, centre_x=centre, width=sqrt(variance) if variance >= 0 else nan)


def statistics_of(chosen: Pixels) -> RegionStatistics:
    """Return the statistics of these pixels, whatever their shape; without where they are."""
    chosen = _magnitudes(chosen)
    if not chosen.size:
        return RegionStatistics(0, 0.0, nan, nan, nan)
    with np.errstate(over="ignore", invalid="ignore"):  # beyond the largest float64 there is only infinity
        deviation = float(chosen.std(dtype=np.float64))
        if chosen.dtype.kind in "uib":
            whole = exact_sum(chosen)
            return RegionStatistics(chosen.size, whole, whole / chosen.size, int(chosen.max()), deviation)
        total = float(chosen.sum(dtype=np.float64))
    return RegionStatistics(chosen.size, total, total / chosen.size, float(chosen.max()), deviation)


def _magnitudes(pixels: Pixels) -> Pixels:
    return np.abs(pixels) if pixels.dtype.kind == "c" else pixels


_STRIP_PIXELS = 1 << 14
"""Pixels taken at a time: what is made of them stays in the processor's cache."""


def _centre(part: Pixels, good: Mask | None, x: Values, y: Values) -> tuple[float, float]:
    """Return the centre of mass of an image's good pixels, whose columns and rows are at these places."""
    along_y, sums_of_x, step = np.zeros(y.size), 0.0, max(1, _STRIP_PIXELS // x.size)
    basis = np.column_stack((np.ones(x.size), x))
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, y.size, step):
            rows = slice(start, start + step)
            weights = _magnitudes(part[rows]).astype(np.float64)
            if good is not None:
                weights = np.where(good[rows], weights, 0.0)  # not times 0: what is masked may be infinite
            along_y[rows], of_x = (weights @ basis).T
            sums_of_x += float(of_x.sum())
        whole = float(along_y.sum())
        found = sums_of_x / whole, float(along_y @ y) / whole
    return (found[0], found[1]) if whole > 0 and all(map(isfinite, found)) else (nan, nan)


def _mean_place(weights: Values, at: Values) -> float:
    """Return the mean of places by their weights; NaN where these add up to nothing, or to less."""
    with np.errstate(over="ignore", invalid="ignore"):
        whole = float(weights.sum())
        place = float(weights @ at) / whole if whole > 0 else nan
    return place if isfinite(place) else nan


MOST_SAMPLES = 20_000
"""Along the line; a longer one is sampled more coarsely."""


def line_profile(
    pixels: Pixels,
    start: tuple[float, float],
    stop: tuple[float, float],
    width: int = 1,
    rules: MaskRules = DEFAULT_RULES,
    pixel_mask: npt.NDArray[np.bool_] | None = None,
    *,
    sums: bool = False,
) -> tuple[Values, Values]:
    """Return the mean, or the sum, of the pixels across a line, along it.

    Parameters
    ----------
    pixels : ndarray
        An image (complex numbers: their magnitude).
    start, stop : (x, y)
        In pixels; pixel (0, 0) covers [0, 1) x [0, 1).
    width : int
        How many parallel lines, one pixel apart, are taken together.
    rules : MaskRules
        What is masked.
    pixel_mask : ndarray of bool, optional
        Of the frame's shape: True is masked.
    sums : bool
        Return the sum across the line; masked pixels, and those beyond the frame, add nothing.

    Returns
    -------
    distance : float64 array (n,)
        From the start, in pixels; steps of about one.
    values : float64 array (n,)
        Of the unmasked pixels (each the one that holds the sampled point, never interpolated); NaN where there is none.

    Raises
    ------
    ValueError
        If this is no image, the width is below 1, or the pixel mask has another shape.
    """
    if pixels.ndim != 2 or width < 1:
        raise ValueError(f"A profile needs an image and a width of 1 or more, not {pixels.ndim} axes and {width}.")
    if pixel_mask is not None and pixel_mask.shape != pixels.shape:
        raise ValueError(f"A pixel mask of shape {pixel_mask.shape} does not fit a frame of shape {pixels.shape}.")
    (x0, y0), (x1, y1) = start, stop
    length = hypot(x1 - x0, y1 - y0)
    along = np.linspace(0.0, 1.0, min(ceil(length), MOST_SAMPLES - 1) + 1 if length else 1)
    across = np.arange(width) - (width - 1) / 2
    nx, ny = (-(y1 - y0) / length, (x1 - x0) / length) if length else (0.0, 0.0)
    total, n_good = np.zeros(along.shape), np.zeros(along.shape, np.int64)
    for start_at in range(0, width if pixels.size else 0, _LINES_AT_ONCE):
        beside = across[start_at : start_at + _LINES_AT_ONCE, None]
        columns = np.floor(x0 + along * (x1 - x0) + beside * nx).astype(np.int64)
        rows = np.floor(y0 + along * (y1 - y0) + beside * ny).astype(np.int64)
        values, good = _taken(pixels, rows, columns, rules, pixel_mask)
        total += values.sum(axis=0)
        n_good += good.sum(axis=0)
    shown = np.full(along.shape, np.nan)
    np.divide(total, 1 if sums else n_good, out=shown, where=n_good > 0)
    return along * length, shown


_LINES_AT_ONCE = 16
"""Parallel lines: what is made of them stays in the processor's cache."""


def _taken(
    pixels: Pixels, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64], rules: MaskRules, pixel_mask: Mask | None
) -> tuple[Values, Mask]:
    """The pixels at these places, 0 where they are masked or beyond the frame, and which are neither."""
    inside = (rows >= 0) & (rows < pixels.shape[0]) & (columns >= 0) & (columns < pixels.shape[1])
    at = (np.where(inside, rows, 0), np.where(inside, columns, 0))
    taken = pixels[at]
    good = inside & valid_mask(taken, rules, None if pixel_mask is None else pixel_mask[at])
    return np.where(good, np.abs(taken) if taken.dtype.kind == "c" else taken, 0).astype(np.float64), good
