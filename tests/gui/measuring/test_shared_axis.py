"""Spectrum and waterfall on one axis, by mouse on a scripted reader; and pictures on axes that are not even, pure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.curves.curve_axes import ChannelAxis
from swmr_viewer.gui.curves.plot_pane import PlotPane
from swmr_viewer.gui.curves.waterfall_rows import on_even_grid
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
SHAPE = (4, 5)
PATH = "/entry/xspress/data"
N = 200
LINE = 150
"""The channel in which every spectrum has its only counts."""
EVEN = np.linspace(500.0, 10_450.0, N)
AXES = {
    "even": EVEN,
    "falling": EVEN[::-1],
    "uneven": EVEN[0] + (EVEN[-1] - EVEN[0]) * (np.arange(N) / (N - 1)) ** 2,
    "turning back": np.abs(EVEN - 4000.0),
    "none": None,
}


@pytest.fixture
def open_spectra(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> Callable[[str], Assembly]:
    """Return a function that opens spectra on an axis, with all rows of the waterfall."""

    def open_on(name: str) -> Assembly:
        axis = AXES[name]
        facts = (
            DataFacts()
            if axis is None
            else DataFacts(axis_names=("energy",), axis_units=("eV",), axis_values=(tuple(axis.tolist()),), unit="counts")
        )
        viewer.session.open(m.FollowRequest("/data/scan.nxs"))
        with qtbot.waitSignal(viewer.session.opened):
            reader.say_opened(SHAPE, data_paths=(PATH,), frame=(N,), facts=facts)
        with qtbot.waitSignal(viewer.session.progress_changed):
            reader.say_keys(SHAPE, (0, 10))
        say_spectrum(qtbot, viewer, reader, 9)
        say_rows(qtbot, viewer, reader)
        return viewer

    return open_on


def spectrum() -> np.ndarray:
    values = np.zeros(N, np.uint32)
    values[LINE] = 1000
    return values


def say_spectrum(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, index: int) -> None:
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(spectrum(), index, SHAPE, data_path=PATH)


def say_rows(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor) -> None:
    asked = reader.sent(m.Measure)[-1]
    rows, values = np.tile(spectrum().astype(np.float32), (10, 1)), np.ones((10, len(m.FRAME_COLUMNS)))
    reader.say(m.Measured(asked.generation, asked.revision, asked.data_path, np.arange(10), m.FRAME_COLUMNS, values, SHAPE, rows, N))
    plot = viewer.window.measuring.waterfall.plot
    qtbot.waitUntil(lambda: plot.rows.n_known == 10 and plot.item.image is not None and not plot._is_stale)


def on_screen(pane: PlotPane, x: float, y: float = 0.0) -> QPoint:
    return pane.view.mapToGlobal(pane.view.mapFromScene(pane.box.mapViewToScene(QPointF(x, y))))


def wheel(pane: PlotPane, x: float, y: float) -> None:
    """Zoom in at a place."""
    at = pane.view.mapFromScene(pane.box.mapViewToScene(QPointF(x, y)))
    view = pane.view.viewport()
    turned = QPoint(0, 240)
    no_button, no_key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(
        view,
        QWheelEvent(QPointF(at), view.mapToGlobal(QPointF(at)), turned, turned, no_button, no_key, Qt.ScrollPhase.NoScrollPhase, False),
    )


def seen(pane: PlotPane) -> list[float]:
    return list(pane.box.viewRange()[0])


def settle(viewer: Assembly) -> None:
    """Let both be painted: what is in view is settled then."""
    for pane in (viewer.window.frame_view.curve, viewer.window.measuring.waterfall.plot):
        assert not pane.view.grab().isNull()


@pytest.mark.parametrize("name", AXES)
def test_a_channel_is_at_the_same_place_in_both(open_spectra: Callable[[str], Assembly], name: str) -> None:
    viewer = open_spectra(name)
    curve, plot = viewer.window.frame_view.curve, viewer.window.measuring.waterfall.plot
    settle(viewer)
    words = "channel" if name in ("none", "turning back") else "energy (eV)"
    assert curve.axes["bottom"].labelText == plot.axes["bottom"].labelText == words
    x, _ = curve.curve.getData()
    assert x[LINE] == (LINE if words == "channel" else AXES[name][LINE])
    assert curve.axes["left"].width() == plot.axes["left"].width()
    assert seen(curve) == seen(plot)
    assert on_screen(curve, x[LINE]).x() == on_screen(plot, x[LINE]).x()
    image = plot.view.grab().toImage()
    at = plot.view.mapFromScene(plot.box.mapViewToScene(QPointF(x[LINE], 5.5)))
    ratio = image.devicePixelRatio()
    bright, dark = (image.pixelColor(round((at.x() + by) * ratio), round(at.y() * ratio)) for by in (0, 12))
    assert bright.lightness() > dark.lightness() + 60


def test_what_is_zoomed_in_one_is_zoomed_in_the_other_and_stays_when_frames_come(
    qtbot: QtBot, reader: FakeSupervisor, open_spectra: Callable[[str], Assembly]
) -> None:
    viewer = open_spectra("even")
    curve, plot = viewer.window.frame_view.curve, viewer.window.measuring.waterfall.plot
    settle(viewer)
    whole = seen(curve)
    wheel(curve, 6000.0, 500.0)
    settle(viewer)
    closer = seen(curve)
    assert closer[1] - closer[0] < 0.9 * (whole[1] - whole[0])
    assert seen(plot) == closer
    wheel(plot, 6000.0, 5.0)
    settle(viewer)
    closest = seen(plot)
    assert closest[1] - closest[0] < 0.9 * (closer[1] - closer[0])
    assert seen(curve) == closest
    say_spectrum(qtbot, viewer, reader, 8)
    say_rows(qtbot, viewer, reader)
    settle(viewer)
    assert seen(curve) == seen(plot) == closest
    qtbot.keyClick(viewer.window, Qt.Key.Key_F)
    settle(viewer)
    assert seen(curve) == seen(plot) == whole
    assert plot.box.viewRange()[1][1] >= 20
    wheel(plot, 6000.0, 5.0)
    settle(viewer)
    assert seen(curve) != whole
    at = plot.view.mapFromScene(plot.box.mapViewToScene(QPointF(6000.0, 5.5)))
    for act in (qtbot.mouseClick, qtbot.mouseDClick, qtbot.mouseRelease):
        act(plot.view.viewport(), LEFT, pos=at)
    settle(viewer)
    assert seen(curve) == seen(plot) == whole


def test_the_spectrum_follows_what_comes_until_it_is_zoomed(qtbot: QtBot, open_spectra: Callable[[str], Assembly]) -> None:
    viewer = open_spectra("even")
    settle(viewer)
    assert viewer.window.frame_view.curve.box.autoRangeEnabled()[0]
    open_spectra("none")
    settle(viewer)
    low, high = seen(viewer.window.frame_view.curve)
    assert low < 0
    assert N <= high < 1.2 * N


def test_the_menus_of_spectrum_and_waterfall(qtbot: QtBot, open_spectra: Callable[[str], Assembly]) -> None:
    viewer = open_spectra("even")
    curve, waterfall = viewer.window.frame_view.curve, viewer.window.measuring.waterfall
    plot = waterfall.plot
    settle(viewer)
    for pane, words in (
        (curve, ["Copy the value 1\u2009000", f"Copy the place, energy {EVEN[LINE]:.6g} eV"]),
        (plot, ["Hold frame 5", "Copy the value 1\u2009000"]),
    ):
        at = pane.view.mapFromScene(pane.box.mapViewToScene(QPointF(EVEN[LINE], 5.5)))
        qtbot.mouseClick(pane.view.viewport(), RIGHT, pos=at)
        qtbot.waitUntil(pane.menu.isVisible)
        assert pane.menu.words[:2] == words
        assert "Fit all into the view\tF" in pane.menu.words
        assert sum(action.shortcut().toString().startswith("Ctrl+") for action in pane.menu.actions()) == 4
        entry = pane.menu.actions()[words.index("Copy the value 1\u2009000")]
        qtbot.mouseClick(pane.menu, LEFT, pos=pane.menu.actionGeometry(entry).center())
        assert QGuiApplication.clipboard().text() == "1000"
    for entry_words, is_so in (
        ("Hold frame 5", lambda: viewer.session.scan.wanted_index == 5),
        ("Close the waterfall", lambda: not waterfall.isVisible()),
    ):
        at = plot.view.mapFromScene(plot.box.mapViewToScene(QPointF(EVEN[20], 5.5)))
        qtbot.mouseClick(plot.view.viewport(), RIGHT, pos=at)
        qtbot.waitUntil(plot.menu.isVisible)
        entry = next(action for action in plot.menu.actions() if action.text().startswith(entry_words))
        qtbot.mouseClick(plot.menu, LEFT, pos=plot.menu.actionGeometry(entry).center())
        qtbot.waitUntil(is_so)
    assert not viewer.window.measuring.actions_.waterfall.isChecked()


# ---- pure


def test_every_bin_is_seen_on_a_grid_of_even_steps() -> None:
    values = np.geomspace(1.0, 1000.0, 64)
    picture = np.arange(64, dtype=np.float32)[None, :]
    grid = on_even_grid(picture, ChannelAxis(values), 1)
    assert set(grid[0].tolist()) >= set(range(36, 64))
    assert (np.diff(grid[0]) >= 0).all()
    edges = ChannelAxis(values).edges
    for channel in (40, 50, 63):
        middle = (edges[channel] + edges[channel + 1]) / 2
        column = int((middle - edges[0]) / (edges[-1] - edges[0]) * grid.shape[1])
        assert grid[0, column] == channel
    single = np.full((1, 64), np.nan, np.float32)
    single[0, 1] = 7.0  # narrower than a step, and still seen
    assert np.nanmax(on_even_grid(single, ChannelAxis(values), 1)) == 7.0


def test_channels_of_a_calibration_in_floating_point_are_even() -> None:
    assert ChannelAxis(0.0102 * np.arange(4096) - 0.3).is_even
    assert ChannelAxis(np.array([5.0])).is_even
    assert not ChannelAxis(np.geomspace(1, 100, 50)).is_even
