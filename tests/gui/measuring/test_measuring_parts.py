"""The pure parts of measuring: marks, measured values, curves, words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from swmr_viewer.analysis.regions import Region
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.pixel_geometry import PixelGeometry
from swmr_viewer.gui.curves.curve_line import lonely_points
from swmr_viewer.gui.image.frame_overlay import short_text
from swmr_viewer.gui.picture.readout_text import axis_text, pixel_text, place_text
from swmr_viewer.gui.regions.regions import Marks, differing, next_name
from swmr_viewer.quantities import MeasuredValues, curve_points

SQUARE = ((1.0, 1.0), (5.0, 5.0))


def test_names_are_letters_and_the_first_free_one_is_taken() -> None:
    marks = Marks()
    for _ in range(28):
        marks = marks.added(Region(next_name(marks), "rectangle", SQUARE))
    assert [one.name for one in marks.regions[24:]] == ["Y", "Z", "AA", "AB"]
    assert next_name(marks.removed("C")) == "C"


def test_only_what_changed_is_measured_anew() -> None:
    before = Marks((Region("A", "rectangle", SQUARE), Region("B", "ellipse", SQUARE)))
    assert differing(before, before.moved("B", ((0.0, 0.0), (9.0, 9.0)))) == {"B"}
    assert differing(before, before.renamed("A", "peak")) == {"A", "peak"}
    assert differing(before, before.with_line(SQUARE)) == set()


def test_values_are_missing_until_they_are_measured() -> None:
    values = MeasuredValues()
    values.take(("a",), np.array([5000, 2]), np.array([[1.0], [2.0]]))
    values.take(("b",), np.array([0]), np.array([[7.0]]))
    assert values.at("a", 2) == 2.0
    assert values.at("a", 3) is None
    assert values.at("c", 2) is None
    assert values.n_known("a") == 2
    assert len(values.column("b")) == 5001
    values.forget({"a"})
    assert values.n_known("a") == 0
    values.column("b")[0] = 1.0
    assert values.at("b", 0) == 7.0


def test_a_long_curve_keeps_its_highest_value_and_its_gaps() -> None:
    values = np.zeros(1_000_000)
    values[123_456] = 9.0
    values[500_000:600_000] = np.nan
    x, y = curve_points(values)
    assert len(x) <= 4002
    assert np.nanmax(y) == 9.0
    assert abs(x[np.nanargmax(y)] - 123_456) < 500
    gap = (x > 501_000) & (x < 599_000)
    assert gap.any()
    assert np.isnan(y[gap]).all()
    assert not np.isnan(y[(x < 499_000) | (x > 601_000)]).any()


def test_lonely_points_are_found() -> None:
    nan = np.nan
    np.testing.assert_array_equal(lonely_points(np.array([1, nan, 2, 3, nan, 4])), [True, False, False, False, False, True])


def test_where_a_pixel_is_in_the_experiment() -> None:
    geometry = PixelGeometry((100.0, 100.0), 0.1, 1e-10, (1e-3, 1e-3))
    # tan(2 theta) = 100 mm / 100 mm: 45 degrees; d = 1 angstrom / (2 sin 22.5 degrees) = 1.3066
    assert place_text(geometry, 200.0, 100.0) == ["d 1.307 \u00c5", "q 4.809 \u00c5\u207b\u00b9", "2\u03b8 45.000\u00b0", "r 100.00 mm"]
    assert place_text(PixelGeometry((100.0, 100.0)), 103.0, 104.0) == ["r 5.0 px"]
    assert place_text(PixelGeometry(), 1.0, 1.0) == []
    energies = DataFacts(axis_names=("energy",), axis_units=("keV",), axis_values=((1.5, 2.5),))
    assert axis_text(energies, 1) == ["energy 2.5 keV"]
    assert axis_text(energies, 2) == []
    assert pixel_text(energies, 0, 1) == ["x 1", "y 0"]
    plane = DataFacts(axis_names=("slit", "Q"), axis_units=("mm", ""), axis_values=((-1.0, 2.5, 7.0), (0.125, 0.25)))
    assert pixel_text(plane, 2, 0) == ["x 0 (Q 0.125)", "y 2 (7 mm)"]
    assert pixel_text(replace(plane, axis_values=(None, (0.125, 0.25))), 2, 1) == ["x 1 (Q 0.25)", "y 2"]


@pytest.mark.parametrize(
    ("value", "words"),
    [(np.uint32(4294967295), "4.29e+09"), (np.int16(-32768), "-32768"), (np.float32(0.123456), "0.123"), (np.bool_(True), "1")],
)
def test_values_fit_on_their_pixels(value: object, words: str) -> None:
    assert short_text(value) == words
