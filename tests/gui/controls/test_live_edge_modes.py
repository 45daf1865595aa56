"""What the reader prepares for the live edge, on real scans: every frame, combined frames, the time of a frame."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import h5py
import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import Timeout
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.reader.messages import Combine
from tests.gui.waiting import WAIT_MS, wait_shown
from tests.live.writers import LiveWriter

pytestmark = [pytest.mark.live, pytest.mark.slow]
LEFT = Qt.MouseButton.LeftButton
PATIENT = (Timeout(600.0),)
LiveViewer = Callable[..., Assembly]


def test_every_frame_is_shown_once_and_in_order_however_fast_they_come(
    qtbot: QtBot, live_viewer: LiveViewer, live_writer: Callable[..., LiveWriter]
) -> None:
    scan = live_writer(scan_shape=(8, 10))
    assembly = live_viewer(scan.path, conditions=PATIENT)
    session = assembly.session
    scan.step(1)
    wait_shown(qtbot, assembly, 0)
    qtbot.keyClick(assembly.window, Qt.Key.Key_E)
    seen: list[tuple[int, int]] = []
    session.frame_changed.connect(
        lambda: seen.append((session.scan.shown.index, int(session.scan.shown.raw.sum()))) if session.scan.shown else None
    )
    scan.run()
    qtbot.waitUntil(lambda: bool(seen) and seen[-1][0] == 79, timeout=WAIT_MS)
    assert seen == [(index, int(scan.expected(index).sum())) for index in range(1, 80)]
    assert session.scan.counts.n_skipped == 0
    assert "every frame" in assembly.window.control_bar.state_line.text.text() or session.scan.is_over


@pytest.mark.parametrize(("how", "combined"), [("sum", np.sum), ("mean", np.mean), ("maximum", np.max)])
def test_combined_pictures_are_those_of_the_files_frames(
    qtbot: QtBot, live_viewer: LiveViewer, live_writer: Callable[..., LiveWriter], how: Any, combined: Callable[..., np.ndarray]
) -> None:
    scan = live_writer(scan_shape=(2, 5), dtype="float32")
    assembly = live_viewer(scan.path, conditions=PATIENT)
    session, editor = assembly.session, assembly.window.edge.combine_editor
    scan.step(5)
    wait_shown(qtbot, assembly, 4)
    qtbot.keyClick(assembly.window, Qt.Key.Key_C)
    editor.count.setValue(3)
    editor.choices[how].click()
    editor.hide()
    assert assembly.session.scan.combine == Combine(how, 3)
    scan.step(2)
    qtbot.waitUntil(
        lambda: session.scan.shown is not None and (session.scan.shown.index, session.scan.shown.combined) == (6, 3), timeout=WAIT_MS
    )
    stack = np.stack([scan.expected(index) for index in (4, 5, 6)]).astype(np.float64)
    np.testing.assert_allclose(session.scan.shown.raw, combined(stack, axis=0), rtol=1e-5)
    assert assembly.window.frame_header.title.text() == f"{how.capitalize()} of frames 4\u20136"
    editor.all.click()
    qtbot.waitUntil(lambda: session.scan.shown is not None and session.scan.shown.combined == 7, timeout=WAIT_MS)
    stack = np.stack([scan.expected(index) for index in range(7)]).astype(np.float64)
    np.testing.assert_allclose(session.scan.shown.raw, combined(stack, axis=0), rtol=1e-5)
    assert assembly.window.frame_header.title.text() == f"{how.capitalize()} of frames 0\u20136"


def test_the_header_tells_the_files_time_of_the_frame(
    qtbot: QtBot, live_viewer: LiveViewer, live_writer: Callable[..., LiveWriter]
) -> None:
    scan = live_writer(scan_shape=(2, 3))
    assembly = live_viewer(scan.path, conditions=PATIENT)
    scan.step(3)
    wait_shown(qtbot, assembly, 2)
    times: list[float] = []
    with h5py.File(scan.path, "r", swmr=True, locking=False) as file:

        def note(name: str, item: object) -> None:
            if name.endswith("/start_time") and isinstance(item, h5py.Dataset) and item.ndim:
                times.append(datetime.fromisoformat(item.attrs.get("start").decode()).timestamp() + item[...].ravel()[2])

        file.visititems(note)
    frame = assembly.session.scan.shown
    assert frame is not None
    assert times
    assert frame.frame_time == pytest.approx(times[0], abs=1e-3)
    expected = f"{datetime.fromtimestamp(times[0]):%H:%M}"
    assert f"taken {expected}" in assembly.window.frame_header.words
