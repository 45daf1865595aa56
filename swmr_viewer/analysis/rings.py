"""Rings of equal scattering angle over an image, at given spacings or at those of a calibrant. Pure.

For a flat detector perpendicular to the beam, as in ``geometry.py``; pixels that are not square make ellipses of the rings.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import asin, hypot, isfinite, pi, radians, tan

from swmr_viewer.analysis.calibrants import CALIBRANTS, reflections_of
from swmr_viewer.analysis.geometry import PixelGeometry

MOST_VALUES = 100
ANGSTROM_M = 1e-10


class RingUnit(StrEnum):
    """What rings are given in."""

    D = "d (\u00c5)"
    Q = "q (1/\u00c5)"
    TWO_THETA = "2\u03b8 (\u00b0)"


@dataclass(frozen=True, slots=True)
class RingChoice:
    """Which rings are wanted.

    Raises
    ------
    ValueError
        If the calibrant is not known, or the values are too many, or not above 0.
    """

    calibrant: str = ""
    """One of `CALIBRANTS`; empty: the values count."""
    values: tuple[float, ...] = ()
    unit: RingUnit = RingUnit.D
    """Of the values."""

    def __post_init__(self) -> None:
        if self.calibrant and self.calibrant not in CALIBRANTS:
            raise ValueError(f"{self.calibrant} is not among {', '.join(CALIBRANTS)}.")
        if len(self.values) > MOST_VALUES or not all(isfinite(value) and value > 0 for value in self.values):
            raise ValueError(f"Rings are at up to {MOST_VALUES} values above 0.")

    @property
    def is_empty(self) -> bool:
        """Whether no ring is wanted."""
        return not self.calibrant and not self.values


@dataclass(frozen=True, slots=True)
class Ring:
    """One ring round the beam centre."""

    name: str
    """Its indices, or the value with its unit."""
    two_theta_rad: float
    radii_px: tuple[float, float]
    """Along x and y."""


def missing_for(choice: RingChoice, geometry: PixelGeometry) -> tuple[str, ...]:
    """Return what is not known, in words, and rings need."""
    needs_wavelength = bool(choice.calibrant) or choice.unit is not RingUnit.TWO_THETA
    wanted = {
        "beam centre": geometry.beam_center,
        "detector distance": geometry.distance_m,
        "pixel size": geometry.pixel_size_m,
        **({"wavelength": geometry.wavelength_m} if needs_wavelength else {}),
    }
    return tuple(name for name, known in wanted.items() if not known)


def rings_of(choice: RingChoice, geometry: PixelGeometry, frame_shape: tuple[int, int]) -> tuple[Ring, ...]:
    """Return the rings that reach a frame, the innermost first.

    Parameters
    ----------
    choice : RingChoice
        Which.
    geometry : PixelGeometry
        Where the detector is; no ring where something is missing (see `missing_for`).
    frame_shape : (rows, columns)
        Rings that are wholly outside are left out; so are those that go backwards, or that no angle gives.
    """
    if missing_for(choice, geometry) or geometry.distance_m is None or geometry.pixel_size_m is None:
        return ()
    rings = []
    for name, two_theta in _angles(choice, geometry.wavelength_m):
        if 0 < two_theta < pi / 2:
            radius_m = abs(geometry.distance_m) * tan(two_theta)
            rings.append(Ring(name, two_theta, (radius_m / geometry.pixel_size_m[0], radius_m / geometry.pixel_size_m[1])))
    nearest, farthest = _reach(geometry, frame_shape)
    inside = [ring for ring in rings if nearest <= ring.radii_px[0] <= farthest]
    return tuple(sorted(inside, key=lambda ring: ring.two_theta_rad))


def _angles(choice: RingChoice, wavelength_m: float | None) -> list[tuple[str, float]]:
    """Return names, and 2 theta in radians; those that Bragg's law leaves no angle for are left out."""
    if choice.calibrant:
        given = [(line.name, line.d_angstrom) for line in reflections_of(choice.calibrant)]
    elif choice.unit is RingUnit.TWO_THETA:
        return [(f"{value:g}\u00b0", radians(value)) for value in choice.values]
    elif choice.unit is RingUnit.Q:
        given = [(f"{value:g} \u00c5\u207b\u00b9", 2 * pi / value) for value in choice.values]
    else:
        given = [(f"{value:g} \u00c5", value) for value in choice.values]
    half = [(name, (wavelength_m or 0.0) / (2 * ANGSTROM_M * d)) for name, d in given]
    return [(name, 2 * asin(sine)) for name, sine in half if sine < 1]


def _reach(geometry: PixelGeometry, frame_shape: tuple[int, int]) -> tuple[float, float]:
    """Return how near to the beam centre the frame comes, and how far from it, in pixels along x."""
    assert geometry.beam_center is not None
    assert geometry.pixel_size_m is not None
    (x, y), (rows, columns), (across, down) = geometry.beam_center, frame_shape, geometry.pixel_size_m
    beside, above = max(-x, x - columns, 0.0), max(-y, y - rows, 0.0)
    aspect = down / across
    return hypot(beside, above * aspect), hypot(max(x, columns - x), max(y, rows - y) * aspect)
