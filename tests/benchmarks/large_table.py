"""Saves all that the window holds of ten million points as CSV and as NeXus, and compares what stands there with what it holds."""

from __future__ import annotations

import time
from itertools import islice
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import psutil
from PySide6.QtCore import QTimer

from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.quantities import QuantityTable
from tests.benchmarks.turns import Turns, report

_BLOCK, _EVERY = 1 << 16, 20
"""Points that are compared at once, and of how many such blocks the lines of one are."""


def save_table(app: Any, assembly: Assembly, turns: Turns, folder: Path) -> None:
    """Save and compare it."""
    saving, table = assembly.window.snapshots.tables, assembly.session.scan.quantities
    most_mb, timer, began_s, paths = [0.0], QTimer(interval=200), time.perf_counter(), []

    def look() -> None:
        children = psutil.Process().children(recursive=True)
        most_mb.append(max([0.0, *(child.memory_info().rss / 1e6 for child in children if child.is_running())]))

    timer.timeout.connect(look)
    timer.start()
    saving.written.connect(paths.extend)
    saving.ended.connect(app.quit)
    assembly.session.problem_reported.connect(lambda problem: print(problem))
    for endings in ((".csv",), (".nxs",)):
        began_s = time.perf_counter()
        saving.save(folder, "large", endings)
        app.exec()
        print(f"{endings[0]} written after {time.perf_counter() - began_s:.0f} s; the process that writes took {max(most_mb):.0f} MB")
    report(turns)
    timer.stop()
    _compare_nexus(next(path for path in paths if path.suffix == ".nxs"), table)
    _compare_csv(next(path for path in paths if path.suffix == ".csv"), table)


def _compare_nexus(path: Path, table: QuantityTable) -> None:
    n = 0
    with h5py.File(path) as file:
        for dataset in file["entry/table"].values():
            if "quantity" in dataset.attrs and dataset.shape == table.scan_shape:
                stored = dataset[()].ravel()
                for start in range(0, stored.size, _BLOCK):
                    stop = min(start + _BLOCK, stored.size)
                    np.testing.assert_array_equal(stored[start:stop], table.part(dataset.attrs["quantity"], start, stop))
                    n += stop - start
    print(f"{path.name}: {n:,} values are what the window has")


def _compare_csv(path: Path, table: QuantityTable) -> None:
    """Compare every so many blocks of lines: each scan point has one."""
    n, start = 0, 0
    with path.open(encoding="utf-8") as file:
        names = [name.split(" (")[0] for name in next(file).rstrip().split(",")]
        while lines := list(islice(file, _BLOCK)):
            if start // _BLOCK % _EVERY == 0:
                read = np.array([[float(cell or "nan") for cell in line.rstrip("\n").split(",")] for line in lines])
                np.testing.assert_array_equal(read[:, 0], np.arange(start, start + len(lines)))
                for number, name in enumerate(names):
                    if table.quantity(name) is not None and name != "index":
                        held = table.part(name, start, start + len(lines))
                        np.testing.assert_array_equal(read[:, number].view("u8"), held.view("u8"), name)
                        n += len(lines)
            start += len(lines)
    print(f"{path.name}: {start:,} lines; {n:,} values read back as the same bits")
