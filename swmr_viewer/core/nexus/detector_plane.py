"""How a detector stands: the plane of its pixels, from NXdetector_module or from pixel offsets, and a chain of transformations.

The first pixel's corner is the origin of a module, fast_pixel_direction leads from column to column, slow_pixel_direction from row to row;
their values are the pixel's size (https://manual.nexusformat.org/classes/base_classes/NXdetector_module.html). Without modules,
x_pixel_offset and y_pixel_offset are where the pixels' centres are in the detector's own coordinates (NXdetector).
"""

from __future__ import annotations

from math import asin, atan2

import h5py
import numpy as np

from swmr_viewer.core.files import BROKEN, as_text, text_of
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.nexus.groups import NexusFile
from swmr_viewer.core.nexus.quantities import Quantities, in_unit
from swmr_viewer.core.nexus.transformations import FloatArray, NoPlaceError, Placing, Transformations, resolved
from swmr_viewer.core.pixel_geometry import PixelGeometry

MOST_APART_PX = 0.5
"""Modules whose pixels are further from where a single plane would have them are on no single plane."""
MOST_SKEW = 1e-3
MOST_MODULES = 1000


@frozen(eq=False)
class Plane:
    """Where the pixel with x and y is: ``origin + x * fast + y * slow``, in metres from the sample, z along the beam."""

    origin: FloatArray
    fast: FloatArray
    slow: FloatArray

    def at(self, x: float, y: float) -> FloatArray:
        return self.origin + x * self.fast + y * self.slow


def plane_of(file: NexusFile, quantities: Quantities, detector: str, frame_shape: tuple[int, ...]) -> Plane | None:
    """Return the plane of a detector's pixels; None where the file tells of none.

    Raises
    ------
    NoPlaceError
        If it tells, and that cannot be used.
    """
    chains = Transformations(file, quantities)
    modules = [child for child in file.children(detector) if file.has_class(child, "NXdetector_module")][:MOST_MODULES]
    fast = [module for module in modules if isinstance(file.at(f"{module}/fast_pixel_direction"), h5py.Dataset)]
    if fast:
        return _one_plane([_of_module(file, chains, module) for module in fast], fast, frame_shape)
    found = file.at(f"{detector}/depends_on")
    start = resolved(_text(found), f"{detector}/depends_on")
    if not start:
        return None
    placing = chains.placing(start)
    own = _of_offsets(file, detector, frame_shape)
    if own is None:
        if np.allclose(placing.turn, np.eye(3), atol=1e-9):
            return None  # it is only moved: beam centre and distance tell where to
        raise NoPlaceError(f"{detector}/depends_on", "turns the detector, and nothing tells how its pixels lie", is_elsewhere=True)
    return Plane(placing.turn @ own.origin + placing.shift, placing.turn @ own.fast, placing.turn @ own.slow)


def geometry_of(plane: Plane, path: str) -> PixelGeometry:
    """Return a plane in pyFAI's convention; a turn about the beam, which moves no ring, is left out.

    Raises
    ------
    NoPlaceError
        If its pixels are no rectangles, or the sample lies in it.
    """
    size = tuple(float(np.linalg.norm(step)) for step in (plane.fast, plane.slow))
    if min(size) <= 0:
        raise NoPlaceError(path, "pixels have no size")
    along_x, along_y = plane.fast / size[0], plane.slow / size[1]
    if abs(along_x @ along_y) > MOST_SKEW:
        raise NoPlaceError(path, "rows and columns are not at right angles")
    normal = np.cross(along_x, along_y)
    distance = float(plane.origin @ normal)
    if distance < 0:
        normal, distance = -normal, -distance
    if distance < min(size):
        raise NoPlaceError(path, "the sample lies in the detector's plane")
    to_corner = plane.origin - distance * normal
    poni = (-float(to_corner @ along_x) / size[0], -float(to_corner @ along_y) / size[1])
    beam_x, beam_y, beam_normal = along_x[2], along_y[2], normal[2]
    rotations = (atan2(-beam_x, beam_normal), asin(float(np.clip(beam_y, -1, 1))), 0.0)
    return PixelGeometry(poni, distance, None, (size[0], size[1]), rotations)


