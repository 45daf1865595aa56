"""Measuring on real scans: each number that is shown is compared with one computed from the writer's pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import Timeout
from swmr_viewer.core.number_text import narrow_text
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.scan_model import AlarmRule
from swmr_viewer.simulator.defects import pixel_mask
from tests.gui.maps import values_on
from tests.gui.waiting import WAIT_MS, wait_shown

pytestmark = [pytest.mark.live, pytest.mark.slow]
LiveViewer = Callable[..., Assembly]
LARGER = (48, 64)


def wait_measured(qtbot: QtBot, assembly: Assembly, column: str, n: int) -> np.ndarray:
    values = assembly.window.measuring.measurements.values
    qtbot.waitUntil(lambda: values.n_known(column) == n, timeout=WAIT_MS)
    return values.column(column)


def valid_part(frame: np.ndarray, rows: slice, columns: slice) -> np.ndarray:
    part = frame[rows, columns]
    return part[part != np.iinfo(part.dtype).max]


def test_region_curves_speak_for_every_complete_frame(qtbot: QtBot, live_viewer: LiveViewer, live_writer: Any) -> None:
    scan = live_writer(frame_shape=LARGER)
    assembly = live_viewer(scan.path, conditions=(Timeout(600.0),))
    measuring = assembly.window.measuring
    scan.step(5)
    wait_shown(qtbot, assembly, 4)
    measuring.measurements.draw("rectangle", ((10.0, 8.0), (40.0, 30.0)))
    wait_measured(qtbot, assembly, "A.sum", 5)
    scan.step(4)
    column = wait_measured(qtbot, assembly, "A.sum", 9)
    parts = [valid_part(scan.expected(index), slice(8, 30), slice(10, 40)) for index in range(9)]
    np.testing.assert_array_equal(column, [part.sum(dtype=np.int64) for part in parts])
    for what, expected in (("mean", np.mean), ("maximum", np.max), ("std", np.std)):
        found = measuring.measurements.values.column(f"A.{what}")
        np.testing.assert_allclose(found, [expected(part.astype(np.float64)) for part in parts], rtol=1e-12)
    measuring.measurements.move("A", ((0.0, 0.0), (64.0, 48.0)))
    column = wait_measured(qtbot, assembly, "A.sum", 9)
    np.testing.assert_array_equal(column, [valid_part(scan.expected(i), slice(None), slice(None)).sum(dtype=np.int64) for i in range(9)])
    np.testing.assert_array_equal(measuring.measurements.values.column("total"), column)
    assert assembly.window.readout.total.text().replace("\u2009", "") == f"total {int(column[8])}"
    table = measuring.regions_panel.table.model()
    assert table.index(0, 1).data() == narrow_text(float(column[8]))


def test_a_profile_leaves_out_what_the_files_mask_leaves_out(qtbot: QtBot, live_viewer: LiveViewer, live_writer: Any) -> None:
    scan = live_writer(frame_shape=LARGER, mask=True)
    assembly = live_viewer(scan.path, conditions=(Timeout(600.0),))
    display, measuring = assembly.window.display, assembly.window.measuring
    scan.step(2)
    wait_shown(qtbot, assembly, 1)
    bad = pixel_mask(scan.plan) != 0
    row = int(np.argmax(bad[2:].any(axis=1) & ~bad[2:].all(axis=1))) + 2
    measuring.measurements.draw_line(((0.5, row + 0.5), (63.5, row + 0.5)))
    assembly.window.panels.panel("measuring").show()
    measuring.tabs.show_page(measuring.profile_panel)
    assert display.settings.mask.mask_path == display.mask_path is not None
    curve = measuring.profile_panel.curve.curve
    for index in (1, 2):
        pixels = wait_shown(qtbot, assembly, index)[row].astype(float)
        np.testing.assert_array_equal(pixels, scan.expected(index)[row])
        pixels[bad[row] | (scan.expected(index)[row] == np.iinfo(scan.expected(index).dtype).max)] = np.nan
        assert 0 < np.isnan(pixels).sum() < 64
        qtbot.waitUntil(lambda pixels=pixels: np.array_equal(curve.getData()[1], pixels, equal_nan=True), timeout=WAIT_MS)
        scan.step(1)


def test_an_alarm_is_found_in_frames_that_were_not_shown(qtbot: QtBot, live_viewer: LiveViewer, live_writer: Any) -> None:
    scan = live_writer(frame_shape=LARGER, alarm=6)
    assembly = live_viewer(scan.path, conditions=(Timeout(600.0),))
    scan.step(9)
    wait_shown(qtbot, assembly, 8)
    totals = [int(valid_part(scan.expected(i), slice(None), slice(None)).sum(dtype=np.int64)) for i in range(9)]
    level = (max(totals[:6]) + min(totals[6:])) / 2
    assert max(totals[:6]) < level < min(totals[6:])
    alarms, rule = assembly.window.alarms.alarms, AlarmRule(quantity="total", level=level)
    alarms.set_rules((rule,))
    qtbot.waitUntil(lambda: alarms.event_of(rule).found.n == 3, timeout=WAIT_MS)
    assembly.session.pin(2)
    wait_shown(qtbot, assembly, 2)
    found = alarms.event_of(rule).found
    assert (found.is_on, found.index, found.first, found.value) == (True, 8, 6, totals[8])
    assert assembly.window.alarms.border.isVisible()


def test_scalars_are_a_curve_and_a_map_of_every_point(qtbot: QtBot, live_viewer: LiveViewer, live_writer: Any) -> None:
    scan = live_writer(frame_shape=(), dtype="float64")
    assembly = live_viewer(scan.path, conditions=(Timeout(600.0),))
    scan.step(7)
    assert wait_shown(qtbot, assembly, 6) == scan.expected(6)
    column = wait_measured(qtbot, assembly, "maximum", 7)
    np.testing.assert_array_equal(column, [float(scan.expected(i)) for i in range(7)])
    chart = assembly.window.measuring.scalars.map
    qtbot.waitUntil(lambda: np.isfinite(values_on(chart, 12)).sum() == 7, timeout=WAIT_MS)
    np.testing.assert_array_equal(values_on(chart, 12)[:7], column)


def test_another_detector_is_shown_in_its_tab(qtbot: QtBot, live_viewer: LiveViewer, live_writer: Any) -> None:
    scan = live_writer(frame_shape=LARGER, n_detectors=2)
    assembly = live_viewer(scan.path, conditions=(Timeout(600.0),))
    tabs, session = assembly.window.measuring.data_tabs, assembly.session
    qtbot.waitUntil(lambda: tabs.count() >= 2, timeout=WAIT_MS)
    scan.step(8)
    qtbot.waitUntil(lambda: session.scan.progress is not None and session.scan.progress.n_complete >= 4, timeout=WAIT_MS)
    first = wait_shown(qtbot, assembly, len(scan.complete) - 1).shape
    tabs.setCurrentIndex(1)
    index = len(scan.complete) - 1
    raw = wait_shown(qtbot, assembly, index)
    assert session.scan.shown is not None
    assert session.scan.shown.data_path == session.scan.data_path != session.scan.description.data_paths[0]  # type: ignore[union-attr]
    assert raw.shape != first
    np.testing.assert_array_equal(raw, scan.expected(index, 1))
    scan.step(1)
    np.testing.assert_array_equal(wait_shown(qtbot, assembly, index + 1), scan.expected(index + 1, 1))


def test_spectra_and_their_waterfall(qtbot: QtBot, live_viewer: LiveViewer, live_writer: Any) -> None:
    scan = live_writer(frame_shape=(64,), dtype="uint32")
    scan.step(3)
    assembly = live_viewer(scan.path, conditions=(Timeout(600.0),))
    wait_shown(qtbot, assembly, 2)
    scan.step(1)
    np.testing.assert_array_equal(wait_shown(qtbot, assembly, 3), scan.expected(3))
    waterfall = assembly.window.measuring.waterfall
    qtbot.waitUntil(lambda: waterfall.rows.n_known == 4, timeout=WAIT_MS)
    rows = waterfall.rows
    for index in range(4):
        expected = scan.expected(index).astype(np.float64)
        expected[scan.expected(index) == np.iinfo(np.uint32).max] = np.nan
        np.testing.assert_array_equal(rows.picture[index], expected.astype(np.float32))
    assert np.isnan(rows.picture[4:]).all()
