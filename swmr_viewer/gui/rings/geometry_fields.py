"""The geometry as it is typed: px, mm, micrometres, angstrom or keV, and degrees (pure functions)."""

from __future__ import annotations

from collections.abc import Mapping
from math import degrees, isfinite, radians
from typing import Any

from swmr_viewer.core.pixel_geometry import PixelGeometry
from swmr_viewer.gui.rings.geometry_text import KEV_ANGSTROM

FIELDS = ("x", "y", "distance", "width", "height", "wavelength", "energy", "rot1", "rot2", "rot3")


def texts_of(geometry: PixelGeometry) -> dict[str, str]:
    """Return what stands in each of ``FIELDS``; "" where nothing is known."""
    x, y = geometry.poni or (None, None)
    width, height = geometry.pixel_size_m or (None, None)
    angstrom = None if not geometry.wavelength_m else 1e10 * geometry.wavelength_m
    energy = None if angstrom is None else KEV_ANGSTROM / angstrom
    lengths = (geometry.distance_m and 1e3 * geometry.distance_m, *(size and 1e6 * size for size in (width, height)))
    angles = map(degrees, geometry.rotations_rad) if geometry.rotations_rad else (None, None, None)
    values = (x, y, *lengths, angstrom, energy, *angles)
    return {name: "" if value is None else f"{value:.7g}" for name, value in zip(FIELDS, values, strict=True)}


def part_of_texts(name: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """Return the field of ``PixelGeometry`` that something typed belongs to, with its value: None where all of it is empty.

    Raises
    ------
    ValueError
        If a part of it is no number, or is missing; the words say which.
    """
    if name in ("x", "y"):
        x, y = _number(texts, "x"), _number(texts, "y")
        if (x is None) != (y is None):
            raise ValueError("The centre is x and y: type both.")
        return {"poni": None if x is None else (x, y)}
    if name == "distance":
        distance = _number(texts, "distance")
        return {"distance_m": distance if distance is None else 1e-3 * distance}
    if name in ("width", "height"):
        width, height = _number(texts, "width"), _number(texts, "height")
        sizes = [1e-6 * size for size in (height if width is None else width, width if height is None else height) if size is not None]
        return {"pixel_size_m": tuple(sizes) or None}
    if name in ("wavelength", "energy"):
        return {"wavelength_m": _wavelength_m(name, texts)}
    angles = [_number(texts, rotation) for rotation in FIELDS[-3:]]
    is_empty = all(angle is None for angle in angles)
    return {"rotations_rad": None if is_empty else tuple(radians(angle or 0.0) for angle in angles)}


def _wavelength_m(name: str, texts: Mapping[str, str]) -> float | None:
    value = _number(texts, name)
    if value is None:
        return None
    if value <= 0:
        raise ValueError(f"The {name} is above 0.")
    return 1e-10 * (value if name == "wavelength" else KEV_ANGSTROM / value)


def _number(texts: Mapping[str, str], name: str) -> float | None:
    text = texts[name].strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise ValueError(f"\u201c{text[:20]}\u201d is no number ({name}).")
    return value
