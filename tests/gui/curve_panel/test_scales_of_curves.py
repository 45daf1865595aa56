"""Scales, colours and levels that look chosen draw spectra, curves, waterfalls and maps too; where they cannot, they are not offered."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from swmr_viewer.core.number_text import LONGEST_TICK
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.curves.curve_axes import ValueAxis, curve_scale
from swmr_viewer.gui.curves.plot_pane import PlotPane
from swmr_viewer.gui.curves.value_picture import ValuePicture
from swmr_viewer.gui.display.color_maps import color_table
from swmr_viewer.gui.display.display_settings import DisplaySettings, LevelMode
from swmr_viewer.gui.display.levels_scale import Scale
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor

SHAPE = (4, 5)
DATA = (
    m.DataDescription("/entry/xspress/data", (50,), "<u4"),
    m.DataDescription("/entry/diode/data", (), "<f8"),
    m.DataDescription("/entry/eiger/data", (50, 40), "<u4"),
)
SPECTRUM = np.array([0, 1, 10, 100, 1000] * 10, np.uint32)
KEYS = {Scale.LINEAR: Qt.Key.Key_1, Scale.SQRT: Qt.Key.Key_2, Scale.LOG: Qt.Key.Key_3, Scale.SYMLOG: Qt.Key.Key_4}
HEIGHTS = {
    Scale.LINEAR: (0, 1, 10, 100, 1000),
    Scale.SQRT: (0, 1, 10**0.5, 10, 1000**0.5),
    Scale.LOG: (np.log10(0.5), 0, 1, 2, 3),
    Scale.SYMLOG: (0, np.log10(2), np.log10(11), np.log10(101), np.log10(1001)),
}
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def several(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> Assembly:
    """Return a window that shows spectrum 3 of ten, measured, and has a scalar and an image beside it."""
    session = viewer.session
    session.open(m.FollowRequest("/data/scan.nxs"))
    with qtbot.waitSignal(session.opened):
        reader.say(m.Opened(reader.generation, "scan.nxs", SHAPE, ("/entry/keys/xspress",), DATA, None, 1))
    with qtbot.waitSignal(session.progress_changed):
        reader.say_keys(SHAPE, (0, 10))
    show(qtbot, viewer, reader, SPECTRUM)
    say_measured(reader)
    plot = viewer.window.measuring.waterfall.plot
    qtbot.waitUntil(lambda: plot.item.image is not None)
    return viewer


def show(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, pixels: np.ndarray) -> None:
    path = {1: DATA[0].path, 0: DATA[1].path, 2: DATA[2].path}[pixels.ndim]
    tabs = viewer.window.measuring.data_tabs
    tabs.setCurrentIndex([one.path for one in DATA].index(path))
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(pixels, 3, SHAPE, data_path=path)


def say_measured(reader: FakeSupervisor) -> None:
    """Answer what was asked last: spectrum n is all 10^(n mod 4), and so is the maximum of frame n."""
    asked = reader.sent(m.Measure)[-1]
    height = (10.0 ** (np.arange(10) % 4)).astype(np.float32)
    values = np.repeat(height[:, None], len(m.FRAME_COLUMNS), axis=1).astype(np.float64)
    spectra = np.repeat(height[:, None], 50, axis=1) if asked.spectra else None
    answers = (asked.generation, asked.revision, asked.data_path)
    reader.say(m.Measured(*answers, np.arange(10), m.FRAME_COLUMNS, values, SHAPE, spectra, 50 if spectra is not None else 0))


def painted_at(pane: PlotPane, x: float, y: float) -> tuple[int, ...]:
    """Return the colour that is painted at a place of the plot."""
    image = pane.view.grab().toImage()
    at = pane.view.mapFromScene(pane.box.mapViewToScene(QPointF(x, y)))
    ratio = image.devicePixelRatio()
    color: QColor = image.pixelColor(round(at.x() * ratio), round(at.y() * ratio))
    return color.red(), color.green(), color.blue()


def wait_for_color(qtbot: QtBot, pane: PlotPane, at: tuple[float, float], color: np.ndarray) -> None:
    """Wait until a colour is painted at a place, as nearly as rounding allows."""
    qtbot.waitUntil(lambda: np.abs(np.array(painted_at(pane, *at)) - color.astype(int)).max() <= 4)


@pytest.mark.parametrize("kind", [Scale.SQRT, Scale.LOG, Scale.SYMLOG])
def test_the_scale_draws_the_spectrum_and_its_axis_says_values(qtbot: QtBot, several: Assembly, kind: Scale) -> None:
    curve = several.window.frame_view.curve
    for each in (kind, Scale.LINEAR):
        qtbot.keyClick(several.window, KEYS[each], CONTROL)
        assert not curve.view.grab().isNull()  # what is in view is settled as it is painted
        x, y = curve.curve.getData()
        assert np.allclose(y[:5], HEIGHTS[each])
        assert len(x) == 50
        axis = curve.axes["left"]
        levels = axis.tickValues(*axis.range, curve.view.height())
        told = [float(words) for words in axis.tickStrings(levels[0][1], 1.0, levels[0][0])]
        assert len(told) > 1
        assert [axis.value_scale.shade(value) for value in told] == pytest.approx(levels[0][1], abs=0.02 * max(map(abs, levels[0][1])))
        assert curve.box.viewRange()[1][1] < 1.3 * HEIGHTS[each][-1]
    qtbot.keyClick(several.window, KEYS[kind], CONTROL)
    qtbot.keyClick(several.window, Qt.Key.Key_D, CONTROL)  # another data set has a scale of its own
    assert several.window.display.settings.scale is Scale.LINEAR


@pytest.mark.parametrize("kind", list(Scale))
def test_the_waterfall_has_the_scale_the_colours_and_the_levels(qtbot: QtBot, several: Assembly, kind: Scale) -> None:
    window, plot = several.window, several.window.measuring.waterfall.plot
    qtbot.keyClick(window, KEYS[kind], CONTROL)
    qtbot.keyClick(window, Qt.Key.Key_A, CONTROL)
    qtbot.keyClick(window, Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    assert window.display.settings.color_map == "cividis"
    heights = np.array(HEIGHTS[kind][1:])
    shares = (heights - heights[0]) / (heights[-1] - heights[0])
    qtbot.waitUntil(lambda: plot.picture.levels == (1.0, 1000.0))
    for row, share in enumerate(shares):
        wait_for_color(qtbot, plot, (25.5, row + 4.5), color_table("cividis")[round(255 * share)])
    assert window.display.levels_in_use == (1.0, 1000.0)
    window.display.set_mode(LevelMode.HELD)
    assert window.display.settings.levels == (1.0, 1000.0)
    window.display.fix_levels(10, 100)
    wait_for_color(qtbot, plot, (25.5, 6.5), color_table("cividis")[255])
    wait_for_color(qtbot, plot, (25.5, 5.5), color_table("cividis")[0])
    qtbot.keyClick(window, Qt.Key.Key_I)
    wait_for_color(qtbot, plot, (25.5, 6.5), color_table("cividis")[0])


def test_curves_and_map_of_scalars_have_the_scale(qtbot: QtBot, reader: FakeSupervisor, several: Assembly) -> None:
    show(qtbot, several, reader, np.array(1000.0))
    window, scalars = several.window, several.window.measuring.scalars
    say_measured(reader)
    qtbot.waitUntil(lambda: scalars.map.plot.item.image is not None and len(scalars.curve.curves) == 1)
    scalars.choice.choose("index")
    qtbot.waitUntil(lambda: np.size(scalars.curve.curves[0].getData()[0]) == 10)
    qtbot.keyClick(window, KEYS[Scale.LOG], CONTROL)
    _, y = scalars.curve.curves[0].getData()
    assert np.allclose(y[:4], (0, 1, 2, 3))
    qtbot.keyClick(window, Qt.Key.Key_A, CONTROL)
    wait_for_color(qtbot, scalars.map.plot, (1.2, 0.2), color_table("viridis")[85])


def test_what_cannot_be_applied_is_not_offered(qtbot: QtBot, reader: FakeSupervisor, several: Assembly) -> None:
    window = several.window
    tools, offered = window.display_tools, window.display_tools.actions
    turning = (offered.turn_left, offered.mirror, offered.aspect, offered.saturated)
    assert not any(action.isEnabled() for action in turning)
    assert tools.color_button.isEnabled()
    assert offered.edit_levels.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_BracketRight)
    assert window.display.settings.orientation.axis_names == ("x", "y")
    window.measuring.actions_.waterfall.trigger()
    assert not any(one.isEnabled() for one in (tools.color_button, tools.levels_button, offered.edit_colors, offered.extremes))
    assert offered.scales[Scale.LOG].isEnabled()
    show(qtbot, several, reader, np.ones((50, 40), np.uint32))
    assert all(action.isEnabled() for action in turning)
    assert tools.color_button.isEnabled()


@given(
    values=st.lists(st.floats(-1e300, 1e300) | st.sampled_from([0.0, np.nan, 1e-300]), max_size=8),
    kind=st.sampled_from(Scale),
)
def test_every_curve_can_be_drawn_on_every_scale(values: list[float], kind: Scale) -> None:
    given_values = np.array(values, np.float64)
    scale = curve_scale(kind, given_values)
    drawn = scale.forward(given_values)
    assert (np.isnan(drawn) == np.isnan(given_values)).all()
    assert not np.isinf(drawn).any()
    order = np.argsort(given_values)
    assert (np.diff(drawn[order][~np.isnan(given_values[order])]) >= 0).all()


@pytest.mark.parametrize("side", list(LONGEST_TICK))
@pytest.mark.parametrize(
    ("low", "high"), [(0.0, 1.0), (1.7e18, 1.7e18 + 2000), (-1e7, 1e7), (0.0, 1e-9), (123456.0, 123456.5), (2**63, 2**64), (0, 10_000_000)]
)
def test_ticks_fit_into_their_place_and_can_be_told_apart(qtbot: QtBot, side: str, low: float, high: float) -> None:
    axis = ValueAxis(side)
    levels = axis.tickValues(low, high, 300.0)
    words = axis.tickStrings(levels[0][1], 1.0, levels[0][0])
    assert len(words) > 1
    assert len(set(words)) == len(words)
    assert max(map(len, words)) <= LONGEST_TICK[side]


def test_a_picture_without_values_is_empty_and_nearly_equal_ones_are_drawn(qtbot: QtBot) -> None:
    shown = ValuePicture()
    shown.show(np.full((2, 3), np.nan, np.float32), np.full((2, 3), np.nan), QRectF(0, 0, 3, 2))
    assert shown.levels is None
    for kind in Scale:
        shown.apply_settings(DisplaySettings(scale=kind))
        shown.show(np.full((2, 3), 1e18, np.float32), np.full((2, 3), 1e18), QRectF(0, 0, 3, 2))
        assert shown.levels is not None
        assert shown.levels[0] < shown.levels[1]
