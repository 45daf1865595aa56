"""Detectors that stand anywhere: the scattering angle of pixels against places worked out by plain 4 x 4 matrices."""

from __future__ import annotations

from math import cos, pi, radians, sin
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer.analysis import two_theta_of
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.nexus.fact_reading import read_facts
from swmr_viewer.core.pixel_geometry import PixelGeometry

DETECTOR = "/entry/instrument/detector"
CHAIN = f"{DETECTOR}/transformations"
ROWS, COLUMNS = 60, 80
UP, ALONG, ACROSS = (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)
FLAT = {"beam_center_x": (40.5, "pixel"), "beam_center_y": (30.5, "pixel"), "distance": (200.0, "mm")}
Step = tuple[str, Any, str, tuple[float, float, float], dict[str, Any]]
STANDING: tuple[Step, ...] = (
    ("two_theta", 25.0, "deg", UP, {"transformation_type": "rotation"}),
    ("tilt", -0.1, "rad", ACROSS, {"transformation_type": "rotation", "offset": (0.5, -0.25, 0.0), "offset_units": "mm"}),
    ("away", 0.2, "m", ALONG, {"transformation_type": "translation"}),
)
"""As depended on last to first."""


def put(file: h5py.File, path: str, value: Any, unit: str | None, **attributes: Any) -> None:
    file[path] = value
    if unit is not None:
        attributes["units"] = unit
    for name, attribute in attributes.items():
        file[path].attrs[name] = attribute


def put_chain(file: h5py.File, steps: tuple[Step, ...]) -> None:
    for number, (name, value, unit, vector, attributes) in enumerate(steps):
        before = "." if number == 0 else steps[number - 1][0]
        put(file, f"{CHAIN}/{name}", value, unit, **{"vector": vector, "depends_on": before, **attributes})


def put_module(file: h5py.File, name: str = "module", *, corner_mm: tuple[float, float], origin: tuple[int, int] = (0, 0), um: float = 75.0,
               **changed: Any) -> None:  # fmt: skip
    """Add a module: columns go to -x, rows to -y, as one looks along the beam."""
    group = file.require_group(f"{DETECTOR}/{name}")
    group.attrs["NX_class"] = "NXdetector_module"
    group["data_origin"] = np.array(origin)
    group["data_size"] = np.array((ROWS, COLUMNS))
    put(file, f"{group.name}/module_offset", 0.0, "mm", transformation_type="translation", vector=(1.0, 0.0, 0.0),
        offset=(*corner_mm, 0.0), offset_units="mm", depends_on=f"{CHAIN}/away", **changed)  # fmt: skip
    for direction, vector in (("fast", (-1.0, 0.0, 0.0)), ("slow", (0.0, -1.0, 0.0))):
        put(file, f"{group.name}/{direction}_pixel_direction", um, "um", transformation_type="translation", vector=vector,
            offset=(0.0, 0.0, 0.0), depends_on=f"{group.name}/module_offset")  # fmt: skip


def matrix(angle: float, axis: tuple[float, float, float], shift_m: tuple[float, ...] = (0.0, 0.0, 0.0)) -> np.ndarray:
    """Return a rotation about one of the three axes, and a shift behind it."""
    at = axis.index(1.0)
    one, other = (at + 1) % 3, (at + 2) % 3
    made = np.eye(4)
    made[one, one] = made[other, other] = cos(angle)
    made[other, one], made[one, other] = sin(angle), -sin(angle)
    made[:3, 3] = shift_m
    return made


STANDS = matrix(radians(25), UP) @ matrix(-0.1, ACROSS, (0.5e-3, -0.25e-3, 0)) @ matrix(0, UP, (0, 0, 0.2))


def angles_at(own_m: np.ndarray, placed: np.ndarray = STANDS) -> np.ndarray:
    """Return the scattering angle of places in the detector's coordinates, (3, n)."""
    x, y, z, _ = placed @ np.vstack([own_m, np.ones(own_m.shape[1])])
    return np.arctan2(np.hypot(x, y), z)


