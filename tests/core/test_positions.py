"""Positions of motors as files have them: GDA's, NXpositioner's, areaDetector's, flat ones; what is not written is left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer.core.positions import MOST_MOTORS, MotorPositions
from swmr_viewer.simulator.motors import axis_values, motor_values, step_of
from swmr_viewer.simulator.orders import scan_points
from swmr_viewer.simulator.plan import ScanPlan
from swmr_viewer.simulator.writer import write_scan

SHAPE = (3, 4)
Y, X = np.array([10.0, 20.0, 30.0]), np.array([-1.5, -0.5, 0.0, 1.5])
READ_X, READ_Y = X + 0.01 * np.arange(12).reshape(SHAPE), Y[:, np.newaxis] + 0.001 * np.arange(12).reshape(SHAPE)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[h5py.File]:
    """A file with a detector on the scan's axes, and nothing else."""
    with h5py.File(tmp_path / "scan.nxs", "w", libver="v110") as opened:
        group = opened.create_group("entry/det")
        group.attrs["NX_class"], group.attrs["signal"] = "NXdata", "data"
        group["data"] = np.zeros((*SHAPE, 2, 2), "u2")
        opened.create_group("entry/instrument").attrs["NX_class"] = "NXinstrument"
        yield opened


def declare(file: h5py.File, *axes: str, **along: Any) -> None:
    attributes = file["entry/det"].attrs
    attributes["axes"] = np.array([*axes, ".", "."], "S")
    for name, indices in along.items():
        attributes[f"{name}_indices"] = indices


def put(file: h5py.File, name: str, values: Any, units: Any = "", **options: Any) -> h5py.Dataset:
    values = np.asarray(values)
    dataset = file.create_dataset(f"entry/{name}", data=values, maxshape=(None,) * values.ndim, **options)
    if units:
        dataset.attrs["units"] = units
    return dataset


def positioner(file: h5py.File, name: str, values: Any, **options: Any) -> h5py.Dataset:
    file.require_group(f"entry/instrument/{name}").attrs["NX_class"] = "NXpositioner"
    return put(file, f"instrument/{name}/value", values, **options)


def told(positions: MotorPositions, index: int, shape: tuple[int, ...] = SHAPE) -> list[tuple[str, float, str]]:
    return [(found.name, found.value, found.unit) for found in positions.at(index, shape)]


def read(file: h5py.File, index: int, shape: tuple[int, ...] = SHAPE, rank: int = 2) -> list[tuple[str, float, str]]:
    return told(MotorPositions(file, "/entry/det/data", rank), index, shape)


def test_values_along_the_axes_are_told_the_fastest_axis_first(file: h5py.File) -> None:
    declare(file, "stage_y", "stage_x")
    file["entry/det/stage_y"], file["entry/det/stage_x"] = Y, X
    file["entry/det/stage_x"].attrs["units"] = "mm"
    assert read(file, 4) == [("stage_x", -1.5, "mm"), ("stage_y", 20.0, "")]
    assert read(file, 2)[0] == ("stage_x", 0.0, "mm"), "0 is a position as any other where it was written"


def test_what_was_read_back_wins_over_what_was_asked_for_as_gda_has_them(file: h5py.File) -> None:
    declare(file, "stage_y_value_set", "stage_x_value_set", stage_y=[0, 1], stage_x=[0, 1])
    file["entry/det/stage_y_value_set"], file["entry/det/stage_x_value_set"] = Y, X
    put(file, "det/stage_x", READ_X, "mm")
    put(file, "det/stage_y", READ_Y, "mm")
    assert read(file, 5) == [("stage_x", READ_X[1, 1], "mm"), ("stage_y", READ_Y[1, 1], "mm")]


def test_positioners_of_the_instrument_are_matched_by_name(file: h5py.File) -> None:
    declare(file, "stage_y", "stage_x")
    file["entry/det/stage_y"], file["entry/det/stage_x"] = Y, X
    positioner(file, "stage_x", READ_X.reshape(*SHAPE, 1), units=b"\xb5m")
    assert read(file, 11) == [("stage_x", READ_X[2, 3], "\u00b5m"), ("stage_y", 30.0, "")], "units of older programs are in Latin-1"


def test_a_read_back_that_is_not_written_yet_gives_way_to_what_was_asked_for(file: h5py.File) -> None:
    declare(file, "stage_y", "stage_x")
    file["entry/det/stage_y"], file["entry/det/stage_x"] = Y, X
    values = np.full(SHAPE, np.nan)
    values[0, 0] = 7.0
    positioner(file, "stage_x", values, fillvalue=np.nan)
    y = file.create_dataset("entry/det/stage_y_rbv", SHAPE, "f8", maxshape=(None, None), chunks=(1, 4))
    positions = MotorPositions(file, "/entry/det/data", 2)
    assert told(positions, 0) == [("stage_x", 7.0, ""), ("stage_y", 10.0, "")]
    assert told(positions, 1) == [("stage_x", -0.5, ""), ("stage_y", 10.0, "")]
    y[0, 0] = 10.5
    assert told(positions, 0)[1] == ("stage_y", 10.5, "")
    assert told(positions, 1)[1] == ("stage_y", 10.0, ""), "its chunk is there, and it reads as fill"


