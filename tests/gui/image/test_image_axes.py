"""The axes beside an image: what every tick says is what the file says of the pixel that it points at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import h5py
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import Timeout
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.number_text import tick_text
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.display.orientation import Orientation
from swmr_viewer.gui.image.frame_axes import FrameAxis, even_step, frame_axes
from swmr_viewer.reader import messages as m
from swmr_viewer.simulator.plan import ScanPlan
from tests.gui.fakes import FakeSupervisor, picture
from tests.live.writers import LiveWriter

SHAPE = (4, 5)
X = tuple((-3.0 + 0.25 * np.arange(48)).tolist())
Y = tuple((1200.0 - 7.5 * np.arange(64)).tolist())
FACTS = DataFacts(axis_names=("height", "along"), axis_units=("um", "mm"), axis_values=(Y, X))
WAYS = [Orientation(*switches) for switches in product((False, True), repeat=3)]


def told_by_ticks(viewer: Assembly) -> dict[str, list[tuple[float, float]]]:
    """Return what is written beside the picture: for the file's x and y, the places in the frame and the numbers there."""
    image, told = viewer.window.frame_view.image, {}
    for side, name in zip(("bottom", "left"), image.box.orientation.axis_names, strict=True):
        axis, canvas = image.ticks[side], QImage(8, 8, QImage.Format.Format_RGB32)
        painter = QPainter(canvas)
        texts = axis.generateDrawSpecs(painter)[2]
        painter.end()
        places = [image.box.frame_point(axis.mapToScene(rect.center())) for rect, _, _ in texts]
        told[name] = [(place["xy".index(name)], float(words)) for place, (_, _, words) in zip(places, texts, strict=True)]
    return told


def open_scan(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, facts: DataFacts, name: str = "scan.nxs") -> None:
    viewer.session.open(m.FollowRequest(f"/data/{name}"))
    with qtbot.waitSignal(viewer.session.opened):
        data = (m.DataDescription("/entry/eiger/data", (64, 48), "<u4", facts=facts),)
        reader.say(m.Opened(reader.generation, name, SHAPE, ("/entry/keys/eiger",), data, None, 1))
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_keys(SHAPE, (0, 10))
        reader.say_frame(picture(), 9, SHAPE)
    QApplication.processEvents()


@pytest.mark.parametrize("way", WAYS)
def test_each_tick_says_what_the_file_says_of_its_pixel(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly, way: Orientation) -> None:
    open_scan(qtbot, viewer, reader, FACTS)
    viewer.window.display.change(orientation=way)
    image = viewer.window.frame_view.image
    for zoom in (None, (11.0, 7.0, 9.0, 13.0)):
        if zoom is not None:
            image.box.show_rect(QRectF(*zoom))
        QApplication.processEvents()
        told = told_by_ticks(viewer)
        for name, values in (("x", X), ("y", Y)):
            assert len(told[name]) >= 2
            for place, number in told[name]:
                step = values[1] - values[0]
                assert number == pytest.approx(values[0] + step * (place - 0.5), abs=abs(step) * 0.01)
    across, down = ("height (um)", "along (mm)") if way.transposed else ("along (mm)", "height (um)")
    assert (image.ticks["bottom"].name, image.ticks["left"].name) == (across, down)


