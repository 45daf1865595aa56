"""Frames that have more than a picture shows: a slider for a further axis, colours as colour, parts of complex numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from swmr_viewer.analysis import Part, ViewChoice
from swmr_viewer.analysis.views import USUAL_VIEW
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.display.display_memory import decoded, encoded
from swmr_viewer.gui.display.display_settings import DisplaySettings, LevelMode
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model.places import Place
from tests.gui.fakes import FakeSupervisor

SHAPE = (4, 5)
PATH = "/entry/eiger/data"
WAIT_MS = 60_000
Following = Callable[..., Assembly]


def show(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, pixels: np.ndarray, wish: ViewChoice = USUAL_VIEW) -> None:
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(pixels, 9, SHAPE, wish=wish)


def color_at(viewer: Assembly, x: float, y: float) -> QColor:
    image = viewer.window.frame_view.image
    painted = image.view.grab().toImage()
    return painted.pixelColor(image.view.mapFromScene(image.box.frame_group.mapToScene(QPointF(x + 0.5, y + 0.5))))


def test_a_plain_frame_has_no_row_of_choices(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following(SHAPE)
    show(qtbot, viewer, reader, np.ones((64, 48), "u4"))
    row = viewer.window.view_row
    assert not row.isVisible()
    assert not any(action.isEnabled() for action in (row.next_place, row.previous_place, row.next_part))


def test_a_further_axis_is_chosen_by_its_number_and_by_keys_and_the_choice_stays(
    qtbot: QtBot, reader: FakeSupervisor, following: Following
) -> None:
    frames = np.arange(3 * 64 * 48, dtype="u4").reshape(3, 64, 48)
    viewer = following(SHAPE, frame=frames.shape)
    show(qtbot, viewer, reader, frames)
    row, window = viewer.window.view_row, viewer.window
    assert row.isVisible()
    assert window.frame_view.image.frame_shape == (64, 48)
    (place,) = row.places
    place.number.setFocus()
    place.number.selectAll()
    qtbot.keyClicks(place.number, "2")
    assert reader.sent(m.SetDisplay)[-1] == m.SetDisplay(1, data_path=PATH, view=ViewChoice((2,)))
    show(qtbot, viewer, reader, frames, ViewChoice((2,)))
    assert place.slider.value() == 2
    assert viewer.session.scan.shown is not None
    np.testing.assert_array_equal(viewer.session.scan.shown.raw, frames[2])
    window.readout.point_at((5, 7))
    assert window.readout.pixel.text().replace("\u2009", "") == f"x 7   y 5   value {frames[2, 5, 7]}"
    QTest.keyClick(window, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert reader.sent(m.SetDisplay)[-1].view == ViewChoice((1,))
    assert window.display.settings.view == ViewChoice((1,))
    row.next_place.trigger()
    row.next_place.trigger()
    assert window.display.settings.view == ViewChoice((2,))  # there are three


def test_colours_are_drawn_as_they_are_and_the_pointer_tells_all_three(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    pixels = np.zeros((64, 48, 3), "u1")
    pixels[:32], pixels[32:] = (255, 40, 0), (10, 200, 30)
    viewer = following(SHAPE, frame=pixels.shape, dtype="|u1")
    show(qtbot, viewer, reader, pixels)
    window = viewer.window
    assert color_at(viewer, 20, 10) == QColor(255, 40, 0)
    assert color_at(viewer, 20, 50) == QColor(10, 200, 30)
    assert window.frame_view.levels == (0.0, 255.0)
    assert window.frame_view.color_map == ""
    window.readout.point_at((10, 20))
    assert window.readout.pixel.text() == "x 20   y 10   value 255  40  0"
    window.display.fix_levels(0.0, 510.0)
    assert color_at(viewer, 20, 10) == QColor(128, 20, 0)
    window.display.set_mode(LevelMode.PERCENTILES)
    button = window.display_tools.levels_button
    assert (window.frame_view.levels, button.text()) == ((0.0, 255.0), "0 \u2013 255 \u25be")
    window.display.set_mode(LevelMode.EXTREMES)  # what was chosen counts: of the mean
    assert window.frame_view.levels == (pytest.approx(80), pytest.approx(295 / 3))
    assert button.text().startswith("min")
    window.display.change(mode=LevelMode.PERCENTILES, percentiles=(0.0, 100.0))
    assert window.frame_view.levels == (pytest.approx(80), pytest.approx(295 / 3))
    assert button.text().startswith("0 \u2013 100 %")
    window.display.change(percentiles=(0.5, 99.5))
    window.view_row.part.setCurrentIndex(1)
    window.view_row.part.activated.emit(1)
    assert reader.sent(m.SetDisplay)[-1].view == ViewChoice(part="red")
    show(qtbot, viewer, reader, pixels, ViewChoice(part="red"))
    assert window.frame_view.color_map == "viridis"
    assert viewer.session.scan.shown is not None
    np.testing.assert_array_equal(viewer.session.scan.shown.raw, pixels[..., 0])


def test_a_colour_map_is_not_offered_while_colours_are_drawn_as_they_are(
    qtbot: QtBot, reader: FakeSupervisor, following: Following
) -> None:
    viewer = following(SHAPE, frame=(64, 48, 3), dtype="|u1")
    tools = viewer.window.display_tools
    pixels = np.full((64, 48, 3), 9, "u1")
    of_map = (*tools.color_editor.maps.values(), tools.color_editor.inverted, tools.actions.next_map, tools.actions.inverted)
    others = (tools.color_editor.saturated, *tools.color_editor.masked.values(), tools.color_button, tools.levels_button)
    for wish, has_map in ((USUAL_VIEW, False), (ViewChoice(part="red"), True), (USUAL_VIEW, False)):
        show(qtbot, viewer, reader, pixels, wish)
        assert [one.isEnabled() for one in of_map] == [has_map] * len(of_map)
        assert all(one.isEnabled() for one in others)
        assert all(("colours of their own" in one.toolTip()) is not has_map for one in of_map)
        assert tools.color_button.text().startswith("viridis" if has_map else "own colours")


@pytest.mark.parametrize(
    ("dtype", "gaps", "words", "can_choose", "is_left_out"),
    [
        ("u1", (), "No value means no measurement", False, False),
        ("u2", (), "65 535: no measurement", True, True),
        ("u4", (2**32 - 2,), "4 294 967 295 and 4 294 967 294: no measurement", True, True),
        ("i2", (), "No value means no measurement", False, False),
        ("i2", (-1, -2), "-1 and -2: no measurement", True, True),
        ("i4", (-1, -2), "2 147 483 647, -1 and -2: no measurement", True, True),
        ("f4", (), "NaN and infinities", False, True),
        ("c8", (), "NaN and infinities", False, True),
    ],
)
def test_the_editor_of_masks_names_the_values_that_are_left_out(
    qtbot: QtBot,
    reader: FakeSupervisor,
    following: Following,
    dtype: str,
    gaps: tuple[int, ...],
    words: str,
    can_choose: bool,
    is_left_out: bool,
) -> None:
    viewer = following(SHAPE, dtype=np.dtype(dtype).str, facts=DataFacts(gap_values=gaps))
    show(qtbot, viewer, reader, np.ones((64, 48), dtype))
    box = viewer.window.display_tools.levels_editor.masks.sentinel
    assert box.text().replace("\u2009", " ") == words
    assert (box.isEnabled(), box.isChecked()) == (can_choose, is_left_out)
    if can_choose:
        box.click()
        assert reader.sent(m.SetDisplay)[-1].mask.sentinel is False
        assert not box.isChecked()
        with qtbot.waitSignal(viewer.session.frame_changed):  # several as one are of another type; what is left out is told of each
            reader.say_frame(np.ones((64, 48)), 9, SHAPE, combined=3)
        assert box.text().replace("\u2009", " ") == words


def test_the_editor_of_masks_says_when_the_files_mask_cannot_be_used(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following(SHAPE, facts=DataFacts(mask_path="/entry/eiger/pixel_mask"))
    box = viewer.window.display_tools.levels_editor.masks.pixel_mask
    show(qtbot, viewer, reader, np.ones((64, 48), "u4"))
    assert (box.text(), box.isChecked()) == ("The file's pixel mask", True)
    assert "/entry/eiger/pixel_mask" in box.toolTip()
    reader.lacks_mask = True
    show(qtbot, viewer, reader, np.ones((64, 48), "u4"))
    assert box.text() == "The file's pixel mask, which cannot be used"


@pytest.mark.parametrize("pixels", [np.ones((3, 64, 48), "u4"), np.ones((64, 48), "c8"), np.ones(300, "c8")])
def test_the_row_of_choices_makes_no_small_window_grow(
    qtbot: QtBot, reader: FakeSupervisor, following: Following, pixels: np.ndarray
) -> None:
    viewer = following(SHAPE, frame=pixels.shape, dtype=pixels.dtype.str)
    viewer.window.resize(982, 630)
    show(qtbot, viewer, reader, pixels)
    QTest.qWait(0)
    assert viewer.window.view_row.isVisible()
    assert (viewer.window.width(), viewer.window.height()) == (982, 630)


def test_colours_of_16_bits_follow_their_levels(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    pixels = np.zeros((64, 48, 3), "u2")
    pixels[:32], pixels[32:] = (4000, 0, 2000), (0, 4000, 4000)
    viewer = following(SHAPE, frame=pixels.shape, dtype="<u2")
    show(qtbot, viewer, reader, pixels)
    viewer.window.display.fix_levels(0.0, 4000.0)
    assert color_at(viewer, 20, 10) == QColor(255, 0, 128)
    assert color_at(viewer, 20, 50) == QColor(0, 255, 255)


def test_complex_frames_show_their_magnitude_and_the_pointer_both_parts(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    y, x = np.indices((64, 48))
    pixels = ((x + 1) * np.exp(1j * y / 9)).astype("c8")
    viewer = following(SHAPE, frame=pixels.shape, dtype="<c8")
    show(qtbot, viewer, reader, pixels)
    assert viewer.session.scan.shown is not None
    np.testing.assert_allclose(viewer.session.scan.shown.raw, np.abs(pixels), rtol=1e-6)
    viewer.window.readout.point_at((20, 3))
    value = pixels[20, 3]
    sign = "-" if value.imag < 0 else "+"
    assert viewer.window.readout.pixel.text() == f"x 3   y 20   value {value.real:.6g} {sign} {abs(value.imag):.6g} i"
    viewer.window.view_row.next_part.trigger()
    assert reader.sent(m.SetDisplay)[-1].view == ViewChoice(part="phase")
    show(qtbot, viewer, reader, pixels, ViewChoice(part="phase"))
    assert viewer.window.view_row.part.currentText() == "Phase"
    snapshot = viewer.window.snapshots.collect()
    assert snapshot is not None
    np.testing.assert_array_equal(snapshot.pixels, pixels)  # the file's numbers, whatever is shown of them
    assert viewer.session.scan.shown.view.part is Part.PHASE


def test_a_frames_own_mask_is_left_out_of_the_histogram_too(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following(SHAPE, facts=DataFacts(mask_path="/entry/eiger/pixel_mask"))
    pixels = np.full((64, 48), 10, "u4")
    pixels[3:5, 4:8] = 60_000
    reader.own_mask = pixels > 10
    show(qtbot, viewer, reader, pixels)
    assert viewer.window.frame_view.image.histogram.counts().sum() == pixels.size - 8


def test_what_is_shown_of_frames_is_kept_by_place() -> None:
    chosen = DisplaySettings(view=ViewChoice((2, 0), "phase"), uses_file_mask=False)
    place = Place(PATH, (3, 64, 48), "<c8")
    assert decoded(encoded(place, chosen)) == (place, chosen)
    for damaged in ({"places": [-1], "part": ""}, {"places": [True], "part": ""}, {"places": [], "part": 3}, []):
        assert decoded({**encoded(place, chosen), "view": damaged}) is None


@pytest.mark.live
def test_a_file_with_two_thresholds_is_looked_through(qtbot: QtBot, live_viewer: Callable[..., Assembly], tmp_path: Path) -> None:
    frames = (np.arange(4 * 2 * 60 * 80) % 1013).astype("u4").reshape(4, 2, 60, 80)
    with h5py.File(tmp_path / "a.h5", "w", libver="v110") as file:
        file.create_dataset("entry/data/data", data=frames, maxshape=(None, 2, 60, 80), chunks=(1, 2, 60, 80))
        file.create_dataset("entry/data/uid", data=np.arange(4, dtype="i4") + 1, maxshape=(None,))
    viewer = live_viewer(tmp_path / "a.h5")
    qtbot.waitUntil(lambda: viewer.session.scan.shown is not None and viewer.session.scan.shown.index == 3, timeout=WAIT_MS)
    viewer.window.measuring.measurements.draw("rectangle", ((10.0, 10.0), (20.0, 20.0)))
    viewer.window.view_row.next_place.trigger()
    qtbot.waitUntil(lambda: viewer.session.scan.shown is not None and viewer.session.scan.shown.view.places == (1,), timeout=WAIT_MS)
    assert viewer.session.scan.shown is not None
    np.testing.assert_array_equal(viewer.session.scan.shown.raw, frames[3, 1])
    sums = [float(frames[index, 1, 10:20, 10:20].sum()) for index in range(4)]
    values = viewer.window.measuring.measurements.values
    qtbot.waitUntil(lambda: [values.at("A.sum", index) for index in range(4)] == sums, timeout=WAIT_MS)