def pixels(n: int = 40) -> np.ndarray:
    return np.random.default_rng(6).uniform((0, 0), (COLUMNS, ROWS), (n, 2))


def told(tmp_path: Path, write: Any) -> DataFacts:
    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        for group, nx_class in (("/entry", "NXentry"), ("/entry/instrument", "NXinstrument"), (DETECTOR, "NXdetector")):
            file.require_group(group).attrs["NX_class"] = nx_class
        file[f"{DETECTOR}/data"] = np.zeros((3, ROWS, COLUMNS))
        for name, (value, unit) in FLAT.items():
            put(file, f"{DETECTOR}/{name}", value, unit)
        for axis in "xy":
            put(file, f"{DETECTOR}/{axis}_pixel_size", 75.0, "um")
        write(file)
    with h5py.File(tmp_path / "scan.h5", "r", locking=False) as file:
        return read_facts(file, f"{DETECTOR}/data", 1, (ROWS, COLUMNS))


def angles_told(found: DataFacts, points: np.ndarray) -> np.ndarray:
    angles = two_theta_of(points, found.geometry)
    assert angles is not None
    return angles


@pytest.mark.parametrize(("part", "binning"), [((0, 0), 1), ((512, 1030), 1), ((0, 0), 2)])
def test_pixels_of_a_module_are_where_its_chain_puts_them(tmp_path: Path, part: tuple[int, int], binning: int) -> None:
    um = 75.0 * binning

    def write(file: h5py.File) -> None:
        put_chain(file, STANDING)
        # a part of the sensor that is read out: its corner is elsewhere, and its data origin in the frames is 0
        put_module(file, corner_mm=(3.0 - part[1] * 0.075, 2.25 - part[0] * 0.075), um=um)

    found, at = told(tmp_path, write), pixels()
    size = 75e-6 * binning
    own = np.array([3.0e-3 - part[1] * 75e-6 - at[:, 0] * size, 2.25e-3 - part[0] * 75e-6 - at[:, 1] * size, 0 * at[:, 0]])
    assert angles_told(found, at) == pytest.approx(angles_at(own), abs=1e-9)
    assert found.geometry.pixel_size_m == pytest.approx((size, size))
    assert found.left_out == ()


def test_modules_in_one_plane_are_one_and_others_are_told_of(tmp_path: Path) -> None:
    def write(file: h5py.File) -> None:
        put_chain(file, STANDING)
        put_module(file, "module_b", corner_mm=(3.0 - 40 * 0.075, 2.25 - 10 * 0.075), origin=(10, 40))
        put_module(file, "module_c", corner_mm=(3.0 + shift, 2.25))

    shift = 0.0
    found, at = told(tmp_path, write), pixels()
    own = np.array([3.0e-3 - at[:, 0] * 75e-6, 2.25e-3 - at[:, 1] * 75e-6, 0 * at[:, 0]])
    assert angles_told(found, at) == pytest.approx(angles_at(own), abs=1e-9)
    shift = 0.05
    found = told(tmp_path, write)
    assert found.left_out == ((f"{DETECTOR}/module_c", "2 modules that are not in one plane"),)
    assert found.geometry == PixelGeometry((40.5, 30.5), 0.2, None, (75e-6, 75e-6))


@pytest.mark.parametrize("rank", [1, 2])
def test_pixels_at_offsets_are_where_the_detectors_chain_puts_them(tmp_path: Path, rank: int) -> None:
    x, y = (np.arange(COLUMNS) - 39.5) * 0.1, (29.5 - np.arange(ROWS)) * 0.05

    def write(file: h5py.File) -> None:
        put_chain(file, STANDING)
        file[f"{DETECTOR}/depends_on"] = "transformations/away"
        wide = np.meshgrid(x, y) if rank == 2 else (x, y)
        put(file, f"{DETECTOR}/x_pixel_offset", wide[0], "mm")
        put(file, f"{DETECTOR}/y_pixel_offset", wide[1], "mm")

    found, at = told(tmp_path, write), pixels()
    own = np.array([(at[:, 0] - 40) * 1e-4, (30 - at[:, 1]) * 5e-5, 0 * at[:, 0]])
    assert angles_told(found, at) == pytest.approx(angles_at(own), abs=1e-9)


