"""Rings over the picture, chosen by keyboard: where they are drawn, why they are not, and the next start."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from swmr_viewer.analysis import PixelGeometry, RingChoice, RingUnit, rings_of
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.display.orientation import Orientation
from swmr_viewer.gui.rings.editor import numbers_of
from swmr_viewer.gui.rings.rings_layer import COLOR
from tests.gui.fakes import FakeSupervisor, picture

Start = Callable[..., tuple[Assembly, FakeSupervisor]]
FACTS = DataFacts(beam_center=(20.25, 30.5), distance_m=0.2, wavelength_m=1e-10, pixel_size_m=(2e-3, 2e-3))
CHOICE = RingChoice("", (5.0, 10.0), RingUnit.TWO_THETA)


def distance(viewer: Assembly, x: float, y: float) -> int:
    """Return how far from the rings' colour the picture is within two pixels of the screen of a point of the frame."""
    overlay = viewer.window.measuring.overlay
    at, seen = overlay.on_screen((x, y)).toPoint(), overlay.view.viewport().grab().toImage()
    near = [seen.pixelColor(at.x() + dx, at.y() + dy) for dx in range(-2, 3) for dy in range(-2, 3)]
    return min(abs(one.red() - COLOR.red()) + abs(one.green() - COLOR.green()) + abs(one.blue() - COLOR.blue()) for one in near)


def test_rings_are_chosen_by_keyboard_and_drawn_where_their_angle_is(start: Start, qtbot: QtBot) -> None:
    viewer, reader = start(facts=FACTS)
    window, parts = viewer.window, viewer.window.rings
    qtbot.keyClick(window, Qt.Key.Key_R)
    editor = parts.editor
    assert editor.isVisible()
    assert "200 mm" in editor.told.text()
    assert "12.398 keV" in editor.told.text()
    assert not editor.values.isEnabled()
    editor.what.setFocus()
    qtbot.keyClick(editor.what, Qt.Key.Key_End)
    editor.what.activated.emit(editor.what.currentIndex())
    editor.unit.setCurrentIndex(editor.unit.findData(RingUnit.TWO_THETA))
    qtbot.keyClicks(editor.values, "5, x")
    qtbot.keyClick(editor.values, Qt.Key.Key_Return)
    assert "is no number" in editor.told.text()
    assert parts.rings.rings == ()
    editor.values.clear()
    qtbot.keyClicks(editor.values, "5; 10")
    qtbot.keyClick(editor.values, Qt.Key.Key_Return)
    assert parts.rings.choice == CHOICE
    editor.close()
    wanted = rings_of(CHOICE, PixelGeometry(FACTS.beam_center, 0.2, 1e-10, FACTS.pixel_size_m), (64, 48))
    assert parts.rings.rings == wanted
    assert [ring.name for ring in wanted] == ["5\u00b0", "10\u00b0"]
    for orientation in (Orientation(), Orientation().turned_right().mirrored_sideways()):
        window.frame_view.image.box.turn(orientation)
        window.frame_view.fit()
        QApplication.processEvents()
        radius = wanted[0].radii_px[0]
        points = [(20.25 + radius * cos(angle), 30.5 + radius * sin(angle)) for angle in (0.3, 1.9, pi)]
        inside = [(20.25 + radius * share * cos(angle), 30.5 + radius * share * sin(angle)) for share in (0.4, 0.7) for angle in (0.3, 1.9)]
        assert max(distance(viewer, *point) for point in (*points, (20.25, 30.5))) < 0.75 * min(distance(viewer, *at) for at in inside)
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(seed=4), 5, (4, 5))
    assert parts.rings.rings == wanted
    viewer, _ = start("/entry/scan_2/eiger/data", facts=FACTS)
    assert viewer.window.rings.rings.rings == wanted
    assert viewer.window.rings.layer.item.isVisible()
    viewer.window.desktop_actions.reset()
    assert not viewer.window.rings.layer.item.isVisible()


def test_without_a_geometry_a_sentence_says_what_is_missing(start: Start, qtbot: QtBot) -> None:
    viewer, _ = start(facts=DataFacts(beam_center=(20.25, 30.5), pixel_size_m=(1e-3, 1e-3)))
    rings, noted = viewer.window.rings, []
    viewer.session.noted.connect(noted.append)
    viewer.window.rings.edit.trigger()
    rings.editor.what.setCurrentIndex(rings.editor.what.findData("Si"))
    rings.editor.what.activated.emit(0)
    assert rings.editor.told.text() == "The file does not tell the detector distance and wavelength: rings cannot be drawn."
    assert noted == [rings.editor.told.text()]
    assert not rings.layer.item.isVisible()
    rings.editor.close()


@pytest.mark.parametrize(
    ("text", "values"), [("", ()), (" 4.16,2.94;\t1e0 ", (4.16, 2.94, 1.0)), ("-1", ()), ("nan", ()), ("1 " * 101, ())]
)
def test_numbers_are_read_strictly(text: str, values: tuple[float, ...]) -> None:
    found, wrong = numbers_of(text)
    assert found == values
    assert bool(wrong) == (not values and bool(text))
