"""Where the motors were when the shown frame was taken: live, held, and in what is saved of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import AllKeys
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.snapshots.snapshot_settings import SnapshotSettings
from swmr_viewer.simulator.motors import motor_values
from swmr_viewer.simulator.plan import ScanPlan
from swmr_viewer.simulator.writer import write_scan
from tests.gui.waiting import WAIT_MS, wait_shown

PLAN = ScanPlan(scan_shape=(2, 3), frame_shape=(16, 16), period_s=0.0, order="snake")


def test_the_shown_frame_and_its_snapshot_tell_where_the_motors_were(
    qtbot: QtBot, live_viewer: Callable[..., Assembly], tmp_path: Path
) -> None:
    write_scan(PLAN, tmp_path / "scan.nxs")
    expected = {name: motor_values(PLAN, name, np.arange(6)) for name in ("stage_x", "stage_y")}
    assembly = live_viewer(tmp_path / "scan.nxs", conditions=(AllKeys(),))
    for index in (5, 1):
        if index != 5:
            assembly.session.pin(index)
        wait_shown(qtbot, assembly, index)
        shown = assembly.session.scan.shown
        assert shown is not None
        assert [(at.name, at.value, at.unit) for at in shown.motor_positions] == [(name, expected[name][index], "mm") for name in expected]
    folder = tmp_path / "snapshots"
    folder.mkdir()
    assembly.window.snapshots.set_settings(SnapshotSettings(folder, formats=("json",)))
    assembly.window.actions_.snapshot.trigger()
    qtbot.waitUntil(lambda: len(list(folder.iterdir())) == 1, timeout=WAIT_MS)
    told = json.loads(next(folder.iterdir()).read_text())
    assert told["motor_positions"] == [{"name": name, "value": expected[name][1], "unit": "mm"} for name in expected]
