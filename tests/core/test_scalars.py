"""What a file has one number of for each scan point: found by NeXus and by shape, and named shortly."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer.core.data_facts import ScalarKind
from swmr_viewer.core.scalars import MOST_SCALARS, FollowedScan, Scalar, ScalarFinder

SHAPE = (3, 4)
N = 12
VALUES = 1.0 + np.arange(N).reshape(SHAPE)
DATA = "/entry/det/data"


@pytest.fixture
def file(tmp_path: Path) -> Iterator[h5py.File]:
    """A scan of 3 x 4 points with two motors, one of which is read back, and with much else."""
    with h5py.File(tmp_path / "scan.nxs", "w", libver="v110") as opened:
        group(opened, "entry", "NXentry")
        det = group(opened, "entry/det", "NXdata", signal="data", axes=np.array(["y", "x", ".", "channel"], "S"))
        det["data"] = np.zeros((*SHAPE, 3, 4), "u2")
        det["y"], det["x"], det["channel"] = [10.0, 20.0, 30.0], [0.0, 1.0, 2.0, 3.0], np.arange(4.0)
        group(opened, "entry/instrument", "NXinstrument")
        group(opened, "entry/instrument/x", "NXpositioner")
        put(opened, "instrument/x/value", VALUES, "mm")
        yield opened


def group(file: h5py.File, path: str, nx_class: str, **attributes: Any) -> h5py.Group:
    made = file.require_group(path)
    made.attrs.update({"NX_class": nx_class, **attributes})
    return made


def put(file: h5py.File, path: str, values: Any, unit: str = "", *, grows: bool = True) -> None:
    values = np.asarray(values)
    file.create_dataset(f"entry/{path}", data=values, maxshape=(None,) * values.ndim if grows else values.shape)
    file[f"entry/{path}"].attrs["units"] = unit


def found(file: h5py.File, scan: FollowedScan | None = None, **options: Any) -> dict[str, Scalar]:
    finder = ScalarFinder(file, lambda: scan or FollowedScan(SHAPE, False, ((DATA, 2),)), **options)
    finder.begin()
    while not finder.look(0.001):
        pass
    return {scalar.fact.name: scalar for scalar in finder.scalars}


def values_of(scalar: Scalar, shape: tuple[int, ...] = SHAPE) -> list[float]:
    return scalar.source.read(shape, 0, N).tolist()


def test_of_a_motor_the_name_is_what_was_read_back_and_what_was_asked_for_is_called_set(file: h5py.File) -> None:
    scalars = found(file)
    facts = [(fact.name, fact.unit, fact.kind, fact.axis, fact.is_read_back) for fact in (each.fact for each in scalars.values())]
    position = ScalarKind.POSITION
    assert facts == [("x", "mm", position, 1, True), ("x_set", "", position, 1, False), ("y", "", position, 0, False)]
    assert values_of(scalars["x"]) == VALUES.ravel().tolist()
    assert values_of(scalars["x_set"]) == [0.0, 1.0, 2.0, 3.0] * 3
    assert scalars["y"].source.read(SHAPE, 2, 9).tolist() == [10.0] * 2 + [20.0] * 4 + [30.0]


def test_monitors_temperatures_and_count_times_are_found_wherever_they_are_and_named_after_their_last_part(file: h5py.File) -> None:
    group(file, "entry/i0", "NXmonitor")
    put(file, "i0/data", VALUES[..., np.newaxis], "counts")
    group(file, "entry/sample/sensor", "NXsensor")
    put(file, "sample/sensor/value", VALUES.astype("f4"), "K")
    put(file, "instrument/NDAttributes/current", VALUES.ravel().astype("i8"))
    group(file, "entry/instrument/det", "NXdetector")
    put(file, "instrument/det/count_time", VALUES, "s")
    group(file, "entry/instrument/det2", "NXdetector")
    put(file, "instrument/det2/count_time", VALUES, "s", grows=False)
    put(file, "instrument/det/total", VALUES)
    scalars = found(file, taken=("total",))
    names = {"i0": "counts", "sensor": "K", "current": "", "count_time": "s", "det2_count_time": "s", "det_total": ""}
    assert {name: scalar.fact.unit for name, scalar in scalars.items() if scalar.fact.kind is ScalarKind.SCALAR} == names
    assert all(values_of(scalars[name]) == VALUES.ravel().tolist() for name in names)


def test_what_has_another_shape_or_belongs_to_the_pixels_or_is_known_to_be_something_else_is_none(file: h5py.File) -> None:
    put(file, "instrument/det/pixel_mask", np.zeros(SHAPE, "u4"), grows=False)
    put(file, "det/energies", np.arange(4.0), grows=False)
    put(file, "det/longer", np.ones((3, 5)))
    put(file, "det/of_rows", np.ones(3))
    put(file, "det/text", np.full(SHAPE, b"on"))
    put(file, "keys/key", VALUES.astype("i4"))
    group(file, "entry/log", "NXlog")
    put(file, "log/value", np.ones(7))
    put(file, "det/images", np.ones((*SHAPE, 5)))
    scan = FollowedScan(SHAPE, False, ((DATA, 2),), others=("/entry/keys/key",))
    assert set(found(file, scan)) == {"x", "x_set", "y"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_pipes_are_not_waited_for_and_names_and_units_have_an_end(file: h5py.File, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    file["entry/det/link"] = h5py.ExternalLink(str(tmp_path / "pipe"), "/x")
    file.create_dataset("entry/det/raw", SHAPE, "f8", external=[(str(tmp_path / "pipe"), 0, 8 * N)])
    put(file, "det/" + 200 * "long", VALUES, 1000 * "m")
    scalars = found(file)
    assert set(scalars) == {"x", "x_set", "y", 15 * "long"}
    assert scalars[15 * "long"].fact.unit == 60 * "m"


def test_frames_one_after_the_other_have_scalars_one_after_the_other_though_the_scan_has_two_axes(file: h5py.File) -> None:
    del file[DATA]
    put(file, "det/data", np.zeros((N, 2, 2)))
    for name, unit in (("u", "mm"), ("ring", "mA")):
        put(file, f"det/{name}", VALUES.ravel()[:7], unit)
        file["entry/det"].attrs[f"{name}_indices"] = 0
    file["entry/det"].attrs["axes"] = np.array([".", ".", "."], "S")
    scalars = found(file, FollowedScan(SHAPE, False, ((DATA, 1),)))
    assert {(fact.name, fact.kind, fact.axis) for fact in (each.fact for each in scalars.values())} >= {
        ("u", ScalarKind.POSITION, None),
        ("ring", ScalarKind.SCALAR, None),
    }
    for name in ("u", "ring"):
        np.testing.assert_array_equal(values_of(scalars[name]), [*VALUES.ravel()[:7], *[np.nan] * 5])


def test_of_a_scan_of_one_point_or_of_one_that_grows_not_everything_with_one_value_is_taken(file: h5py.File) -> None:
    del file[DATA], file["entry/det"].attrs["axes"], file["entry/instrument"]
    put(file, "det/data", np.zeros((1, 2, 2)))
    put(file, "distance", [1.0], grows=False)
    put(file, "monitor", [3.0])
    for may_grow in (True, False):
        assert set(found(file, FollowedScan((1,), may_grow, ((DATA, 1),)))) == {"monitor"}


def test_positions_of_a_spiral_are_all_along_its_one_axis(file: h5py.File) -> None:
    del file[DATA]
    put(file, "det/data", np.zeros((N, 2, 2)))
    for name in ("u", "v"):
        put(file, f"det/{name}", VALUES.ravel(), "mm")
        file["entry/det"].attrs[f"{name}_indices"] = 0
    group(file, "entry/instrument/v", "NXpositioner")
    put(file, "instrument/v/value", VALUES.ravel() + 0.01)
    put(file, "instrument/v/value_set", VALUES.ravel())
    put(file, "det/ring", VALUES.ravel(), "mA")
    file["entry/det"].attrs["ring_indices"] = 0
    file["entry/det"].attrs["axes"] = np.array([".", ".", "."], "S")
    scalars = found(file, FollowedScan((N,), False, ((DATA, 1),)))
    assert {name: (scalar.fact.kind, scalar.fact.axis) for name, scalar in scalars.items() if name != "x"} == {
        "u": (ScalarKind.POSITION, 0),
        "v": (ScalarKind.POSITION, 0),
        "v_set": (ScalarKind.POSITION, 0),
        "ring": (ScalarKind.SCALAR, None),
    }


def test_a_motor_that_stands_in_the_groups_of_several_detectors_is_offered_once(file: h5py.File) -> None:
    places = {"copied": [0.0, 1.0, 2.0, 3.0], "linked": None, "unwritten": None, "elsewhere": [5.0, 6.0, 7.0, 8.0]}
    for name, places_of_x in places.items():
        made = group(file, f"entry/{name}", "NXdata", signal="data", axes=np.array(["y", "x", "."], "S"))
        made["data"] = np.zeros((*SHAPE, 2))
        made["y"] = h5py.SoftLink("/entry/det/y")
        if name == "linked":
            made["x"] = file["entry/det/x"]
        elif name == "unwritten":
            made.create_dataset("x", (4,), "f8", chunks=(4,), maxshape=(None,))
        else:
            made["x"] = places_of_x
    put(file, "instrument/other/x", VALUES, "mm")
    scan = FollowedScan(SHAPE, False, ((DATA, 2), *((f"/entry/{name}/data", 2) for name in places)))
    scalars = found(file, scan)
    assert set(scalars) == {"x", "x_set", "elsewhere_x", "y"}, "x of another detector is elsewhere"
    assert values_of(scalars["elsewhere_x"]) == [5.0, 6.0, 7.0, 8.0] * 3


def test_links_that_lead_nowhere_yet_are_found_once_they_do_and_names_stay(file: h5py.File, tmp_path: Path) -> None:
    now = 0.0
    file["entry/instrument/NDAttributes/i0"] = h5py.ExternalLink(str(tmp_path / "monitors.h5"), "/i0")
    finder = ScalarFinder(file, lambda: FollowedScan(SHAPE, False, ((DATA, 2),)), clock=lambda: now)
    finder.begin()
    while not finder.look(1.0):
        pass
    before = [scalar.fact for scalar in finder.scalars]
    with h5py.File(tmp_path / "monitors.h5", "w", libver="v110") as monitors:
        monitors["i0"] = VALUES
    for now in (100.0, 200.0):
        assert finder.has_work == (now == 100.0)
        finder.look(1.0)
    assert [scalar.fact.name for scalar in finder.scalars] == ["x", "x_set", "y", "i0"]
    assert [scalar.fact for scalar in finder.scalars][:-1] == before


@pytest.mark.parametrize(
    ("unit", "start", "stored", "told", "is_date"),
    [
        ("s", "2026-03-04T05:06:07", [0.5, 1.5], [1772600767.5, 1772600768.5], True),
        ("", "", [1772600767.5, 1772600768.5], [1772600767.5, 1772600768.5], True),
        ("ms", "", [500.0, 0.0], [0.5, np.nan], False),
        ("", "", [1141448767.0, np.nan], [1772600767.0, np.nan], True),
    ],
    ids=["since a start", "since 1970", "since nobody knows", "EPICS"],
)
def test_times_are_seconds_since_1970_where_that_can_be_told(
    file: h5py.File, unit: str, start: str, stored: list[float], told: list[float], is_date: bool
) -> None:
    put(file, "instrument/det/stamps", np.resize(stored, SHAPE), unit)
    if start:
        file["entry/instrument/det/stamps"].attrs["start"] = start
    path = "/entry/instrument/det/stamps"
    scan = FollowedScan(SHAPE, False, ((DATA, 2),), time_paths=(path,), first_complete=0)
    time = found(file, scan)["time"]
    assert (time.fact.kind, time.fact.unit, time.fact.is_date, time.fact.path) == (ScalarKind.TIME, "s", is_date, path)
    np.testing.assert_allclose(time.source.read(SHAPE, 0, 2), told, rtol=0, atol=1e-6)


def test_a_file_with_thousands_is_looked_at_in_short_turns_and_not_without_an_end(file: h5py.File) -> None:
    for number in range(400):
        put(file, f"instrument/NDAttributes/n{number}", VALUES)
    finder = ScalarFinder(file, lambda: FollowedScan(SHAPE, False, ((DATA, 2),)))
    finder.begin()
    n_turns = 1
    while not finder.look(0.0):
        n_turns += 1
    assert len(finder.scalars) == MOST_SCALARS
    assert n_turns > 400