def test_where_nothing_was_asked_for_an_unwritten_read_back_is_left_out(file: h5py.File) -> None:
    declare(file, "stage_y", "stage_x")
    file.create_dataset("entry/det/stage_x", SHAPE, "f8", maxshape=(None, None), chunks=(1, 1))[1, 1] = 0.0
    positions = MotorPositions(file, "/entry/det/data", 2)
    assert told(positions, 4) == []
    assert told(positions, 5) == [("stage_x", 0.0, "")], "a chunk of its own was written"


def test_of_a_dataset_of_another_shape_nothing_is_told(file: h5py.File) -> None:
    declare(file, "stage_y", "stage_x", extra=[0, 1], texts=[0, 1])
    file["entry/det/stage_y"], file["entry/det/stage_x"] = Y[:2], X
    file["entry/det/extra"] = np.ones((2, 3, 4))
    file["entry/det/texts"] = np.full(SHAPE, b"mm")
    assert read(file, 1) == [("stage_x", -0.5, "")]
    assert read(file, 1, (12,)) == [], "the data have two axes of the scan"


def test_a_flat_scan_has_its_motors_along_one_axis_and_monitors_are_none(file: h5py.File) -> None:
    del file["entry/det/data"]
    file["entry/det/data"] = np.zeros((12, 2, 2), "u2")
    declare(file, "stage_x", stage_y=0, current=0, ring=[0], plain=[0])
    put(file, "det/stage_x", READ_X.ravel(), "mm")
    put(file, "det/stage_y", READ_Y.ravel(), "mm")
    put(file, "det/current", np.arange(12), "counts")
    put(file, "det/ring", np.arange(12), "V")
    put(file, "det/plain", np.arange(12))
    expected = [("stage_x", READ_X[1, 3], "mm"), ("stage_y", READ_Y[1, 3], "mm")]
    assert read(file, 7, (12,), 1) == expected
    assert read(file, 7, SHAPE, 1) == expected, "the keys have two axes, the data one"


def test_other_motors_are_told_once_they_move_and_never_more_than_four(file: h5py.File) -> None:
    declare(file, "stage_y", "stage_x")
    file["entry/det/stage_y"], file["entry/det/stage_x"] = Y, X
    positioner(file, "a_resting", np.full(SHAPE, 3.0))
    for name in ("moving", "moving_2", "moving_3"):
        positioner(file, name, READ_X)
    positions = MotorPositions(file, "/entry/det/data", 2)
    assert [name for name, *_ in told(positions, 3)] == ["stage_x", "stage_y"], "the others are not looked for before"
    assert positions.look_further(for_s=0.0), "one at a time"
    while positions.look_further():
        pass
    assert [name for name, *_ in told(positions, 0)] == ["stage_x", "stage_y"]
    assert [name for name, *_ in told(positions, 1)] == ["stage_x", "stage_y", "moving", "moving_2"]
    assert [name for name, *_ in told(positions, 0)] == ["stage_x", "stage_y", "moving", "moving_2"], "it stays where it is shown"
    assert len(positions.at(5, SHAPE)) == MOST_MOTORS


def test_a_link_that_leads_nowhere_yet_is_looked_at_again(file: h5py.File, tmp_path: Path) -> None:
    now = 0.0
    declare(file, ".", "stage_x")
    file["entry/det/stage_x"] = h5py.ExternalLink(str(tmp_path / "motors.h5"), "/x")
    positions = MotorPositions(file, "/entry/det/data", 2, clock=lambda: now)
    assert told(positions, 1) == []
    with h5py.File(tmp_path / "motors.h5", "w", libver="v110") as motors:
        motors["x"] = READ_X
        motors["x"].attrs["units"] = "mm"
    now = 100.0
    assert told(positions, 1) == []
    positions.look_further()
    assert told(positions, 1) == [("stage_x", READ_X[0, 1], "mm")]


@pytest.mark.parametrize("damage", ["no group", "text", "beyond"])
def test_whatever_is_wrong_with_them_costs_no_frame(file: h5py.File, damage: str) -> None:
    if damage == "text":
        file["entry/det"].attrs["axes"] = "\xff"
    assert MotorPositions(file, "/entry/nothing" if damage == "no group" else "/entry/det/data", 2).at(99, SHAPE) == ()


@pytest.mark.parametrize("layout", ["diamond", "areadetector"])
@pytest.mark.parametrize("order", ["raster", "snake", "random"])
def test_every_frame_of_a_simulated_scan_is_where_its_motors_were(tmp_path: Path, order: str, layout: str) -> None:
    plan = ScanPlan(scan_shape=SHAPE, frame_shape=(8, 8), period_s=0.0, order=order, layout=layout, seed=5)
    write_scan(plan, tmp_path / "scan.nxs")
    values = {name: motor_values(plan, name, np.arange(12)) for name in ("stage_x", "stage_y")}
    with h5py.File(tmp_path / "scan.nxs", "r") as file:
        path, rank = ("/entry/detector/data", 2) if layout == "diamond" else ("/entry/data/data", 1)
        positions, unit = MotorPositions(file, path, rank), "mm" if layout == "diamond" else ""
        positions.at(0, plan.stored_shape)
        while positions.look_further():
            pass
        positions.at(0, plan.stored_shape)
        for index in range(1, 12):
            assert told(positions, index, plan.stored_shape) == [(name, values[name][index], unit) for name in values]
    points = scan_points(plan) if layout == "areadetector" else np.arange(12)
    for number, (name, asked) in enumerate(axis_values(plan).items()):
        at = asked[np.unravel_index(points, SHAPE)[number]]
        assert 0 < abs(values[name] - at).max() <= plan.jitter * step_of(plan, name), "a read-back is near what was asked for"
