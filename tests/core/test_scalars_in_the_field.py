"""Scalars as the field's writers have them: names, units, kinds and values, whatever the shapes are; texts and frames are none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer.core.nexus import read_facts
from swmr_viewer.core.scalars import FollowedScan, ScalarFinder

N, GRID = 12, (3, 4)
V = 1.5 + np.arange(N)
DATES = 1.77e9 + V
Expected = dict[str, tuple[str, str, Any]]
"""Of each name: unit, kind (with the axis of a position), values."""


@dataclass(frozen=True)
class Followed:
    data: str
    rank: int = 1
    keys: tuple[str, ...] = ()
    shape: tuple[int, ...] = (N,)


def put(file: h5py.File, path: str, values: Any, **attributes: Any) -> None:
    values = np.asarray(values)
    file.create_dataset(path, data=values, maxshape=(None,) * values.ndim, chunks=True).attrs.update(attributes)


def put_frames(file: h5py.File, path: str, shape: tuple[int, ...] = (N,)) -> None:
    put(file, path, np.zeros((*shape, 4, 5), "u2"))


def classes(file: h5py.File, **nx_classes: str) -> None:
    for path, nx_class in nx_classes.items():
        file.require_group(path.replace("__", "/").replace("_1_1", "1.1")).attrs["NX_class"] = nx_class


def areadetector(file: h5py.File) -> tuple[Followed, Expected]:
    """NDFileHDF5: one value per frame, one after the other; texts and all ids among them."""
    classes(file, entry="NXentry", entry__instrument="NXinstrument", entry__instrument__detector="NXdetector", entry__data="NXdata")
    put_frames(file, "entry/instrument/detector/data")
    file["entry/data/data"] = file["entry/instrument/detector/data"]
    of_frames = "entry/instrument/NDAttributes"
    put(file, f"{of_frames}/NDArrayUniqueId", np.arange(1, N + 1, dtype="i4"), NDAttrSource="Driver")
    put(file, f"{of_frames}/NDArrayTimeStamp", DATES - 631_152_000)
    put(file, f"{of_frames}/NDArrayEpicsTSSec", np.arange(N, dtype="u4") + 1_140_000_000)
    put(file, f"{of_frames}/RingCurrent", V, NDAttrSource="SR-DI-DCCT-01:SIGNAL", NDAttrDescription="ring current")
    put(file, f"{of_frames}/SampleX", V + 1, NDAttrSource="BL:SAMPLE:X.RBV")
    put(file, f"{of_frames}/Gain", V[:, np.newaxis].astype("f4"))
    put(file, f"{of_frames}/CameraModel", np.full(N, b"simulated"))
    file.create_dataset(f"{of_frames}/Comment", data=["a"] * N, dtype=h5py.string_dtype(), maxshape=(None,))
    put(file, "entry/instrument/performance/timestamp", np.ones((N, 5)))
    return Followed("/entry/data/data", keys=(f"/{of_frames}/NDArrayUniqueId",)), {
        "time": ("s", "time", DATES),
        "RingCurrent": ("", "scalar", V),
        "SampleX": ("", "position", V + 1),
        "Gain": ("", "scalar", V),
        "NDArrayEpicsTSSec": ("", "scalar", np.arange(N) + 1_140_000_000),
    }


def bliss_mesh(file: h5py.File) -> tuple[Followed, Expected]:
    """ESRF: the points of a mesh one after the other, drawn as scattered ones; clocks among the positioners; everything linked twice."""
    classes(file, _1_1="NXentry", _1_1__instrument="NXinstrument", _1_1__measurement="NXcollection", _1_1__plotselect="NXdata")
    kinds = {"samx": "mm", "samy": "mm", "epoch": "s", "elapsed_time": "s"}
    values = {"samx": V, "samy": V[::-1], "epoch": DATES, "elapsed_time": V}
    for name, unit in kinds.items():
        file.require_group(f"1.1/instrument/{name}").attrs["NX_class"] = "NXpositioner"
        put(file, f"1.1/instrument/{name}/value", values[name], units=unit)
        file[f"1.1/measurement/{name}"] = h5py.SoftLink(f"/1.1/instrument/{name}/value")
    for name in ("diode", "mca_det0_roi1"):
        file.require_group(f"1.1/instrument/{name}").attrs["NX_class"] = "NXdetector"
        put(file, f"1.1/instrument/{name}/data", V * len(name))
        file[f"1.1/measurement/{name}"] = h5py.SoftLink(f"/1.1/instrument/{name}/data")
    put_frames(file, "1.1/instrument/eiger/data")
    file["1.1/instrument/positioners/mono"], file["1.1/instrument/positioners/samx"] = 12.3, 0.0
    file.attrs["default"], file["1.1"].attrs["default"] = "1.1", "plotselect"
    file["1.1/plotselect"].attrs.update({"signal": "diode", "axes": ["samx", "samy"]})
    for name in ("samx", "samy", "diode"):
        file[f"1.1/plotselect/{name}"] = h5py.SoftLink(f"/1.1/measurement/{name}")
    return Followed("/1.1/instrument/eiger/data"), {
        "samx": ("mm", "position 0", V),
        "samy": ("mm", "position 0", V[::-1]),
        "diode": ("", "scalar", 5 * V),
        "mca_det0_roi1": ("", "scalar", 13 * V),
        "elapsed_time": ("s", "scalar", V),
        "time": ("s", "time", DATES),
    }


def sardana(file: h5py.File) -> tuple[Followed, Expected]:
    """Sardana, DESY, MAX IV: all in one collection, some behind by a point; the time counts from the start."""
    classes(file, entry="NXentry", entry__measurement="NXcollection")
    put_frames(file, "entry/measurement/camera")
    for name, values in {"mot01": V, "ct01": 2 * V, "late": V[:-1], "timestamp": V, "point_nb": np.arange(N)}.items():
        put(file, f"entry/measurement/{name}", values)
    file["entry/measurement/pre_scan_snapshot/energy"] = 12.0
    return Followed("/entry/measurement/camera"), {
        "mot01": ("", "scalar", V),
        "ct01": ("", "scalar", 2 * V),
        "late": ("", "scalar", [*V[:-1], np.nan]),
        "time": ("s", "time", V),
        "point_nb": ("", "scalar", np.arange(N)),
    }


def malcolm(file: h5py.File) -> tuple[Followed, Expected]:
    """Diamond: on the scan's grid, with axes of 1 where frames have theirs."""
    classes(file, entry="NXentry", entry__detector="NXdata", entry__sum="NXdata")
    put_frames(file, "entry/detector/detector", GRID)
    file["entry/detector"].attrs.update(signal="detector", axes=["y_set", "x_set", ".", "."], x_set_indices=1, y_set_indices=0)
    file["entry/detector/x_set"], file["entry/detector/y_set"] = V[:4], V[:3]
    file["entry/detector/x_set"].attrs["units"] = "mm"
    put(file, "entry/sum/sum", V.reshape(*GRID, 1, 1))
    put(file, "entry/NDAttributes/NDArrayUniqueId", 1 + np.arange(N).reshape(*GRID, 1, 1))
    put(file, "entry/NDAttributes/I0", V.reshape(*GRID, 1))
    return Followed("/entry/detector/detector", 2, ("/entry/NDAttributes/NDArrayUniqueId",), GRID), {
        "x": ("mm", "position 1", np.tile(V[:4], 3)),
        "y": ("", "position 0", np.repeat(V[:3], 4)),
        "sum": ("", "scalar", V),
        "I0": ("", "scalar", V),
    }


