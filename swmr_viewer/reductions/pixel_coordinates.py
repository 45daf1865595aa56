"""Where each pixel of an image is: its distance from the beam in the units that people ask for, and its azimuth. Pure numpy."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import two_theta_of
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.pixel_geometry import PixelGeometry
from swmr_viewer.reductions.contract import ReductionError

Values = npt.NDArray[np.float64]
_BLOCK_ROWS = 64
_ANGSTROM_M, _NANOMETRE_M = 1e-10, 1e-9
_REMEDY = "Give the geometry where rings are drawn or the reduction is started, or take pyfai1d with a PONI file."


@frozen
class RadialUnit:
    """One of the units of a distance from the beam."""

    axis: str
    """The name of the axis."""
    unit: str
    """As NeXus writes it."""
    needs: tuple[str, ...]
    """Which fields of `PixelGeometry`."""


_ANGLE = ("poni", "pixel_size_m", "distance_m")
RADIAL_UNITS = {
    "px": RadialUnit("radius", "px", ("poni",)),
    "mm": RadialUnit("radius", "mm", ("poni", "pixel_size_m")),
    "2th_deg": RadialUnit("two_theta", "deg", _ANGLE),
    "2th_rad": RadialUnit("two_theta", "rad", _ANGLE),
    "q_A^-1": RadialUnit("q", "1/angstrom", (*_ANGLE, "wavelength_m")),
    "q_nm^-1": RadialUnit("q", "1/nm", (*_ANGLE, "wavelength_m")),
}
_WORDS = {"poni": "beam centre", "pixel_size_m": "pixel size", "distance_m": "detector distance", "wavelength_m": "wavelength"}


def refuse_what_is_missing(geometry: PixelGeometry, needs: tuple[str, ...], what: str) -> None:
    """Raise ReductionError where something is not known of the geometry."""
    if any((geometry.rotations_rad or ())[:2]):  # where a tilted detector has its beam, and what is up on it, only lengths tell
        needs = tuple(dict.fromkeys((*needs, *_ANGLE)))
    missing = [_WORDS[name] for name in needs if not getattr(geometry, name)]
    if missing:
        raise ReductionError(f"{what} needs the {_listed(missing)}, which nothing tells.", _REMEDY)


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def radial_of(unit: str, geometry: PixelGeometry, frame_shape: tuple[int, int]) -> Values:
    """Return the distance from the beam of each pixel's centre.

    Parameters
    ----------
    unit : str
        Of ``RADIAL_UNITS``.
    geometry : PixelGeometry
        With what the unit needs.
    frame_shape : (rows, columns)
        Of the image.

    Returns
    -------
    float64 array of ``frame_shape``
        NaN where no angle is known.
    """
    if unit in ("px", "mm"):
        if geometry.beam_center is None:
            raise ReductionError("The beam does not meet the detector's plane: there is no distance from it there.", "Choose another unit.")
        center_x, center_y = geometry.beam_center
        width, height = (1.0, 1.0) if unit == "px" else tuple(1e3 * size for size in geometry.pixel_size_m or ())
        return _by_blocks(frame_shape, lambda x, y: np.hypot((x - center_x) * width, (y - center_y) * height))
    two_theta = _by_blocks(frame_shape, lambda x, y: _two_theta(x, y, geometry))
    if unit == "2th_rad":
        return two_theta
    if unit == "2th_deg":
        return np.degrees(two_theta)
    per_length = _ANGSTROM_M if unit == "q_A^-1" else _NANOMETRE_M
    return np.asarray(4 * pi * per_length / (geometry.wavelength_m or 1.0) * np.sin(two_theta / 2))


def _two_theta(x: Values, y: Values, geometry: PixelGeometry) -> Values:
    points = np.stack(np.broadcast_arrays(x, y), axis=-1).reshape(-1, 2)
    found = two_theta_of(points, geometry)
    return np.full((y.size, x.size), np.nan) if found is None else found.reshape(y.size, x.size)


def azimuth_of(geometry: PixelGeometry, frame_shape: tuple[int, int], start_deg: float = -180.0) -> Values:
    """Return the azimuth of each pixel's centre about the beam, in degrees from ``start_deg`` on for a whole turn.

    As pyFAI's chi: 0 along x, 90 along y (down in the picture).

    Returns
    -------
    float64 array of ``frame_shape``
        Degrees.
    """
    rot1, rot2, rot3 = geometry.rotations_rad or (0.0, 0.0, 0.0)
    poni_x, poni_y = geometry.poni or (0.0, 0.0)
    width, height = geometry.pixel_size_m or (1.0, 1.0)
    distance = (geometry.distance_m or 0.0) if rot1 or rot2 else 0.0

    def azimuth(x: Values, y: Values) -> Values:
        p1, p2 = (y - poni_y) * height, (x - poni_x) * width
        # R3 R2 R1 p of core.pixel_geometry, without the part along the beam.
        t1, t2, t3 = p1, p2 * cos(rot1) + distance * sin(rot1), -p2 * sin(rot1) + distance * cos(rot1)
        t1 = t1 * cos(rot2) - t3 * sin(rot2)
        t1, t2 = t1 * cos(rot3) - t2 * sin(rot3), t1 * sin(rot3) + t2 * cos(rot3)
        turned: Values = (np.degrees(np.arctan2(t1, t2)) - start_deg) % 360 + start_deg
        return turned

    return _by_blocks(frame_shape, azimuth)


def _by_blocks(frame_shape: tuple[int, int], made: Callable[[Values, Values], Any]) -> Values:
    """Compute a block of rows at a time: what is made on the way is many times as large as the result."""
    found = np.empty(frame_shape)
    x = np.arange(frame_shape[1], dtype=np.float64)[None, :] + 0.5
    for start in range(0, frame_shape[0], _BLOCK_ROWS):
        stop = min(start + _BLOCK_ROWS, frame_shape[0])
        found[start:stop] = made(x, np.arange(start, stop, dtype=np.float64)[:, None] + 0.5)
    return found
