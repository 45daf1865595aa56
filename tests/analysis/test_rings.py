"""Rings against Bragg's law, the tables of the calibrants, and the place of each pixel in the laboratory."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import cos, degrees, pi, radians, sin

import numpy as np
import pytest

from swmr_viewer.analysis import RingChoice, RingUnit, missing_for, place_of, reflections_of, rings_of, two_theta_of
from swmr_viewer.core.pixel_geometry import PixelGeometry, checked_geometry

GEOMETRY = PixelGeometry((1000.5, 1100.25), 0.2, 1e-10, (75e-6, 75e-6))
SHAPE = (2167, 2070)


# ICDD cards 00-034-0427, 00-034-0394, 00-027-1402 and 00-010-0173 (to the digits that they have)
@pytest.mark.parametrize(
    ("calibrant", "lines"),
    [
        ("LaB6", "100 4.157, 110 2.939, 111 2.400, 200 2.078, 210 1.859, 211 1.697, 220 1.470, 300 1.386"),
        ("CeO2", "111 3.124, 200 2.706, 220 1.913, 311 1.632, 222 1.562, 400 1.353, 331 1.241, 420 1.210"),
        ("Si", "111 3.136, 220 1.920, 311 1.638, 400 1.358, 331 1.246, 422 1.109, 511 1.045, 440 0.960"),
        ("Al2O3", "012 3.480, 104 2.551, 110 2.380, 006 2.165, 113 2.086, 202 1.964, 024 1.740, 116 1.601, 211 1.547"),
        ("AgBh", "001 58.380, 002 29.190, 003 19.460"),
    ],
)
def test_a_calibrant_has_the_lines_of_its_card(calibrant: str, lines: str) -> None:
    wanted = dict(line.split() for line in lines.split(", "))
    found = reflections_of(calibrant)
    assert [line.name for line in found[: len(wanted)]] == list(wanted)
    assert [line.d_angstrom for line in found[: len(wanted)]] == pytest.approx(list(map(float, wanted.values())), abs=1e-3)
    assert [line.d_angstrom for line in found] == sorted((line.d_angstrom for line in found), reverse=True)


def laboratory(geometry: PixelGeometry, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return where points of the detector are (m), the third axis along the beam: rotation by rotation."""
    rot1, rot2, rot3 = geometry.rotations_rad or (0.0, 0.0, 0.0)
    first = np.array([[1, 0, 0], [0, cos(rot1), sin(rot1)], [0, -sin(rot1), cos(rot1)]])
    second = np.array([[cos(rot2), 0, -sin(rot2)], [0, 1, 0], [sin(rot2), 0, cos(rot2)]])
    third = np.array([[cos(rot3), -sin(rot3), 0], [sin(rot3), cos(rot3), 0], [0, 0, 1]])
    (x0, y0), (width, height) = geometry.poni, geometry.pixel_size_m
    here = np.stack([(y - y0) * height, (x - x0) * width, np.full_like(x, geometry.distance_m)])
    return np.tensordot(third @ second @ first, here, 1)


