"""Where things are: chains of translations and rotations.

A transformation is a number with a unit and the attributes transformation_type, vector, offset, offset_units (the unit where there are
none, as some files have it) and depends_on. A place p becomes R p + offset by a rotation, p + value vector + offset by a translation; the
one that is depended on comes after, and "." ends (https://manual.nexusformat.org/classes/base_classes/NXtransformations.html).
"""

from __future__ import annotations

from dataclasses import field

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.files import BROKEN, text_of
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.nexus.groups import NexusFile
from swmr_viewer.core.nexus.quantities import Quantities, in_radians, in_unit

FloatArray = npt.NDArray[np.float64]
LONGEST = 100
"""Longer chains are taken for circles."""


class NoPlaceError(Exception):
    """What a file says of a place cannot be used; the words say why, behind the path of where it stands."""

    def __init__(self, path: str, why: str, *, is_elsewhere: bool = False) -> None:
        super().__init__(f"{path}: {why}")
        self.path, self.why, self.is_elsewhere = path, why, is_elsewhere
        """The last: whether it moves, or is turned, so that no place that is told otherwise holds."""


@frozen(eq=False)
class Placing:
    """From the coordinates of a part to those of the laboratory (McStas: z along the beam, y up): p becomes ``turn @ p + shift``."""

    turn: FloatArray = field(default_factory=lambda: np.eye(3))
    shift: FloatArray = field(default_factory=lambda: np.zeros(3))
    """Metres."""

    def then(self, later: Placing) -> Placing:
        """Return both, one after the other."""
        return Placing(later.turn @ self.turn, later.turn @ self.shift + later.shift)


class Transformations:
    """Reads chains of an open file.

    Parameters
    ----------
    file, quantities
        What is read from.
    """

    def __init__(self, file: NexusFile, quantities: Quantities) -> None:
        self._file, self._quantities = file, quantities

    def placing(self, path: str) -> Placing:
        """Return where a chain that begins at this transformation leads.

        Raises
        ------
        NoPlaceError
            If a part of it is missing, moves during the scan, or is not understood.
        """
        found, seen = Placing(), set[str]()
        while path:
            if path in seen or len(seen) >= LONGEST:
                raise NoPlaceError(path, "depends on itself")
            seen.add(path)
            found = found.then(self._one(path))
            path = self.dependency_of(path)
        return found

    def dependency_of(self, path: str) -> str:
        """Return the path of what a transformation depends on; "" at the end of a chain."""
        found = self._file.at(path)
        target = text_of(found, "depends_on")
        if not target and found is not None and "depends_on" in found.attrs:
            raise NoPlaceError(path, "depends_on cannot be read")
        return resolved(target, path)

    def direction(self, path: str) -> FloatArray:
        """Return a transformation's vector, of length 1."""
        vector = self._vector(path, "vector")
        length = float(np.linalg.norm(vector)) if vector is not None else 0.0
        if vector is None or length == 0:
            raise NoPlaceError(path, "no vector")
        return vector / length

    def length(self, path: str) -> float:
        """Return a transformation's value in metres."""
        value, unit = self._value(path)
        metres = in_unit(value, unit, "m")
        if metres is None:
            raise NoPlaceError(path, f"{value:g} {unit}")
        return metres

    def offset(self, path: str) -> FloatArray:
        """Return a transformation's offset in metres."""
        offset = self._vector(path, "offset")
        if offset is None or not offset.any():
            return np.zeros(3)
        found = self._file.at(path)
        unit = (text_of(found, "offset_units") or text_of(found, "units")).strip()
        scale = in_unit(1.0, unit, "m")
        if scale is None:
            raise NoPlaceError(path, f"offset in {unit or 'no unit'}")
        return scale * offset

    def _one(self, path: str) -> Placing:
        found = self._file.at(path)
        if found is None:
            raise NoPlaceError(path, "is not there")
        kind = text_of(found, "transformation_type")
        if kind == "rotation":
            value, unit = self._value(path)
            angle = in_radians(value, unit)
            if angle is None:
                raise NoPlaceError(path, f"{value:g} {unit}")
            return Placing(rotation(self.direction(path), angle), self.offset(path))
        if kind == "translation":
            vector = self._vector(path, "vector")
            if vector is None:
                raise NoPlaceError(path, "no vector")
            return Placing(shift=self.length(path) * vector + self.offset(path))
        raise NoPlaceError(path, "neither translation nor rotation")

    def _value(self, path: str) -> tuple[float, str]:
        found = self._quantities.quantity(path)
        if found is None:
            why = self._quantities.left_out.pop(path, "no number")
            raise NoPlaceError(path, why, is_elsewhere=" to " in why)
        return found

    def _vector(self, path: str, name: str) -> FloatArray | None:
        try:
            vector = np.asarray(self._file.at(path).attrs[name], np.float64).reshape(-1)
        except BROKEN:
            return None
        return vector if vector.shape == (3,) and np.isfinite(vector).all() else None


def resolved(target: str, path: str) -> str:
    """Return the path that ``depends_on`` means where it is said at another; "" for ".", which ends a chain."""
    if target.strip() in ("", "."):
        return ""
    return target if target.startswith("/") else f"{path.rpartition('/')[0]}/{target}"


def rotation(axis: FloatArray, angle_rad: float) -> FloatArray:
    """Return the (3, 3) matrix of a right-handed rotation about an axis of length 1 (Rodrigues' formula)."""
    x, y, z = axis
    across = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + np.sin(angle_rad) * across + (1 - np.cos(angle_rad)) * (across @ across))
