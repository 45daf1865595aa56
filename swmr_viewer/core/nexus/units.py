"""Units of length, time and energy as files spell them. Pure."""

from __future__ import annotations

METRES = {
    "m": 1.0, "meter": 1.0, "metre": 1.0, "meters": 1.0, "metres": 1.0,
    "cm": 1e-2,
    "mm": 1e-3, "millimeter": 1e-3, "millimetre": 1e-3,
    "um": 1e-6, "µm": 1e-6, "μm": 1e-6, "micron": 1e-6, "microns": 1e-6, "micrometer": 1e-6, "micrometre": 1e-6,
    "nm": 1e-9, "nanometer": 1e-9,
    "angstrom": 1e-10, "Angstrom": 1e-10, "angstroms": 1e-10, "Å": 1e-10, "A": 1e-10,
    "pm": 1e-12,
}  # fmt: skip
"""One of the unit in metres."""

_ELECTRONVOLTS = {"eV": 1.0, "ev": 1.0, "keV": 1e3, "kev": 1e3, "MeV": 1e6}
_HC_EV_M = 1.239841984e-6
"""Planck's constant times the speed of light (eV m), CODATA 2018, exact."""


def in_metres(value: float, unit: str) -> float | None:
    """Return a length in metres (no unit: it is in metres), or None where the unit is none of length."""
    factor = METRES.get(unit.strip() or "m")
    return None if factor is None else value * factor


def wavelength_of_energy(value: float, unit: str) -> float | None:
    """Return the wavelength (m) of photons of this energy, or None where the unit is none of energy."""
    factor = _ELECTRONVOLTS.get(unit.strip())
    return _HC_EV_M / (value * factor) if factor and value > 0 else None


_SECONDS = {
    "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0,
    "ms": 1e-3, "millisecond": 1e-3, "milliseconds": 1e-3,
    "us": 1e-6, "\u00b5s": 1e-6, "\u03bcs": 1e-6, "microsecond": 1e-6, "microseconds": 1e-6,
    "ns": 1e-9, "nanosecond": 1e-9, "nanoseconds": 1e-9,
    "min": 60.0, "minute": 60.0, "minutes": 60.0, "h": 3600.0, "hour": 3600.0, "hours": 3600.0,
}  # fmt: skip
"""One of the unit in seconds."""


def in_seconds(unit: str) -> float | None:
    """Return one of this unit of time in seconds, or None where it is none that is known."""
    return _SECONDS.get(unit.strip())