def panda(file: h5py.File) -> tuple[Followed, Expected]:
    """ophyd-async (Diamond, NSLS-II): captured in the root, a point more or less than there are frames."""
    put_frames(file, "data")
    captured = {"COUNTER1.OUT.Diff": V, "INENC1.VAL.Mean": np.append(V, 99.0), "PCAP.SAMPLES.Value": np.arange(N - 1)}
    for name, values in captured.items():
        put(file, name, values)
    padded = np.append(np.arange(N - 1.0), np.nan)
    return Followed("/data"), {
        "COUNTER1.OUT.Diff": ("", "scalar", V),
        "INENC1.VAL.Mean": ("", "scalar", V),
        "PCAP.SAMPLES.Value": ("", "scalar", padded),
    }


def soleil(file: h5py.File) -> tuple[Followed, Expected]:
    """SOLEIL's flyscans: another attribute for the unit."""
    put_frames(file, "exp/scan_data/eiger", GRID)
    put(file, "exp/scan_data/actuator_1_1", V.reshape(GRID), unit="mm", alias="tx")
    put(file, "exp/scan_data/data_01", 2 * V.reshape(GRID), unit="counts")
    return Followed("/exp/scan_data/eiger", 2, shape=GRID), {
        "actuator_1_1": ("mm", "scalar", V),
        "data_01": ("counts", "scalar", 2 * V),
    }


