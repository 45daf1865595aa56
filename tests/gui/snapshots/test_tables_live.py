"""The table of a real scan, saved by its key and read back: every number is that of plain numpy on the file."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import Timeout
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.snapshots.snapshot_settings import SnapshotSettings
from tests.gui.waiting import WAIT_MS, wait_complete

pytestmark = pytest.mark.live
LiveViewer = Callable[..., Assembly]
KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def simulate(path: Path, *options: str) -> None:
    command = [sys.executable, "-m", "swmr_viewer", "simulate", str(path), "--frame", "32x40", "--period", "0", "--monitor", *options]
    subprocess.run(command, check=True, timeout=60, stdout=subprocess.DEVNULL)


def save(qtbot: QtBot, assembly: Assembly) -> dict[str, Path]:
    with qtbot.waitSignal(assembly.window.snapshots.written, timeout=WAIT_MS) as written:
        qtbot.keyClick(assembly.window, Qt.Key.Key_C, KEYS)
    return {path.suffix: path for path in written.args[0]}


def wait_measured(qtbot: QtBot, assembly: Assembly, name: str, n: int) -> None:
    qtbot.waitUntil(lambda: assembly.session.scan.quantities.n_known(name) == n, timeout=WAIT_MS)


def columns_in(path: Path) -> dict[str, np.ndarray]:
    with path.open(newline="") as file:
        header, *rows = list(csv.reader(file))
    return dict(zip(header, np.array([[float(cell or "nan") for cell in row] for row in rows]).T, strict=True))


def test_a_raster_with_everything_that_is_known(qtbot: QtBot, live_viewer: LiveViewer, tmp_path: Path) -> None:
    scan = tmp_path / "scan.h5"
    simulate(scan, "--scan", "4x5", "--order", "snake")
    assembly = live_viewer(scan, conditions=(Timeout(600.0),))
    assembly.window.snapshots.set_settings(SnapshotSettings(tmp_path, formats=("csv", "h5")))
    wait_complete(qtbot, assembly, 20)
    assembly.session.want_quantities("test", ["A.sum / I0"])
    assembly.window.measuring.measurements.draw("rectangle", ((10.0, 8.0), (30.0, 20.0)))
    wait_measured(qtbot, assembly, "A.sum", 20)
    files = save(qtbot, assembly)
    with h5py.File(scan) as file:
        part = file["entry/detector/data"][..., 8:20, 10:30].astype(np.float64)
        expected = {
            "I0 (counts)": file["entry/I0/data"][()],
            "stage_x (mm)": file["entry/instrument/stage_x/value"][()],
            "stage_y (mm)": file["entry/instrument/stage_y/value"][()],
            "temperature (K)": file["entry/sample/temperature"][()],
        }
        set_x = file["entry/instrument/stage_x/value_set"][()]
    part[part == 65535] = np.nan
    expected["A.sum"] = np.nansum(part, axis=(2, 3))
    expected["A.sum / I0 (1/counts)"] = expected["A.sum"] / expected["I0 (counts)"]
    table = columns_in(files[".csv"])
    np.testing.assert_array_equal(table["index"], np.arange(20))
    np.testing.assert_array_equal(table["position_1"], np.arange(20) % 5)
    by_name = {name.partition(" (")[0] if name not in expected else name: column for name, column in table.items()}
    for name, values in expected.items():
        found = table.get(name, by_name.get(name.partition(" (")[0]))
        assert found is not None, (name, list(table))
        np.testing.assert_array_equal(found, values.ravel(), err_msg=name)
    with h5py.File(files[".nxs"]) as file:
        group = file["entry/table"]
        for name, values in expected.items():
            stored = next(one for one in group.values() if one.attrs.get("quantity") == name.partition(" (")[0])
            np.testing.assert_array_equal(stored, values, err_msg=name)
        assert [group[name].shape for name in group.attrs["axes"]] == [(4,), (5,)]
        assert group["I0"].attrs["units"] == "counts"
        assert group[group.attrs["signal"]].attrs["quantity"] == "A.sum / I0"
        assert any(np.array_equal(one, set_x) for one in group.values() if isinstance(one, h5py.Dataset) and one.shape == (5,))
        np.testing.assert_array_equal(file["entry/regions/A/points"], [[10, 8], [30, 20]])
    assert json.loads(files[".json"].read_text())["regions"][0]["name"] == "A"


def test_a_spiral_and_a_table_that_is_given_up(qtbot: QtBot, live_viewer: LiveViewer, tmp_path: Path) -> None:
    scan = tmp_path / "scan.h5"
    simulate(scan, "--spiral", "--scan", "30")
    assembly = live_viewer(scan, conditions=(Timeout(600.0),))
    snapshots = assembly.window.snapshots
    snapshots.set_settings(SnapshotSettings(tmp_path, formats=("csv", "h5")))
    wait_complete(qtbot, assembly, 30)
    assembly.session.want_quantities("test", ["total"])
    wait_measured(qtbot, assembly, "total", 30)
    with qtbot.waitSignal(snapshots.tables.ended, timeout=WAIT_MS):
        for _ in range(2):
            qtbot.keyClick(assembly.window, Qt.Key.Key_C, KEYS)
    assert not list(tmp_path.glob("*_curves*"))
    files = save(qtbot, assembly)
    assert not list(tmp_path.glob(".*.part"))
    with h5py.File(scan) as file, h5py.File(files[".nxs"]) as saved:
        group, table = saved["entry/table"], columns_in(files[".csv"])
        for name in ("stage_x", "stage_y"):
            read_back = file[f"entry/instrument/{name}/value"][()]
            np.testing.assert_array_equal(group[name], read_back)
            np.testing.assert_array_equal(table[f"{name} (mm)"], read_back)
            assert group[name].attrs["units"] == "mm"
        frames = file["entry/detector/data"][()].astype(np.float64)
        np.testing.assert_array_equal(table["total"], np.where(frames == 65535, 0, frames).sum(axis=(1, 2)))
