"""A reduction in the window on a real scan, with the real process: numbers and patterns are those of numpy, of every frame."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import Timeout
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.reductions import FrameDescription, prepare_reduction, reduction_named
from swmr_viewer.simulator.plan import ScanPlan
from swmr_viewer.watching.scan_files import WatchRule
from tests.engines.dask_processes import DaskProcesses
from tests.gui.waiting import WAIT_MS, wait_shown
from tests.live.writers import LiveWriter

pytestmark = pytest.mark.live
LiveViewer = Callable[..., Assembly]
LEFT = Qt.MouseButton.LeftButton


def centre_of(frame: np.ndarray) -> dict[str, float]:
    """Return what the reduction makes of a frame, called by hand."""
    reduction = reduction_named("centre_of_mass")
    prepare_reduction(reduction, FrameDescription(frame.shape, frame.dtype.str))
    return {name: float(value) for name, value in reduction(frame, frame == np.iinfo(frame.dtype).max).items()}


def reducing(qtbot: QtBot, live_viewer: LiveViewer, scan: LiveWriter, n: int) -> Assembly:
    """Follow a scan, which writes so many frames, open the panel, and choose the centre of mass."""
    assembly = live_viewer(scan.path, conditions=(Timeout(600.0),))
    scan.step(n)
    wait_shown(qtbot, assembly, n - 1)
    assembly.window.reductions.show_panel.trigger()
    assembly.window.reductions.panel._choose("centre_of_mass")
    return assembly


def test_numbers_of_a_live_scan_are_quantities(qtbot: QtBot, live_viewer: LiveViewer, live_writer: Any) -> None:
    scan = live_writer()
    assembly = reducing(qtbot, live_viewer, scan, 3)
    parts, session = assembly.window.reductions, assembly.session
    qtbot.waitUntil(lambda: "background" in parts.panel.form.fields, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "total" in parts.panel.views.numbers.text(), timeout=WAIT_MS)  # of the shown frame, at once
    assert not [name for name in names(assembly) if name.startswith("centre")]  # of the others nothing was asked for
    qtbot.mouseClick(parts.panel.run_bar.start, LEFT)
    qtbot.waitUntil(lambda: session.scan.quantities.n_known("centre_of_mass.x") == 3, timeout=WAIT_MS)
    scan.step(4)
    qtbot.waitUntil(lambda: session.scan.quantities.n_known("centre_of_mass.x") == 7, timeout=WAIT_MS)
    expected = [centre_of(scan.expected(index)) for index in range(7)]
    for name in ("x", "y", "total"):
        found = session.scan.quantities.values(f"centre_of_mass.{name}")
        np.testing.assert_allclose(found[:7], [one[name] for one in expected], rtol=1e-12)
        assert np.isnan(found[7:]).all()
    wait_shown(qtbot, assembly, 6)
    shown = f"{expected[6]['total']:.0f}"
    qtbot.waitUntil(lambda: shown in plain_digits(parts.panel.views.numbers.text()), timeout=WAIT_MS)
    qtbot.mouseClick(parts.panel.run_bar.stop, LEFT)
    qtbot.waitUntil(lambda: parts.panel.run_bar.words.text() == "Stopped: 7 frames reduced", timeout=WAIT_MS)
    assert parts.panel.run_bar.start.isEnabled()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_of_a_file_that_gets_the_name_of_the_shown_one_nothing_is_seen(
    qtbot: QtBot, tmp_path: Path, live_viewer: LiveViewer, live_writer: Any
) -> None:
    scan = live_writer()
    assembly = live_viewer(scan.path, conditions=(Timeout(600.0),))
    parts = assembly.window.reductions
    scan.step(2)
    wait_shown(qtbot, assembly, 1)
    supervisor = assembly.session._thread._supervisor
    reader = supervisor._current.process.pid
    with LiveWriter(tmp_path / "another.nxs", ScanPlan(scan_shape=(3, 4), frame_shape=(48, 64)), stepped=True) as another:
        another.step(2)
        os.kill(reader, signal.SIGSTOP)  # it cannot tell
        try:
            os.replace(another.path, scan.path)
            parts.show_panel.trigger()
            parts.panel._choose("centre_of_mass")
            qtbot.waitUntil(lambda: parts.panel.run_bar.words.text() == "Another scan has the name of this file", timeout=WAIT_MS)
            assert "total" not in parts.panel.views.numbers.text()
        finally:
            os.kill(reader, signal.SIGCONT)


@pytest.mark.slow
def test_in_a_watched_folder_each_scan_is_reduced(qtbot: QtBot, tmp_path: Path, live_viewer: LiveViewer) -> None:
    plan = ScanPlan(scan_shape=(3, 4), frame_shape=(48, 64), period_s=0.0)
    visit = tmp_path / "visit"
    visit.mkdir()
    assembly = live_viewer(tmp_path / "not-there.nxs", conditions=(Timeout(600.0),))
    parts, session = assembly.window.reductions, assembly.session
    assembly.opening.watching.watch_folder(WatchRule(str(visit), "*.nxs"))
    with ExitStack() as stack:
        for n, name in ((3, "1.nxs"), (5, "2.nxs"), (4, "3.nxs")):
            scan = stack.enter_context(LiveWriter(visit / name, plan, stepped=True))
            scan.step(n)
            wait_shown(qtbot, assembly, n - 1)
            assert session.scan.request is not None
            assert Path(session.scan.request.path).name == name
            if name == "1.nxs":
                parts.show_panel.trigger()
                parts.panel._choose("centre_of_mass")
                qtbot.waitUntil(parts.start.isEnabled, timeout=WAIT_MS)
                parts.start.trigger()
            expected = [centre_of(scan.expected(index))["total"] for index in range(n)]
            qtbot.waitUntil(lambda n=n: session.scan.quantities.n_known("centre_of_mass.total") == n, timeout=WAIT_MS)
            np.testing.assert_allclose(session.scan.quantities.values("centre_of_mass.total")[:n], expected, rtol=1e-12)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_process_that_is_killed_costs_no_result(qtbot: QtBot, live_viewer: LiveViewer, live_writer: Any) -> None:
    scan = live_writer()
    assembly = reducing(qtbot, live_viewer, scan, 4)
    parts, session = assembly.window.reductions, assembly.session
    qtbot.waitUntil(parts.start.isEnabled, timeout=WAIT_MS)
    qtbot.mouseClick(parts.panel.run_bar.start, LEFT)
    qtbot.waitUntil(lambda: session.scan.quantities.n_known("centre_of_mass.x") == 4, timeout=WAIT_MS)
    thread = parts.reductions._thread
    assert thread is not None
    os.kill(thread._process.pid, signal.SIGKILL)  # type: ignore[attr-defined]
    scan.step(3)
    qtbot.waitUntil(lambda: session.scan.quantities.n_known("centre_of_mass.x") == 7, timeout=WAIT_MS)
    expected = [centre_of(scan.expected(index))["x"] for index in range(7)]
    np.testing.assert_allclose(session.scan.quantities.values("centre_of_mass.x")[:7], expected, rtol=1e-12)
    assert parts.panel.run_bar.faults.isVisible()  # it is said
    qtbot.mouseClick(parts.panel.run_bar.stop, LEFT)
    qtbot.waitUntil(lambda: parts.panel.run_bar.words.text() == "Stopped: 7 frames reduced", timeout=WAIT_MS)


def names(assembly: Assembly) -> list[str]:
    return [quantity.name for quantity in assembly.session.scan.quantities.offered()]


def plain_digits(text: str) -> str:
    return "".join(text.replace("\u2009", "").replace("\u202f", "").replace("&nbsp;", ""))


@pytest.mark.slow
@pytest.mark.skipif(find_spec("distributed") is None, reason="dask is not installed")
def test_on_the_workers_of_a_dask_scheduler(qtbot: QtBot, tmp_path: Path, live_viewer: LiveViewer, live_writer: Any) -> None:
    scan, output, dask = live_writer(), tmp_path / "reduced.h5", tmp_path / "dask"
    assembly = reducing(qtbot, live_viewer, scan, 3)
    parts, session = assembly.window.reductions, assembly.session
    where, run_bar = parts.panel.where, parts.panel.run_bar
    dask.mkdir()
    with closing(DaskProcesses(dask)) as cluster:
        qtbot.mouseClick(where.kind, LEFT)
        qtbot.keyClick(where.kind.view(), Qt.Key.Key_End)
        qtbot.keyClick(where.kind.view(), Qt.Key.Key_Return)
        qtbot.keyClicks(where.scheduler, str(cluster.scheduler_file))
        qtbot.keyClicks(where.output, str(output))
        qtbot.waitUntil(run_bar.start.isEnabled, timeout=WAIT_MS)
        qtbot.mouseClick(run_bar.start, LEFT)
        qtbot.waitUntil(lambda: run_bar.words.text().startswith("Waiting for workers"), timeout=WAIT_MS)
        worker = cluster.add_worker()
        qtbot.waitUntil(lambda: session.scan.quantities.n_known("centre_of_mass.x") == 3, timeout=WAIT_MS)
        cluster.add_worker()
        worker.kill()
        scan.step(4)
        qtbot.waitUntil(lambda: session.scan.quantities.n_known("centre_of_mass.x") == 7, timeout=WAIT_MS)
        qtbot.mouseClick(run_bar.stop, LEFT)
        qtbot.waitUntil(lambda: run_bar.words.text() == "Stopped: 7 frames reduced", timeout=WAIT_MS)
    expected = [centre_of(scan.expected(index))["x"] for index in range(7)]
    np.testing.assert_allclose(session.scan.quantities.values("centre_of_mass.x")[:7], expected, rtol=1e-12)
    with h5py.File(output) as file:
        np.testing.assert_allclose(file["/entry/centre_of_mass/x"][()].ravel()[:7], expected, rtol=1e-12)
