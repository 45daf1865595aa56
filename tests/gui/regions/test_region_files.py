"""Regions saved to a file and loaded from it; the profile's width, and the profiles at the cross-hair."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from swmr_viewer.analysis import Region, RegionFile, line_profile, load_regions, save_regions
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.regions.regions import Marks
from tests.gui.fakes import FakeSupervisor, picture
from tests.gui.measuring.test_measuring import LEFT, Following, drag, show
from tests.gui.opening.test_opening import drop

SHAPE = (4, 5)
PATH = "/entry/eiger/data"
BOX = ((10.0, 12.0), (30.0, 40.0))


@pytest.fixture
def viewer(following: Following, reader: FakeSupervisor, qtbot: QtBot) -> Assembly:  # type: ignore[misc]
    assembly = following(SHAPE)
    with qtbot.waitSignal(assembly.session.progress_changed):
        reader.say_keys(SHAPE, (0, 10))
    show(qtbot, assembly, reader, picture(), 9)
    return assembly


def test_regions_go_to_a_file_and_come_back_as_one_change(qtbot: QtBot, viewer: Assembly, tmp_path: Path) -> None:
    measuring = viewer.window.measuring
    measurements, files, file = measuring.measurements, measuring.region_files, tmp_path / "mine.json"
    assert not measuring.actions_.save_regions.isEnabled()
    measurements.draw("rectangle", BOX)
    measurements.rename("A", "peak")
    measurements.draw_line(BOX)
    measurements.set_width(7)
    drawn = measurements.marks
    qtbot.keyClick(viewer.window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    dialog = files.dialogs.now
    assert dialog is not None
    assert dialog.isVisible()
    assert not dialog.testOption(QFileDialog.Option.DontConfirmOverwrite)
    with qtbot.waitSignal(viewer.session.noted):
        dialog.fileSelected.emit(str(file))
    dialog.close()
    assert load_regions(file) == RegionFile(drawn.regions, BOX, 7, (64, 48), PATH)
    measurements.remove("peak")
    measurements.draw_line(None)
    measurements.draw("ellipse", BOX)
    before = measurements.marks
    assert files.dialogs.now is None
    measuring.actions_.load_regions.trigger()
    assert files.dialogs.now is not None
    with qtbot.waitSignal(measurements.marks_changed):
        files.dialogs.now.fileSelected.emit(str(file))
    files.dialogs.now.close()
    assert measurements.marks == drawn
    assert measuring.layer.item_of("peak").isVisible()
    measuring.actions_.undo.trigger()
    assert measurements.marks == before
    with qtbot.waitSignal(measurements.marks_changed):
        assert drop(viewer, file)
    assert measurements.marks == drawn


def test_regions_of_other_frames_are_loaded_with_a_warning_or_not_at_all(qtbot: QtBot, viewer: Assembly, tmp_path: Path) -> None:
    measurements, files = viewer.window.measuring.measurements, viewer.window.measuring.region_files
    told: list[str] = []
    viewer.session.problem_reported.connect(lambda problem: told.append(f"{problem.message} {problem.remedy}"))
    far = Region("far", "rectangle", ((100.0, 3.0), (110.0, 9.0)))
    for name, shape in (("large", (512, 512)), ("spectra", (2048,))):
        save_regions(RegionFile((Region("A", "rectangle", BOX), far), frame_shape=shape), tmp_path / f"{name}.json")
    (tmp_path / "wrong.json").write_text("[]")
    for name in ("spectra", "wrong"):
        with qtbot.waitSignal(viewer.session.problem_reported):
            files.load(str(tmp_path / f"{name}.json"))
        assert measurements.marks == Marks()
    with qtbot.waitSignal(viewer.session.problem_reported):
        files.load(str(tmp_path / "large.json"))
    assert [one.name for one in measurements.marks.regions] == ["A"]
    assert ["2048" in told[0], "no file of regions" in told[1], "512 \u00d7 512" in told[2], "1 beyond" in told[2]] == [True] * 4


def test_the_profile_has_a_width_and_is_of_row_and_column_at_the_crosshair(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    measuring, viewport = viewer.window.measuring, viewer.window.frame_view.image.view.viewport()
    measurements, panel = measuring.measurements, measuring.profile_panel
    curve = panel.curve
    measuring.actions_.line.trigger()
    drag(qtbot, viewer, (4.5, 8.5), (40.5, 20.5))
    line = measurements.marks.line
    assert line is not None
    panel.width_.setFocus()
    panel.width_.selectAll()
    qtbot.keyClicks(panel.width_.lineEdit(), "5")
    qtbot.keyClick(panel.width_, Qt.Key.Key_Return)
    assert measurements.marks.line_width == 5
    qtbot.waitUntil(lambda: np.array_equal(curve.curve.getData()[1], line_profile(picture(), *line, 5)[1]))
    panel.across.chosen.emit("sum")
    qtbot.waitUntil(lambda: np.array_equal(curve.curve.getData()[1], line_profile(picture(), *line, 5, sums=True)[1]))
    measuring.actions_.undo.trigger()
    measuring.actions_.undo.trigger()
    assert (measurements.marks.line_width, measurements.marks.line_sums, panel.width_.value()) == (1, False, 1)
    item = measuring.layer._line[1]  # type: ignore[index]
    at_grip = measuring.overlay.view.mapFromScene(item.grip.scenePos())
    away = measuring.overlay.view.mapFromScene(item.mapToScene(item.middle + item.across * 6))
    qtbot.mouseMove(viewport, at_grip)
    qtbot.mousePress(viewport, LEFT, pos=at_grip)
    for share in (0.5, 1.0):
        qtbot.mouseMove(viewport, at_grip + (away - at_grip) * share)
    qtbot.mouseRelease(viewport, LEFT, pos=away)
    assert measurements.marks.line_width in (11, 12, 13)
    assert measurements.marks.line == line
    assert panel.width_.value() == measurements.marks.line_width
    measuring.actions_.undo.trigger()
    assert measurements.marks.line_width == 1
    panel.of.chosen.emit("row and column")
    assert measuring.actions_.crosshair.isChecked()
    spots = [measuring.overlay.on_screen((x, 30.5)).toPoint() for x in (17.5, 14.5)]
    for spot in spots:
        qtbot.mouseMove(viewport, spot)
    qtbot.waitUntil(lambda: measuring.crosshair.at == (30, 14))
    qtbot.mouseMove(viewport, QPoint(1, 1))  # beyond the picture it stays where it was
    show(qtbot, viewer, reader, picture(seed=5), 9)
    qtbot.waitUntil(lambda: np.array_equal(curve.curve.getData()[1], picture(seed=5)[30]))
    assert np.array_equal(curve.second.getData()[1], picture(seed=5)[:, 14])
    rows = curve.table.split("\n")
    assert rows[0].split("\t")[1:] == ["row 30", "column 14"]
    assert len(rows) == 65
    qtbot.keyClick(viewer.window, Qt.Key.Key_X)
    QApplication.processEvents()
    assert "cross-hair" in panel.nothing.words.text()
