"""Several frames are shown as one: alarm, regions, titles and snapshots know it. Large integers are told to the last digit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import AllKeys, Timeout
from swmr_viewer.core.number_text import value_text
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.curve_panel.regions_model import HEADINGS
from swmr_viewer.gui.regions.regions import Region
from swmr_viewer.gui.snapshots import snapshots as snapshots_module
from swmr_viewer.gui.snapshots.snapshot_settings import SnapshotSettings
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model import AlarmRule
from tests.gui.fakes import FakeSupervisor
from tests.gui.measuring.test_measuring import PATH, SHAPE, say_measured
from tests.gui.waiting import WAIT_MS, wait_shown

Following = Callable[..., Assembly]
WHOLE = ((0.0, 0.0), (48.0, 64.0))


def flat(value: int, dtype: str = "<u4") -> np.ndarray:
    return np.full((64, 48), value, dtype)


def show(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, pixels: np.ndarray, index: int, combined: int = 1) -> None:
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(pixels, index, SHAPE, combined=combined)


@pytest.fixture
def summed(following: Following, reader: FakeSupervisor, qtbot: QtBot) -> Assembly:
    """Return a window that shows the sum of ten frames, each of 30 counts per pixel, with a region over all of it."""
    viewer = following(SHAPE)
    viewer.window.resize(1700, 900)
    with qtbot.waitSignal(viewer.session.frames_completed):
        reader.say_keys(SHAPE, (0, 12))
    viewer.session.set_combine(m.Combine("sum", 10))
    viewer.window.measuring.measurements.draw("rectangle", WHOLE)
    show(qtbot, viewer, reader, flat(300, "<u8"), 11, combined=10)
    return viewer


def cell(viewer: Assembly, heading: str, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> str:
    model = viewer.window.measuring.regions_panel.table.model()
    return str(model.data(model.index(0, HEADINGS.index(heading)), role))


def test_the_alarm_is_on_single_frames_and_says_so(qtbot: QtBot, reader: FakeSupervisor, summed: Assembly) -> None:
    alarms, border = summed.window.alarms.alarms, summed.window.alarms.border
    alarms.set_rules((AlarmRule(quantity="maximum", level=100.0),))
    assert not border.isVisible(), "300 counts are those of ten frames"
    with qtbot.waitSignal(alarms.changed):
        say_measured(reader, [10, 11], {"maximum": [30.0, 150.0]})
    assert border.is_on
    assert border.words.endswith(": hottest pixel 150 above 100 in frame 11")


def test_region_numbers_are_of_the_picture_and_say_of_how_many_frames(qtbot: QtBot, reader: FakeSupervisor, summed: Assembly) -> None:
    panel = summed.window.measuring.regions_panel
    summed.window.panels.panel("measuring").show()
    with qtbot.waitSignal(summed.window.measuring.measurements.values_changed):
        (region,) = summed.window.measuring.measurements.marks.regions
        say_measured(reader, [11], {f"{region.name}.{what}": [30.0] for what in m.REGION_COLUMNS})
    assert cell(summed, "max") == "300"
    qtbot.waitUntil(lambda: panel.known.text() == "1 of 12 measured, table: sum of 10 frames")
    summed.session.set_combine(m.Combine())
    show(qtbot, summed, reader, flat(30), 11)
    assert cell(summed, "max") == "30"
    qtbot.waitUntil(lambda: panel.known.text() == "1 of 12 measured")


def test_titles_know_how_many_frames_are_shown(qtbot: QtBot, reader: FakeSupervisor, summed: Assembly) -> None:
    window = summed.window
    assert window.frame_header.title.text() == "Sum of 10 frames up to 11"
    assert window.frame_header.words.startswith("of 20")
    assert window.windowTitle() == "scan.nxs \u2013 sum of 10 frames \u2013 swmr_viewer"
    summed.session.set_combine(m.Combine())
    show(qtbot, summed, reader, flat(30), 11)
    assert window.frame_header.title.text() == "Frame 11"
    assert window.frame_header.words.startswith("of 20")
    assert window.windowTitle() == "scan.nxs \u2013 swmr_viewer"


def test_a_snapshot_tells_what_it_is_made_of(qtbot: QtBot, summed: Assembly, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    titles: list[str] = []
    composed = snapshots_module.composed
    monkeypatch.setattr(snapshots_module, "composed", lambda picture, title, *rest: titles.append(title) or composed(picture, title, *rest))
    summed.window.snapshots.set_settings(SnapshotSettings(tmp_path, formats=("png", "json")))
    with qtbot.waitSignal(summed.window.snapshots.written) as written:
        summed.window.actions_.snapshot.trigger()
    assert titles == [f"scan.nxs   {PATH}   sum of 10 frames up to 11, the newest at (2, 1)"]
    (told,) = [json.loads(path.read_text()) for path in written.args[0] if path.suffix == ".json"]
    assert (told["combined"], told["combined_how"]) == (10, "sum")


# ---- to the last digit


HOTTEST = 2**64 - 2


@pytest.mark.live
def test_the_maximum_of_64_bit_frames_is_told_to_the_last_digit(qtbot: QtBot, live_viewer: Callable[..., Assembly], tmp_path: Path) -> None:
    frames = np.arange(3 * 60 * 80, dtype="u8").reshape(3, 60, 80) + np.uint64(2**63)
    frames[1, 0, 0] = HOTTEST
    path = tmp_path / "large.h5"
    with h5py.File(path, "w", libver="v110") as file:
        file.create_dataset("entry/data/data", data=frames, chunks=(1, 60, 80), maxshape=(None, 60, 80))
        file.create_dataset("entry/data/uid", data=np.arange(3, dtype="u8") + np.uint64(2**63), maxshape=(None,))
    assembly = live_viewer(path, conditions=(AllKeys(), Timeout(600.0)))
    wait_shown(qtbot, assembly, 2)
    readout, measuring = assembly.window.readout, assembly.window.measuring
    assert readout.maximum.text() == f"max {value_text(int(frames[2].max()))}"
    assembly.session.pin(1)
    assert (wait_shown(qtbot, assembly, 1) == frames[1]).all()
    assert readout.maximum.text() == f"max {value_text(HOTTEST)}"
    assert readout.total.text() == f"total {value_text(sum(map(int, frames[1].ravel())))}"
    alarms = assembly.window.alarms
    alarms.alarms.set_rules((AlarmRule(quantity="maximum", level=1e19),))
    qtbot.waitUntil(lambda: "frame 1" in alarms.border.words, timeout=WAIT_MS)
    assert f"1 frame had hottest pixel above {value_text(1e19)}, first in frame 1" in alarms.border.words
    measuring.measurements.draw("rectangle", ((0.0, 0.0), (80.0, 60.0)))
    (region,) = measuring.measurements.marks.regions
    assert isinstance(region, Region)
    qtbot.waitUntil(lambda: measuring.measurements.values.at(f"{region.name}.maximum", 1) is not None, timeout=WAIT_MS)
    assert cell(assembly, "max", Qt.ItemDataRole.ToolTipRole) == value_text(HOTTEST)
    assert cell(assembly, "sum", Qt.ItemDataRole.ToolTipRole) == value_text(sum(map(int, frames[1].ravel())))
