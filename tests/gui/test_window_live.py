"""The window on a real scan: a writer process, real SWMR, the real reader process, real clicks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import tifffile
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import Timeout
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.snapshots.snapshot_settings import SnapshotSettings
from swmr_viewer.scan_model.state import StateKind
from tests.gui.waiting import WAIT_MS, wait_shown
from tests.live.writers import LiveWriter

pytestmark = pytest.mark.live
LEFT = Qt.MouseButton.LeftButton
LiveViewer = Callable[..., Assembly]
LARGER = (48, 64)


def assert_pixels(assembly: Assembly, writer: LiveWriter) -> None:
    """The raw pixels, and those that are drawn, are the writer's at the index that is told."""
    frame = assembly.session.scan.shown
    assert frame is not None
    expected = writer.expected(frame.index)
    np.testing.assert_array_equal(frame.raw, expected)
    assert frame.raw.dtype == expected.dtype
    drawn = assembly.window.frame_view.image.preview_item.image
    assert frame.preview_factor == 1
    valid = expected != np.iinfo(expected.dtype).max
    assert valid.any()
    np.testing.assert_array_equal(drawn[valid], expected[valid].astype(np.float32))
    assert np.isnan(drawn[~valid]).all()


def test_a_scan_is_followed_from_before_its_file_exists_to_its_end(
    qtbot: QtBot, live_viewer: LiveViewer, live_writer: Any, tmp_path: Path
) -> None:
    assembly = live_viewer(tmp_path / "scan.h5")
    session, window = assembly.session, assembly.window
    announced: list[int] = []
    session.frames_completed.connect(lambda indices: announced.extend(indices.tolist()))
    ends: list[object] = []
    session.finished.connect(ends.append)
    qtbot.waitUntil(lambda: session.scan.state.kind is StateKind.WAITING_FOR_FILE, timeout=WAIT_MS)
    scan = live_writer(frame_shape=LARGER, hold=True, n_keys=2)
    scan.enter_swmr()
    seen = []
    for _ in range(4):
        newest = max(scan.step(2), default=None)
        if newest is not None:
            wait_shown(qtbot, assembly, newest)
            assert_pixels(assembly, scan)
            seen.append(newest)
    assert len(seen) >= 3
    assert session.scan.progress is not None
    assert session.scan.state.kind is StateKind.LIVE
    complete = scan.complete
    # A picture may be there some milliseconds before the keys that the window has not taken yet.
    qtbot.waitUntil(lambda: session.scan.progress is not None and session.scan.progress.n_complete == len(complete), timeout=WAIT_MS)
    np.testing.assert_array_equal(np.flatnonzero(session.scan.progress.complete_mask()), sorted(complete))
    scan.finish()
    qtbot.waitUntil(lambda: len(ends) == 1, timeout=WAIT_MS)
    assert announced == list(range(12))
    assert session.scan.progress.n_complete == 12
    wait_shown(qtbot, assembly, 11)
    assert_pixels(assembly, scan)
    assert session.scan.state.kind is StateKind.FINISHED
    assert window.frame_header.title.text() == "Frame 11"
    assert ends == [session.scan.ended]


def test_buttons_move_through_the_scan_while_it_goes_on(qtbot: QtBot, live_viewer: LiveViewer, live_writer: Any) -> None:
    scan = live_writer(frame_shape=LARGER)
    assembly = live_viewer(scan.path, conditions=(Timeout(600.0),))
    bar, session = assembly.window.control_bar, assembly.session
    scan.step(6)
    wait_shown(qtbot, assembly, 5)
    qtbot.mouseClick(bar.previous, LEFT)
    wait_shown(qtbot, assembly, 4)
    assert_pixels(assembly, scan)
    qtbot.mouseClick(bar.first, LEFT)
    wait_shown(qtbot, assembly, 0)
    qtbot.mouseClick(bar.next, LEFT)
    wait_shown(qtbot, assembly, 1)
    assert_pixels(assembly, scan)
    scan.step(2)
    qtbot.waitUntil(lambda: session.scan.progress is not None and session.scan.progress.n_complete == 8, timeout=WAIT_MS)
    assert session.scan.shown is not None
    assert session.scan.shown.index == 1
    qtbot.mouseClick(bar.last, LEFT)
    wait_shown(qtbot, assembly, 7)
    qtbot.mouseClick(bar.slider, LEFT, pos=QPoint(round(bar.slider.x_of(3)), 10))
    wait_shown(qtbot, assembly, 3)
    assert_pixels(assembly, scan)
    qtbot.mouseClick(bar.live, LEFT)
    wait_shown(qtbot, assembly, 7)
    scan.step(1)
    wait_shown(qtbot, assembly, 8)
    assert_pixels(assembly, scan)
    qtbot.keyClick(assembly.window, Qt.Key.Key_H)
    qtbot.keyClick(assembly.window, Qt.Key.Key_Left)
    wait_shown(qtbot, assembly, 7)
    qtbot.keyClick(assembly.window, Qt.Key.Key_End)
    wait_shown(qtbot, assembly, 8)
    assert session.scan.is_live


