"""Dark and flat frames in the window, on the real reader: chosen by clicks, said wherever a number is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import FileClosed
from swmr_viewer.export import description_of
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.display.display_memory import stored
from swmr_viewer.gui.display.display_settings import DisplaySettings
from swmr_viewer.reader.messages import Correction, FollowRequest, FrameSource

DATA, KEYS = "/entry/data/data", "/entry/keys"
RANDOM = np.random.default_rng(3)
FRAMES = RANDOM.integers(200, 5000, (6, 40, 50)).astype("i2")
FRAMES[:, 30, 40] = 32767
"""Saturated, by the type."""
DARKS = RANDOM.integers(0, 60, (4, 40, 50)).astype("u2")


def scan_file(path: Path, frames: Any = FRAMES) -> Path:
    with h5py.File(path, "w", libver="v110") as file:
        file.create_dataset(DATA, data=frames, maxshape=(None, *frames.shape[1:]), chunks=(1, *frames.shape[1:]))
        file.create_dataset(f"{KEYS}/uid", data=np.arange(len(frames), dtype="i4") + 1, maxshape=(None,))
    return path


def follow(viewer: Assembly, qtbot: QtBot, path: Path) -> None:
    viewer.session.open(FollowRequest(str(path), (KEYS,), (DATA,), conditions=(FileClosed(),)))
    qtbot.waitUntil(lambda: shows(viewer, path), timeout=20_000)


def shows(viewer: Assembly, path: Path) -> bool:
    scan = viewer.session.scan
    return scan.shown is not None and scan.shown.index == 5 and scan.request is not None and scan.request.path == str(path)


def test_dark_frames_are_chosen_said_measured_and_kept(live_viewer: Callable[..., Assembly], qtbot: QtBot, tmp_path: Path) -> None:
    first, second = scan_file(tmp_path / "first.h5"), scan_file(tmp_path / "second.h5", FRAMES[::-1])
    dark = tmp_path / "dark.h5"
    with h5py.File(dark, "w") as file:
        file["dark"] = DARKS
    viewer = live_viewer(first, key_paths=(KEYS,), data_paths=(DATA,), conditions=(FileClosed(),))
    window, session = viewer.window, viewer.session
    qtbot.waitUntil(lambda: shows(viewer, first), timeout=20_000)
    window.measuring.measurements.draw("rectangle", ((5.0, 5.0), (20.0, 15.0)))
    measured = window.measuring.measurements.values
    qtbot.waitUntil(lambda: measured.n_known("A.sum") == 6, timeout=20_000)
    qtbot.keyClick(window, Qt.Key.Key_D)
    editor = window.display_tools.correction_editor
    assert editor.isVisible()
    row = editor.rows["dark"]
    assert row.where.text() == "none"
    assert not row.off.isEnabled()

    row.first.setValue(1)
    row.last.setValue(2)
    qtbot.mouseClick(row.scan, Qt.MouseButton.LeftButton)  # frames of this scan
    corrected = lambda: session.scan.shown is not None and session.scan.shown.made.corrected == ("dark",)  # noqa: E731
    qtbot.waitUntil(corrected, timeout=20_000)
    assert session.scan.shown is not None
    np.testing.assert_allclose(session.scan.shown.raw, FRAMES[5] - FRAMES[1:3].mean(axis=0), rtol=1e-5, atol=1e-3)
    assert row.where.text() == f"first.h5 {DATA} frames 1\u20132"

    qtbot.mouseClick(row.file, Qt.MouseButton.LeftButton)
    dialog = editor.choice.dialog
    assert dialog is not None
    assert not dialog.isModal()
    row.first.setValue(0)
    dialog.fileSelected.emit(str(dark))
    dialog.reject()
    wanted = FRAMES - DARKS[1:3].mean(axis=0)
    qtbot.waitUntil(lambda: corrected() and np.allclose(session.scan.shown.raw, wanted[5], atol=1e-3), timeout=20_000)  # type: ignore[union-attr]
    assert "dark corrected" in window.frame_header.words
    assert editor.told.text() == "Picture and measurements are corrected"
    values = window.measuring.measurements.values
    qtbot.waitUntil(lambda: values.n_known("A.sum") == 6, timeout=20_000)
    sums = [values.at("A.sum", index) for index in range(6)]
    np.testing.assert_allclose(sums, wanted[:, 5:15, 5:20].sum(axis=(1, 2)), rtol=1e-6)
    window.measuring.measurements.select("A")
    window.measuring.measurements.selection_changed.emit()  # the panel is hidden, and looks again
    assert "dark corrected" in window.measuring.regions_panel.known.text()
    window.readout.point_at((7, 9))
    told = window.readout.pixel.text().replace("\u2009", "")
    assert "(dark corrected)" in told
    assert f"in the file {FRAMES[5, 7, 9]}" in told
    window.measuring.pointed.put(window.measuring.pointed.words_of((7, 9)))
    assert "dark corrected" in QGuiApplication.clipboard().text()
    window.display.change(marks_saturated=True)
    marks = window.frame_view.image.layers.marks_item
    assert marks.isVisible()
    assert np.argwhere(marks.image[..., 3]).tolist() == [[30, 40]], "pixels are saturated by the detector's counts"
    assert session.scan.shown.statistics.n_saturated == 1
    assert "1 saturated (32767 of the detector's counts" in window.display_tools.color_editor.told.text().replace("\u2009", "")
    snapshot = window.snapshots.collect()
    assert snapshot is not None
    np.testing.assert_allclose(snapshot.pixels, wanted[5], atol=1e-3)
    assert description_of(snapshot)["corrected"] == {"dark": f"{dark} /dark, mean of frames 1\u20132", "method": "frame - dark"}
    assert window.snapshots.tables.origin["corrected"] == description_of(snapshot)["corrected"]

    follow(viewer, qtbot, second)
    qtbot.waitUntil(corrected, timeout=20_000)
    np.testing.assert_allclose(session.scan.shown.raw, FRAMES[0] - DARKS[1:3].mean(axis=0), atol=1e-3)
    window.display_memory.keep()
    assert stored()[0][1] == DisplaySettings(marks_saturated=True, correction=Correction(FrameSource(str(dark), "", 1, 2)))

    dark.unlink()
    follow(viewer, qtbot, first)
    qtbot.waitUntil(lambda: "not corrected" in window.frame_header.words, timeout=20_000)
    assert np.array_equal(session.scan.shown.raw, FRAMES[5])
    qtbot.waitUntil(lambda: "dark.h5" in window.error_bar.message.text(), timeout=20_000)
    qtbot.mouseClick(row.off, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "corrected" not in window.frame_header.words, timeout=20_000)
