"""A reference frame on the real reader: held by a key, compared in each way, kept for the next scan, refused where it does not fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import FileClosed
from swmr_viewer.export import description_of
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.display.color_maps import DIVERGING_MAP
from tests.gui.display.test_corrections_in_window import DATA, FRAMES, KEYS, follow, scan_file, shows


def test_a_reference_is_held_compared_and_released(live_viewer: Callable[..., Assembly], qtbot: QtBot, tmp_path: Path) -> None:
    path, smaller = scan_file(tmp_path / "scan.h5"), scan_file(tmp_path / "small.h5", FRAMES[:, :30])
    viewer = live_viewer(path, key_paths=(KEYS,), data_paths=(DATA,), conditions=(FileClosed(),))
    window, session, pane = viewer.window, viewer.session, viewer.window.frame_view
    qtbot.waitUntil(lambda: shows(viewer, path), timeout=20_000)

    def shown_as(how: str, index: int) -> Callable[[], Any]:
        return lambda: (shown := session.scan.shown) is not None and (shown.made.compared, shown.index) == (how, index)

    session.pin(2)
    qtbot.waitUntil(shown_as("none", 2), timeout=20_000)
    held = window.comparing.held
    qtbot.keyClick(window, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: held.held is not None)
    badge = window.comparing.badge
    assert badge.isVisible(), "the plain frame is drawn, and a reference is held"
    assert badge.text() == "reference: frame 2 \u25be"
    assert str(path) in badge.toolTip()
    session.follow_live()
    qtbot.waitUntil(shown_as("none", 5), timeout=20_000)
    seen = QRectF(10, 10, 20, 16)
    pane.image.box.setRange(seen, padding=0)
    seen, usual = pane.image.box.viewRect(), window.display.settings

    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(shown_as("difference", 5), timeout=20_000)
    assert np.array_equal(session.scan.shown.raw, FRAMES[5].astype("f4") - FRAMES[2])
    assert window.frame_header.title.text() == "Frame 5 \u2212 reference frame 2"
    assert window.display.settings.color_map == DIVERGING_MAP
    assert badge.text() == "reference \u25be"
    low, high = pane.image.levels
    assert low == -high < 0
    assert pane.image.box.viewRect() == seen
    window.readout.point_at((7, 9))
    assert f"frame {FRAMES[5, 7, 9]}   reference {FRAMES[2, 7, 9]}" in window.readout.pixel.text().replace("\u2009", "").replace(" ", " ")
    snapshot = window.snapshots.collect()
    assert snapshot is not None
    assert description_of(snapshot)["compared"] == "frame 5 \u2212 reference frame 2"
    assert np.array_equal(snapshot.pixels, session.scan.shown.raw)
    window.measuring.measurements.draw("rectangle", ((5.0, 5.0), (20.0, 15.0)))
    values = window.measuring.measurements.values
    qtbot.waitUntil(lambda: values.at("A.sum", 5) is not None, timeout=20_000)
    assert values.at("A.sum", 5) == FRAMES[5, 5:15, 5:20].sum(), "regions are measured in the frame"
    window.display.change(color_map="magma")  # of the difference alone

    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(shown_as("ratio", 5), timeout=20_000)
    np.testing.assert_allclose(session.scan.shown.raw, FRAMES[5] / FRAMES[2], rtol=1e-6)
    low, high = pane.image.levels
    assert np.isclose(high - 1, 1 - low)
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(shown_as("reference", 5), timeout=20_000)
    assert np.array_equal(session.scan.shown.raw, FRAMES[2])
    assert window.display.settings == usual

    window.comparing.views["side by side"].trigger()
    qtbot.waitUntil(shown_as("none", 5), timeout=20_000)
    assert np.array_equal(session.scan.shown.raw, FRAMES[5])
    assert pane.pair.is_beside
    beside = pane.pair.reference
    assert np.array_equal(beside.layers.frame.raw, FRAMES[2])
    assert beside.levels == pane.image.levels
    pane.image.box.setRange(QRectF(5, 5, 12, 10), padding=0)
    middle = pane.image.box.viewRect().center()
    assert abs(beside.box.viewRect().center().x() - middle.x()) < 0.5
    assert f"reference {FRAMES[2, 7, 9]}" in window.readout.pixel.text().replace("\u2009", "")

    window.comparing.views["difference"].trigger()
    qtbot.waitUntil(shown_as("difference", 5), timeout=20_000)
    assert not pane.pair.is_beside
    assert window.display.settings.color_map == "magma"
    other = scan_file(tmp_path / "next.h5", FRAMES[::-1])
    follow(viewer, qtbot, other)
    qtbot.waitUntil(shown_as("difference", 5), timeout=20_000)
    assert np.array_equal(session.scan.shown.raw, FRAMES[0].astype("f4") - FRAMES[2])
    qtbot.waitUntil(lambda: window.frame_header.title.text() == "Frame 5 \u2212 reference frame 2 of scan.h5", timeout=20_000)
    assert badge.toolTip().startswith("Held as the reference: frame 2 of scan.h5")
    qtbot.keyClick(window, Qt.Key.Key_K)
    qtbot.waitUntil(shown_as("none", 5), timeout=20_000)
    assert not badge.isVisible()
    assert not window.comparing.views["ratio"].isEnabled()

    qtbot.keyClick(window, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: held.held is not None)
    window.comparing.views["difference"].trigger()
    qtbot.waitUntil(shown_as("difference", 5), timeout=20_000)
    follow(viewer, qtbot, smaller)
    assert not badge.isVisible(), "it is held for frames of another shape"
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ShiftModifier)
    assert "The reference has 40 \u00d7 50 pixels, and this frame 30 \u00d7 50" in window.readout.note.text()
    assert np.array_equal(session.scan.shown.raw, FRAMES[5, :30])
