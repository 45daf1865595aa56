"""The widgets, one after another, by mouse and keyboard on a scripted reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import AllKeys, FileClosed, FinishedFlag, FrameCount, Timeout
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look.theme import theme_of_application
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model.state import Problem
from tests.gui.fakes import Clock, FakeSupervisor, picture

Following = Callable[..., Assembly]
LEFT = Qt.MouseButton.LeftButton
SENTINEL = np.iinfo(np.uint32).max


def show(qtbot: QtBot, assembly: Assembly, reader: FakeSupervisor, pixels: np.ndarray, index: int = 0, **options: object) -> None:
    with qtbot.waitSignal(assembly.session.frame_changed):
        reader.say_frame(pixels, index, assembly.session.scan.scan_shape, **options)  # type: ignore[arg-type]


def add_keys(qtbot: QtBot, assembly: Assembly, reader: FakeSupervisor, *added: object) -> None:
    with qtbot.waitSignal(assembly.session.progress_changed):
        reader.say_keys(assembly.session.scan.scan_shape, *added)  # type: ignore[arg-type]


# ---- the picture


def test_a_new_frame_moves_neither_zoom_nor_levels_that_the_user_set(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5))
    view = viewer.window.frame_view
    show(qtbot, viewer, reader, picture())
    image = view.image
    bar = image.color_bar
    before = bar.levels
    qtbot.mousePress(bar, LEFT, pos=QPoint(5, 14))
    qtbot.mouseMove(bar, QPoint(5, 60))
    qtbot.mouseRelease(bar, LEFT, pos=QPoint(5, 60))
    assert bar.levels[0] == before[0]
    assert bar.levels[1] != before[1]
    assert not view.auto_levels
    assert not viewer.window.actions_.auto_levels.isChecked()
    image.box.setRange(xRange=(10, 20), yRange=(10, 20), padding=0)
    levels, rect = image.levels, image.box.viewRect()
    show(qtbot, viewer, reader, 100 * picture(seed=1), 1)
    assert image.levels == levels
    assert image.box.viewRect() == rect
    qtbot.keyClick(viewer.window, Qt.Key.Key_A)
    assert image.levels[1] > 1000
    qtbot.mouseClick(viewer.window.fit_button, LEFT)
    assert image.box.viewRect().contains(QRectF(0, 0, 48, 64)), image.box.viewRect()


def test_gaps_are_not_drawn_and_do_not_set_levels(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5))
    pixels = picture()
    pixels[:, 20:24] = SENTINEL
    show(qtbot, viewer, reader, pixels)
    image = viewer.window.frame_view.image
    drawn = image.preview_item.image
    assert np.isnan(drawn[:, 20:24]).all()
    np.testing.assert_array_equal(drawn[:, :20], pixels[:, :20])
    assert image.levels[1] < 100
    color = viewer.window.frame_view.image.view.grab().toImage()
    at = image.view.mapFromScene(image.box.mapViewToScene(QPointF(22, 32)))
    ratio = color.devicePixelRatio()
    assert color.pixelColor(round(at.x() * ratio), round(at.y() * ratio)).name() == theme_of_application().tokens.masked


def test_zoomed_in_the_raw_pixels_are_drawn(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5), frame=(2900, 2000))
    pixels = picture((2900, 2000))
    pixels[1500, 1000] = 60_000
    show(qtbot, viewer, reader, pixels)
    image = viewer.window.frame_view.image
    assert image.preview_item.image.shape[0] <= 967
    assert np.nanmax(image.preview_item.image) == 60_000  # one bright pixel survives
    assert not image.shows_raw_pixels
    image.box.setRange(xRange=(900, 1100), yRange=(1450, 1550), padding=0)
    assert image.shows_raw_pixels
    crop = image.crop
    assert crop is not None
    np.testing.assert_array_equal(image.crop_item.image, pixels[crop.top : crop.bottom, crop.left : crop.right])
    assert crop.bottom - crop.top < 1000
    other = picture((2900, 2000), seed=3)
    show(qtbot, viewer, reader, other, 1)
    np.testing.assert_array_equal(image.crop_item.image, other[crop.top : crop.bottom, crop.left : crop.right])
    image.fit()
    assert not image.shows_raw_pixels


def test_the_raw_value_is_told_under_the_pointer(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5))
    pixels = picture()
    pixels[30, 11] = SENTINEL
    show(qtbot, viewer, reader, pixels)
    image, readout = viewer.window.frame_view.image, viewer.window.readout
    at = image.view.mapFromScene(image.box.mapViewToScene(QPointF(11.5, 30.5)))
    qtbot.mouseMove(image.view.viewport(), QPoint(at.x() + 20, at.y()))
    qtbot.waitUntil(lambda: readout.pixel.text() != "")
    qtbot.mouseMove(image.view.viewport(), at)
    qtbot.waitUntil(lambda: readout.pixel.text().startswith("x 11 "))
    assert readout.pixel.text().replace("\u2009", "") == "x 11   y 30   value 4294967295"
    show(qtbot, viewer, reader, picture(seed=5), 1)
    assert readout.pixel.text() == f"x 11   y 30   value {picture(seed=5)[30, 11]}"


def test_spectra_are_curves_and_scalars_are_numbers(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5), frame=(256,))
    view = viewer.window.frame_view
    spectrum = picture((256,))
    spectrum[7] = SENTINEL
    show(qtbot, viewer, reader, spectrum)
    assert view.curve.isVisible()
    x, y = view.curve.curve.getData()
    np.testing.assert_array_equal(x, np.arange(256))
    assert np.isnan(y[7])
    np.testing.assert_array_equal(np.delete(y, 7), np.delete(spectrum, 7))
    show(qtbot, viewer, reader, np.array(2.5), 1)
    assert viewer.window.measuring.scalars.isVisible()
    assert viewer.window.measuring.scalars.value.text() == "2.5"
    show(qtbot, viewer, reader, np.zeros((2, 3, 4), np.float32), 2)
    assert view.image.isVisible()
    assert view.image.frame_shape == (3, 4)


# ---- map, detectors, header


def test_the_map_tells_position_and_keys(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5), n_keys=2)
    chart = viewer.window.map_panel.map
    add_keys(qtbot, viewer, reader, (0, 8), (0, 7))
    qtbot.waitUntil(lambda: chart.layout_shown is not None)
    assert chart.text_at(chart.point_of(7)) == "Frame 7 at (1, 2)\ndet0: set\ndet1: not set yet"
    assert chart.text_at(QPointF(-5, -5)) == ""
    qtbot.mouseClick(chart, LEFT, pos=chart.point_of(7).toPoint())
    assert viewer.session.scan.is_live
    qtbot.mouseClick(chart, LEFT, pos=chart.point_of(6).toPoint())
    assert viewer.session.scan.wanted_index == 6
    assert viewer.window.frame_header.title.text() == "Frame 6"
    assert "being read" in viewer.window.frame_header.words
    show(qtbot, viewer, reader, picture(), 6, live=False)
    assert "at (1, 1)" in viewer.window.frame_header.words
    assert "of 20" in viewer.window.frame_header.words


# ---- slider


def test_the_slider_does_not_move_under_the_hand(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((10, 10))
    slider = viewer.window.control_bar.slider
    add_keys(qtbot, viewer, reader, (0, 50))
    show(qtbot, viewer, reader, picture(), 49)
    qtbot.mousePress(slider, LEFT, pos=QPoint(round(slider.x_of(49)), 12))
    qtbot.mouseMove(slider, QPoint(round(slider.x_of(20)), 12))
    assert slider.value == 20
    x = slider.x_of(20)
    add_keys(qtbot, viewer, reader, (50, 60))
    show_late = reader.say_frame(picture(), 59, (10, 10))
    qtbot.waitUntil(lambda: show_late in reader.released)
    assert slider.value == 20
    assert slider.x_of(20) == x
    qtbot.mouseMove(slider, QPoint(round(slider.x_of(80)), 12))  # beyond what is complete: the nearest that is
    assert slider.value == 59
    qtbot.mouseRelease(slider, LEFT, pos=QPoint(round(slider.x_of(80)), 12))
    assert not viewer.session.scan.is_live


# ---- termination


@pytest.mark.parametrize(
    "conditions",
    [
        (),
        (Timeout(2.5),),
        (FinishedFlag("/entry/done"), Timeout(30.0), AllKeys(), FileClosed(), FrameCount(77)),
        (FrameCount(5), AllKeys()),
    ],
)
def test_the_termination_bar_is_an_editor_of_conditions(viewer: Assembly, conditions: tuple) -> None:
    bar = viewer.window.termination_bar
    bar.set_value(conditions)
    assert set(bar.value()) == set(conditions)


def test_conditions_are_changed_by_hand_while_following(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5))
    bar = viewer.window.termination_bar
    bar.all_keys.click()
    assert AllKeys() not in viewer.session.scan.conditions
    bar.seconds.selectAll()
    qtbot.keyClicks(bar.seconds, "3.5")
    qtbot.keyClick(bar.seconds, Qt.Key.Key_Return)
    assert Timeout(3.5) in viewer.session.scan.conditions
    bar.frames.click()
    assert FrameCount(20) in viewer.session.scan.conditions  # the scan's own size is offered
    assert reader.sent(m.SetConditions)[-1].conditions == viewer.session.scan.conditions


def test_the_countdown_tells_what_is_left(qtbot: QtBot, reader: FakeSupervisor, clock: Clock, following: Following) -> None:
    viewer = following((4, 5))
    with qtbot.waitSignal(viewer.session.frames_completed):
        reader.say_keys((4, 5), (0, 2), at_s=clock())
    qtbot.waitUntil(lambda: viewer.session.scan.seconds_left is not None)
    clock.now_s += 2.5
    viewer.session.tick()
    assert "timeout in 7.5 s" in viewer.window.control_bar.state_line.rate.text()


def test_stop_and_resume_are_one_place(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5))
    bar = viewer.window.termination_bar
    qtbot.mouseClick(bar.stop, LEFT)
    assert reader.sent(m.Stop) == [m.Stop(1)]
    with qtbot.waitSignal(viewer.session.finished):
        reader.say(m.Ended(1, "stopped", 0, 20))
    assert bar.resume.isVisible()
    assert not bar.stop.isVisible()
    assert viewer.window.control_bar.state_line.text.text() == "Stopped by you"
    qtbot.mouseClick(bar.resume, LEFT)
    assert reader.sent(m.Resume) == [m.Resume(1)]
    assert bar.stop.isVisible()


# ---- error bar, theme


def test_problems_are_told_counted_copied_and_dismissed(qtbot: QtBot, viewer: Assembly) -> None:
    bar = viewer.window.error_bar
    note = Problem("Frame 3 cannot be read.", "It is passed over.", "trace", severity="note")
    viewer.session.report(note)
    viewer.session.report(note)
    assert bar.times.text() == "2 times"
    assert not bar.details.isVisible()
    qtbot.mouseClick(bar.more, LEFT)
    assert bar.details.isVisible()
    viewer.session.report(Problem("It broke.", "Mend it."))
    viewer.session.report(note)
    assert bar.message.text() == "It broke. Mend it."
    qtbot.mouseClick(bar.copy, LEFT)
    assert QGuiApplication.clipboard().text() == "It broke.\nMend it."
    qtbot.mouseClick(bar.close_button, LEFT)
    assert not bar.isVisible()


def test_the_window_changes_between_light_and_dark_while_it_runs(qtbot: QtBot, viewer: Assembly) -> None:
    theme = theme_of_application()
    try:
        shades = []
        for scheme in ("dark", "light"):
            theme.force(scheme)
            shades.append(viewer.window.grab().toImage().pixelColor(3, 3).lightness())
        assert shades[0] < 60
        assert shades[1] > 200
    finally:
        theme.force(None)


def entries(menu: QMenu) -> Iterator[QAction]:
    """Everything in a menu, and in those within it."""
    for action in menu.actions():
        yield action
        if action.menu() is not None:
            yield from entries(action.menu())


def test_every_action_has_a_tooltip_and_stands_in_the_menu(viewer: Assembly) -> None:
    listed = set(entries(viewer.window.menu_))
    actions = viewer.window.actions()
    assert len(actions) >= 15
    keys = [action.shortcut().toString() for action in actions]
    assert len(set(keys)) == len(keys)
    for action in actions:
        assert action.toolTip()
        assert action in listed
        assert not action.shortcut().isEmpty(), action.text()


def test_running_numbers_do_not_make_the_layout_jump(qtbot: QtBot, reader: FakeSupervisor, clock: Clock, following: Following) -> None:
    viewer = following((20, 30), n_keys=2)
    watched = (viewer.window.frame_view, viewer.window.control_bar.slider, viewer.window.control_bar.live, viewer.window.map_panel.map)
    places = set()
    for step in range(6):
        add_keys(qtbot, viewer, reader, (0, 100 * step + 1), (0, 60 * step + 1))
        show(qtbot, viewer, reader, picture() * (1 + 999 * step), 60 * step, at_s=clock() - 0.03 * step)
        clock.now_s += 7.7
        viewer.session.tick()
        QApplication.sendPostedEvents()
        QApplication.processEvents()
        if step:  # the first frame may settle
            places.add(tuple(part.mapTo(viewer.window, QPoint(0, 0)).toTuple() + part.size().toTuple() for part in watched))
    assert len(places) == 1, places


def test_saturated_pixels_are_told_and_stand_out_only_where_there_are_some(
    qtbot: QtBot, reader: FakeSupervisor, following: Following
) -> None:
    viewer = following((4, 5))
    saturated = viewer.window.readout.saturated
    reader.saturation_value = 500.0
    pixels = picture()
    show(qtbot, viewer, reader, pixels)
    assert (saturated.text(), saturated.property("role")) == ("saturated 0", "muted")
    pixels = picture()
    pixels[3, 4] = pixels[5, 6] = 500
    show(qtbot, viewer, reader, pixels, 1)
    assert (saturated.text(), saturated.property("role")) == ("saturated 2", "warn")
