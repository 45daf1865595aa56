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


def in_seconds(unit: str) -> float:
    """Return one of this unit of time in seconds; 1 where it is none that is known."""
    return {"ms": 1e-3, "us": 1e-6, "ns": 1e-9, "min": 60.0}.get(unit.strip(), 1.0)
