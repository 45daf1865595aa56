"""What stands beside the picture, by mouse and keyboard: levels typed and dragged, the pop-up out of the picture's way, the mask named."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.display.color_bar import bar_ends
from swmr_viewer.gui.display.display_settings import LevelMode
from swmr_viewer.gui.display.level_field import LevelField
from swmr_viewer.gui.display.levels_column import LevelsColumn
from swmr_viewer.gui.display.levels_scale import Scale, moved_high, moved_low, short_level_text
from swmr_viewer.gui.display.levels_text import typed_number
from tests.gui.fakes import FakeSupervisor, picture

Following = Callable[..., Assembly]
LEFT = Qt.MouseButton.LeftButton
MASK_PATH = "/entry/detector/pixel_mask"


@pytest.fixture
def shown(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> Assembly:
    """Return a window that shows an image."""
    viewer = following((4, 5))
    show(qtbot, viewer, reader, picture())
    return viewer


def show(qtbot: QtBot, assembly: Assembly, reader: FakeSupervisor, pixels: np.ndarray, index: int = 0) -> None:
    with qtbot.waitSignal(assembly.session.frame_changed):
        reader.say_frame(pixels, index, assembly.session.scan.scan_shape)
    QApplication.processEvents()


def column_of(assembly: Assembly) -> LevelsColumn:
    return assembly.window.frame_view.image.column


def type_into(qtbot: QtBot, field: LevelField, words: str, last: Qt.Key = Qt.Key.Key_Return) -> None:
    """Click on the number, type another one."""
    qtbot.mouseClick(field, LEFT)
    assert field.hasFocus()
    qtbot.keyClicks(field, words)
    qtbot.keyClick(field, last)


def on_screen(part: QWidget) -> QRect:
    return QRect(part.mapToGlobal(QPoint(0, 0)), part.size())


def test_a_click_on_a_level_lets_another_be_typed_in_its_place(qtbot: QtBot, reader: FakeSupervisor, shown: Assembly) -> None:
    column, image = column_of(shown), shown.window.frame_view.image
    high = image.levels[1]
    type_into(qtbot, column.low, "7,5")
    assert image.levels == (7.5, high)
    assert not column.low.hasFocus()
    assert column.low.text() == "7.5"
    assert column.mode.text() == "fixed"
    type_into(qtbot, column.high, "1e3")
    assert image.levels == (7.5, 1000)
    show(qtbot, shown, reader, picture(seed=3), 1)
    assert image.levels == (7.5, 1000)
    assert shown.window.display.settings.mode is LevelMode.FIXED


def test_escape_gives_up_and_what_is_no_number_is_not_taken(qtbot: QtBot, reader: FakeSupervisor, shown: Assembly) -> None:
    column, image = column_of(shown), shown.window.frame_view.image
    before, words = image.levels, column.low.text()
    type_into(qtbot, column.low, "12", Qt.Key.Key_Escape)
    assert (image.levels, column.low.text(), column.low.hasFocus()) == (before, words, False)
    type_into(qtbot, column.low, "twelve")
    assert column.low.hasFocus()
    assert column.low.property("bad") == "true"
    show(qtbot, shown, reader, 100 * picture(seed=2), 1)
    assert column.low.text() == "twelve"  # what is being typed is not taken away by a frame
    qtbot.keyClick(column.low, Qt.Key.Key_Escape)
    assert column.low.property("bad") == "false"
    assert shown.window.display.settings.is_auto
    assert column.low.text() == short_level_text(image.levels[0])


def test_both_levels_are_typed_by_keyboard_in_any_order(qtbot: QtBot, shown: Assembly) -> None:
    column, image = column_of(shown), shown.window.frame_view.image
    qtbot.keyClick(shown.window, Qt.Key.Key_L)
    assert column.low.hasFocus()
    qtbot.keyClicks(column.low, "5000")  # above the high level: that one goes along
    qtbot.keyClick(column.low, Qt.Key.Key_Tab)
    assert column.high.hasFocus()
    qtbot.keyClicks(column.high, "9000")
    qtbot.keyClick(column.high, Qt.Key.Key_Return)
    assert image.levels == (5000, 9000)
    qtbot.keyClick(shown.window, Qt.Key.Key_L)
    qtbot.keyClick(column.low, Qt.Key.Key_Tab)
    qtbot.keyClicks(column.high, "-10")
    qtbot.keyClick(column.high, Qt.Key.Key_Backtab)
    assert image.levels == (-4010, -10)
    qtbot.keyClicks(column.low, "-20")
    qtbot.keyClick(column.low, Qt.Key.Key_Return)
    assert image.levels == (-20, -10)


def test_levels_stand_at_their_places_on_the_bar_and_no_tick_is_under_them(qtbot: QtBot, reader: FakeSupervisor, shown: Assembly) -> None:
    column, bar = column_of(shown), shown.window.frame_view.image.color_bar
    places = []
    for seed, size in ((0, 1), (1, 1000), (2, 37)):
        for scale in Scale:
            shown.window.display.change(scale=scale)
            show(qtbot, shown, reader, size * picture(seed=seed), seed)
            low, high = (bar.axis.y_of(level) for level in bar.levels)
            assert column.low.geometry().center().y() == pytest.approx(low, abs=1.5)
            assert column.high.geometry().center().y() == pytest.approx(high, abs=1.5)
            half = bar.fontMetrics().ascent() / 2
            ticks = [bar.axis.y_of(tick) for tick in bar.tick_values()]
            assert ticks
            for part in (column.low, column.high, column.mode):
                assert all(y + half < part.y() or y - half > part.geometry().bottom() for y in ticks)
            places.append([part.geometry() for part in (column.mode, column.high, column.low, column.mask_mark)])
    assert all(place == places[0] for place in places)  # nothing jumps
    assert column.mode.geometry().bottom() < column.high.y()
    assert column.low.geometry().bottom() < column.mask_mark.y() < bar_ends(column)[1]


def test_a_double_click_on_the_bar_lets_each_frame_set_the_levels_again(qtbot: QtBot, shown: Assembly) -> None:
    column, image = column_of(shown), shown.window.frame_view.image
    auto = image.levels
    for strip in (column.color_bar, column.histogram):
        type_into(qtbot, column.high, "500")
        assert image.levels != auto
        qtbot.mouseDClick(strip, LEFT, pos=QPoint(5, strip.height() // 2))
        assert image.levels == auto
        assert column.mode.text() == "auto"


@pytest.mark.parametrize("way", ["mode", "button", "key"])
def test_the_pop_up_of_the_levels_leaves_the_picture_free(qtbot: QtBot, shown: Assembly, way: str) -> None:
    window, column = shown.window, column_of(shown)
    window.move(0, 0)
    window.resize(780, 700)  # the offscreen screen has 800 x 800
    QApplication.processEvents()
    editor = window.display_tools.levels_editor
    asked: list[QPoint] = []
    editor._open_at = lambda part, corner: (asked.append(corner), editor.show())  # type: ignore[method-assign, func-returns-value]
    if way == "key":
        qtbot.keyClick(window, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    else:
        qtbot.mouseClick(column.mode if way == "mode" else window.display_tools.levels_button, LEFT)
    qtbot.waitUntil(editor.isVisible)
    (corner,) = asked
    assert corner.x() > on_screen(column).right()
    assert corner.y() == on_screen(column).top()
    editor.modes[LevelMode.EXTREMES].click()
    assert column.mode.text() == "full"
    assert "min \u2013 max" in column.mode.toolTip()
    editor.close()


def test_the_mask_in_use_is_named_beside_the_picture(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5), facts=DataFacts(mask_path=MASK_PATH))
    show(qtbot, viewer, reader, picture())
    column = column_of(viewer)
    assert column.mask_mark.text() == "mask"  # by default
    assert MASK_PATH in column.mask_mark.toolTip()
    box = viewer.window.display_tools.levels_editor.masks.pixel_mask
    assert box.isChecked()
    box.click()
    assert column.mask_mark.text() == ""
    box.click()
    reader.lacks_mask = True
    show(qtbot, viewer, reader, picture(), 1)
    assert column.mask_mark.text() == "no mask"
    assert column.mask_mark.property("role") == "small-warn"
    assert "could not be used" in column.mask_mark.toolTip()


def test_what_does_nothing_for_the_shown_kind_of_data_is_not_there(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5))
    tools = viewer.window.display_tools
    assert tools.color_button.isVisible()
    colored = np.random.default_rng(0).integers(0, 255, (30, 40, 3)).astype(np.uint8)
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(colored, 0, (4, 5), told="rgb-image")
    assert not tools.color_button.isVisible()
    assert tools.levels_button.isVisible()
    show(qtbot, viewer, reader, picture((200,)), 1)
    assert tools.levels_button.isVisible()  # of the waterfall
    qtbot.keyClick(viewer.window, Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    assert not tools.levels_button.isVisible()
    assert not tools.color_button.isVisible()
    assert not tools.actions.type_levels.isEnabled()
    show(qtbot, viewer, reader, picture(), 2)
    assert tools.levels_button.isVisible()
    assert tools.color_button.isVisible()


@pytest.mark.parametrize("height", [560, 700, 900])
def test_a_square_picture_has_nine_tenths_of_the_height(qtbot: QtBot, reader: FakeSupervisor, following: Following, height: int) -> None:
    facts = DataFacts(axis_names=("height", "along"), axis_units=("um", "mm"), axis_values=(tuple(range(60)), tuple(range(60))))
    viewer = following((4, 5), frame=(60, 60), facts=facts)
    show(qtbot, viewer, reader, picture((60, 60)))
    view = viewer.window.frame_view
    view.setFixedSize(height + 150, height)
    QApplication.processEvents()
    view.fit()
    image = view.image
    drawn = image.box.frame_group.mapRectToScene(0, 0, 60, 60)
    assert drawn.height() >= 0.93 * height
    assert drawn.width() == pytest.approx(drawn.height(), abs=1)
    assert image.column.width() <= 104
    top, bottom = bar_ends(image.color_bar)
    assert drawn.top() == pytest.approx(top, abs=8)
    assert drawn.bottom() == pytest.approx(bottom, abs=8)


def test_typed_numbers_and_their_levels() -> None:
    assert typed_number(" 1 200,5 ") == 1200.5
    assert [typed_number(words) for words in ("", "twelve", "nan", "inf", "1,2,3")] == [None] * 5
    assert moved_low((0, 60), 10) == (10, 60)
    assert moved_low((0, 60), 60) == (60, 120)
    assert moved_high((0, 60), 10) == (0, 10)
    assert moved_high((0, 60), -10) == (-70, -10)
    told = [short_level_text(value) for value in (0.0, 2997.6, 65_535, -1.2345e-7, 1.7e18, 0.12345, -999_999)]
    assert told == ["0", "2998", "65535", "-1.2e-7", "1.7e18", "0.123", "-999999"]


def test_the_number_of_masked_pixels_says_by_what(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5), facts=DataFacts(mask_path=MASK_PATH))
    show(qtbot, viewer, reader, picture())
    masked = viewer.window.readout.masked
    assert f"by the file's pixel mask\n{MASK_PATH}" in masked.toolTip()
    viewer.window.display.change(uses_file_mask=False)
    show(qtbot, viewer, reader, picture(), 1)
    assert "pixel mask is not used" in masked.toolTip()
    viewer.window.display.change(uses_file_mask=True)
    reader.lacks_mask = True
    show(qtbot, viewer, reader, picture(), 2)
    assert "could not be used" in masked.toolTip()


def test_the_histogram_makes_room_where_there_is_little(qtbot: QtBot, shown: Assembly) -> None:
    view = shown.window.frame_view
    counts = view.image.histogram.counts().sum()
    for width, is_there in ((600, True), (400, False), (700, True)):
        view.setFixedSize(width, 420)
        qtbot.waitUntil(lambda is_there=is_there: view.image.histogram.isVisible() == is_there)
        qtbot.waitUntil(lambda is_there=is_there: (view.image.column.width() > 75) == is_there)
    assert view.image.histogram.counts().sum() == counts == 64 * 48


def test_levels_of_a_waterfall_are_typed_in_the_pop_up(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5), frame=(200,))
    show(qtbot, viewer, reader, picture((200,)))
    editor = viewer.window.display_tools.levels_editor
    qtbot.keyClick(viewer.window, Qt.Key.Key_L)
    qtbot.waitUntil(editor.isVisible)
    for field, words in zip(editor.levels, ("3", "90"), strict=True):
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, words)
    qtbot.keyClick(editor.levels[1], Qt.Key.Key_Return)
    assert viewer.window.display.settings.levels == (3, 90)
    editor.close()


def test_frames_of_one_data_set_move_no_button(qtbot: QtBot, reader: FakeSupervisor, shown: Assembly) -> None:
    tools = shown.window.display_tools
    parts = (tools.scale_buttons, tools.levels_button, tools.color_button)
    places = {on_screen(part).topLeft() for part in parts}
    for seed in range(5):
        show(qtbot, shown, reader, (10**seed) * picture(seed=seed), seed)
        assert all(part.isVisible() for part in parts)
        assert {on_screen(part).topLeft() for part in parts} == places