def changed(name: str, value: Any = 25.0, unit: str = "deg", vector: Any = UP, **attributes: Any) -> tuple[Step, ...]:
    step = (name, value, unit, vector, {"transformation_type": "rotation", **attributes})
    return tuple(step if one[0] == name else one for one in STANDING)


MOVED = PixelGeometry((40.5, 30.5), 0.2, None, (75e-6, 75e-6))
"""What is told without the chain."""
NOWHERE = PixelGeometry(pixel_size_m=(75e-6, 75e-6))
UNUSABLE: dict[str, tuple[tuple[Step, ...], str, PixelGeometry]] = {
    "moves": (changed("two_theta", np.array([0.0, 5.0, 10.0])), "two_theta 0 to 10", NOWHERE),
    "not written yet": (changed("two_theta", np.nan), "two_theta nan", MOVED),
    "no unit": (changed("two_theta", 25.0, ""), "two_theta 25 (no unit)", MOVED),
    "counts": (changed("two_theta", 25.0, "count"), "two_theta 25 count", MOVED),
    "no vector": (changed("two_theta", vector=(0.0, 0.0, 0.0)), "two_theta no vector", MOVED),
    "neither": (changed("two_theta", transformation_type="magic"), "two_theta neither translation nor rotation", MOVED),
    "circle": (changed("two_theta", depends_on="away"), "depends on itself", MOVED),
    "elsewhere": (changed("two_theta", depends_on="/entry/nowhere"), "/entry/nowhere is not there", MOVED),
}  # fmt: skip


@pytest.mark.parametrize("way", UNUSABLE)
def test_a_chain_that_cannot_be_used_is_told_of_and_never_guessed(tmp_path: Path, way: str) -> None:
    steps, words, expected = UNUSABLE[way]

    def write(file: h5py.File) -> None:
        put_chain(file, steps)
        put_module(file, corner_mm=(3.0, 2.25))

    found = told(tmp_path, write)
    ((path, why),) = found.left_out
    assert f"{path} {why}".endswith(words)
    assert found.geometry == expected


def test_a_detector_that_is_turned_without_a_word_of_its_pixels_is_nowhere_and_one_that_is_moved_is_as_told(tmp_path: Path) -> None:
    def write(file: h5py.File) -> None:
        put_chain(file, steps)
        file[f"{DETECTOR}/depends_on"] = f"{CHAIN}/away"

    steps = STANDING
    found = told(tmp_path, write)
    assert found.geometry == NOWHERE
    assert "nothing tells how its pixels lie" in found.left_out[0][1]
    steps = STANDING[2:]
    found = told(tmp_path, write)
    assert (found.geometry, found.left_out) == (MOVED, ())


def test_a_detector_behind_the_sample_and_one_upright_above_it_are_where_they_are(tmp_path: Path) -> None:
    for angle in (90.0, 170.0):

        def write(file: h5py.File, angle: float = angle) -> None:
            put_chain(file, (("two_theta", angle, "degrees", ACROSS, {"transformation_type": "rotation"}), STANDING[2]))
            put_module(file, corner_mm=(3.0, 2.25))

        found, at = told(tmp_path, write), pixels()
        own = np.array([3.0e-3 - at[:, 0] * 75e-6, 2.25e-3 - at[:, 1] * 75e-6, 0 * at[:, 0]])
        placed = matrix(radians(angle), ACROSS) @ matrix(0, UP, (0, 0, 0.2))
        assert angles_told(found, at) == pytest.approx(angles_at(own, placed), abs=1e-9)
        assert found.geometry.beam_center is None
        assert abs(found.geometry.rotations_rad[0]) in (pytest.approx(0, abs=1e-9), pytest.approx(pi))
