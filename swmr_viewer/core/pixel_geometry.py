"""Where a flat detector stands, as far as it is known. No h5py here.

The convention is pyFAI's (https://pyfai.readthedocs.io, Geometry): the PONI is the foot of the perpendicular from the sample onto the
detector, and the distance is the length of that perpendicular. With p = (p1, p2, L), p1 along the rows' axis (y) and p2 along the columns'
(x) from the PONI, the place of a pixel in the laboratory is R3 R2 R1 p, where the third axis is the beam:

    R1 = [[1, 0, 0], [0, cos r1, sin r1], [0, -sin r1, cos r1]]
    R2 = [[cos r2, 0, -sin r2], [0, 1, 0], [sin r2, 0, cos r2]]
    R3 = [[cos r3, -sin r3, 0], [sin r3, cos r3, 0], [0, 0, 1]]

rot1 turns a detector about its vertical axis, rot2 about its horizontal one, rot3 about the beam, which moves no ring. Without rotations
the PONI is where the beam hits.
"""

from __future__ import annotations

from dataclasses import fields
from math import cos, isfinite, pi, sin

from swmr_viewer.core.frozen import frozen

FARTHEST_PX = 1e7
LONGEST_M = 1e5
GRAZING = 1e-9
"""A plane that the beam meets at less (radians) is missed."""


@frozen
class PixelGeometry:
    """What is known of the geometry; what is not is None, and what depends on it as well."""

    poni: tuple[float, float] | None = None
    """x and y in pixels; the centre of pixel 0 is 0.5. Without rotations: the beam centre."""
    distance_m: float | None = None
    """From the sample to the PONI."""
    wavelength_m: float | None = None
    pixel_size_m: tuple[float, float] | None = None
    """Along x and y."""
    rotations_rad: tuple[float, float, float] | None = None
    """rot1, rot2 and rot3; None: nothing tells, and the detector is taken as perpendicular to the beam."""

    @property
    def beam(self) -> tuple[float, float, float]:
        """The beam's direction along x and y of the detector, and along its normal, which points away from the sample."""
        rot1, rot2, _ = self.rotations_rad or (0.0, 0.0, 0.0)
        return -cos(rot2) * sin(rot1), sin(rot2), cos(rot1) * cos(rot2)

    @property
    def beam_center(self) -> tuple[float, float] | None:
        """Where the beam hits the detector's plane: x and y in pixels; None where that is not known, or it misses the plane."""
        along_x, along_y, along_normal = self.beam
        if self.poni is None or (along_x, along_y) == (0.0, 0.0):
            return self.poni if along_normal > GRAZING else None
        if not self.distance_m or self.pixel_size_m is None or along_normal <= GRAZING:
            return None
        x, y = (self.distance_m * along / along_normal for along in (along_x, along_y))
        return self.poni[0] + x / self.pixel_size_m[0], self.poni[1] + y / self.pixel_size_m[1]

    def over(self, other: PixelGeometry) -> PixelGeometry:
        """Return this, with what is not known here as the other has it."""
        known = {field.name: getattr(self, field.name) for field in fields(self)}
        return PixelGeometry(**{name: getattr(other, name) if value is None else value for name, value in known.items()})

    def without(self, other: PixelGeometry) -> PixelGeometry:
        """Return what the other does not know of this."""
        known = {field.name: getattr(self, field.name) for field in fields(self)}
        return PixelGeometry(**{name: value if getattr(other, name) is None else None for name, value in known.items()})


NOTHING_TOLD = PixelGeometry()


def checked_geometry(geometry: PixelGeometry) -> PixelGeometry:
    """Return a geometry that somebody gave.

    Raises
    ------
    ValueError
        If a length is not above 0, a number is not finite or beyond any detector, or an angle is beyond half a turn; the words say which.
    """
    lengths = {"distance": geometry.distance_m, "wavelength": geometry.wavelength_m}
    lengths |= dict(zip(("pixel width", "pixel height"), geometry.pixel_size_m or (None, None), strict=True))
    for name, length in lengths.items():
        if length is not None and not 0 < length <= LONGEST_M:
            raise ValueError(f"The {name} is a length above 0.")
    if any(not abs(at) <= FARTHEST_PX for at in geometry.poni or ()):
        raise ValueError("The centre is within 10 million pixels.")
    if any(not (isfinite(angle) and abs(angle) <= pi + 1e-9) for angle in geometry.rotations_rad or ()):
        raise ValueError("Rotations are within -180 and 180 degrees.")
    return geometry
