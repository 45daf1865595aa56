"""Snapshots as HDF5 keep the rules by which other programs find signal, axes and title.

The rules are those of the NXdata definition (https://manual.nexusformat.org/classes/base_classes/NXdata.html: ``signal``, ``axes``,
``AXISNAME_indices``, ``title``, ``units``, ``long_name``, ``interpretation``), of the names in a file
(https://manual.nexusformat.org/datarules.html) and of the default chain (NXroot and NXentry, ``default``). Files that keep them were
opened with silx 3.1 (``silx.io.nxdata``) and nexusformat 2.1 (``nxload``), which found the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.export import FrameFileProcess, write_snapshot
from tests.export.test_snapshot import snapshot_of

NAME = re.compile(r"[a-zA-Z0-9_]([a-zA-Z0-9_.]*[a-zA-Z0-9_])?")
RANK = {"scalar": 0, "spectrum": 1, "image": 2, "rgba-image": 3}
ENERGY = DataFacts(axis_names=("photon energy",), axis_units=("eV",), axis_values=((1.0, 2.5, 4.0),), unit="counts")
STAGE = DataFacts(axis_names=("rows", "µ/2"), axis_units=("mm", ""), axis_values=((1.0, 2.0, 4.0), None), interpretation="image")
TITLE = DataFacts(axis_names=("title", "data"), interpretation="rgba-image")
CASES = {
    "image": (np.arange(12, dtype="u4").reshape(3, 4), DataFacts(), "image", {}),
    "image of big-endian values with a stage": (np.arange(12, dtype=">u2").reshape(3, 4), STAGE, "image", {"__2": "µ/2 (pixel)"}),
    "spectrum": (np.array([5, 7, 9], "u4"), ENERGY, "spectrum", {"photon_energy": "photon energy (eV)"}),
    "spectrum, counted": (np.array([5, 7, 9], "u4"), DataFacts(interpretation="image"), None, {}),
    "axes named like the rest": (np.zeros((2, 3)), TITLE, None, {"title_0": "title (pixel)", "data_1": "data (pixel)"}),
    "scalar": (np.float64(0.1), DataFacts(), "scalar", {}),
    "stack": (np.zeros((2, 3, 4), "i2"), DataFacts(), None, {}),
}


@pytest.fixture(scope="module")
def frame_files() -> Iterator[FrameFileProcess]:
    with FrameFileProcess() as process:
        process.make(np.zeros(1), {"title": "", "interpretation": "", "unit": "", "axes": [], "origin": {}})  # starts it
        yield process


@pytest.mark.parametrize("case", CASES)
def test_other_programs_find_signal_axes_and_title(tmp_path: Path, frame_files: FrameFileProcess, case: str) -> None:
    pixels, facts, interpretation, long_names = CASES[case]
    path, _ = write_snapshot(snapshot_of(pixels, facts=facts), tmp_path, "shot", ("h5",), frame_files=frame_files)
    with h5py.File(path, "r") as file:
        group = _default(file)
        signal = group[_text(group.attrs["signal"])]
        np.testing.assert_array_equal(signal[()], pixels)
        assert signal.attrs.get("interpretation") == interpretation
        assert RANK.get(interpretation or "", 0) <= signal.ndim
        assert group["title"].asstr()[()] == "i03-1234.nxs /entry/eiger/data frame 17"
        axes = group.attrs.get("axes", np.empty(0, object))
        assert axes.shape == (signal.ndim,)
        for number, name in enumerate(map(_text, axes)):
            _check_axis(group, name, number, signal.shape)
        told = {name: group[name].attrs["long_name"] for name in axes if "long_name" in group[name].attrs}
        assert told == long_names


def test_units_are_told_where_there_are_any(tmp_path: Path, frame_files: FrameFileProcess) -> None:
    units = {}
    for name in ("image", "image of big-endian values with a stage", "spectrum", "spectrum, counted"):
        pixels, facts, _, _ = CASES[name]
        path, _ = write_snapshot(snapshot_of(pixels, facts=facts), tmp_path, "shot", ("h5",), frame_files=frame_files)
        with h5py.File(path, "r") as file:
            group = _default(file)
            units[name] = [group[one].attrs.get("units") for one in (*group.attrs["axes"], "data")]
    assert list(units.values()) == [["pixel", "pixel", None], ["mm", "pixel", None], ["eV", "counts"], [None, None]]


def _default(file: h5py.File) -> h5py.Group:
    """Follow the chain of defaults from the root, each link the name of a child."""
    entry = file[_text(file.attrs["default"])]
    group = entry[_text(entry.attrs["default"])]
    assert [_text(one.attrs["NX_class"]) for one in (file, entry, group)] == ["NXroot", "NXentry", "NXdata"]
    return group


def _check_axis(group: h5py.Group, name: str, number: int, shape: tuple[int, ...]) -> None:
    assert NAME.fullmatch(name), name
    values = group[name]
    assert values.shape == (shape[number],)
    assert values.dtype.kind in "iuf"
    indices = np.asarray(group.attrs[f"{name}_indices"])
    assert indices.dtype.kind in "iu"
    assert indices.tolist() == number
    assert values.attrs.get("units") != ""


def _text(value: Any) -> str:
    assert isinstance(value, str), "names are texts, not bytes: all readers agree on those"
    assert NAME.fullmatch(value), value
    return value
