"""Where cones round the beam cut a flat detector: ellipses, parabolas, hyperbolas, as lines through points. Pure numpy.

A ring of scattering angle 2 theta is all directions b cos(2 theta) + (u cos(phi) + v sin(phi)) sin(2 theta), with b the beam and u, v
perpendicular to it; one that goes towards the detector meets it where its component along the normal has grown to the distance.
"""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, sin, sqrt, tan

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis.geometry import FloatArray
from swmr_viewer.core.pixel_geometry import PixelGeometry

FEWEST, MOST_FIRST = 61, 2001
"""Directions round the beam that are looked at first; where the line is in view and bends more, there are more."""
MOST_OFF_PX = 0.01
"""How far the line may run beside the cone's true cut, in view."""
MOST_HALVINGS = 14
MOST_TAN_RAD = 1.5
NEAREST = 1e-9
"""Directions that are nearer to the detector's own plane meet it nowhere."""


def cone_lines(two_theta_rad: float, geometry: PixelGeometry, frame_shape: tuple[int, int]) -> tuple[FloatArray, ...]:
    """Return where a ring is on a frame.

    Parameters
    ----------
    two_theta_rad : float
        The ring's scattering angle.
    geometry : PixelGeometry
        Where the detector is; PONI, distance and pixel size are known.
    frame_shape : (rows, columns)
        What is outside is left out.

    Returns
    -------
    tuple of float64 arrays (n, 2)
        Lines through points, x and y in pixels (the centre of pixel 0 is 0.5); none where the ring does not reach the frame.
    """
    angles = np.linspace(0, 2 * pi, _n_first(two_theta_rad, geometry))
    points = _points_at(angles, two_theta_rad, geometry)
    for _ in range(MOST_HALVINGS):
        near = np.flatnonzero(_is_near_frame(points, frame_shape))
        middles = (angles[near] + angles[near + 1]) / 2
        found = _points_at(middles, two_theta_rad, geometry)
        off = np.linalg.norm(found - (points[near] + points[near + 1]) / 2, axis=1)
        bends = ~(off <= MOST_OFF_PX)  # where one end meets nothing, it is not known how far
        if not bends.any():
            break
        angles = np.insert(angles, near[bends] + 1, middles[bends])
        points = np.insert(points, near[bends] + 1, found[bends], axis=0)
    seen = np.flatnonzero(_touches_frame(points, frame_shape))
    runs = np.split(seen, np.flatnonzero(np.diff(seen) > 1) + 1) if seen.size else []
    return tuple(points[run[0] : run[-1] + 2] for run in runs)


def _n_first(two_theta_rad: float, geometry: PixelGeometry) -> int:
    """Return how many directions a circle of this angle needs: its line is off by r (1 - cos(step / 2))."""
    assert geometry.distance_m is not None
    assert geometry.pixel_size_m is not None
    radius_px = abs(geometry.distance_m * tan(min(two_theta_rad, MOST_TAN_RAD))) / min(geometry.pixel_size_m)
    return round(min(max(FEWEST, pi * sqrt(radius_px / (2 * MOST_OFF_PX)) * 1.05), MOST_FIRST))


def _points_at(angles: FloatArray, two_theta_rad: float, geometry: PixelGeometry) -> FloatArray:
    """Return where directions round the beam meet the detector, (n, 2) in pixels; NaN for those that do not."""
    assert geometry.poni is not None
    assert geometry.distance_m is not None
    assert geometry.pixel_size_m is not None
    beam, first, second = _directions(geometry.beam)
    around = np.cos(angles)[:, None] * first + np.sin(angles)[:, None] * second
    rays = cos(two_theta_rad) * beam + sin(two_theta_rad) * around
    towards = np.where(rays[:, 2] > NEAREST, rays[:, 2], np.nan)
    on_detector = rays[:, :2] * (abs(geometry.distance_m) / towards)[:, None]
    return np.asarray(on_detector / geometry.pixel_size_m + geometry.poni, np.float64)


@lru_cache(maxsize=8)
def _directions(beam: tuple[float, float, float]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the beam, and two directions at right angles to it and to one another."""
    along = np.array(beam)
    first = np.cross(along, np.eye(3)[np.argmin(np.abs(along))])
    first /= np.linalg.norm(first)
    return along, first, np.cross(along, first)


def _touches_frame(points: FloatArray, frame_shape: tuple[int, int], margins: FloatArray | float = 0.0) -> npt.NDArray[np.bool_]:
    """Return which of the steps from point to point may come over the frame, or as near to it as the margin."""
    rows, columns = frame_shape
    low, high = np.minimum(points[:-1], points[1:]), np.maximum(points[:-1], points[1:])
    is_there = (high >= -np.asarray(margins)) & (low <= np.array([columns, rows]) + margins)
    return np.asarray(is_there.all(axis=1))


def _is_near_frame(points: FloatArray, frame_shape: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Return which of the steps the line may leave towards the frame: it bulges by less than half of a step."""
    half = np.linalg.norm(np.diff(points, axis=0), axis=1)[:, None] / 2
    inside: npt.NDArray[np.bool_] = np.all((points >= 0) & (points <= (frame_shape[1], frame_shape[0])), axis=1)
    is_lost = np.isnan(points[:, 0])
    leaves = (inside[:-1] & is_lost[1:]) | (inside[1:] & is_lost[:-1])
    return _touches_frame(points, frame_shape, half) | leaves
