"""Rings of equal scattering angle over an image, at given spacings or at those of a calibrant. Pure.

Where the detector is as in ``geometry.py``; a tilt, and pixels that are not square, make other conics of circles (``cones.py``).
"""

from __future__ import annotations

from enum import StrEnum
from math import asin, isfinite, pi, radians

from swmr_viewer.analysis.calibrants import CALIBRANTS, reflections_of
from swmr_viewer.analysis.cones import cone_lines
from swmr_viewer.analysis.geometry import FloatArray
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.pixel_geometry import PixelGeometry

MOST_VALUES = 100
ANGSTROM_M = 1e-10


class RingUnit(StrEnum):
    """What rings are given in."""

    D = "d (\u00c5)"
    Q = "q (1/\u00c5)"
    TWO_THETA = "2\u03b8 (\u00b0)"


@frozen
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


@frozen(eq=False)
class Ring:
    """One ring round the beam."""

    name: str
    """Its indices, or the value with its unit."""
    two_theta_rad: float
    lines: tuple[FloatArray, ...]
    """Where it is on the frame: float64 arrays (n, 2) of x and y in pixels."""


def missing_for(choice: RingChoice, geometry: PixelGeometry) -> tuple[str, ...]:
    """Return what is not known, in words, and rings need."""
    needs_wavelength = bool(choice.calibrant) or choice.unit is not RingUnit.TWO_THETA
    wanted = {
        "beam centre": geometry.poni,
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
        Rings that are wholly outside are left out; so are those that no angle gives.
    """
    if missing_for(choice, geometry):
        return ()
    angles = [(name, two_theta) for name, two_theta in _angles(choice, geometry.wavelength_m) if 0 < two_theta < pi]
    rings = (Ring(name, two_theta, cone_lines(two_theta, geometry, frame_shape)) for name, two_theta in angles)
    return tuple(sorted((ring for ring in rings if ring.lines), key=lambda ring: ring.two_theta_rad))


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