def bec(file: h5py.File) -> tuple[Followed, Expected]:
    """BEC (PSI): each device has a time of its own."""
    put_frames(file, "entry/data/eiger")
    for number, name in enumerate(("bpm4i", "samx")):
        put(file, f"entry/collection/devices/{name}/{name}/value", V + number)
        put(file, f"entry/collection/devices/{name}/{name}/timestamp", DATES + number)
    put(file, "entry/collection/devices/samx/samx_setpoint/value", V)
    return Followed("/entry/data/eiger"), {
        "bpm4i": ("", "scalar", V),
        "samx": ("", "scalar", V + 1),
        "samx_setpoint": ("", "scalar", V),
        "samx_timestamp": ("", "scalar", DATES + 1),
        "time": ("s", "time", DATES),
    }


def sensors(file: h5py.File) -> tuple[Followed, Expected]:
    """NXmonitor, NXsensor and NXlog; times as whole nanoseconds since 1970."""
    classes(file, entry="NXentry", entry__i0="NXmonitor", entry__sample__T="NXsensor", entry__log="NXlog", entry__instrument="NXinstrument")
    put_frames(file, "entry/data/data")
    put(file, "entry/i0/data", V.astype("i8"), units="counts")
    put(file, "entry/sample/T/value", V, units=np.bytes_(b"\xb0C"))
    put(file, "entry/log/value", np.ones(7))
    put(file, "entry/instrument/timestamp", (DATES * 1e9).astype("i8"), units="ns")
    return Followed("/entry/data/data"), {
        "i0": ("counts", "scalar", np.floor(V)),
        "T": ("\u00b0C", "scalar", V),
        "time": ("s", "time", DATES),
    }


@pytest.mark.parametrize(
    "layout", [areadetector, bliss_mesh, sardana, malcolm, panda, soleil, bec, sensors], ids=lambda layout: layout.__name__
)
def test_scalars_are_found_with_their_names_units_and_values(
    tmp_path: Path, layout: Callable[[h5py.File], tuple[Followed, Expected]]
) -> None:
    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        followed, expected = layout(file)
        times = read_facts(file, followed.data, followed.rank, (4, 5)).time_path
        data = ((followed.data, followed.rank),)
        scan = FollowedScan(followed.shape, False, data, (times,) if times else (), followed.keys, first_complete=0)
        finder = ScalarFinder(file, lambda: scan, ("index", "order"))
        finder.begin()
        while not finder.look(1.0):
            pass
        scalars = {scalar.fact.name: scalar for scalar in finder.scalars}
        facts = {name: each.fact for name, each in scalars.items()}
        kinds = {name: fact.kind.name.lower() + ("" if fact.axis is None else f" {fact.axis}") for name, fact in facts.items()}
        assert {name: (facts[name].unit, kinds[name]) for name in facts} == {name: told[:2] for name, told in expected.items()}
        for name, (_, _, values) in expected.items():
            read = scalars[name].source.read(followed.shape, 0, N)
            np.testing.assert_allclose(read, values, rtol=0, atol=3e-7 if name == "time" else 0, err_msg=name)
