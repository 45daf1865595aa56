"""Rings over the picture, chosen by keyboard: where they are drawn, why they are not, and the next start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from swmr_viewer.analysis import RingChoice, RingUnit, two_theta_of
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.pixel_geometry import PixelGeometry
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.display.orientation import Orientation
from swmr_viewer.gui.rings.editor import RingsEditor, numbers_of
from swmr_viewer.gui.rings.rings_layer import COLOR
from tests.gui.fakes import FakeSupervisor, picture

Start = Callable[..., tuple[Assembly, FakeSupervisor]]
PERPENDICULAR = PixelGeometry((20.25, 30.5), 0.2, 1e-10, (2e-3, 2e-3))
TILTED = PixelGeometry((20.25, 22.5), 0.2, 1e-10, (2e-3, 2e-3), (0.1, 0.3, 0.2))
CHOICE = RingChoice("", (5.0, 10.0), RingUnit.TWO_THETA)


def distance(viewer: Assembly, x: float, y: float) -> int:
    """Return how far from the rings' colour the picture is within two pixels of the screen of a point of the frame."""
    overlay = viewer.window.measuring.overlay
    at, seen = overlay.on_screen((x, y)).toPoint(), overlay.view.viewport().grab().toImage()
    near = [seen.pixelColor(at.x() + dx, at.y() + dy) for dx in range(-2, 3) for dy in range(-2, 3)]
    return min(abs(one.red() - COLOR.red()) + abs(one.green() - COLOR.green()) + abs(one.blue() - COLOR.blue()) for one in near)


def choose_values(qtbot: QtBot, editor: RingsEditor, *typed: str) -> None:
    editor.what.setFocus()
    qtbot.keyClick(editor.what, Qt.Key.Key_End)
    editor.what.activated.emit(editor.what.currentIndex())
    editor.unit.setCurrentIndex(editor.unit.findData(RingUnit.TWO_THETA))
    for words in typed:
        editor.values.clear()
        qtbot.keyClicks(editor.values, words)
        qtbot.keyClick(editor.values, Qt.Key.Key_Return)


def assert_drawn(viewer: Assembly, geometry: PixelGeometry) -> None:
    """Look at the pixels whose place in the laboratory has the first ring's angle, found on a fine grid, and at some that have another."""
    x, y = np.meshgrid(np.arange(2, 46, 0.05), np.arange(2, 62, 0.05))
    angles = np.degrees(two_theta_of(np.stack([x.ravel(), y.ravel()], axis=1), geometry))
    on, off = (np.flatnonzero(np.abs(angles - value) < 0.01)[::100] for value in (5.0, 3.0))
    assert min(len(on), len(off)) >= 3
    on_ring, beside = ([(x.flat[at], y.flat[at]) for at in found] for found in (on, off))
    QApplication.processEvents()
    seen, unseen = (sorted(distance(viewer, *at) for at in points) for points in (on_ring, beside))
    assert seen[3 * len(seen) // 4] < 0.75 * unseen[0], "but for its name, which covers a part of it"
    assert distance(viewer, *geometry.beam_center) < 0.75 * unseen[0]


@pytest.mark.parametrize("geometry", [PERPENDICULAR, TILTED])
def test_rings_are_chosen_by_keyboard_and_drawn_where_their_angle_is(start: Start, qtbot: QtBot, geometry: PixelGeometry) -> None:
    viewer, reader = start(facts=DataFacts(geometry=geometry))
    window, parts = viewer.window, viewer.window.rings
    qtbot.keyClick(window, Qt.Key.Key_R)
    editor = parts.editor
    assert editor.isVisible()
    assert "200 mm" in editor.told.text()
    assert "12.398 keV" in editor.told.text()
    assert ("Nothing tells a tilt" in editor.told.text()) == (geometry is PERPENDICULAR)
    assert ("tilted by 18.09\u00b0; the beam hits it at" in editor.told.text()) == (geometry is TILTED)
    assert not editor.values.isEnabled()
    choose_values(qtbot, editor, "5, x")
    assert "is no number" in editor.told.text()
    assert parts.rings.rings == ()
    choose_values(qtbot, editor, "5; 10")
    assert parts.rings.choice == CHOICE
    editor.close()
    assert [ring.name for ring in parts.rings.rings] == ["5\u00b0", "10\u00b0"]
    for orientation in (Orientation(), Orientation().turned_right().mirrored_sideways()):
        window.frame_view.image.box.turn(orientation)
        window.frame_view.fit()
        QApplication.processEvents()
        assert_drawn(viewer, geometry)
    found = parts.rings.rings
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(seed=4), 5, (4, 5))
    assert parts.rings.rings is found, "a frame makes no other rings"
    if geometry is PERPENDICULAR:
        viewer, _ = start("/entry/scan_2/eiger/data", facts=DataFacts(geometry=geometry))
        assert len(viewer.window.rings.rings.rings) == 2
        assert viewer.window.rings.layer.item.isVisible()
        viewer.window.desktop_actions.reset()
        assert not viewer.window.rings.layer.item.isVisible()