def _of_module(file: NexusFile, chains: Transformations, module: str) -> tuple[Plane, tuple[int, int]]:
    """Return a module's plane, counted from its first pixel, and the row and column where that is in the frame."""
    steps, origin = [], np.zeros(3)
    for name in ("slow", "fast"):
        path = f"{module}/{name}_pixel_direction"
        before = chains.dependency_of(path)
        placing = chains.placing(before) if before else Placing()
        steps.append(placing.turn @ chains.direction(path) * chains.length(path))
        origin = placing.turn @ chains.offset(path) + placing.shift
    slow, fast = steps
    return Plane(origin, fast, slow), _data_origin(file, module)


def _data_origin(file: NexusFile, module: str) -> tuple[int, int]:
    """Return the row and the column of a module's first pixel in the frame."""
    found = file.at(f"{module}/data_origin")
    try:
        row, column = np.asarray(found[()], np.int64).reshape(-1)[-2:] if isinstance(found, h5py.Dataset) and found.size <= 3 else (0, 0)
    except BROKEN:
        return 0, 0
    return int(row), int(column)


def _one_plane(modules: list[tuple[Plane, tuple[int, int]]], paths: list[str], frame_shape: tuple[int, ...]) -> Plane:
    """Return the plane on which all modules are, counted from the frame's first pixel."""
    first, (row, column) = modules[0]
    plane = Plane(first.at(-column, -row), first.fast, first.slow)
    pixel = min(float(np.linalg.norm(plane.fast)), float(np.linalg.norm(plane.slow)))
    for (other, (row, column)), path in zip(modules[1:], paths[1:], strict=True):
        for x, y in ((0, 0), (frame_shape[-1] - column, 0), (0, frame_shape[-2] - row)):
            if np.linalg.norm(other.at(x, y) - plane.at(column + x, row + y)) > MOST_APART_PX * pixel:
                raise NoPlaceError(path, f"{len(modules)} modules that are not in one plane")
    return plane


def _of_offsets(file: NexusFile, detector: str, frame_shape: tuple[int, ...]) -> Plane | None:
    """Return the plane of pixels whose places along x and y are told, in the detector's own coordinates."""
    x = _even_offsets(file.at(f"{detector}/x_pixel_offset"), frame_shape[-1], along_rows=True)
    y = _even_offsets(file.at(f"{detector}/y_pixel_offset"), frame_shape[-2], along_rows=False)
    if x is None or y is None:
        return None
    origin = np.array([x[0] - x[1] / 2, y[0] - y[1] / 2, 0.0])  # from the first pixel's centre to its corner
    return Plane(origin, np.array([x[1], 0.0, 0.0]), np.array([0.0, y[1], 0.0]))


def _even_offsets(found: object, length: int, *, along_rows: bool) -> tuple[float, float] | None:
    """Return the first offset and the step in metres, where offsets change evenly, and along one axis of the frame alone."""
    if not isinstance(found, h5py.Dataset) or found.ndim not in (1, 2):
        return None
    try:
        ends = [found[()]] if found.ndim == 1 else [found[end] if along_rows else found[:, end] for end in (0, -1)]
        lines, scale = np.asarray(ends, np.float64), in_unit(1.0, text_of(found, "units"), "m")
    except BROKEN:
        return None
    if scale is None or lines.shape[1] != length or length < 2 or not np.isfinite(lines).all():
        return None
    step = float(lines[0, -1] - lines[0, 0]) / (length - 1)
    is_even = step and np.abs(lines - (lines[0, 0] + step * np.arange(length))).max() <= abs(step) / 100
    return (scale * float(lines[0, 0]), scale * step) if is_even else None


def _text(found: object) -> str:
    if not isinstance(found, h5py.Dataset) or found.size != 1:
        return ""
    try:
        value = found[()]
        return as_text(np.asarray(value).reshape(-1)[0]) if np.ndim(value) else as_text(value)
    except BROKEN:
        return ""
