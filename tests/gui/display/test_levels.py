"""Levels, colours, masks and turning, by mouse and keyboard on a scripted reader, looked at in the painted pixels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from swmr_viewer.analysis import MaskRules
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.display.color_maps import color_table
from swmr_viewer.gui.display.display_settings import LevelMode
from swmr_viewer.gui.display.levels_scale import Scale
from swmr_viewer.gui.display.orientation import Orientation
from swmr_viewer.gui.image.image_layers import SATURATED_COLOR
from swmr_viewer.gui.look.theme import tokens
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor, picture

Following = Callable[..., Assembly]
LEFT = Qt.MouseButton.LeftButton
SENTINEL = np.iinfo(np.uint32).max


def show(qtbot: QtBot, assembly: Assembly, reader: FakeSupervisor, pixels: np.ndarray, index: int = 0) -> None:
    with qtbot.waitSignal(assembly.session.frame_changed):
        reader.say_frame(pixels, index, assembly.session.scan.scan_shape)


def color_at(assembly: Assembly, x: float, y: float) -> QColor:
    """Return what is painted at a place of the frame, in the file's coordinates."""
    image = assembly.window.frame_view.image
    painted = image.view.grab().toImage()
    at = image.view.mapFromScene(image.box.frame_group.mapToScene(QPointF(x, y)))
    ratio = painted.devicePixelRatio()
    return painted.pixelColor(round(at.x() * ratio), round(at.y() * ratio))


def rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()


def press(qtbot: QtBot, assembly: Assembly, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(assembly.window, key, modifier)


def test_one_bright_pixel_in_sixteen_million_is_painted(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5), frame=(4000, 4000))
    image = viewer.window.frame_view.image
    for index, (y, x) in enumerate([(1234, 2718), (3999, 3999), (777, 1)]):
        pixels = np.ones((4000, 4000), np.uint32)
        pixels[y, x] = 100
        viewer.window.display.fix_levels(1, 100)
        show(qtbot, viewer, reader, pixels, index)
        image.fit()
        assert not image.shows_raw_pixels
        for width in (1280, 1187, 1025):
            viewer.window.resize(width, 800)
            qtbot.waitUntil(lambda width=width: viewer.window.width() == width)
            brightest = np.array(color_table("viridis")[-1])
            painted = image.view.grab().toImage().convertToFormat(painted_format())
            seen = np.frombuffer(painted.constBits(), np.uint8).reshape(painted.height(), painted.bytesPerLine() // 4, 4)
            bright = np.argwhere((np.abs(seen[:, : painted.width(), :3].astype(int) - brightest) <= 2).all(axis=2))
            assert 1 <= len(bright) <= 9, (width, len(bright))
            ratio = painted.devicePixelRatio()
            at = image.view.mapFromScene(image.box.frame_group.mapToScene(QPointF(x + 0.5, y + 0.5)))
            assert np.abs(bright - (at.y() * ratio, at.x() * ratio)).max() <= 4


def painted_format() -> object:
    from PySide6.QtGui import QImage

    return QImage.Format.Format_RGBA8888


CHECKED = np.indices((60, 80)).sum(0) % 2
NEARLY_EQUAL = {
    "one": np.where(CHECKED, 1.0, np.nextafter(1.0, 0)),
    "ten to the ten": 1e10 + CHECKED * 2e-6,
    "large": 2**62 + CHECKED * 2000,
    "nanoseconds": 1_700_000_000_000_000_000 + CHECKED * 200,
    "all the same": np.full((60, 80), 7, "u2"),
    "far apart": np.where(CHECKED, 1e308, -1e308),
    "tiny": CHECKED * 5e-324,
    "infinite": np.where(CHECKED, np.inf, -np.inf),
}


@pytest.mark.parametrize("name", NEARLY_EQUAL)
def test_shades_that_are_nearly_equal_are_drawn_on_every_scale(
    qtbot: QtBot, reader: FakeSupervisor, following: Following, name: str
) -> None:
    pixels, n_painted = NEARLY_EQUAL[name], 0
    viewer = following((4, 5), frame=pixels.shape, dtype=pixels.dtype.str)
    show(qtbot, viewer, reader, pixels)
    image = viewer.window.frame_view.image
    table = {tuple(one) for one in color_table("viridis").tolist()} | {rgb(QColor(tokens().masked))}
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4):  # an exception in a paint event fails the test
        for _ in range(2):  # from the extremes, then held
            press(qtbot, viewer, key, Qt.KeyboardModifier.ControlModifier)
            press(qtbot, viewer, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            with qtbot.waitSignal(image.view.painted):
                image.view.viewport().update()
            low, high = image.levels
            assert np.isfinite([low, high]).all()
            assert low < high
            assert rgb(color_at(viewer, 40.5, 30.5)) in table
            n_painted += 1
            press(qtbot, viewer, Qt.Key.Key_A)
    assert n_painted == 8


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (0, 0), (0,)])
def test_frames_without_values_are_said_to_have_none(
    qtbot: QtBot, reader: FakeSupervisor, following: Following, shape: tuple[int, ...]
) -> None:
    viewer = following((4, 5), frame=shape)
    view = viewer.window.frame_view
    show(qtbot, viewer, reader, np.zeros(shape, np.uint16))
    for key in (Qt.Key.Key_3, Qt.Key.Key_1):
        press(qtbot, viewer, key, Qt.KeyboardModifier.ControlModifier)
        assert not viewer.window.grab().isNull()
    assert view.nothing.isVisible()
    assert view.nothing.text().endswith("hold no values: there is nothing to draw.")
    press(qtbot, viewer, Qt.Key.Key_F)
    show(qtbot, viewer, reader, picture(), 1)
    assert view.image.isVisible()
    show(qtbot, viewer, reader, np.zeros(shape, np.uint16), 2)
    assert view.nothing.isVisible()