def test_what_the_file_does_not_tell_is_typed_or_loaded_and_kept(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    partly = DataFacts(geometry=PixelGeometry((20.25, 30.5), pixel_size_m=(2e-3, 2e-3)))
    viewer, _ = start(facts=partly)
    parts, noted, problems = viewer.window.rings, [], []
    viewer.session.noted.connect(noted.append)
    viewer.session.problem_reported.connect(problems.append)
    parts.edit.trigger()
    choose_values(qtbot, parts.editor, "5 10")
    missing = "The file does not tell the detector distance: type it, or load a PONI file (Geometry)."
    assert parts.editor.told.text().startswith(missing)
    assert noted[-1] == missing
    assert not parts.layer.item.isVisible()
    parts.editor.close()
    qtbot.keyClick(viewer.window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    editor = parts.geometry.editor
    assert editor.isVisible()
    shown = {name: field.text() for name, field in editor.fields.items() if field.text()}
    assert shown == {"x": "20.25", "y": "30.5", "width": "2000", "height": "2000"}

    def type_in(name: str, words: str) -> None:
        editor.fields[name].setFocus()
        editor.fields[name].selectAll()
        qtbot.keyClick(editor.fields[name], Qt.Key.Key_Delete)
        qtbot.keyClicks(editor.fields[name], words)
        qtbot.keyClick(editor.fields[name], Qt.Key.Key_Return)

    type_in("distance", "far")
    assert editor.told.text() == "\u201cfar\u201d is no number (distance)."
    type_in("distance", "200")
    type_in("energy", "12.398419843")
    assert editor.fields["wavelength"].text() == "1"
    assert viewer.session.scan.geometry == PERPENDICULAR
    assert editor.told.text().startswith("Your own: distance 200 mm, 1 \u00c5 (12.398 keV).\nNothing tells a tilt")
    assert "From the file: centre x 20.2  y 30.5, pixels" in parts.editor.told.text()
    type_in("rot1", "190")
    assert "within -180 and 180" in editor.told.text()
    editor.close()
    assert_drawn(viewer, PERPENDICULAR)
    poni = tmp_path / "lab6.poni"
    poni.write_text("Distance: 0.2\nPoni1: 0.045\nPoni2: 0.0405\nRot1: 0.1\nRot2: 0.3\nRot3: 0.2\nWavelength: 1e-10\n")
    with qtbot.waitSignal(viewer.session.geometry_changed):
        parts.geometry.load(str(poni))
    assert noted[-1] == "Geometry taken from lab6.poni"
    assert viewer.session.scan.geometry == TILTED
    assert_drawn(viewer, TILTED)
    viewer.window.readout.point_at((31, 20))
    angle = np.degrees(two_theta_of(np.array([[20.5, 31.5]]), TILTED))[0]
    assert f"2\u03b8 {angle:.3f}\u00b0" in viewer.window.readout.pixel.text()
    poni.write_text("Distance: much")
    with qtbot.waitSignal(viewer.session.problem_reported):
        parts.geometry.load(str(poni))
    assert "'much', and no number" in problems[-1].message
    viewer, _ = start("/entry/scan_2/eiger/data", facts=partly)
    assert viewer.session.scan.geometry == TILTED, "it is kept from start to start, by place"
    editor = viewer.window.rings.geometry.editor
    assert editor.as_in_file.isEnabled()
    editor.as_in_file.click()
    assert viewer.session.scan.geometry == partly.geometry
    assert not editor.as_in_file.isEnabled()


@pytest.mark.parametrize(
    ("text", "values"), [("", ()), (" 4.16,2.94;\t1e0 ", (4.16, 2.94, 1.0)), ("-1", ()), ("nan", ()), ("1 " * 101, ())]
)
def test_numbers_are_read_strictly(text: str, values: tuple[float, ...]) -> None:
    found, wrong = numbers_of(text)
    assert found == values
    assert bool(wrong) == (not values and bool(text))
