"""Snapshots as HDF5: made by another process, and plotted by programs that follow NeXus' rules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer.core.data_facts import DataFacts, MotorPosition
from swmr_viewer.core.errors import ExportError
from swmr_viewer.export import FrameFileProcess, write_snapshot
from tests.export.test_snapshot import snapshot_of

CHANNELS = DataFacts(axis_names=("energy",), axis_units=("eV",), axis_values=((1.0, 2.5, 4.0),), unit="counts", interpretation="spectrum")


@pytest.fixture(scope="module")
def frame_files() -> Any:
    with FrameFileProcess() as process:
        process.make(np.zeros(1), {"title": "", "interpretation": "", "unit": "", "axes": [], "origin": {}})  # starts it
        yield process


def plotted(path: Path) -> tuple[Any, list[tuple[str, Any, str]], dict[str, Any]]:
    """Find signal and axes as a NeXus program does: by the default attributes alone."""
    with h5py.File(path, "r") as file:
        entry = file[file.attrs["default"]]
        group = entry[entry.attrs["default"]]
        assert (entry.attrs["NX_class"], group.attrs["NX_class"]) == ("NXentry", "NXdata")
        signal = group[group.attrs["signal"]]
        axes = []
        for number, name in enumerate(group.attrs.get("axes", [])):
            assert group.attrs[f"{name}_indices"] == number
            assert group[name].shape == (signal.shape[number],)
            axes.append((name, group[name][()], group[name].attrs.get("units")))
        origin = {name: dataset[()] for name, dataset in entry["origin"].items()}
        return signal[()], axes, {**dict(signal.attrs), **origin}


def written(tmp_path: Path, process: FrameFileProcess, pixels: Any, **other: Any) -> Path:
    path, _ = write_snapshot(snapshot_of(pixels, **other), tmp_path, "shot", ("h5",), frame_files=process)
    return path


@pytest.mark.parametrize("dtype", ["u1", ">u2", "u4", "u8", "i4", "f4", ">f8", "c8", "?"])
def test_an_image_comes_back_bit_for_bit_with_its_axes(tmp_path: Path, frame_files: FrameFileProcess, dtype: str) -> None:
    random = np.random.default_rng(1).integers(0, 2, 300 * 250 * np.dtype(dtype).itemsize, np.uint8)
    pixels = random.view(dtype).reshape(300, 250)
    signal, axes, told = plotted(written(tmp_path, frame_files, pixels))
    assert signal.dtype == pixels.dtype
    assert signal.tobytes() == pixels.tobytes()
    assert [(name, list(values), unit) for name, values, unit in axes] == [
        ("y", list(range(300)), "pixel"),
        ("x", list(range(250)), "pixel"),
    ]
    assert told["interpretation"] == "image"
    assert told["index"] == 17
    assert list(told["position"]) == [1, 7]
    assert told["file"].decode() == "/data/2026/i03-1234.nxs"


def test_motors_become_positioners_of_the_instrument(tmp_path: Path, frame_files: FrameFileProcess) -> None:
    positions = (MotorPosition("stage_x", -0.31, "mm"), MotorPosition("stage x", 2.0))
    path = written(tmp_path, frame_files, np.ones((2, 2)), motor_positions=positions)
    with h5py.File(path, "r") as file:
        found = {
            name: (group["name"][()].decode(), group["value"][()], dict(group["value"].attrs))
            for name, group in file["/entry/instrument"].items()
        }
    assert found == {"stage_x": ("stage_x", -0.31, {"units": "mm"}), "stage_x_1": ("stage x", 2.0, {})}


def test_what_corrected_a_frame_stands_beside_it(tmp_path: Path, frame_files: FrameFileProcess) -> None:
    corrected = (("dark", "/data/dark.h5 /entry/data, mean of frames 0\u20139"), ("method", "frame - dark"))
    path = written(tmp_path, frame_files, np.zeros((2, 3), "f4"), corrected=corrected)
    with h5py.File(path) as file:
        assert {name: text.asstr()[()] for name, text in file["entry/origin/corrected"].items()} == dict(corrected)


def test_a_spectrum_keeps_the_axis_that_its_file_gives(tmp_path: Path, frame_files: FrameFileProcess) -> None:
    signal, axes, told = plotted(written(tmp_path, frame_files, np.array([5, 7, 9], "u4"), facts=CHANNELS))
    assert list(signal) == [5, 7, 9]
    ((name, values, unit),) = axes
    assert (name, list(values), unit) == ("energy", [1.0, 2.5, 4.0], "eV")
    assert (told["units"], told["interpretation"]) == ("counts", "spectrum")


def test_axes_that_do_not_fit_are_counted_and_names_are_never_taken_twice(tmp_path: Path, frame_files: FrameFileProcess) -> None:
    facts = replace(CHANNELS, axis_names=("data", "data"), axis_units=("", ""), axis_values=((1.0,), None), interpretation="")
    _, axes, _ = plotted(written(tmp_path, frame_files, np.zeros((2, 3), "u2"), facts=facts))
    assert [(name, list(values)) for name, values, _ in axes] == [("data_0", [0, 1]), ("data_1", [0, 1, 2])]


@pytest.mark.parametrize("pixels", [np.float64(0.1), np.zeros((2, 3, 4), "i2")])
def test_other_ranks_are_held_as_well(tmp_path: Path, frame_files: FrameFileProcess, pixels: Any) -> None:
    signal, axes, _ = plotted(written(tmp_path, frame_files, pixels))
    np.testing.assert_array_equal(signal, pixels)
    assert len(axes) == np.ndim(pixels)


def test_what_hdf5_cannot_hold_is_a_sentence_and_the_process_goes_on(tmp_path: Path, frame_files: FrameFileProcess) -> None:
    with pytest.raises(ExportError, match="HDF5 cannot hold this frame"):
        written(tmp_path, frame_files, np.zeros((2, 2), "M8[s]"))
    assert list(tmp_path.glob("*shot*")) == []
    signal, _, _ = plotted(written(tmp_path, frame_files, np.ones((2, 2), "u1")))
    assert signal.sum() == 4


def test_a_process_that_was_killed_is_a_sentence_and_the_next_one_serves(tmp_path: Path) -> None:
    with FrameFileProcess() as process:
        written(tmp_path, process, np.ones((2, 2), "u1"))
        assert process._process is not None
        process._process.kill()
        process._process.wait()
        path = written(tmp_path, process, np.ones((2, 3), "u1"))
        assert plotted(path)[0].shape == (2, 3)
    with FrameFileProcess(bound_s=0.0) as late, pytest.raises(ExportError, match="ended"):
        late.make(np.zeros((2000, 2000)), {"axes": [], "origin": {}, "title": "", "unit": "", "interpretation": ""})
