"""Lengths, times, energies and wavelengths in whatever unit a file spells out, by the library pint.

It takes 0.3 s to load, so it is loaded when the first unit is to be understood, and only where files are read: the
window's process never does (tests/gui/test_no_hdf5.py).
"""

from __future__ import annotations

from functools import cache
from math import isfinite
from typing import Any

_PIXELS = {"px", "pix", "pixel", "pixels"}
"""pint's px is a length, the 96th part of an inch."""
_LENGTHS = {"a": "angstrom", "ang": "angstrom", "angs": "angstrom"}
"""Short for a length where one is meant: A is an ampere elsewhere."""
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


def load() -> None:
    """Load the library now, so that it need not be waited for when a scan is opened."""
    _registry()


@cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry()
