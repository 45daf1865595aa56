"""The live edge and history on real scans: each number that is shown is compared with the file or with the writer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import AllKeys, Timeout
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.scan_model.state import StateKind
from swmr_viewer.simulator.orders import dropped_indices
from swmr_viewer.simulator.plan import ScanPlan
from tests.gui.waiting import WAIT_MS, wait_complete, wait_shown
from tests.live.writers import LiveWriter

pytestmark = [pytest.mark.live, pytest.mark.slow]
LEFT = Qt.MouseButton.LeftButton
PATIENT = (Timeout(600.0),)
DROPS_EARLY = next(
    seed for seed in range(99) if min(dropped_indices(ScanPlan(scan_shape=(4, 6), n_keys=3, fault="drop-key", seed=seed))) < 9
)
"""A seed with which one of the first keys is dropped."""
LiveViewer = Callable[..., Assembly]


def keys_of(path: Path) -> dict[str, np.ndarray]:
    """Return which keys are set, read from the file by the test itself."""
    found: dict[str, np.ndarray] = {}
    with h5py.File(path, "r", swmr=True, locking=False) as file:

        def note(name: str, item: object) -> None:
            if isinstance(item, h5py.Dataset) and "/keys/" in f"/{name}":
                found[name.rsplit("/", 1)[-1]] = item[...].ravel() != 0

        file.visititems(note)
    return found


def test_typed_places_and_rows_show_the_files_pixels(qtbot: QtBot, live_viewer: LiveViewer, live_writer: Callable[..., LiveWriter]) -> None:
    scan = live_writer(scan_shape=(4, 6))
    assembly = live_viewer(scan.path, conditions=PATIENT)
    scan.step(21)
    wait_shown(qtbot, assembly, 20)
    go_to = assembly.window.edge.go_to
    qtbot.keyClick(assembly.window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(go_to.line, "1, 2")
    qtbot.keyClick(go_to.line, Qt.Key.Key_Return)
    np.testing.assert_array_equal(wait_shown(qtbot, assembly, 8), scan.expected(8))
    qtbot.keyClick(assembly.window, Qt.Key.Key_PageDown)
    np.testing.assert_array_equal(wait_shown(qtbot, assembly, 14), scan.expected(14))
    qtbot.keyClick(assembly.window, Qt.Key.Key_PageUp)
    qtbot.keyClick(assembly.window, Qt.Key.Key_PageUp)
    np.testing.assert_array_equal(wait_shown(qtbot, assembly, 2), scan.expected(2))
    scan.step(2)  # pinned: counts go on
    wait_complete(qtbot, assembly, 23)
    assert assembly.session.scan.shown is not None
    assert assembly.session.scan.shown.index == 2
    qtbot.keyClick(assembly.window, Qt.Key.Key_End)
    np.testing.assert_array_equal(wait_shown(qtbot, assembly, 22), scan.expected(22))


def test_playback_shows_every_frame_of_the_file_in_order(
    qtbot: QtBot, live_viewer: LiveViewer, live_writer: Callable[..., LiveWriter]
) -> None:
    scan = live_writer(scan_shape=(2, 5))
    assembly = live_viewer(scan.path, conditions=PATIENT)
    scan.step(7)
    wait_shown(qtbot, assembly, 6)
    session = assembly.session
    seen: list[tuple[int, np.ndarray]] = []
    session.frame_changed.connect(
        lambda: seen.append((session.scan.shown.index, np.array(session.scan.shown.raw))) if session.scan.shown else None
    )
    assembly.window.edge.playback.set_rate(60)
    qtbot.mouseClick(assembly.window.control_bar.play, LEFT, pos=QPoint(12, 12))
    qtbot.waitUntil(lambda: not assembly.window.edge.playback.is_playing and len(seen) >= 7, timeout=WAIT_MS)
    assert [index for index, _ in seen][:7] == list(range(7))
    for index, pixels in seen:
        np.testing.assert_array_equal(pixels, scan.expected(index))
    assert session.scan.is_live


def test_counts_lags_and_gaps_are_those_of_the_files_keys(
    qtbot: QtBot, live_viewer: LiveViewer, live_writer: Callable[..., LiveWriter]
) -> None:
    scan = live_writer(scan_shape=(4, 6), n_keys=3, fault="drop-key", seed=DROPS_EARLY)
    assembly = live_viewer(scan.path, conditions=PATIENT)
    done = scan.step(18)
    wait_complete(qtbot, assembly, len(done))
    keys = keys_of(scan.path)
    assert len(keys) == 3
    complete = np.logical_and.reduce(list(keys.values()))
    newest = int(np.flatnonzero(complete)[-1])
    detectors = assembly.window.map_panel.detectors
    most = max(int(one.sum()) for one in keys.values())
    for chip in detectors.chips:
        n_set = int(keys[chip.name].sum())
        behind = f", {most - n_set} behind" if n_set < most else ""
        qtbot.waitUntil(lambda chip=chip, told=f"{n_set} of 24 keys set{behind}": chip.toolTip().endswith(told))
    qtbot.mouseClick(detectors.chips[0], Qt.MouseButton.LeftButton)
    assert len(detectors.popup.rows) == 3
    for row in detectors.popup.rows:
        n_set = int(keys[row.name.text()].sum())
        assert row.count.text() == f"{n_set} / 24"
        assert row.behind.text() == (f"{most - n_set} behind" if n_set < most else "")
    slowest = min(keys, key=lambda name: int(keys[name].sum()))
    assert detectors.popup.hold_up.text() == f"{slowest} holds the scan up: {most - keys[slowest].sum()} behind"
    detectors.popup.hide()
    gaps = np.flatnonzero(~complete[: newest + 1])
    assert gaps.size
    qtbot.waitUntil(lambda: detectors.gaps.plain.startswith(f"{gaps.size} gap"))
    assert f": {gaps[0]}" in detectors.gaps.plain
    chart = assembly.window.map_panel.map
    qtbot.waitUntil(lambda: chart.is_current)
    for index in range(24):
        words = chart.text_at(chart.point_of(index))
        for name, is_set in keys.items():
            assert f"{name}: {'set' if is_set[index] else 'not set yet'}" in words


def test_the_time_left_is_that_of_the_rate_at_which_keys_came(
    qtbot: QtBot, live_viewer: LiveViewer, live_writer: Callable[..., LiveWriter]
) -> None:
    scan = live_writer(scan_shape=(10, 10))
    assembly = live_viewer(scan.path, conditions=PATIENT)
    session, time_left = assembly.session, assembly.window.map_panel.detectors.time_left
    marks: list[tuple[float, int]] = []

    def note() -> None:
        if session.scan.progress is not None and session.scan.last_key_at_s is not None:
            marks.append((session.scan.last_key_at_s, session.scan.progress.n_complete))

    session.progress_changed.connect(note)
    for n_frames in range(2, 22, 2):
        scan.step(2)
        wait_complete(qtbot, assembly, n_frames)
    seconds = time_left.seconds
    if seconds is None:  # quiet already, on a machine under load
        scan.step(2)
        wait_complete(qtbot, assembly, 22)
        seconds = time_left.seconds
    assert seconds is not None
    (first_s, first), (last_s, last) = marks[0], marks[-1]
    expected = (100 - last) / ((last - first) / (last_s - first_s))
    assert seconds == pytest.approx(expected, rel=0.35)


def test_a_timeout_is_told_with_its_condition_and_restart_follows_from_the_beginning(
    qtbot: QtBot, live_viewer: LiveViewer, live_writer: Callable[..., LiveWriter]
) -> None:
    scan = live_writer(scan_shape=(2, 3))
    assembly = live_viewer(scan.path, conditions=(Timeout(0.4), AllKeys()))
    session, bar = assembly.session, assembly.window.termination_bar
    scan.step(3)
    qtbot.waitUntil(lambda: session.scan.ended is not None, timeout=WAIT_MS)
    assert session.scan.ended is not None
    assert session.scan.ended.reason == "timeout"
    assert session.scan.state.kind is StateKind.LOOKING
    assert session.scan.state.text.endswith(", still looking")
    assert not session.scan.is_over
    announced: list[int] = []
    session.frames_completed.connect(lambda indices: announced.extend(indices.tolist()))
    bar.seconds.setValue(600.0)
    qtbot.keyClick(assembly.window, Qt.Key.Key_F5)
    wait_complete(qtbot, assembly, 3)
    assert announced == [0, 1, 2]
    scan.step(3)
    qtbot.waitUntil(lambda: session.scan.ended is not None, timeout=WAIT_MS)
    assert session.scan.state.text.startswith("Ended: all keys set at ")
    np.testing.assert_array_equal(wait_shown(qtbot, assembly, 5), scan.expected(5))