@pytest.mark.parametrize(("scale", "middle"), [(Scale.LINEAR, 50.5), (Scale.SQRT, 30.25), (Scale.LOG, 10.0), (Scale.SYMLOG, 13.21)])
def test_scales_are_one_click_away_and_spread_the_values(
    qtbot: QtBot, reader: FakeSupervisor, following: Following, scale: Scale, middle: float
) -> None:
    viewer = following((4, 5))
    pixels = np.full((64, 48), 1.0, np.float32)
    pixels[:, 16:32], pixels[:, 32:] = middle, 100.0
    show(qtbot, viewer, reader, pixels)
    viewer.window.display.set_mode(LevelMode.EXTREMES)
    viewer.window.frame_view.image.fit()
    button = viewer.window.display_tools.scale_buttons.buttons[scale]
    qtbot.mouseClick(button, LEFT)
    assert viewer.window.display.settings.scale is scale
    assert button.isChecked()
    assert viewer.window.frame_view.image.levels == (1.0, 100.0)
    table = color_table("viridis").astype(int)
    assert rgb(color_at(viewer, 8, 32)) == tuple(table[0])
    assert rgb(color_at(viewer, 40, 32)) == tuple(table[-1])
    shade = np.abs(table - rgb(color_at(viewer, 24, 32))).sum(axis=1).argmin()
    if scale is not Scale.SYMLOG:  # its middle depends on the unit, which tests of the parts hold
        assert abs(int(shade) - 127) <= 2
    press(qtbot, viewer, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert viewer.window.display.settings.scale is Scale.LINEAR


def test_levels_can_be_typed_held_and_given_back(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5))
    window, image = viewer.window, viewer.window.frame_view.image
    first, second = picture(), 50 * picture(seed=1)
    show(qtbot, viewer, reader, first)
    auto = image.levels
    qtbot.mouseClick(window.display_tools.levels_button, LEFT)
    editor = window.display_tools.levels_editor
    qtbot.waitUntil(editor.isVisible)
    editor.modes[LevelMode.HELD].click()
    show(qtbot, viewer, reader, second, 1)
    assert image.levels == auto
    editor.modes[LevelMode.EXTREMES].click()
    assert image.levels == (second.min(), second.max())
    for field, words in zip(editor.levels, ("3", "1e3"), strict=True):
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, words)
    qtbot.keyClick(editor.levels[1], Qt.Key.Key_Return)
    editor.levels[1].editingFinished.emit()
    assert image.levels == (3, 1000)
    assert editor.modes[LevelMode.FIXED].isChecked()
    assert window.display_tools.levels_button.text().startswith("fixed")
    show(qtbot, viewer, reader, first, 2)
    assert image.levels == (3, 1000)
    editor.levels[0].setText("nonsense")
    editor.levels[0].editingFinished.emit()
    assert editor.levels[0].text() == "3"
    editor.close()
    press(qtbot, viewer, Qt.Key.Key_A)
    assert image.levels == auto
    press(qtbot, viewer, Qt.Key.Key_A)
    assert window.display.settings.mode is LevelMode.HELD


