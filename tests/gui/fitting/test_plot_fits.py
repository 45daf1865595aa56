"""The fits of profile and spectrum in the window: chosen by the mouse, drawn dashed, told in words, copied."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from swmr_viewer.analysis import line_profile
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.curve_panel.plot_fits import FitRow
from swmr_viewer.gui.display.levels_scale import Scale
from swmr_viewer.quantities import FitModel, FitRequest, curve_statistics, fit_curve
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor

WAIT_MS = 60_000
SHAPE = (4, 5)
N = 200
ENERGY = np.linspace(6.0, 8.0, N)
RANDOM = np.random.default_rng(8)
SPECTRUM = (900 * np.exp(-(((ENERGY - 6.4) / 0.08) ** 2)) + 500 * np.exp(-(((ENERGY - 7.3) / 0.1) ** 2)) + RANDOM.poisson(20, N)).astype(
    "<u4"
)
Y, X = np.mgrid[:64, :48]
PICTURE = (1000 * np.exp(-(((X - 20) / 5) ** 2 + ((Y - 30) / 6) ** 2)) + RANDOM.poisson(9, (64, 48))).astype("<u4")


def open_scan(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor) -> None:
    facts = DataFacts(axis_names=("energy",), axis_units=("keV",), axis_values=(tuple(ENERGY.tolist()),))
    viewer.session.open(m.FollowRequest("/data/scan.nxs"))
    with qtbot.waitSignal(viewer.session.opened):
        data = (m.DataDescription("/entry/mca/data", (N,), "<u4", facts=facts), m.DataDescription("/entry/eiger/data", (64, 48), "<u4"))
        reader.say(m.Opened(reader.generation, "scan.nxs", SHAPE, ("/entry/keys/eiger",), data, None, 1))
    with qtbot.waitSignal(viewer.session.progress_changed):
        reader.say_keys(SHAPE, (0, 10))
    show(qtbot, viewer, reader, SPECTRUM, data_path="/entry/mca/data")


def show(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, pixels: np.ndarray, **where: object) -> None:
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(pixels, 9, SHAPE, **where)  # type: ignore[arg-type]


def choose(row: FitRow, model: FitModel) -> None:
    button: QToolButton = row.choice
    menu = button.menu()
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == model.words).trigger()


def test_a_spectrum_is_fitted_over_its_span_or_what_is_seen_and_a_profile_along_its_line(
    qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor
) -> None:
    open_scan(qtbot, viewer, reader)
    fits, measurements, curve = viewer.window.measuring.fits, viewer.window.measuring.measurements, viewer.window.frame_view.curve
    row, fit = fits.spectrum_row, fits.spectrum
    qtbot.waitUntil(lambda: "FWHM" in row.words.text(), timeout=WAIT_MS)  # statistics are always told
    told = curve_statistics(ENERGY, SPECTRUM)
    assert fit.result.statistics == told
    assert f"max {SPECTRUM.max()} at 6.4" in row.words.text()
    assert viewer.window.measuring.fitter.process.pid is None

    choose(row, FitModel.GAUSSIAN)
    qtbot.waitUntil(lambda: fit.result.is_fitted, timeout=WAIT_MS)
    centre = fit.result.value("centre")
    assert centre is not None
    assert abs(centre.value - 6.4) < 0.01
    assert row.words.text().startswith("doubtful: centre 6.4")  # there is another line
    assert " keV" in row.words.text()
    np.testing.assert_array_equal(fit.line.getData()[0], fit.result.x)
    np.testing.assert_array_equal(fit.line.getData()[1], fit.result.y)
    assert fit.line.opts["pen"].style() is Qt.PenStyle.DashLine

    curve.box.setXRange(7.0, 7.7, padding=0)  # what is seen
    qtbot.waitUntil(lambda: fit.result.is_fitted and fit.result.n_points < N, timeout=WAIT_MS)
    right = fit_curve(FitRequest(FitModel.GAUSSIAN, ENERGY, SPECTRUM.astype(float), fit.span))
    assert [one.value for one in fit.result.values] == [one.value for one in right.values]
    curve.set_scale(Scale.LOG)
    np.testing.assert_allclose(fit.line.getData()[1], curve.axes["left"].value_scale.forward(fit.result.y))
    curve.set_scale(Scale.LINEAR)

    measurements.draw("rectangle", ((20.0, 0.0), (60.0, 1.0)))  # the span, whatever is seen
    qtbot.waitUntil(lambda: fit.result.n_points == 40, timeout=WAIT_MS)
    assert fit.words.startswith("centre 6.4")
    words = dict(zip((entry.words for entry in fit.entries()), fit.entries(), strict=True))
    words["Copy the fit as a table"].chosen()
    copied = QGuiApplication.clipboard().text().splitlines()
    centre = fit.result.value("centre")
    assert centre is not None
    assert copied[1].split("\t") == ["spectrum", "gaussian", "centre", repr(centre.value), repr(centre.uncertainty), "keV"]

    measurements.remove_selected()
    choose(row, FitModel.NONE)
    assert fit.line.getData()[0] is None or not len(fit.line.getData()[0])

    viewer.session.show_data("/entry/eiger/data")
    show(qtbot, viewer, reader, PICTURE, data_path="/entry/eiger/data")
    measuring = viewer.window.measuring
    measurements.draw_line(((2.0, 30.5), (44.0, 30.5)))
    viewer.window.panels.panel("measuring").show()
    measuring.tabs.show_page(measuring.profile_panel)
    choose(fits.profile_row, FitModel.GAUSSIAN)
    qtbot.waitUntil(lambda: fits.profile.result.is_fitted, timeout=WAIT_MS)
    along = line_profile(PICTURE, (2.0, 30.5), (44.0, 30.5))
    right = fit_curve(FitRequest(FitModel.GAUSSIAN, *along))
    assert [(one.name, one.value, one.uncertainty) for one in fits.profile.result.values] == [
        (one.name, one.value, one.uncertainty) for one in right.values
    ]
    assert fits.profile_row.words.text().startswith("centre 18.")
