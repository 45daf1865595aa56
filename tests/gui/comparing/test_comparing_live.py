"""Another file is measured as the one that is followed, by a reader of its own, and let go of at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from swmr_viewer.analysis import Region
from swmr_viewer.core.conditions import Timeout
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.comparing import CompareMenu, Comparisons
from swmr_viewer.reader import messages as m
from swmr_viewer.simulator.plan import ScanPlan
from tests.gui.waiting import WAIT_MS, wait_complete
from tests.live.writers import LiveWriter

pytestmark = pytest.mark.live
PLAN = ScanPlan(scan_shape=(3, 4), frame_shape=(24, 32), dtype="uint16", period_s=0.0)
BOX = (slice(3, 9), slice(2, 12))
A = Region("A", "rectangle", ((2.0, 3.0), (12.0, 9.0)))


def written(folder: Path, name: str, plan: ScanPlan) -> Path:
    with LiveWriter(folder / name, plan, stepped=False) as writer:
        writer.wait_exit(0)
    return folder / name


def sums_in(path: Path) -> np.ndarray:
    with h5py.File(path, "r", locking=False) as file:
        frames = file["/entry/detector/data"][()]
    return frames.reshape(12, 24, 32)[(slice(None), *BOX)].sum(axis=(1, 2), dtype=np.float64)


def test_the_same_is_measured_in_a_file_that_is_added(qtbot: QtBot, tmp_path: Path, live_viewer: Callable[..., Assembly]) -> None:
    now, other = written(tmp_path, "now.nxs", PLAN), written(tmp_path, "other.nxs", replace(PLAN, seed=5))
    assembly = live_viewer(now, conditions=(Timeout(600.0),))
    session = assembly.session
    wait_complete(qtbot, assembly, 12)
    comparisons = Comparisons(session)
    menu = CompareMenu(session, comparisons, assembly.window)
    comparisons.measure((A,))
    notes: list[str] = []
    session.noted.connect(notes.append)
    comparisons.add(str(now))
    assert notes == ["This file is the one that is followed"]
    session.want_quantities("test", ("A.sum", "total"))
    comparisons.add(str(other))
    qtbot.waitUntil(lambda: bool(comparisons.scans) and comparisons.scans[0].table.n_known("A.sum") == 12, timeout=WAIT_MS)
    (scan,) = comparisons.scans
    assert (scan.name, scan.is_added) == ("other", True)
    assert not np.array_equal(sums_in(other), sums_in(now))
    np.testing.assert_array_equal(scan.table.values("A.sum"), sums_in(other))
    dark = m.Correction(m.FrameSource(str(now), "/entry/detector/data", 0, 0))
    assembly.window.display.change(correction=dark)
    corrected = sums_in(other) - sums_in(now)[0]
    qtbot.waitUntil(lambda: np.allclose(scan.table.values("A.sum"), corrected), timeout=WAIT_MS)
    menu.menu.aboutToShow.emit()
    remove = next(action for action in menu.menu.actions() if action.text() == "Remove other.nxs (12 frames)")
    with qtbot.waitSignal(comparisons.scans_changed):
        remove.trigger()
    assert not comparisons.scans
    assert comparisons.close()


def test_the_scan_before_is_drawn_until_that_is_switched_off(qtbot: QtBot, tmp_path: Path, live_viewer: Callable[..., Assembly]) -> None:
    first, second = written(tmp_path, "first.nxs", PLAN), written(tmp_path, "second.nxs", replace(PLAN, seed=5))
    assembly = live_viewer(first, conditions=(Timeout(600.0),))
    session, comparisons = assembly.session, Comparisons(assembly.session)
    menu = CompareMenu(session, comparisons, assembly.window)
    wait_complete(qtbot, assembly, 12)
    assembly.window.measuring.measurements.draw("rectangle", A.points)
    qtbot.waitUntil(lambda: session.scan.quantities.n_known("A.sum") == 12, timeout=WAIT_MS)
    assembly.opening.open(replace(session.scan.request, path=str(second)))
    wait_complete(qtbot, assembly, 12)
    (scan,) = comparisons.scans
    assert (scan.name, scan.is_added) == ("first", False)
    np.testing.assert_array_equal(scan.table.values("A.sum"), sums_in(first))
    assembly.window.display.change(correction=m.Correction(m.FrameSource(str(first), "/entry/detector/data", 0, 0)))
    assert not comparisons.scans, "its sums are those of frames that were not corrected"
    assembly.window.display.change(correction=m.NO_CORRECTION)
    assert comparisons.scans
    menu.before.trigger()
    assert not comparisons.scans
    assert comparisons.close()


def test_a_file_that_cannot_be_read_is_named_with_why(qtbot: QtBot, tmp_path: Path, live_viewer: Callable[..., Assembly]) -> None:
    assembly = live_viewer(written(tmp_path, "now.nxs", PLAN), conditions=(Timeout(600.0),))
    comparisons = Comparisons(assembly.session)
    menu = CompareMenu(assembly.session, comparisons, assembly.window)
    wait_complete(qtbot, assembly, 12)
    (tmp_path / "rubbish.h5").write_bytes(b"no HDF5" * 100)
    comparisons.add(str(tmp_path / "rubbish.h5"))
    qtbot.waitUntil(lambda: bool(comparisons.added[0].problem), timeout=WAIT_MS)
    menu.menu.aboutToShow.emit()
    assert any(action.text().startswith("Remove rubbish.h5: ") for action in menu.menu.actions())
    assert comparisons.close()