def test_a_click_on_the_map_shows_that_frame(qtbot: QtBot, live_viewer: LiveViewer, live_writer: Any) -> None:
    scan = live_writer(frame_shape=LARGER)
    assembly = live_viewer(scan.path, conditions=(Timeout(600.0),))
    chart = assembly.window.map_panel.map
    scan.step(6)
    wait_shown(qtbot, assembly, 5)
    qtbot.waitUntil(lambda: chart.layout_shown is not None, timeout=WAIT_MS)
    qtbot.mouseClick(chart, LEFT, pos=chart.point_of(2).toPoint())
    wait_shown(qtbot, assembly, 2)
    assert_pixels(assembly, scan)
    qtbot.mouseClick(chart, LEFT, pos=chart.point_of(9).toPoint())  # not complete: nothing happens
    assert assembly.session.scan.wanted_index == 2


def test_a_timeout_is_outlived_and_what_was_stopped_is_resumed(qtbot: QtBot, live_viewer: LiveViewer, live_writer: Any) -> None:
    scan = live_writer(frame_shape=LARGER)
    assembly = live_viewer(scan.path, conditions=(Timeout(0.5),))
    session, bar = assembly.session, assembly.window.termination_bar
    scan.step(2)
    qtbot.waitUntil(lambda: session.scan.ended is not None and session.scan.ended.reason == "timeout", timeout=WAIT_MS)
    assert session.scan.is_still_following
    assert not bar.resume.isVisible(), "it goes on by itself"
    bar.seconds.setValue(600.0)
    scan.step(3)
    wait_shown(qtbot, assembly, 4)
    qtbot.waitUntil(lambda: session.scan.ended is None, timeout=WAIT_MS)
    qtbot.mouseClick(bar.stop, LEFT)
    qtbot.waitUntil(lambda: session.scan.ended is not None, timeout=WAIT_MS)
    assert session.scan.ended is not None
    assert session.scan.ended.reason == "stopped"
    assert session.scan.state.kind is StateKind.STOPPED
    qtbot.mouseClick(bar.resume, LEFT)
    (newest,) = scan.step(1)
    np.testing.assert_array_equal(wait_shown(qtbot, assembly, newest), scan.expected(newest))
    assert session.scan.ended is None


def test_the_snapshot_is_the_shown_frame_bit_for_bit(qtbot: QtBot, live_viewer: LiveViewer, live_writer: Any, tmp_path: Path) -> None:
    scan = live_writer(frame_shape=LARGER)
    assembly = live_viewer(scan.path, conditions=(Timeout(600.0),))
    scan.step(3)
    wait_shown(qtbot, assembly, 2)
    assembly.window.snapshots.set_folder(tmp_path)
    with qtbot.waitSignal(assembly.window.snapshots.written, timeout=WAIT_MS) as written:
        qtbot.mouseClick(assembly.window.top_bar.snapshot, LEFT)
    by_ending = {path.suffix: path for path in written.args[0]}
    assert set(by_ending) == {".png", ".tiff", ".npy", ".h5", ".json"}
    for exported in (np.load(by_ending[".npy"]), tifffile.imread(by_ending[".tiff"]), default_data(by_ending[".h5"])):
        assert exported.dtype == scan.expected(2).dtype
        assert exported.tobytes() == scan.expected(2).tobytes()
    assert by_ending[".png"].read_bytes().startswith(b"\x89PNG")


def default_data(path: Path) -> np.ndarray:
    """Return what a NeXus program plots."""
    with h5py.File(path, "r") as file:
        group = file[file.attrs["default"]]
        group = group[group.attrs["default"]]
        return group[group.attrs["signal"]][()]


def test_a_burst_of_a_real_scan_has_every_frame_bit_for_bit(
    qtbot: QtBot, live_viewer: LiveViewer, live_writer: Any, tmp_path: Path
) -> None:
    scan = live_writer(frame_shape=LARGER)
    assembly = live_viewer(scan.path, conditions=(Timeout(600.0),))
    scan.step(2)
    wait_shown(qtbot, assembly, 1)
    folder = tmp_path / "burst"
    folder.mkdir()
    assembly.window.snapshots.set_settings(SnapshotSettings(folder, "{index}", ("npy",)))
    qtbot.keyClick(assembly.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    scan.step(10)  # at once: without a burst the window would show but a few of them
    qtbot.waitUntil(lambda: assembly.window.burst.n_taken == 10, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: len(list(folder.glob("*.json"))) == 10, timeout=WAIT_MS)
    for index in range(2, 12):
        np.testing.assert_array_equal(np.load(folder / f"{index:06d}.npy"), scan.expected(index))


@pytest.mark.parametrize("content", [b"", b"this is no HDF5 file " * 40])
def test_rubbish_is_one_sentence_with_a_remedy(qtbot: QtBot, live_viewer: LiveViewer, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rubbish.h5"
    path.write_bytes(content)
    assembly = live_viewer(path, wait_s=0.0)
    with qtbot.waitSignal(assembly.session.finished, timeout=WAIT_MS):
        pass
    bar = assembly.window.error_bar
    assert bar.isVisible()
    assert "rubbish.h5" in bar.message.text()
    assert bar.problem is not None
    assert bar.problem.remedy
