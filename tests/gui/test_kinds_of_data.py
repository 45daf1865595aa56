"""Spectra, scalars and several data sets on a scripted reader."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.core.data_facts import DataFacts, ScanAxis
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.picture.data_tabs import data_names
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor, picture
from tests.gui.maps import values_on

LEFT = Qt.MouseButton.LeftButton
SHAPE = (4, 5)
ENERGIES = tuple(np.linspace(1.0, 9.0, 64).tolist())
DATA = (
    m.DataDescription("/entry/eiger/data", (64, 48), "<u4"),
    m.DataDescription(
        "/entry/xspress/data", (64,), "<u4", facts=DataFacts(axis_names=("energy",), axis_units=("keV",), axis_values=(ENERGIES,))
    ),
    m.DataDescription("/entry/diode/data", (), "<f8", facts=DataFacts(scan_axes=(ScanAxis("y", "mm"), ScanAxis("x", "mm")))),
)


@pytest.fixture
def several(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> Assembly:
    session = viewer.session
    session.open(m.FollowRequest("/data/scan.nxs"))
    with qtbot.waitSignal(session.opened):
        reader.say(m.Opened(reader.generation, "scan.nxs", SHAPE, ("/entry/keys/eiger",), DATA, None, 1))
    with qtbot.waitSignal(session.progress_changed):
        reader.say_keys(SHAPE, (0, 10))
    return viewer


def show(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, pixels: np.ndarray, index: int, path: str) -> None:
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(pixels, index, SHAPE, data_path=path)


def test_tabs_choose_the_data_set_and_each_keeps_its_zoom_and_regions(qtbot: QtBot, reader: FakeSupervisor, several: Assembly) -> None:
    window, session = several.window, several.session
    tabs, box = window.measuring.data_tabs, window.frame_view.image.box
    assert [tabs.tabText(number) for number in range(3)] == ["eiger", "xspress", "diode"]
    show(qtbot, several, reader, picture(), 9, DATA[0].path)
    window.measuring.measurements.draw("rectangle", ((1.0, 1.0), (9.0, 9.0)))
    box.setRange(xRange=(10, 20), yRange=(10, 20), padding=0)
    seen = box.viewRect()
    qtbot.mouseClick(tabs, LEFT, pos=tabs.tabRect(1).center())
    assert session.scan.data_path == DATA[1].path
    assert reader.sent(m.ShowLive)[-1] == m.ShowLive(reader.generation, DATA[1].path)
    assert session.scan.shown is None
    assert window.measuring.measurements.marks.regions == ()
    late = reader.say_frame(picture(), 8, SHAPE)  # of the data set before
    qtbot.waitUntil(lambda: late in reader.released)
    assert session.scan.shown is None
    show(qtbot, several, reader, picture((64,)), 9, DATA[1].path)
    assert window.frame_view.curve.isVisible()
    several.window.measuring.data_tabs.next_action.trigger()
    several.window.measuring.data_tabs.next_action.trigger()
    assert session.scan.data_path == DATA[0].path
    show(qtbot, several, reader, picture(seed=4), 9, DATA[0].path)
    assert box.viewRect() == seen
    assert [one.name for one in window.measuring.measurements.marks.regions] == ["A"]
    assert reader.sent(m.Measure)[-1].data_path == DATA[0].path


def test_a_pinned_index_stays_pinned_in_another_data_set(qtbot: QtBot, reader: FakeSupervisor, several: Assembly) -> None:
    show(qtbot, several, reader, picture(), 9, DATA[0].path)
    several.session.pin(4)
    several.session.show_data(DATA[1].path)
    assert reader.sent(m.ShowIndex)[-1] == m.ShowIndex(reader.generation, 4, DATA[1].path, several.session.scan.scan_shape)


def test_spectra_use_the_files_axis_fade_and_fall(qtbot: QtBot, reader: FakeSupervisor, several: Assembly) -> None:
    path, window = DATA[1].path, several.window
    several.session.show_data(path)
    spectra = [picture((64,), seed=n) for n in range(3)]
    for index in (0, 3, 9):
        show(qtbot, several, reader, spectra[index % 2], index, path)
    curve = window.frame_view.curve
    x, y = curve.curve.getData()
    np.testing.assert_array_equal(x, ENERGIES)
    np.testing.assert_array_equal(y, spectra[1])
    np.testing.assert_array_equal(curve.behind[0].getData()[1], spectra[1])
    np.testing.assert_array_equal(curve.behind[1].getData()[1], spectra[0])
    assert curve.plot.getAxis("bottom").labelText == "energy (keV)"


def test_the_spectrums_own_axis_is_told_under_the_pointer(qtbot: QtBot, reader: FakeSupervisor, several: Assembly) -> None:
    several.session.show_data(DATA[1].path)
    spectrum = picture((64,))
    show(qtbot, several, reader, spectrum, 9, DATA[1].path)
    several.window.readout.point_at((5,))
    assert several.window.readout.pixel.text() == f"channel 5   value {spectrum[5]}   energy {ENERGIES[5]:.6g} keV"


def test_scalars_are_measured_for_curve_and_map(qtbot: QtBot, reader: FakeSupervisor, several: Assembly) -> None:
    path, measuring = DATA[2].path, several.window.measuring
    several.session.show_data(path)
    show(qtbot, several, reader, np.array(2.5), 9, path)
    qtbot.waitUntil(lambda: bool(reader.sent(m.Measure)))
    asked = reader.sent(m.Measure)[-1]
    assert (asked.data_path, asked.regions) == (path, ())
    indices = np.array([9, 8, 3, 0])
    with qtbot.waitSignal(measuring.measurements.values_changed):
        reader.say(
            m.Measured(
                asked.generation,
                asked.revision,
                path,
                indices,
                ("total", "maximum"),
                np.array([[2.5] * 2, [2.0] * 2, [1.0] * 2, [0.5] * 2]),
                SHAPE,
            )
        )
    chart = measuring.scalars.map
    expected = np.full(20, np.nan)
    expected[indices] = [2.5, 2.0, 1.0, 0.5]
    qtbot.waitUntil(lambda: np.isfinite(values_on(chart, 20)).sum() == 4 and chart.plot.item.image is not None)
    np.testing.assert_array_equal(values_on(chart, 20), expected)
    assert [chart.plot.axes[side].labelText for side in ("bottom", "left")] == ["x index", "y index"]
    assert several.window.display.levels_in_use == chart.model.levels
    several.session.show_data(DATA[0].path)
    assert len(reader.sent(m.StopMeasuring)) == 1


def open_scalars(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, shape: tuple[int, ...], axes: tuple[ScanAxis, ...]) -> None:
    """Open a scan of ten values, 0.0 to 0.9, of which the last is shown."""
    data = m.DataDescription("/entry/diode/data", (), "<f8", facts=DataFacts(unit="A", scan_axes=axes))
    viewer.session.open(m.FollowRequest("/data/scalars.nxs"))
    with qtbot.waitSignal(viewer.session.opened):
        reader.data_paths = (data.path,)
        reader.say(m.Opened(reader.generation, "scalars.nxs", shape, ("/entry/keys/k",), (data,), None, 1))
    with qtbot.waitSignal(viewer.session.progress_changed):
        reader.say_keys(shape, (0, 10))
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(np.array(0.9), 9, shape)
    asked = reader.sent(m.Measure)[-1]
    values = np.repeat(np.arange(10)[:, None] / 10, len(m.FRAME_COLUMNS), axis=1)
    with qtbot.waitSignal(viewer.window.measuring.measurements.values_changed):
        reader.say(m.Measured(asked.generation, asked.revision, data.path, np.arange(10), m.FRAME_COLUMNS, values, shape))


def test_scalars_of_a_line_scan_are_a_curve_against_its_axis(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    energies = tuple(np.linspace(7000.0, 7057.0, 20).tolist())
    open_scalars(qtbot, viewer, reader, (20,), (ScanAxis("energy", "eV", energies),))
    scalars = viewer.window.measuring.scalars
    assert not scalars.map.isVisible()
    assert scalars.value.text() == "0.9 A"
    assert scalars.value.height() < 40
    curve = scalars.curve
    qtbot.waitUntil(lambda: [np.isfinite(one.getData()[1][:10]).sum() for one in curve.curves if one.getData()[1] is not None] == [10])
    x, y = curve.curves[0].getData()
    assert x.tolist() == list(energies)
    np.testing.assert_allclose(y[:10], np.arange(10) / 10)
    assert np.isnan(y[10:]).all()
    assert (curve.axes["bottom"].labelText, curve.axes["left"].labelText) == ("energy (eV)", "value (A)")
    assert curve.shown_line.value() == energies[9]
    qtbot.waitUntil(lambda: curve.box.viewRect().left() > 6000)
    at = curve.view.mapFromScene(curve.box.mapViewToScene(QPointF(energies[3], curve.box.viewRect().center().y())))
    qtbot.mouseClick(curve.view.viewport(), LEFT, pos=at)
    assert viewer.session.scan.wanted_index == 3
    scalars.against.menu().aboutToShow.connect(
        lambda: qtbot.keyClick(scalars.against.menu(), Qt.Key.Key_Down), Qt.ConnectionType.QueuedConnection
    )
    scalars.against.menu().aboutToShow.connect(
        lambda: qtbot.keyClick(scalars.against.menu(), Qt.Key.Key_Return), Qt.ConnectionType.QueuedConnection
    )
    qtbot.keyClick(scalars.against, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: curve.curves[0].getData()[0].tolist() == list(range(10)))
    assert curve.axes["bottom"].labelText == "frame"


def test_scalars_of_a_grid_are_a_map_at_its_places_and_the_curve_of_a_row(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    axes = (ScanAxis("y", "mm", (0.0, 1.0, 2.0, 3.0)), ScanAxis("x", "um", (10.0, 20.0, 30.0, 40.0, 50.0)))
    open_scalars(qtbot, viewer, reader, SHAPE, axes)
    scalars, session = viewer.window.measuring.scalars, viewer.session
    chart, curve = scalars.map.plot, scalars.curve
    qtbot.waitUntil(lambda: np.isfinite(values_on(scalars.map, 20)).sum() == 10)
    qtbot.waitUntil(lambda: [np.isfinite(one.getData()[1]).sum() for one in curve.curves] == [5])
    assert (chart.axes["left"].labelText, chart.axes["bottom"].labelText) == ("y (mm)", "x (um)")
    np.testing.assert_allclose(curve.curves[0].getData(), (axes[1].values, np.arange(5, 10) / 10))
    assert scalars.against.accessibleDescription() == "against x, row 1"
    qtbot.waitUntil(lambda: chart.box.viewRect().right() > 40)
    for button, act in ((LEFT, lambda: session.scan.wanted_index == 3), (Qt.MouseButton.RightButton, chart.menu.isVisible)):
        at = chart.view.mapFromScene(chart.box.mapViewToScene(QPointF(41.0, 0.2)))
        qtbot.mouseClick(chart.view.viewport(), button, pos=at)
        qtbot.waitUntil(act)
    np.testing.assert_allclose(values_on(scalars.map, 20), [*np.arange(10) / 10, *[np.nan] * 10])
    assert chart.menu.words[:2] == ["Go to frame 3", "Copy the value 0.3"]
    low = chart.box.mapViewToScene(QPointF(10.0, 0.0)).y()
    assert low > chart.box.mapViewToScene(QPointF(10.0, 3.0)).y(), "positions grow upwards"


def test_names_of_data_sets_are_what_tells_them_apart() -> None:
    assert data_names(("/entry/a/data", "/entry/b/data")) == ["a", "b"]
    assert data_names(("/entry/data", "/entry/b/data")) == ["data", "b/data"]
    assert data_names(("/entry/data/x", "/entry/data/y")) == ["x", "y"]
    assert data_names(("/only/one",)) == ["one"]


@pytest.mark.parametrize(("scan_shape", "has_map"), [((20,), False), ((4, 5), True)])
def test_values_of_a_line_have_no_tools_for_colours_and_levels(
    qtbot: QtBot, reader: FakeSupervisor, following: Callable[..., Assembly], scan_shape: tuple[int, ...], has_map: bool
) -> None:
    viewer = following(scan_shape, frame=(), dtype="<f8")
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(np.array(3.5), 3, scan_shape)
    tools = viewer.window.display_tools
    assert [button.isVisible() for button in (tools.levels_button, tools.color_button)] == [has_map] * 2
    assert tools.scale_buttons.isVisible()
