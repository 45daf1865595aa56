"""Where a pixel is in the experiment: radius, scattering angle and d-spacing, of a flat detector that may be tilted. Pure.

2 theta is the angle between the beam and the way from the sample to the pixel, on the convention of `core.pixel_geometry`; Bragg's law:
wavelength = 2 d sin(theta) (International Tables for Crystallography, vol. C).
"""

from __future__ import annotations

from math import hypot, inf, pi, sin

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.pixel_geometry import PixelGeometry

FloatArray = npt.NDArray[np.float64]


@frozen
class PixelPlace:
    """Where a point of the detector is."""

    radius_px: float | None
    """Distance on the detector from where the beam hits (pixels); None where the beam misses its plane."""
    radius_m: float | None = None
    two_theta_rad: float | None = None
    d_m: float | None = None
    """d-spacing; infinite at the beam centre."""
    q_per_m: float | None = None
    """Scattering vector 2 pi / d."""


def place_of(x: float, y: float, geometry: PixelGeometry) -> PixelPlace | None:
    """Return where a point (in pixels; the centre of pixel 0 is 0.5) is, or None where nothing is known of it."""
    radius_px, radius_m = _radii(x, y, geometry)
    two_theta = two_theta_of(np.array([[x, y]], np.float64), geometry)
    if two_theta is None:
        return None if radius_px is None else PixelPlace(radius_px, radius_m)
    angle = float(two_theta[0])
    if not geometry.wavelength_m:
        return PixelPlace(radius_px, radius_m, angle)
    sine = sin(angle / 2)
    d_m = geometry.wavelength_m / (2 * sine) if sine else inf
    return PixelPlace(radius_px, radius_m, angle, d_m, 2 * pi / d_m)


def two_theta_of(points: FloatArray, geometry: PixelGeometry) -> FloatArray | None:
    """Return the scattering angle of points of the detector, or None where the geometry is not known.

    Parameters
    ----------
    points : float64 array (n, 2)
        x and y in pixels; the centre of pixel 0 is 0.5.
    geometry : PixelGeometry
        Where the detector is.

    Returns
    -------
    float64 array (n,)
        Radians.
    """
    if geometry.poni is None or not geometry.distance_m or geometry.pixel_size_m is None:
        return None
    on_detector = (points - geometry.poni) * geometry.pixel_size_m
    rays = np.column_stack([on_detector, np.full(len(points), abs(geometry.distance_m))])
    beam = np.array(geometry.beam)
    across = np.linalg.norm(np.cross(rays, beam), axis=1)
    return np.asarray(np.arctan2(across, rays @ beam), np.float64)


def _radii(x: float, y: float, geometry: PixelGeometry) -> tuple[float | None, float | None]:
    """Return the distance from where the beam hits, in pixels and in metres."""
    center = geometry.beam_center
    if center is None:
        return None, None
    dx, dy = x - center[0], y - center[1]
    size = geometry.pixel_size_m
    return hypot(dx, dy), None if size is None else hypot(dx * size[0], dy * size[1])
