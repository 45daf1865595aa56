"""Geometry from a PONI file, pyFAI's text of a calibration, versions 1 to 3. Pure; nothing of the file is run or opened.

    poni_version: 2.1
    Detector: Eiger4M
    Detector_config: {"pixel1": 7.5e-05, "pixel2": 7.5e-05, "orientation": 3}
    Distance: 0.1
    Poni1: 0.08
    Poni2: 0.07
    Rot1: 0.01
    Rot2: 0
    Rot3: 0
    Wavelength: 1e-10

Lengths are in metres, angles in radians, 1 is y and 2 is x, as in `core.pixel_geometry`; what counts is the last line of each name, in
any case of letters. The orientation says from which corner of the picture pixels are counted: 3 (and 0) from that of pixel 0, 2 with rows
the other way, 4 with columns, 1 with both (pyFAI.detectors.orientation).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from math import isfinite
from pathlib import Path
from typing import Any

from swmr_viewer.analysis.small_texts import read_small_text
from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.number_text import shape_text
from swmr_viewer.core.pixel_geometry import PixelGeometry, checked_geometry
from swmr_viewer.core.plain_text import plain

MOST_BYTES = 1_000_000
NEWEST_VERSION = 3.0
LONGEST_TOLD = 40
ROWS_TURNED, COLUMNS_TURNED = (1, 2), (1, 4)
"""Orientations in which rows, or columns, are counted from the other end."""


class PoniFileError(SwmrViewerError):
    """A PONI file cannot be read, or does not fit."""


@frozen
class PoniFile:
    """What a PONI file holds; lengths in metres, angles in radians, what it does not tell is None."""

    distance_m: float
    poni_m: tuple[float, float]
    """x and y."""
    rotations_rad: tuple[float, float, float] = (0.0, 0.0, 0.0)
    wavelength_m: float | None = None
    pixel_size_m: tuple[float, float] | None = None
    """Along x and y."""
    orientation: int = 3
    frame_shape: tuple[int, int] | None = None
    """Rows and columns of the detector."""
    detector: str = ""
    is_distorted: bool = False
    """Whether it names a file of pixels that are on no even grid."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """All that it tells of the detector, as it stands there: nothing of it is checked."""
    corrects_parallax: bool = False
    """Whether pyFAI is to correct for the depth of the sensor."""

    def geometry(self, pixel_size_m: tuple[float, float] | None, frame_shape: tuple[int, int]) -> PixelGeometry:
        """Return the geometry of frames.

        Parameters
        ----------
        pixel_size_m : (float, float) or None
            Of the frames along x and y, as the scan's file tells it: it counts where the PONI file has none, and where one is the other
            several times, as binning makes it.
        frame_shape : (rows, columns)
            Of the frames.

        Raises
        ------
        PoniFileError
            If nothing tells how large a pixel is, or the frames are a part of the detector and its pixels are counted from another corner.
        """
        size = self._size_for(pixel_size_m)
        if size is None:
            raise PoniFileError("Neither the PONI file nor the scan's file tells how large a pixel is.", "Type its size first.")
        turns_x, turns_y = self.orientation in COLUMNS_TURNED, self.orientation in ROWS_TURNED
        if (turns_x or turns_y) and (why_not := self.difference_to(pixel_size_m, frame_shape)):
            raise PoniFileError(f"{why_not} It counts pixels from another corner.", "Load one of frames like these.")
        x, y = (at / one for at, one in zip(self.poni_m, size, strict=True))
        rot1, rot2, rot3 = self.rotations_rad
        if turns_x:
            x, rot1, rot3 = frame_shape[1] - x, -rot1, -rot3
        if turns_y:
            y, rot2, rot3 = frame_shape[0] - y, -rot2, -rot3
        found = PixelGeometry((x, y), self.distance_m, self.wavelength_m, size, (rot1, rot2, rot3))
        try:
            return checked_geometry(found)
        except ValueError as error:
            raise PoniFileError(f"The PONI file cannot be used: {error}", "Choose another.") from error

    def difference_to(self, pixel_size_m: tuple[float, float] | None, frame_shape: tuple[int, int]) -> str:
        """Return what is to be said where frames are not as large as the detector of the PONI file; "" where nothing tells."""
        size = self._size_for(pixel_size_m)
        if self.frame_shape is None or self.pixel_size_m is None or size is None:
            return ""
        counted = (round(self.frame_shape[axis] * self.pixel_size_m[1 - axis] / size[1 - axis]) for axis in (0, 1))
        if tuple(counted) == frame_shape:
            return ""
        return f"The PONI file is of {shape_text(self.frame_shape)} pixels, and the frames have {shape_text(frame_shape)}."

    def _size_for(self, pixel_size_m: tuple[float, float] | None) -> tuple[float, float] | None:
        own = self.pixel_size_m
        if own is None or pixel_size_m is None:
            return own or pixel_size_m
        ratios = [max(one / other, other / one) for one, other in zip(own, pixel_size_m, strict=True)]
        are_binned = all(abs(ratio - round(ratio)) < 1e-3 * ratio for ratio in ratios)
        return pixel_size_m if are_binned else own


def load_poni(file: str | Path) -> PoniFile:
    """Read a PONI file.

    Raises
    ------
    PoniFileError
        If it cannot be read, or is none; the sentence says what is wrong.
    """
    try:
        return poni_of_text(read_small_text(file, MOST_BYTES))
    except OSError as error:
        raise PoniFileError(f"{file} cannot be read: {error.strerror or error}.", "Check its name and permissions.") from error
    except ValueError as error:
        raise PoniFileError(f"{file} is no PONI file: {plain(str(error))}.", "Choose one that pyFAI wrote.") from error


def poni_of_text(text: str) -> PoniFile:
    """Return what the text of a PONI file says.

    Raises
    ------
    ValueError
        If it is none; the words say why.
    """
    lines = (line.split(":", 1) for line in text.splitlines() if ":" in line and not line.startswith("#"))
    told = {name.strip().lower(): value.strip() for name, value in lines}
    version = _number(told, "poni_version", 1.0)
    if version > NEWEST_VERSION:
        raise ValueError(f"its version is {version:g}, and this program reads up to {NEWEST_VERSION:g}")
    config = _config(told.get("detector_config", "{}"))
    orientation = config.get("orientation", 3)
    if type(orientation) is not int or orientation not in range(5):
        raise ValueError('"orientation" is none of 0 to 4')
    down, across = (_length(config.get(f"pixel{n}", told.get(f"pixelsize{n}"))) for n in (1, 2))
    rot1, rot2, rot3 = (_number(told, f"rot{n}", 0.0) for n in (1, 2, 3))
    distance = _number(told, "dist" if "dist" in told else "distance")
    if distance <= 0:
        raise ValueError('"Distance" is no length above 0')
    spline = config.get("splineFile", told.get("splinefile"))
    return PoniFile(
        distance,
        (_number(told, "poni2"), _number(told, "poni1")),
        (rot1, rot2, rot3),
        _length(told.get("wavelength")),
        (across, down) if across and down else None,
        orientation,
        _shape(config.get("max_shape")),
        plain(told.get("detector", ""))[:LONGEST_TOLD],
        bool(config.get("filename")) or (isinstance(spline, str) and spline.lower() not in ("", "none")),
        config if spline is None else {**config, "splineFile": spline},
        told.get("parallax", "").lower() == "true",
    )


def _config(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError('"Detector_config" is no JSON') from error
    if found is not None and not isinstance(found, dict):
        raise ValueError('"Detector_config" is no JSON object')
    return found or {}


def _number(told: dict[str, str], name: str, usual: float | None = None) -> float:
    text = told.get(name, "")
    if text.lower() in ("", "none") and usual is not None:
        return usual
    if not text:
        raise ValueError(f'it has no line "{name.capitalize()}"')
    value = _float(text)
    if value is None:
        raise ValueError(f'"{name.capitalize()}" is {text[:LONGEST_TOLD]!r}, and no number')
    return value


def _float(value: Any) -> float | None:
    try:
        number = float(value) if isinstance(value, str | int | float) else None
    except (ValueError, OverflowError):
        return None
    return number if number is not None and isfinite(number) else None


def _length(value: Any) -> float | None:
    number = _float(value)
    return number if number is not None and number > 0 else None


def _shape(value: Any) -> tuple[int, int] | None:
    is_shape = isinstance(value, list) and len(value) == 2 and all(type(n) is int and n > 0 for n in value)
    return (value[0], value[1]) if is_shape else None