def test_uneven_axes_count_pixels_without_a_name_that_would_not_be_true(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    bent = tuple((np.array(X) ** 3).tolist())
    open_scan(qtbot, viewer, reader, replace(FACTS, axis_values=(Y, bent)))
    image = viewer.window.frame_view.image
    for place, number in told_by_ticks(viewer)["x"]:
        assert number == pytest.approx(place, abs=0.01)
    assert (image.ticks["bottom"].name, image.ticks["left"].name) == ("x", "height (um)")
    viewer.window.readout.point_at((2, 5))
    assert f"x 5 ({bent[5]:.6g} mm)   y 2 ({Y[2]:.6g} um)" in viewer.window.readout.pixel.text()  # the file's own value is true


def test_nothing_changes_without_axes_and_the_view_stays_where_it_is(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    open_scan(qtbot, viewer, reader, DataFacts())
    image = viewer.window.frame_view.image
    assert image.ticks["left"].name == ""
    narrow = image.ticks["left"].width()
    image.box.setRange(xRange=(10, 20), yRange=(10, 20), padding=0)
    middle = image.box.viewRect().center()
    open_scan(qtbot, viewer, reader, FACTS, "next.nxs")
    assert image.ticks["left"].name == "height (um)"
    assert image.ticks["left"].width() > narrow
    after = image.box.viewRect()
    assert (after.center().x(), after.center().y()) == pytest.approx((middle.x(), middle.y()), abs=0.6)
    assert after.height() < 12
    open_scan(qtbot, viewer, reader, DataFacts(), "third.nxs")
    assert image.ticks["left"].name == ""
    for place, number in told_by_ticks(viewer)["y"]:
        assert number == pytest.approx(place, abs=0.01)


def test_the_read_out_keeps_the_pixel_and_adds_what_the_axes_say(qtbot: QtBot, reader: FakeSupervisor, viewer: Assembly) -> None:
    open_scan(qtbot, viewer, reader, FACTS)
    image, readout = viewer.window.frame_view.image, viewer.window.readout
    for x in (30.5, 11.5):
        at = image.view.mapFromScene(image.box.frame_group.mapToScene(QPointF(x, 20.5)))
        qtbot.mouseMove(image.view.viewport(), QPoint(at.x(), at.y()))
    words = f"x 11 ({X[11]:.6g} mm)   y 20 ({Y[20]:.6g} um)   value {picture()[20, 11]}"
    qtbot.waitUntil(lambda: readout.pixel.text() == words)


def test_axes_are_told_only_where_they_are_true() -> None:
    assert frame_axes(FACTS) == (FrameAxis("along (mm)", -3.0, 0.25), FrameAxis("height (um)", 1200.0, -7.5))
    assert frame_axes(DataFacts()) == (FrameAxis(), FrameAxis())
    named = replace(FACTS, axis_values=(None, None))
    assert frame_axes(named) == (FrameAxis(), FrameAxis())  # in um and mm, pixels are not
    assert frame_axes(replace(named, axis_units=("", ""))) == (FrameAxis("along (pixel)"), FrameAxis("height (pixel)"))
    assert frame_axes(replace(FACTS, axis_names=("", "Q"), axis_units=("", ""), axis_values=(None, X)))[0].label == "Q"
    assert frame_axes(replace(FACTS, axis_names=("height", "long " * 30)))[0].label == f"{'long ' * 8}\u2026 (mm)"
    assert frame_axes(replace(FACTS, axis_names=("E",), axis_units=("eV",), axis_values=(X,))) == (FrameAxis(), FrameAxis())


def test_a_step_is_even_or_none() -> None:
    assert even_step(X) == 0.25
    assert even_step(Y) == -7.5
    single = (np.arange(4148, dtype=np.float32) * np.float32(0.075) - np.float32(155.5)).tolist()
    assert even_step(tuple(single)) == pytest.approx(0.075, rel=1e-5)
    for uneven in ((1.0,), (), (2.0, 2.0, 2.0), (0.0, 1.0, 2.05), (0.0, float("nan"), 2.0), (1.0, 3.0, 2.0)):
        assert even_step(uneven) is None


@pytest.mark.parametrize(
    ("value", "spacing", "words"),
    [
        (0.30000000000000004, 0.1, "0.3"),
        (-1e-17, 0.1, "0"),
        (12.5, 0.5, "12.5"),
        (-120000.5, 0.5, "-120000.5"),
        (1234600.0, 200.0, "1.2346e+06"),
        (1234567.0, 1.0, "1234567"),
        (3e-7, 1e-7, "3e-07"),
        (1.25e-6, 5e-8, "1.25e-06"),
        (1000.0, 500.0, "1000"),
    ],
)
def test_ticks_have_the_digits_that_they_need(value: float, spacing: float, words: str) -> None:
    assert tick_text(value, spacing) == words
    assert float(words) == pytest.approx(value, abs=spacing * 1e-6)


@pytest.mark.live
def test_the_axes_of_a_real_scan_are_those_in_its_file(qtbot: QtBot, live_viewer: Callable[..., Assembly], tmp_path: Path) -> None:
    plan = ScanPlan(scan_shape=(3, 4), frame_shape=(48, 64), period_s=0.0, n_detectors=2)
    with LiveWriter(tmp_path / "scan.h5", plan) as scan:
        viewer = live_viewer(scan.path, conditions=(Timeout(600.0),))
        session, image = viewer.session, viewer.window.frame_view.image
        qtbot.waitUntil(lambda: session.scan.description is not None, timeout=60_000)
        scan.step(8)
        for path in session.scan.description.data_paths:  # type: ignore[union-attr]
            name = path.split("/")[-2]
            session.show_data(path)
            qtbot.waitUntil(
                lambda: session.scan.shown is not None and session.scan.shown.data_path == session.scan.data_path, timeout=60_000
            )
            QApplication.processEvents()
            with h5py.File(scan.path, "r", swmr=True, locking=False) as file:
                values = {letter: file[f"/entry/{name}/{letter}_pixel_offset"][()] for letter in "xy"}
                units = {letter: file[f"/entry/{name}/{letter}_pixel_offset"].attrs["units"].decode() for letter in "xy"}
            assert session.scan.shown is not None
            assert (len(values["y"]), len(values["x"])) == session.scan.shown.raw.shape
            assert image.ticks["bottom"].name == f"x offset ({units['x']})" == "x offset (mm)"
            told = told_by_ticks(viewer)
            for letter in "xy":
                pixels = np.arange(len(values[letter])) + 0.5
                inside = [(place, number) for place, number in told[letter] if pixels[0] <= place <= pixels[-1]]
                assert len(inside) >= 2
                for place, number in inside:
                    assert number == pytest.approx(np.interp(place, pixels, values[letter]), abs=0.01 * np.diff(values[letter])[0])
            viewer.window.readout.point_at((3, 7))
            where = f"x 7 ({values['x'][7]:.6g} mm)   y 3 ({values['y'][3]:.6g} mm)"
            assert f"{where}   value {session.scan.shown.raw[3, 7]}   d " in viewer.window.readout.pixel.text().replace("\u2009", "")
