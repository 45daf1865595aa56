"""The axes of a frame as NXdata names them, and what of them can be told."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer.core.nexus.fact_reading import read_facts, values_of_pixels

NAN = float("nan")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([1.0, 2.0, 4.0], [1.0, 2.0, 4.0]),
        ([0.0, 2.0, 4.0, 10.0], [1.0, 3.0, 7.0]),  # the edges
        ([1.0, 2.0], None),
        ([0.0, 0.0, 0.0], None),
        ([0.0, 0.0, 0.0, 0.0], None),
        ([1.0, NAN, 3.0], None),
        ([[1.0, 2.0, 4.0]], None),
    ],
)
def test_each_pixel_has_one_value_or_the_axis_has_none(given, expected):
    found = values_of_pixels(np.array(given), 3)
    assert (None if found is None else found.tolist()) == expected


def test_a_single_pixel_has_its_value():
    assert values_of_pixels(np.array([5.0]), 1).tolist() == [5.0]


def test_the_axes_of_an_image_are_read_with_names_and_units(tmp_path: Path):
    with h5py.File(tmp_path / "scan.h5", "w") as file:
        detector = file.create_group("entry/instrument/detector")
        detector["data"] = np.zeros((5, 3, 4))
        group = file.create_group("entry/plot")
        group["data"] = detector["data"]
        group.attrs.update({"NX_class": "NXdata", "signal": "data", "axes": ["omega", "slit", "Q"]})
        group["slit"] = np.array([-1, 0, 1], "i2")
        group["Q"] = np.linspace(0.0, 1.0, 5)
        group["slit"].attrs.update({"units": "mm", "long_name": "height on the slit"})
        group["Q"].attrs["units"] = "1/angstrom"
        facts = read_facts(file, "/entry/instrument/detector/data", 1, (3, 4))
        assert facts.axis_names == ("height on the slit", "Q")
        assert facts.axis_units == ("mm", "1/angstrom")
        assert facts.axis_values == ((-1.0, 0.0, 1.0), (0.125, 0.375, 0.625, 0.875))
        assert [axis.name for axis in facts.scan_axes] == ["omega"]
