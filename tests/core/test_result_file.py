"""Results written back, on files at rest: places, axes, attributes, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import DataSource, Follower, ResultFile, open_swmr
from swmr_viewer.core.errors import ExportError

IMAGES = np.arange(12 * 6, dtype="u2").reshape(3, 4, 2, 3)


@pytest.fixture
def scan(tmp_path: Path) -> Iterator[h5py.File]:
    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        file.attrs["default"] = "entry"
        entry = file.create_group("entry")
        entry.attrs["default"] = "det"
        entry["keys/k"] = np.arange(1, 13).reshape(3, 4)
        group = entry.create_group("det")
        group["data"] = IMAGES
        group["far/data"] = IMAGES
        group["y"] = np.array([0.5, 1.0, 1.5])
        group["y"].attrs["units"] = "mm"
        group["x"] = np.arange(12.0).reshape(3, 4)
        group.attrs.update({"axes": ["y", "x", ".", "."], "signal": "data", "x_indices": [0, 1], "y_indices": 0})
    with open_swmr(tmp_path / "scan.h5") as file:
        yield file


@pytest.mark.parametrize("how", [{}, {"rows": True}, {"chunks": True}])
@pytest.mark.parametrize("data", ["entry/det/data", "entry/det/far/data"])
def test_each_result_lies_at_its_scan_position_beside_the_axes(scan: h5py.File, tmp_path: Path, how: dict[str, bool], data: str) -> None:
    with DataSource(scan, "entry/keys", data, **how) as source, ResultFile(tmp_path / "out.h5") as output:
        total = output.create_like_scan("/entry/sums/total", source, dtype="i8", units="counts")
        column = output.create_like_scan("/entry/sums/column", source, (3,))
        for frames in source:
            total.append(frames, frames["data"].sum(axis=(-2, -1)))
            column.append(frames, frames["data"].sum(axis=-2))
    with h5py.File(tmp_path / "out.h5", "r") as file:
        group = file["entry/sums"]
        assert np.array_equal(group["total"], IMAGES.sum(axis=(2, 3)))
        assert np.array_equal(group["column"], IMAGES.sum(axis=2))
        assert np.array_equal(group["x"], np.arange(12.0).reshape(3, 4))
        assert group["y"][:].tolist() == [0.5, 1.0, 1.5]
        assert (group["y"].attrs["units"], group["total"].attrs["units"]) == (b"mm", b"counts")
        assert (group.attrs["NX_class"], group.attrs["signal"]) == (b"NXdata", b"total")
        assert group.attrs["axes"].tolist() == [b"y", b"."]
        assert group.attrs["auxiliary_signals"].tolist() == [b"column"]
        assert (file.attrs["default"], file["entry"].attrs["default"]) == (b"entry", b"sums")
        assert (file["entry"].attrs["NX_class"], group.attrs["x_indices"].tolist()) == (b"NXentry", [0, 1])


def test_what_was_not_appended_is_nan_and_its_key_unset(scan: h5py.File, tmp_path: Path) -> None:
    with DataSource(scan, "entry/keys", "entry/det/data") as source, ResultFile(tmp_path / "out.h5", flush_s=0) as output:
        result = output.create_like_scan("/entry/sums/total", source)
        result.append((1, 2), 5)
        result.append(0, 7)
    with open_swmr(tmp_path / "out.h5") as file:
        values = file["entry/sums/total"][()]
        assert (values[1, 2], values[0, 0], np.isnan(values).sum()) == (5, 7, 10)
        follower = Follower(file, "/entry/keys", termination_conditions=["finished_flag"], order="arrival")
        assert sorted(follower) == [0, 6]


def test_keys_come_after_a_flush_of_the_results_and_not_before(scan: h5py.File, tmp_path: Path) -> None:
    now = [0.0]
    source = DataSource(scan, "entry/keys", "entry/det/data")
    with ResultFile(tmp_path / "out.h5", flush_s=1, clock=lambda: now[0]) as output:
        result = output.create_like_scan("/entry/sums/total", source)
        result.append(0, 1)
        assert result.keys[0, 0] == 0
        now[0] = 1
        result.append(1, 2)
        assert result.keys[0].tolist() == [1, 1, 0, 0]


def test_nothing_is_ever_overwritten(scan: h5py.File, tmp_path: Path) -> None:
    source = DataSource(scan, "entry/keys", "entry/det/data")
    there = tmp_path / "there.h5"
    there.write_bytes(b"precious")
    with pytest.raises(ExportError, match="is there already"):
        ResultFile(there)
    assert there.read_bytes() == b"precious"
    with pytest.raises(ExportError, match="cannot be made"):
        ResultFile(tmp_path / "no" / "out.h5")
    with ResultFile(tmp_path / "out.h5") as output:
        result = output.create_like_scan("/entry/sums/total", source)
        for path in ("/entry/sums/total", "/entry/total"):
            with pytest.raises(ExportError, match="is not a new"):
                output.create_like_scan(path, source)
        result.append(0, 1)
        with pytest.raises(ExportError, match="too late"):
            output.create_like_scan("/entry/sums/other", source)
        for where, value in [((1,), 1), (0, [1, 2])]:
            with pytest.raises(ValueError, match=r"position|reshape"):
                result.append(where, value)
    output.close()


def test_the_axes_are_those_of_the_group_that_plots_the_data_before_the_files_default(scan: h5py.File, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "two.h5", "w", libver="v110") as file:
        scan.copy("entry", file)
        entry = file["entry"]
        file.attrs["default"] = "entry/other"
        entry["instrument/cam/data"] = entry["det/data"]
        entry["other/z"] = np.arange(3.0)
        entry["other"].attrs["axes"] = ["z", "."]
    with (
        open_swmr(tmp_path / "two.h5") as file,
        DataSource(file, "entry/keys", "entry/instrument/cam/data") as source,
        ResultFile(tmp_path / "out.h5") as output,
    ):
        output.create_like_scan("/entry/sums/total", source)
        assert sorted(output.h5file["entry/sums"]) == ["total", "x", "y"]
