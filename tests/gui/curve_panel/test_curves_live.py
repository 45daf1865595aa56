"""Curves of a real snake whose positions were read back, with a monitor: against numpy on the file, fitted, beside the scan before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py
import lmfit
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import Timeout
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.curves import LineLook
from swmr_viewer.quantities import FitModel, curve_statistics
from swmr_viewer.simulator.plan import ScanPlan
from tests.gui.waiting import WAIT_MS, wait_complete
from tests.live.writers import LiveWriter

pytestmark = pytest.mark.live
SHAPE = (3, 16)
PLAN = ScanPlan(
    scan_shape=SHAPE, frame_shape=(48, 64), dtype="uint16", period_s=0.0, order="snake", jitter=0.2, monitor=True, peak=True
)  # fmt: skip
CORNERS = ((2.0, 3.0), (12.0, 9.0))
BOX = (slice(3, 9), slice(2, 12))


def written(path: Path, plan: ScanPlan) -> Path:
    with LiveWriter(path, plan, stepped=False) as writer:
        writer.wait_exit(0)
    return path


def expected(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return read-back positions, and the region's sum over the monitor, of each point."""
    with h5py.File(path, "r", locking=False) as file:
        x, monitor = file["/entry/instrument/stage_x/value"][()], file["/entry/I0/data"][()]
        sums = file["/entry/detector/data"][()][(..., *BOX)].sum(axis=(2, 3), dtype=np.float64)
    return x, sums / monitor


def drawn(viewer: Assembly, look: LineLook) -> list[tuple[np.ndarray, np.ndarray]]:
    curve = viewer.window.measuring.regions_panel.curve
    return [(line.x, line.y) for line in curve._drawn if line.look is look]


def shows(viewer: Assembly, look: LineLook, x: np.ndarray, y: np.ndarray) -> bool:
    """Return whether one curve of this look goes through these points, in this order."""
    lines = drawn(viewer, look)
    return len(lines) == 1 and lines[0][0].shape == x.shape and np.allclose(lines[0], (x, y), rtol=1e-12)


def by_place(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return x[np.argsort(x)], y[np.argsort(x)]


def test_curves_of_a_snake_are_those_of_numpy(qtbot: QtBot, tmp_path: Path, live_viewer: Callable[..., Assembly]) -> None:
    first, second = written(tmp_path / "first.nxs", PLAN), written(tmp_path / "second.nxs", replace(PLAN, seed=3))
    viewer = live_viewer(first, conditions=(Timeout(600.0),))
    wait_complete(qtbot, viewer, 48)
    session, measuring = viewer.session, viewer.window.measuring
    qtbot.waitUntil(lambda: session.scan.shown is not None, timeout=WAIT_MS)
    viewer.window.panels.panel("measuring").show()
    measuring.measurements.draw("rectangle", CORNERS)
    panel, choice = measuring.regions_panel, measuring.regions_panel.choice
    choice.change(over="I0", against="stage_x")
    session.pin(20)
    x, y = expected(first)
    qtbot.waitUntil(lambda: shows(viewer, LineLook.MEASURED, *by_place(x[1], y[1])), timeout=WAIT_MS)
    assert panel.curve.axes["left"].labelText.startswith("sum / I0")
    qtbot.waitUntil(lambda: panel.part.text() == "row 1 \u25be")  # once it has its room
    choice.change(part="mean")
    qtbot.waitUntil(lambda: shows(viewer, LineLook.MEASURED, *by_place(x.mean(0), y.mean(0))), timeout=WAIT_MS)
    choice.change(part="all", as_taken=True)
    taken = np.concatenate([x[0], x[1][::-1], x[2]]), np.concatenate([y[0], y[1][::-1], y[2]])
    qtbot.waitUntil(lambda: shows(viewer, LineLook.MEASURED, *taken), timeout=WAIT_MS)
    choice.change(part="line", as_taken=False, fit=FitModel.GAUSSIAN)
    qtbot.waitUntil(lambda: (found := panel.fits.of("A.sum / I0")) is not None and found.is_fitted, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: len(drawn(viewer, LineLook.FIT)) == 1)
    plain = curve_statistics(x[1], y[1])
    words = panel.table.model().index(0, 5).data()
    assert "(" in words
    assert panel.fits.of("A.sum / I0").statistics == plain
    session.open(replace(session.scan.request, path=str(second)))
    wait_complete(qtbot, viewer, 48)
    session.pin(20)
    now = expected(second)
    qtbot.waitUntil(lambda: shows(viewer, LineLook.MEASURED, *by_place(now[0][1], now[1][1])), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: shows(viewer, LineLook.EARLIER, *by_place(x[1], y[1])), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: panel.grey.names == ("first (before)",))
    measuring.compare_menu.before.trigger()
    qtbot.waitUntil(lambda: not drawn(viewer, LineLook.EARLIER))
    assert not panel.grey.isVisible()


def test_of_a_long_scan_all_points_are_fitted_and_not_those_that_are_drawn(
    qtbot: QtBot, tmp_path: Path, live_viewer: Callable[..., Assembly]
) -> None:
    shape = (400, 500)
    plan = ScanPlan(scan_shape=shape, frame_shape=(), dtype="float64", period_s=0.0, jitter=0.2, monitor=True, burst=5000)
    peak = "I0 / (1 + (stage_x - 0.2) ** 2 / 0.1)"
    path = tmp_path / "long.h5"
    with LiveWriter(path, plan, stepped=False) as writer:
        viewer = live_viewer(path, conditions=(Timeout(600.0),))
        viewer.window.panels.panel("measuring").show()
        panel = viewer.window.measuring.regions_panel
        qtbot.waitUntil(lambda: viewer.session.scan.shown is not None, timeout=WAIT_MS)
        panel.choice.change(shown=(peak,), against="stage_x", part="all", fit=FitModel.LORENTZIAN)
        writer.wait_exit(0)

    def n_fitted() -> int:
        found = panel.fits.of(peak)
        return 0 if found is None or not found.is_fitted else found.n_points

    def look_the_same(x: np.ndarray, y: np.ndarray) -> None:
        found = panel.fits.of(peak)
        at = np.argmax(y)
        assert (found.statistics.maximum, found.statistics.maximum_at, found.message) == (y[at], x[at], "")
        assert found.statistics == curve_statistics(x, y)
        made = lmfit.models.LorentzianModel() + lmfit.models.LinearModel(prefix="line_")
        start = made.make_params(center=0.2, sigma=0.3, amplitude=np.ptp(y), line_slope=0.0, line_intercept=0.0)
        right = made.fit(y, start, x=x).params
        for ours, theirs in (("centre", "center"), ("FWHM", "fwhm"), ("height", "height")):
            value = found.value(ours)
            assert value.value == pytest.approx(right[theirs].value, abs=0.01 * right[theirs].stderr)
            assert value.uncertainty == pytest.approx(right[theirs].stderr, rel=0.01)

    with h5py.File(path, "r", locking=False) as file:
        x, monitor = (file[name][()].ravel() for name in ("/entry/instrument/stage_x/value", "/entry/I0/data"))
    y = monitor / (1 + (x - 0.2) ** 2 / 0.1)
    qtbot.waitUntil(lambda: n_fitted() == x.size, timeout=2 * WAIT_MS)
    look_the_same(x, y)
    panel.curve.box.setXRange(-0.8, 0.6, padding=0)
    seen = (x >= -0.8) & (x <= 0.6)
    qtbot.waitUntil(lambda: n_fitted() == seen.sum(), timeout=2 * WAIT_MS)
    look_the_same(x[seen], y[seen])
