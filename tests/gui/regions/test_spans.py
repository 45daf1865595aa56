"""Regions of spectra by mouse and keyboard: spans of channels, whatever the axis on the screen is."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from swmr_viewer.analysis.regions import Region
from swmr_viewer.core.conditions import Timeout
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.number_text import narrow_text
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.curves.curve_axes import ChannelAxis
from swmr_viewer.gui.picture.readout_text import span_text
from swmr_viewer.reader import messages as m
from swmr_viewer.simulator.plan import ScanPlan
from tests.gui.fakes import FakeSupervisor, picture
from tests.live.writers import LiveWriter

LEFT = Qt.MouseButton.LeftButton
SHAPE = (4, 5)
PATH = "/entry/eiger/data"
N = 64
RISING = np.linspace(1.0, 9.0, N)
AXES = {"counted": None, "rising": RISING, "falling": RISING[::-1], "uneven": 2.0 + 0.01 * np.arange(N) ** 2}
WAIT_MS = 60_000


def facts_of(axis: np.ndarray | None) -> DataFacts:
    return DataFacts() if axis is None else DataFacts(axis_names=("energy",), axis_units=("keV",), axis_values=(tuple(axis.tolist()),))


def open_spectra(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, axis: np.ndarray | None, *more: m.DataDescription) -> np.ndarray:
    viewer.session.open(m.FollowRequest("/data/scan.nxs"))
    with qtbot.waitSignal(viewer.session.opened):
        data = (m.DataDescription(PATH, (N,), "<u4", facts=facts_of(axis)), *more)
        reader.say(m.Opened(reader.generation, "scan.nxs", SHAPE, ("/entry/keys/eiger",), data, None, 1))
    spectrum = picture((N,))
    viewer.window.panels.panel("measuring").show()  # it makes the curve narrower
    with qtbot.waitSignal(viewer.session.progress_changed):
        reader.say_keys(SHAPE, (0, 10))
    show(qtbot, viewer, reader, spectrum)
    curve = viewer.window.frame_view.curve
    qtbot.waitUntil(lambda: curve.box.viewRect().height() > 10)
    QApplication.processEvents()
    return spectrum


def show(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, pixels: np.ndarray, index: int = 9) -> None:
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(pixels, index, SHAPE)


def at(viewer: Assembly, channel: float, height: float = 0.5) -> QPoint:
    """Return where a channel coordinate is on the screen."""
    curve = viewer.window.frame_view.curve
    assert curve.channels is not None
    seen = curve.box.viewRect()
    return curve.view.mapFromScene(curve.box.mapViewToScene(QPointF(curve.channels.place(channel), seen.top() + height * seen.height())))


def drag(qtbot: QtBot, viewer: Assembly, start: float, stop: float) -> None:
    viewport = viewer.window.frame_view.curve.view.viewport()
    places = [at(viewer, channel) for channel in (start, (start + stop) / 2, stop)]
    qtbot.mouseMove(viewport, places[0])
    qtbot.mousePress(viewport, LEFT, pos=places[0])
    for place in places[1:]:
        qtbot.mouseMove(viewport, place)
    qtbot.mouseRelease(viewport, LEFT, pos=places[-1])
    QApplication.processEvents()


def draw(qtbot: QtBot, viewer: Assembly, start: float, stop: float) -> None:
    qtbot.keyClick(viewer.window, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert viewer.window.measuring.spans.tool.kind == "rectangle"
    drag(qtbot, viewer, start, stop)


def spans(viewer: Assembly) -> tuple[Region, ...]:
    return viewer.window.measuring.measurements.marks.regions


def extent(region: Region) -> list[float]:
    return sorted(x for x, _ in region.points)


def row(viewer: Assembly, number: int) -> list[str]:
    model = viewer.window.measuring.regions_panel.table.model()
    return [str(model.data(model.index(number, column))) for column in range(5)]


def numbers(name: str, inside: np.ndarray) -> list[str]:
    return [name, *(narrow_text(one) for one in (inside.sum(), inside.mean(), inside.max(), inside.std()))]


@pytest.mark.parametrize("axis", AXES)
def test_a_span_is_drawn_by_mouse_and_its_numbers_are_those_of_its_channels(
    qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly, axis: str
) -> None:
    spectrum = open_spectra(qtbot, viewer, reader, AXES[axis])
    before = viewer.window.frame_view.curve.box.viewRect()
    draw(qtbot, viewer, 20.0, 41.0)
    assert not viewer.window.measuring.actions_.rectangle.isChecked()
    assert viewer.window.frame_view.curve.box.viewRect() == before
    (region,) = spans(viewer)
    assert (region.name, region.kind) == ("A", "rectangle")
    np.testing.assert_allclose(extent(region), (20, 41), atol=0.3)
    assert reader.sent(m.Measure)[-1].regions == (region,)
    assert row(viewer, 0) == numbers("A", spectrum[20:41])
    item = viewer.window.measuring.spans.item_of("A")
    channels = viewer.window.frame_view.curve.channels
    assert channels is not None
    inside = (channels.values > min(item.getRegion())) & (channels.values < max(item.getRegion()))
    np.testing.assert_array_equal(np.flatnonzero(inside), np.arange(20, 41))  # what is seen in it is what is measured
    other = picture((N,), seed=3)
    show(qtbot, viewer, reader, other)
    assert row(viewer, 0) == numbers("A", other[20:41])
    draw(qtbot, viewer, 60.0, 50.0)
    assert row(viewer, 1) == numbers("B", other[50:60])


def test_edges_and_the_middle_are_dragged_and_all_of_it_is_undone(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    spectrum = open_spectra(qtbot, viewer, reader, RISING)
    measuring = viewer.window.measuring
    draw(qtbot, viewer, 20.0, 30.0)
    drag(qtbot, viewer, 30.0, 36.0)
    np.testing.assert_allclose(extent(spans(viewer)[0]), (20, 36), atol=0.3)
    drag(qtbot, viewer, 20.0, 14.0)
    np.testing.assert_allclose(extent(spans(viewer)[0]), (14, 36), atol=0.3)
    drag(qtbot, viewer, 25.0, 33.0)
    np.testing.assert_allclose(extent(spans(viewer)[0]), (22, 44), atol=0.4)
    assert row(viewer, 0) == numbers("A", spectrum[22:44])
    assert reader.sent(m.Measure)[-1].regions == spans(viewer)
    for wanted in ((14, 36), (20, 36), (20, 30)):
        qtbot.keyClick(viewer.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        np.testing.assert_allclose(extent(spans(viewer)[0]), wanted, atol=0.3)
        channels = viewer.window.frame_view.curve.channels
        assert channels is not None
        np.testing.assert_allclose(measuring.spans.item_of("A").getRegion(), [channels.place(one) for one in extent(spans(viewer)[0])])
    measuring.actions_.redo.trigger()
    np.testing.assert_allclose(extent(spans(viewer)[0]), (20, 36), atol=0.3)
    qtbot.keyClick(viewer.window, Qt.Key.Key_Delete)
    assert spans(viewer) == ()
    assert reader.sent(m.Measure)[-1].regions == ()
    measuring.actions_.undo.trigger()
    assert measuring.spans.item_of("A").isVisible()
    measuring.measurements.rename("A", "iron {1}")
    assert measuring.spans.item_of("iron {1}").label.toPlainText() == "iron {1}"


def test_a_slip_or_escape_changes_nothing_and_a_click_selects(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    open_spectra(qtbot, viewer, reader, RISING)
    measuring, curve = viewer.window.measuring, viewer.window.frame_view.curve
    measuring.actions_.rectangle.trigger()
    qtbot.keyClick(curve.view, Qt.Key.Key_Escape)
    assert measuring.spans.tool.kind == ""
    draw(qtbot, viewer, 20.0, 20.0)
    assert spans(viewer) == ()
    draw(qtbot, viewer, 10.0, 20.0)
    draw(qtbot, viewer, 40.0, 50.0)
    assert measuring.measurements.selected is not None
    assert measuring.measurements.selected.name == "B"
    before = spans(viewer)
    drag(qtbot, viewer, 50.0, 40.0)  # one edge onto the other
    assert spans(viewer) == before
    np.testing.assert_allclose(measuring.spans.item_of("B").getRegion(), np.interp(np.array(extent(before[1])) - 0.5, range(N), RISING))
    qtbot.mouseClick(curve.view.viewport(), LEFT, pos=at(viewer, 15.0))
    qtbot.waitUntil(lambda: measuring.measurements.selected is spans(viewer)[0])


def test_an_axis_that_turns_back_leaves_the_channels_their_numbers(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    spectrum = open_spectra(qtbot, viewer, reader, np.abs(RISING - 4.0))
    curve = viewer.window.frame_view.curve
    assert curve.axis_name == ("channel", "")
    assert curve.axes["bottom"].labelText == "channel"
    np.testing.assert_array_equal(curve.curve.getData()[0], np.arange(N))
    draw(qtbot, viewer, 20.0, 41.0)
    assert row(viewer, 0) == numbers("A", spectrum[20:41])


def test_what_has_no_place_on_a_curve_is_not_offered(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    open_spectra(qtbot, viewer, reader, RISING)
    actions = viewer.window.measuring.actions_
    assert actions.rectangle.isEnabled()
    for one in (actions.ellipse, actions.polygon, actions.line, actions.crosshair, actions.numbers):
        assert not one.isEnabled()


def test_spans_stay_with_their_data_set_and_follow_its_axis(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    spectrum = open_spectra(qtbot, viewer, reader, RISING, m.DataDescription("/entry/pilatus/data", (64, 48), "<u4"))
    draw(qtbot, viewer, 20.0, 30.0)
    (region,) = spans(viewer)
    viewer.session.show_data("/entry/pilatus/data")
    assert spans(viewer) == ()
    with pytest.raises(KeyError):
        viewer.window.measuring.spans.item_of("A")
    viewer.session.show_data(PATH)
    show(qtbot, viewer, reader, spectrum)
    assert spans(viewer) == (region,)
    seen = viewer.window.measuring.spans.item_of("A").getRegion()
    open_spectra(qtbot, viewer, reader, 10 * RISING)  # the next scan
    assert spans(viewer) == (region,)
    np.testing.assert_allclose(viewer.window.measuring.spans.item_of("A").getRegion(), 10 * np.array(seen))


def test_a_shape_drawn_on_images_keeps_its_kind_when_its_span_is_dragged(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    open_spectra(qtbot, viewer, reader, None)
    viewer.window.measuring.measurements.draw("polygon", ((20.0, 5.0), (30.0, 5.0), (25.0, 9.0)))
    drag(qtbot, viewer, 30.0, 40.0)
    (region,) = spans(viewer)
    assert region.kind == "polygon"
    np.testing.assert_allclose(region.points, ((20, 5), (40, 5), (30, 9)), atol=0.4)


@pytest.mark.parametrize("name", AXES)
def test_channels_are_found_again_on_their_axis(name: str) -> None:
    values = np.arange(N, dtype=float) if AXES[name] is None else np.array(AXES[name], float)
    axis = ChannelAxis(values)
    assert axis.is_one_way
    np.testing.assert_allclose([axis.place(n + 0.5) for n in range(N)], values)
    for channel in (-3.0, 0.0, 0.2, 0.5, 1.0, 17.77, 63.5, 64.0, 70.0):
        if name == "uneven" and channel < 0:
            continue  # the axis goes on by its first step, which may be next to nothing
        assert axis.channel(axis.place(channel)) == pytest.approx(channel)
    assert axis.clipped(axis.place(70.0)) == pytest.approx(axis.place(64.0))
    assert axis.clipped(axis.place(-3.0)) == pytest.approx(axis.place(0.0))


def test_a_single_channel_and_axes_that_turn_back() -> None:
    assert ChannelAxis(np.array([5.0])).channel(5.25) == 0.75
    assert not ChannelAxis(np.array([1.0, 2.0, 2.0])).is_one_way
    assert not ChannelAxis(np.array([1.0, np.nan, 3.0])).is_one_way


def test_where_a_span_is_in_text() -> None:
    facts = facts_of(np.array([1.0, 1.5, 2.0, 2.5]))
    assert span_text(facts, Region("A", "rectangle", ((0.6, 0), (3.0, 1))), 4) == "Region A: channels 1 to 2, energy 1.5 to 2 keV"
    assert span_text(facts, Region("A", "rectangle", ((3.0, 0), (9.0, 1))), 4) == "Region A: channel 3, energy 2.5 keV"
    assert span_text(DataFacts(), Region("B", "rectangle", ((0.0, 0), (2.0, 1))), 4) == "Region B: channels 0 to 1"
    assert span_text(facts, Region("A", "rectangle", ((9.0, 0), (12.0, 1))), 4) == "Region A: no channel"


def test_a_span_that_is_taken_away_is_deleted(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor) -> None:
    open_spectra(qtbot, viewer, reader, RISING)
    viewer.window.measuring.measurements.draw("rectangle", ((5.0, 0.0), (15.0, 1.0)))
    item = viewer.window.measuring.spans.item_of("A")
    viewer.window.measuring.measurements.remove("A")
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not isValid(item)
    gone = weakref.ref(item)
    del item
    gc.collect()
    assert gone() is None


@pytest.mark.live
@pytest.mark.slow
def test_spans_are_measured_in_every_complete_spectrum(qtbot: QtBot, live_viewer: Callable[..., Assembly], tmp_path: Path) -> None:
    plan = ScanPlan(scan_shape=(3, 4), frame_shape=(200,), dtype="uint32", period_s=0.0, saturate=2)
    with LiveWriter(tmp_path / "scan.h5", plan) as scan:
        viewer = live_viewer(scan.path, conditions=(Timeout(600.0),))
        session, measuring = viewer.session, viewer.window.measuring
        scan.step(5)
        qtbot.waitUntil(lambda: session.scan.shown is not None and session.scan.shown.index == 4, timeout=WAIT_MS)
        viewer.window.panels.panel("measuring").show()
        qtbot.waitUntil(lambda: viewer.window.frame_view.curve.box.viewRect().height() > 10)
        QApplication.processEvents()
        draw(qtbot, viewer, 40.0, 90.0)
        values = measuring.measurements.values
        for n_complete, grip in ((5, None), (9, None), (9, 90.0)):
            if grip is not None:
                drag(qtbot, viewer, extent(spans(viewer)[0])[1], 150.0)
            else:
                scan.step(n_complete - len(scan.complete))
            qtbot.waitUntil(lambda n=n_complete: values.n_known("A.sum") == n, timeout=WAIT_MS)
            low, high = (round(one) for one in extent(spans(viewer)[0]))
            assert (low, high) == (40, 150 if grip else 90)
            (start, stop) = (int(np.ceil(one - 0.5)) for one in extent(spans(viewer)[0]))
            parts = [scan.expected(index)[start:stop] for index in range(n_complete)]
            parts = [part[part != np.iinfo(np.uint32).max].astype(np.int64) for part in parts]
            np.testing.assert_array_equal(values.column("A.sum"), [part.sum() for part in parts])
            np.testing.assert_array_equal(values.column("A.maximum"), [part.max() for part in parts])
            np.testing.assert_allclose(values.column("A.mean"), [part.mean() for part in parts], rtol=1e-12)
            np.testing.assert_allclose(values.column("A.std"), [part.std() for part in parts], rtol=1e-12)
        assert session.scan.shown is not None
        assert row(viewer, 0) == numbers("A", parts[session.scan.shown.index])