def test_percentiles_and_masks_are_asked_of_the_reader(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5))
    show(qtbot, viewer, reader, picture())
    editor = viewer.window.display_tools.levels_editor
    editor.percentiles[1].setValue(99.99)
    path = "/entry/eiger/data"
    assert reader.sent(m.SetDisplay)[-1] == m.SetDisplay(1, percentiles=(0.5, 99.99), data_path=path)
    assert "99.99" in viewer.window.display_tools.levels_button.text()
    editor.masks.sentinel.click()
    editor.masks.limit.setText("500")
    editor.masks.above.click()
    wish = m.SetDisplay(1, MaskRules(sentinel=False, above=500.0), (0.5, 99.99), data_path=path)
    assert reader.sent(m.SetDisplay)[-1] == wish
    n = len(reader.sent(m.SetDisplay))
    viewer.window.display.change(color_map="magma")
    assert len(reader.sent(m.SetDisplay)) == n
    assert not editor.masks.pixel_mask.isEnabled()  # this file has none


def test_levels_are_dragged_on_the_histogram(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5))
    show(qtbot, viewer, reader, picture())
    image = viewer.window.frame_view.image
    bar = image.histogram
    assert bar.counts().sum() == 64 * 48
    low, high = image.levels
    axis = bar.axis
    start, end = round(axis.y_of(low)), round(axis.y_of(low + (high - low) / 3))
    qtbot.mousePress(bar, LEFT, pos=QPoint(20, start))
    qtbot.mouseMove(bar, QPoint(20, end))
    assert image.levels[0] == pytest.approx(axis.value_at(axis.y_of(low) + end - start))
    assert image.levels[1] == high
    show(qtbot, viewer, reader, 100 * picture(seed=2), 1)  # a frame that comes meanwhile does not take it out of the hand
    assert image.levels[1] == high
    qtbot.mouseRelease(bar, LEFT, pos=QPoint(20, end))
    assert viewer.window.display.settings.mode is LevelMode.FIXED
    assert viewer.window.display.settings.levels == image.levels
    drawn = image.preview_item.levels
    assert tuple(drawn) == image.levels


def test_colours_are_chosen_inverted_and_kept(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5))
    pixels = np.zeros((64, 48), np.uint16)
    pixels[:, 24:] = 100
    pixels[:8] = np.iinfo(np.uint16).max
    show(qtbot, viewer, reader, pixels)
    viewer.window.display.fix_levels(0, 100)
    image, tools = viewer.window.frame_view.image, viewer.window.display_tools
    image.fit()
    press(qtbot, viewer, Qt.Key.Key_M)
    editor = tools.color_editor
    qtbot.waitUntil(editor.isVisible)
    qtbot.mouseClick(editor.maps["inferno"], LEFT)
    assert tools.color_button.text().startswith("inferno")
    assert rgb(color_at(viewer, 36, 40)) == tuple(color_table("inferno")[-1])
    editor.inverted.click()
    assert rgb(color_at(viewer, 36, 40)) == tuple(color_table("inferno")[0])
    assert rgb(color_at(viewer, 12, 40)) == tuple(color_table("inferno")[-1])
    qtbot.mouseClick(editor.masked["red"], LEFT)
    assert color_at(viewer, 12, 4).name() == "#d43d3d"
    editor.close()
    show(qtbot, viewer, reader, pixels, 1)
    assert color_at(viewer, 12, 4).name() == "#d43d3d"
    assert viewer.window.frame_view.color_map == "inferno (inverted)"


