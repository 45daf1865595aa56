"""A watched folder and two real scans, one after the other: the second is shown, as the first was looked at."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import Timeout
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.simulator.plan import ScanPlan
from swmr_viewer.watching.scan_files import USUAL_PATTERN, WatchRule
from tests.gui.test_window_live import WAIT_MS, assert_pixels, wait_shown
from tests.live.writers import LiveWriter

pytestmark = [pytest.mark.live, pytest.mark.slow]
LEFT = Qt.MouseButton.LeftButton


def test_scan_after_scan_with_zoom_and_levels_kept(qtbot: QtBot, tmp_path: Path, live_viewer: Any) -> None:
    visit = tmp_path / "visit"
    plan = ScanPlan(scan_shape=(3, 4), frame_shape=(48, 64), period_s=0.0)
    with ExitStack() as stack:

        def writer(name: str, **other: Any) -> LiveWriter:
            return stack.enter_context(LiveWriter(visit / name, plan, stepped=True, **other))

        visit.mkdir()
        assembly: Assembly = live_viewer(tmp_path / "not-there.nxs", conditions=(Timeout(600.0),))
        session, opening, image = assembly.session, assembly.opening, assembly.window.frame_view.image
        opening.watching.watch_folder(WatchRule(str(visit), "*.nxs"))
        first = writer("9.nxs")
        first.step(3)
        wait_shown(qtbot, assembly, 2)
        assert_pixels(assembly, first)
        image.box.setRange(xRange=(10, 30), yRange=(8, 20), padding=0)
        assembly.window.frame_view._display.fix_levels(3.0, 40.0)
        seen, levels = image.box.viewRect(), image.levels

        second = writer("10.nxs", hold=True)
        qtbot.waitUntil(lambda: "10.nxs is there" in opening.watching.watch.status_text, timeout=WAIT_MS)
        assert session.scan.request is not None
        assert Path(session.scan.request.path).name == "9.nxs"
        second.enter_swmr()
        second.step(5)
        qtbot.waitUntil(lambda: session.scan.request is not None and Path(session.scan.request.path).name == "10.nxs", timeout=WAIT_MS)
        wait_shown(qtbot, assembly, 4)
        assert_pixels(assembly, second)
        assert image.box.viewRect() == seen
        assert image.levels == levels
        assert session.scan.conditions == (Timeout(600.0),)

        opening.watching.hold.trigger()
        third = writer("11.nxs")
        third.step(7)
        qtbot.waitUntil(lambda: Path(opening.watching.watch.offered).name == "11.nxs", timeout=WAIT_MS)
        second.step(1)
        wait_shown(qtbot, assembly, 5)
        assert_pixels(assembly, second)
        qtbot.mouseClick(opening.watching.note.show_button, LEFT)
        wait_shown(qtbot, assembly, 6)
        assert_pixels(assembly, third)
        assert not np.array_equal(third.expected(6), third.expected(5))
        names = [Path(one.path).name for one in opening.recent.requests()]
        assert names == ["11.nxs", "10.nxs", "9.nxs"]


def test_a_detectors_file_beside_the_scan_is_passed_over(qtbot: QtBot, tmp_path: Path, live_viewer: Any) -> None:
    plan = ScanPlan(scan_shape=(3, 4), frame_shape=(48, 64), period_s=0.0)
    with ExitStack() as stack:
        first = stack.enter_context(LiveWriter(tmp_path / "9.nxs", plan, stepped=True))
        assembly: Assembly = live_viewer(tmp_path / "not-there.nxs", conditions=(Timeout(600.0),))
        session, watch = assembly.session, assembly.opening.watching.watch
        assembly.opening.watching.watch_folder(WatchRule(str(tmp_path), USUAL_PATTERN))
        first.step(3)
        wait_shown(qtbot, assembly, 2)
        beside = stack.enter_context(LiveWriter(tmp_path / "9-saxs.h5", plan, stepped=True))
        beside.step(5)
        qtbot.waitUntil(lambda: watch.latest_poll is not None and watch.latest_poll.n_files == 2, timeout=WAIT_MS)
        first.step(1)
        wait_shown(qtbot, assembly, 3)
        assert_pixels(assembly, first)
        second = stack.enter_context(LiveWriter(tmp_path / "10.nxs", plan, stepped=True))
        second.step(2)
        wait_shown(qtbot, assembly, 1)
        assert_pixels(assembly, second)
        names = [Path(one.path).name for one in assembly.opening.recent.requests()]
        assert names == ["10.nxs", "9.nxs"]
        assert session.scan.is_live
