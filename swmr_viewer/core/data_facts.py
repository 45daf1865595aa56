"""What a data set's frames are: what the file declares beyond the pixels, and what shape and type leave no doubt of. No h5py here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.pixel_geometry import NOTHING_TOLD, PixelGeometry


@frozen
class ScanAxis:
    """One axis of the scan."""

    name: str
    unit: str = ""
    values: tuple[float, ...] | None = None
    """One per point along this axis; None where the file has none (or too many to be sent)."""


@frozen
class MotorPosition:
    """Where one motor was when a frame was taken."""

    name: str
    value: float
    unit: str = ""
    """As the file has it; "" where it has none."""


class ScalarKind(StrEnum):
    """What one number per scan point says."""

    TIME = "time"
    POSITION = "position"
    SCALAR = "scalar"
    """A monitor, a temperature, or whatever else the file has."""


@frozen
class ScalarFact:
    """What a file has one number of for each scan point."""

    name: str
    """Short, and of no other: ``stage_x`` is where a motor was read back, ``stage_x_set`` where it was sent."""
    unit: str
    """As the file has it; "" where it has none. Of times "s"."""
    path: str
    kind: ScalarKind
    axis: int | None = None
    """Of which axis of the scan it is the position, 0 is the slowest; None: of none, or that is not told."""
    is_read_back: bool = False
    """Whether it was measured at each point; otherwise it is what was asked for. Of positions."""
    is_date: bool = False
    """Of times: seconds since 1970 (UTC); otherwise they count from somewhere else, such as the start of the detector."""


@frozen
class DataFacts:
    """NeXus facts of one data set, read once at opening; whatever is missing or unreadable is empty or None."""

    axis_names: tuple[str, ...] = ()
    """Of the frame's axes, slowest first; "" where an axis has no name."""
    axis_units: tuple[str, ...] = ()
    axis_values: tuple[tuple[float, ...] | None, ...] = ()
    """Values along the frame's axes, such as a spectrum's energies."""
    unit: str = ""
    """Of the pixels' values."""
    interpretation: str = ""
    """NeXus' ``interpretation``: image, spectrum, scalar ... or ""."""
    mask_path: str | None = None
    """A pixel mask of the frame's shape: 0 is good."""
    time_path: str | None = None
    """One time per scan point."""
    geometry: PixelGeometry = NOTHING_TOLD
    """Where the detector stands, of the pixels of the frames as they are."""
    saturation_value: float | None = None
    """Pixels at or above are saturated (NXdetector/saturation_value)."""
    scan_axes: tuple[ScanAxis, ...] = ()
    """Of the scan's axes, slowest first; empty where the file names none."""
    left_out: tuple[tuple[str, str], ...] = ()
    """Values that are there and of no use: path, and the value as a text, ``0.2 (no unit)``."""

    gap_values: tuple[int, ...] = ()
    """Pixels that hold no measurement, besides the type's maximum: Dectris' defective ones, or the negative ones of signed types."""

    def of_axes(self, axes: tuple[int, ...]) -> DataFacts:
        """Return the same of frames of which these axes alone are shown."""
        if axes == tuple(range(len(self.axis_names))) or max(axes, default=-1) >= len(self.axis_names):
            return self
        return replace(
            self,
            axis_names=tuple(self.axis_names[axis] for axis in axes),
            axis_units=tuple(self.axis_units[axis] for axis in axes),
            axis_values=tuple(self.axis_values[axis] for axis in axes),
        )


COLOR_IMAGE = "rgb-image"
_RANKS = {"image": 2, COLOR_IMAGE: 3, "rgba-image": 3, "spectrum": 1, "scalar": 0, "vertex": 1, "scaler": 0}
"""NeXus ``interpretation`` to frame rank (nexusformat.org, NXdata)."""
_SURE_TYPES, _LIKELY_TYPES = ("u1",), ("u1", "u2")
COLOR_MODES = ("2", "3", "4", "RGB1", "RGB2", "RGB3")
"""areaDetector's ``ColorMode`` of colour images (ADCore, NDArray.h)."""


def frame_rank_of(shape: tuple[int, ...], dtype: npt.DTypeLike, told: str) -> int | None:
    """Return how many of a data set's last axes are a frame's, or None where nothing tells.

    Parameters
    ----------
    shape, dtype :
        Of the data set, scan axes included.
    told : str
        As `interpretation_of`.
    """
    if told in ("", "image") and len(shape) >= 4:
        color = color_axis_of(shape[-3:], dtype)
        if color:  # as the first of three it may as well be an axis of the scan
            return 3
    return _RANKS.get(told)


def is_one_image(shape: Sequence[int], maxshape: Sequence[int | None], by_rows: bool, interpretation: str) -> bool:
    """Return whether a data set without keys is a single image, and not one spectrum per scan point.

    Two axes that cannot grow are an image, unless NeXus says that they are spectra, or they are written row by row.

    Parameters
    ----------
    shape, maxshape : sequence
        The data set's.
    by_rows : bool
        Whether each chunk, or each source, is a row.
    interpretation : str
        NeXus' word, or "".
    """
    if len(shape) != 2 or tuple(maxshape) != tuple(shape) or 1 in shape:
        return False
    return _RANKS.get(interpretation, 1 if by_rows else 2) == 2


def color_axis_of(shape: tuple[int, ...], dtype: npt.DTypeLike, told: str = "") -> int | None:
    """Return which axis of a frame is red, green and blue (and opacity), or None.

    Where the file tells of colour it is the last axis of 3 or 4. Otherwise it must be likely: images of 8 bits have it
    as the last axis (areaDetector's RGB1) or, of exactly 3, before or between the others (RGB3, RGB2); those of 16
    bits as the last axis alone, because three thresholds or modules come first.
    """
    kind, rank = np.dtype(dtype), len(shape)
    if rank < 3 or kind.kind not in "uif" or _RANKS.get(told, 2) < 2:
        return None
    if _RANKS.get(told) == 3:
        return next((axis for axis in (rank - 1, rank - 3, rank - 2) if shape[axis] in (3, 4)), None)
    if _name(kind) in _LIKELY_TYPES and shape[-1] in (3, 4):
        return rank - 1
    if _name(kind) in _SURE_TYPES:
        return next((axis for axis in (rank - 3, rank - 2) if shape[axis] == 3), None)
    return None


def _name(dtype: np.dtype[Any]) -> str:
    return dtype.str[1:]