def test_saturated_pixels_are_marked_where_the_type_says_what_that_is(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5), dtype="|u1")
    pixels = np.full((64, 48), 20, np.uint8)
    pixels[10:20, 10:20] = 255
    show(qtbot, viewer, reader, pixels)
    viewer.window.frame_view.image.fit()
    assert rgb(color_at(viewer, 15, 15)) != SATURATED_COLOR[:3]
    press(qtbot, viewer, Qt.Key.Key_S)
    assert rgb(color_at(viewer, 15, 15)) == SATURATED_COLOR[:3]
    assert rgb(color_at(viewer, 30, 40)) != SATURATED_COLOR[:3]


@pytest.mark.parametrize(
    ("keys", "turned"),
    [
        ("]", lambda a: np.rot90(a, -1)),
        ("[", lambda a: np.rot90(a)),
        ("]]", lambda a: np.rot90(a, 2)),
        ("O", np.flipud),
        ("O]", lambda a: np.rot90(np.flipud(a), -1)),
    ],
)
def test_a_turned_picture_is_seen_turned_and_read_as_stored(
    qtbot: QtBot, reader: FakeSupervisor, following: Following, keys: str, turned: Callable[[np.ndarray], np.ndarray]
) -> None:
    viewer = following((4, 5), frame=(4, 6))
    pixels = np.arange(24, dtype=np.uint16).reshape(4, 6)
    show(qtbot, viewer, reader, pixels)
    viewer.window.display.fix_levels(0, 23)
    image, readout = viewer.window.frame_view.image, viewer.window.readout
    image.fit()
    codes = {"]": Qt.Key.Key_BracketRight, "[": Qt.Key.Key_BracketLeft, "O": Qt.Key.Key_O}
    for key in keys:
        press(qtbot, viewer, codes[key])
    expected = turned(pixels)
    rows, columns = expected.shape
    painted = image.view.grab().toImage()
    ratio = painted.devicePixelRatio()
    corner = image.box.frame_group.mapRectToScene(QRectF(0, 0, 6, 4))
    table = color_table("viridis").astype(int)
    for row in range(rows):
        for column in range(columns):
            at = image.view.mapFromScene(
                QPointF(corner.left() + (column + 0.1) * corner.width() / columns, corner.top() + (row + 0.1) * corner.height() / rows)
            )
            value = expected[row, column]
            shade = np.abs(table - rgb(painted.pixelColor(round(at.x() * ratio), round(at.y() * ratio)))).sum(axis=1).argmin()
            assert abs(int(shade) - value / 23 * 255) <= 2, (row, column)
    qtbot.mouseMove(image.view.viewport(), QPoint(3, 3))
    qtbot.mouseMove(image.view.viewport(), at)
    y, x = divmod(int(expected[-1, -1]), 6)
    qtbot.waitUntil(lambda: readout.pixel.text().startswith(f"x {x} "))
    assert f"x {x}   y {y}   value {expected[-1, -1]}" in readout.pixel.text()
    press(qtbot, viewer, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert image.box.orientation == Orientation()


def test_a_new_frame_moves_no_zoom_also_of_a_turned_picture_and_aspect_can_be_free(
    qtbot: QtBot, reader: FakeSupervisor, following: Following
) -> None:
    viewer = following((4, 5))
    show(qtbot, viewer, reader, picture())
    image = viewer.window.frame_view.image
    press(qtbot, viewer, Qt.Key.Key_BracketRight)
    wide, high = image.box.screen_pixels(1.0)
    assert wide == pytest.approx(high, rel=1e-3)
    press(qtbot, viewer, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    image.box.show_rect(QRectF(5, 10, 30, 12))
    assert image.box.frame_rect == QRectF(5, 10, 30, 12)
    show(qtbot, viewer, reader, picture(seed=4), 1)
    assert image.box.frame_rect == QRectF(5, 10, 30, 12)
    wide, high = image.box.screen_pixels(1.0)
    assert wide != pytest.approx(high, rel=0.1)


def test_masked_pixels_stay_masked_between_block_maxima_when_zoomed_in(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5), frame=(2900, 2000))
    pixels = picture((2900, 2000))
    pixels[1501, 1001] = SENTINEL
    show(qtbot, viewer, reader, pixels)
    viewer.window.display.change(masked_color="#d43d3d")
    image = viewer.window.frame_view.image
    image.box.setRange(xRange=(990, 1010), yRange=(1490, 1510), padding=0)
    assert image.shows_raw_pixels
    assert color_at(viewer, 1001.5, 1501.5).name() == "#d43d3d"