def angles(geometry: PixelGeometry, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    across, down, along = laboratory(geometry, x, y)
    return np.arctan2(np.hypot(across, down), along)


TILTS = {
    "untilted": GEOMETRY,
    "oblong": PixelGeometry((1000.5, 1100.25), 0.2, 1e-10, (75e-6, 172e-6)),
    "tilted": PixelGeometry((900.0, 1300.0), 0.15, 1e-10, (75e-6, 75e-6), (0.4, -0.25, 1.1)),
    "binned": PixelGeometry((450.0, 650.0), 0.15, 1e-10, (150e-6, 150e-6), (0.4, -0.25, 1.1)),
    "hyperbolas": PixelGeometry((1000.0, 1000.0), 0.05, 1e-10, (75e-6, 75e-6), (1.2, 0.1, 0.0)),
    "on an arm": PixelGeometry((1000.0, 1000.0), 0.3, 1e-10, (75e-6, 75e-6), (0.0, pi / 2, 0.0)),
    "backwards": PixelGeometry((1000.0, 1000.0), 0.1, 1e-10, (75e-6, 75e-6), (pi - 0.1, 0.2, 0.0)),
    "beside the beam": PixelGeometry((-500.0, 100.0), 0.2, 1e-10, (75e-6, 75e-6)),
}


@pytest.mark.parametrize("how", TILTS)
def test_each_ring_is_at_the_pixels_whose_place_in_the_laboratory_has_its_angle(how: str) -> None:
    geometry, (rows, columns) = TILTS[how], (220, 207)
    choice = RingChoice("", tuple(range(2, 180, 3)), RingUnit.TWO_THETA)
    step = 5 if how == "binned" else 10  # pixels of a tenth of the rows and columns, so that each can be looked at
    poni, size = ((tuple(factor * at for at in pair)) for factor, pair in ((1 / step, geometry.poni), (step, geometry.pixel_size_m)))
    coarse = replace(geometry, poni=poni, pixel_size_m=size)
    rings = {round(degrees(ring.two_theta_rad)): ring for ring in rings_of(choice, coarse, (rows, columns))}
    corners = angles(coarse, *np.meshgrid(np.arange(columns + 1.0), np.arange(rows + 1.0)))
    around = [corners[top : top + rows, left : left + columns] for top in (0, 1) for left in (0, 1)]
    low, high = np.min(around, axis=0), np.max(around, axis=0)
    assert rings
    for value in choice.values:
        crossed = np.argwhere((low < radians(value)) & (high > radians(value)))
        assert (len(crossed) > 0) <= (value in rings), value
        for ring in filter(None, [rings.get(value)]):
            for line in ring.lines:
                middles = (line[1:] + line[:-1]) / 2
                assert angles(coarse, *line.T) == pytest.approx(radians(value), abs=1e-9)
                slope = np.linalg.norm(np.gradient(corners), axis=0).max() + 1e-9
                inside = ((middles >= 0) & (middles <= (columns, rows))).all(axis=1)
                assert np.abs(angles(coarse, *middles[inside].T) - radians(value)).max(initial=0) < 0.02 * slope
            points = np.concatenate([points_along(line) for line in ring.lines])
            on_line = np.zeros((rows + 2, columns + 2), bool)
            held = points[((points >= 0) & (points < (columns, rows))).all(axis=1)].astype(int)
            on_line[held[:, 1] + 1, held[:, 0] + 1] = True
            wide = np.any([np.roll(on_line, shift, (0, 1)) for shift in np.ndindex(3, 3)], axis=0)
            assert all(wide[row + 2, column + 2] for row, column in crossed), "no pixel that it crosses is left out"


def points_along(line: np.ndarray) -> np.ndarray:
    """Return the points of a line, with more between them where they are far apart."""
    return np.concatenate([np.linspace(one, other, 40) for one, other in pairwise(line)])


@pytest.mark.parametrize("how", TILTS)
def test_what_is_told_of_a_pixel_is_of_its_place_in_the_laboratory(how: str) -> None:
    geometry = TILTS[how]
    x, y = np.random.default_rng(4).uniform(-100, 2200, (2, 50))
    expected = angles(geometry, x, y)
    assert two_theta_of(np.stack([x, y], axis=1), geometry) == pytest.approx(expected, abs=1e-12)
    place = place_of(x[0], y[0], geometry)
    assert place is not None
    assert place.two_theta_rad == pytest.approx(expected[0])
    assert place.d_m == pytest.approx(1e-10 / (2 * sin(expected[0] / 2)))
    assert place.q_per_m == pytest.approx(4 * pi / 1e-10 * sin(expected[0] / 2))
    if geometry.beam_center is None:
        assert (how, place.radius_px) in (("on an arm", None), ("backwards", None))
    else:
        along = laboratory(geometry, *(np.array([at]) for at in geometry.beam_center))[:, 0]
        assert along[:2] == pytest.approx([0, 0], abs=1e-12)
        assert along[2] > 0


def test_values_may_be_spacings_scattering_vectors_or_angles() -> None:
    of = {unit: RingChoice("", (value,), unit) for unit, value in ((RingUnit.D, 2.5), (RingUnit.Q, 2 * pi / 2.5))}
    by_d, by_q = (rings_of(choice, GEOMETRY, SHAPE)[0] for choice in of.values())
    (by_angle,) = rings_of(RingChoice("", (degrees(by_d.two_theta_rad), 95.0), RingUnit.TWO_THETA), GEOMETRY, SHAPE)
    assert by_d.two_theta_rad == pytest.approx(2 * np.arcsin(1 / 5))
    assert by_q.two_theta_rad == pytest.approx(by_d.two_theta_rad)
    np.testing.assert_allclose(by_angle.lines[0], by_d.lines[0])
    assert (by_d.name, by_q.name) == ("2.5 \u00c5", "2.51327 \u00c5\u207b\u00b9")
    assert rings_of(RingChoice("", (0.4,)), GEOMETRY, SHAPE) == ()  # below half the wavelength
    for wrong in ((-1.0,), (float("nan"),), (1.0,) * 101):
        with pytest.raises(ValueError, match="above 0"):
            RingChoice("", wrong)
    with pytest.raises(ValueError, match="not among"):
        RingChoice("gold")


def test_what_is_missing_is_named() -> None:
    known = PixelGeometry((1.0, 2.0), 0.2, None, None)
    assert missing_for(RingChoice("Si"), known) == ("pixel size", "wavelength")
    assert missing_for(RingChoice("", (10.0,), RingUnit.TWO_THETA), known) == ("pixel size",)
    assert missing_for(RingChoice("Si"), PixelGeometry()) == ("beam centre", "detector distance", "pixel size", "wavelength")
    assert missing_for(RingChoice("Si"), GEOMETRY) == ()
    assert rings_of(RingChoice("Si"), known, SHAPE) == ()
    assert PixelGeometry(wavelength_m=2e-10).over(GEOMETRY) == PixelGeometry((1000.5, 1100.25), 0.2, 2e-10, (75e-6, 75e-6))
    assert GEOMETRY.without(PixelGeometry(wavelength_m=2e-10, distance_m=1.0)) == PixelGeometry(GEOMETRY.poni, None, None, (75e-6, 75e-6))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (PixelGeometry(distance_m=0.0), "distance"), (PixelGeometry(wavelength_m=float("nan")), "wavelength"),
        (PixelGeometry(pixel_size_m=(1e-6, -1.0)), "pixel height"), (PixelGeometry((1e9, 0.0)), "centre"),
        (PixelGeometry(rotations_rad=(0.0, 4.0, 0.0)), "Rotations"),
    ],
)  # fmt: skip
def test_what_no_detector_has_is_refused(wrong: PixelGeometry, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        checked_geometry(wrong)
