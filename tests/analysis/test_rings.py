"""Rings against Bragg's law, the tables of the calibrants, and where each pixel is."""

from __future__ import annotations

from math import cos, degrees, hypot, pi, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer.analysis import CALIBRANTS, PixelGeometry, RingChoice, RingUnit, missing_for, place_of, reflections_of, rings_of

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


@given(st.sampled_from(CALIBRANTS), st.floats(0, 2 * pi), st.floats(0.5, 2))
def test_each_pixel_on_a_ring_has_its_spacing(calibrant: str, around: float, aspect: float) -> None:
    geometry = PixelGeometry(GEOMETRY.beam_center, GEOMETRY.distance_m, GEOMETRY.wavelength_m, (75e-6, aspect * 75e-6))
    spacings = {line.name: line.d_angstrom for line in reflections_of(calibrant)}
    rings = rings_of(RingChoice(calibrant), geometry, SHAPE)
    assert rings
    for ring in rings:
        x, y = 1000.5 + ring.radii_px[0] * cos(around), 1100.25 + ring.radii_px[1] * sin(around)
        place = place_of(x, y, geometry)
        assert place is not None
        assert place.d_m == pytest.approx(1e-10 * spacings[ring.name])
        assert place.two_theta_rad == pytest.approx(ring.two_theta_rad)
    corners = [hypot(x - 1000.5, (y - 1100.25) * aspect) for x in (0, SHAPE[1]) for y in (0, SHAPE[0])]
    assert rings[-1].radii_px[0] <= max(corners)


def test_values_may_be_spacings_scattering_vectors_or_angles() -> None:
    of = {unit: RingChoice("", (value,), unit) for unit, value in ((RingUnit.D, 2.5), (RingUnit.Q, 2 * pi / 2.5))}
    by_d, by_q = (rings_of(choice, GEOMETRY, SHAPE)[0] for choice in of.values())
    (by_angle,) = rings_of(RingChoice("", (degrees(by_d.two_theta_rad), 95.0), RingUnit.TWO_THETA), GEOMETRY, SHAPE)
    assert by_q.radii_px == pytest.approx(by_d.radii_px)
    assert by_angle.radii_px == pytest.approx(by_d.radii_px)
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


def test_a_detector_beside_the_beam_has_those_rings_alone_that_cross_it() -> None:
    beside = PixelGeometry((-500.0, 100.0), 0.2, 1e-10, (75e-6, 75e-6))
    radii = [ring.radii_px[0] for ring in rings_of(RingChoice("LaB6"), beside, (200, 300))]
    everything = [ring.radii_px[0] for ring in rings_of(RingChoice("LaB6"), GEOMETRY, (10_000, 10_000))]
    assert radii == [radius for radius in everything if 500 <= radius <= hypot(800, 100)]
