"""Quantities of NeXus files: single numbers with their units, lengths, times and wavelengths, and what of them cannot be used.

Units are understood by the library pint. It takes 0.3 s to load, so it is loaded when the first unit is to be understood, and
only where files are read: the window's process never does (tests/gui/test_no_hdf5.py).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import isfinite, pi
from typing import Any

import h5py
import numpy as np

from swmr_viewer.core.files import BROKEN, texts_of
from swmr_viewer.core.plain_text import decoded, plain

_PIXELS = {"px", "pix", "pixel", "pixels"}
"""pint's px is a length, the 96th part of an inch."""
_LENGTHS = {"a": "angstrom", "ang": "angstrom", "angs": "angstrom"}
"""Short for a length where one is meant: A is an ampere elsewhere."""
_ANGLES = {
    "deg": pi / 180,
    "degree": pi / 180,
    "degrees": pi / 180,
    "\u00b0": pi / 180,
    "rad": 1.0,
    "radian": 1.0,
    "radians": 1.0,
    "mrad": 1e-3,
}
"""pint takes angles for plain numbers, and counts as well."""
_LONGEST = 40


def is_pixels(unit: str) -> bool:
    """Return whether a unit says that pixels are counted."""
    return unit.strip().lower() in _PIXELS


def in_unit(value: float, unit: str, wanted: str) -> float | None:
    """Return a value in another unit (``m``, ``s``, ``eV``), or None where the unit is missing, unknown, or of something else."""
    if unit.strip() == wanted:
        return value
    found = _understood(unit, wanted)
    if found is None:
        return None
    converted = float((value * found).to(wanted).magnitude)
    return converted if isfinite(converted) else None


def wavelength_of_energy(value: float, unit: str) -> float | None:
    """Return the wavelength (m) of photons of this energy, or None where the unit is none of energy."""
    found = _understood(unit, "eV") if value > 0 else None
    return None if found is None else float((value * found).to("m", "spectroscopy").magnitude)


def in_radians(value: float, unit: str) -> float | None:
    """Return an angle in radians, or None where the unit is none of an angle."""
    scale = _ANGLES.get(unit.strip(" \t\n\0()[].").lower())
    return None if scale is None else value * scale


def in_seconds(unit: str) -> float | None:
    """Return one of this unit of time in seconds, or None where it is none that is known."""
    return in_unit(1.0, unit, "s")


@cache
def _understood(unit: str, wanted: str) -> Any:
    """Return one of a unit, if it is of the same kind as the wanted one.

    Units are as they are written where that makes sense (Mm is no mm), else as they may have been meant: ``MM``, ``Angstroms``,
    ``kev``. One word only is looked at: pint would calculate what stands in a file.
    """
    word = unit.strip(" \t\n\0()[].")
    if not word.isalpha() or len(word) > _LONGEST or is_pixels(word):
        return None
    if wanted == "m":
        word = _LENGTHS.get(word.lower(), word)
    registry = _registry()
    kind = registry.Unit(wanted).dimensionality
    for spelled, case_sensitive in ((word, True), (word.lower(), True), (word, False), (word.lower(), False)):
        try:
            found = registry.parse_units(spelled, case_sensitive=case_sensitive)
        except Exception:  # whatever a text makes of a parser
            continue
        if found.dimensionality == kind:
            return registry.Quantity(1.0, found)
    return None


def load_units() -> None:
    """Load the library now, so that it need not be waited for when a scan is opened."""
    _registry()


@cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry()


MOST_VALUES = 100_000


class Quantities:
    """Values of a file by path; ``at`` returns what is there, or None."""

    def __init__(self, at: Callable[[str], Any]) -> None:
        self._at = at
        self.left_out: dict[str, str] = {}
        """Values that are there and of no use, as texts, by path."""

    def number(self, path: str) -> float | None:
        """Return a single finite number: written as a number or a text, or several times as the same one."""
        found = self._at(path)
        if not isinstance(found, h5py.Dataset) or found.dtype.kind not in "iufSO" or not 0 < found.size <= MOST_VALUES:
            return None
        try:
            values = np.asarray(found[()]).reshape(-1)
        except BROKEN:
            return None
        if values.dtype.kind not in "iuf":
            return self._number_in_text(path, values[0]) if values.size == 1 else None
        low, high = float(values.min()), float(values.max())
        if low != high or not isfinite(low):
            self.left_out[path] = f"{low:g} to {high:g}" if isfinite(low) else f"{low:g}"
            return None
        return low

    def _number_in_text(self, path: str, found: Any) -> float | None:
        text = decoded(found) if isinstance(found, bytes) else str(found)
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not isfinite(value):
            self.left_out[path] = repr(plain(text)[:40])
            return None
        return value

    def quantity(self, path: str) -> tuple[float, str] | None:
        """Return a single number and its unit; one without a unit is left out: to guess at it has shown distances of kilometres."""
        value = self.number(path)
        if value is None:
            return None
        unit = " ".join(texts_of(self._at(path), "units")).strip()
        if not unit:
            self.left_out[path] = f"{value:g} (no unit)"
            return None
        return value, unit

    def length(self, *paths: str) -> float | None:
        """Return the first of these that is a length above 0, in metres."""
        return self._first(paths, lambda value, unit: in_unit(value, unit, "m"))

    def photon_wavelength(self, path: str) -> float | None:
        """Return the wavelength (m) of photons of an energy."""
        return self._first((path,), wavelength_of_energy)

    def _first(self, paths: tuple[str, ...], converted: Callable[[float, str], float | None]) -> float | None:
        before = dict(self.left_out)
        for path in paths:
            found = self.quantity(path)
            value = converted(*found) if found is not None else None
            if value is not None and value > 0:
                self.left_out = before
                return value
            if found is not None:
                self.left_out[path] = f"{found[0]:g} {plain(found[1])}"
        return None
