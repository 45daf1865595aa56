"""Where a pixel is in the experiment: radius, scattering angle and d-spacing. Pure.

For a flat detector perpendicular to the beam: tan(2 theta) = r / L, with r the distance from the beam centre on the
detector and L the detector's distance; Bragg's law: wavelength = 2 d sin(theta) (International Tables for Crystallography, vol. C).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, hypot, inf, pi, sin


@dataclass(frozen=True, slots=True)
class PixelGeometry:
    """What is known of the geometry; what is not is None, and what depends on it as well."""

    beam_center: tuple[float, float] | None = None
    """x and y in pixels; the centre of pixel 0 is 0.5."""
    distance_m: float | None = None
    wavelength_m: float | None = None
    pixel_size_m: tuple[float, float] | None = None
    """Along x and y."""


@dataclass(frozen=True, slots=True)
class PixelPlace:
    """Where a point of the detector is."""

    radius_px: float
    """Distance from the beam centre (pixels)."""
    radius_m: float | None = None
    two_theta_rad: float | None = None
    d_m: float | None = None
    """d-spacing; infinite at the beam centre."""
    q_per_m: float | None = None
    """Scattering vector 2 pi / d."""


def place_of(x: float, y: float, geometry: PixelGeometry) -> PixelPlace | None:
    """Return where a point (in pixels; the centre of pixel 0 is 0.5) is, or None where there is no beam centre."""
    if geometry.beam_center is None:
        return None
    dx, dy = x - geometry.beam_center[0], y - geometry.beam_center[1]
    radius_px = hypot(dx, dy)
    if geometry.pixel_size_m is None:
        return PixelPlace(radius_px)
    radius_m = hypot(dx * geometry.pixel_size_m[0], dy * geometry.pixel_size_m[1])
    if not geometry.distance_m:
        return PixelPlace(radius_px, radius_m)
    two_theta = atan2(radius_m, abs(geometry.distance_m))
    if not geometry.wavelength_m:
        return PixelPlace(radius_px, radius_m, two_theta)
    sine = sin(two_theta / 2)
    d_m = geometry.wavelength_m / (2 * sine) if sine else inf
    return PixelPlace(radius_px, radius_m, two_theta, d_m, 2 * pi / d_m)
