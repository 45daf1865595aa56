"""The first frame in the dialog, read by the real reader process from files that are written, damaged, or not read at all."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.opening.dialog import OpenDialog
from swmr_viewer.gui.opening.inspector import Inspector
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.reader.supervision import Supervisor
from swmr_viewer.simulator.defects import pixel_mask
from tests.gui.opening.fake_inspector import click_row
from tests.live.conftest import live_writer
from tests.live.writers import LiveWriter
from tests.reader import broken

__all__ = ["live_writer"]
pytestmark = pytest.mark.live
WAIT_MS = 60_000
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals, makes named pipes")


@pytest.fixture
def real_dialog(qtbot: QtBot) -> Iterator[Callable[..., OpenDialog]]:
    """Return a function that shows the dialog on an inspector with a real process."""
    inspectors: list[Inspector] = []

    def show(**options: float) -> OpenDialog:
        inspectors.append(Inspector(make_reader=lambda: Supervisor(**options)))  # type: ignore[arg-type]
        dialog = OpenDialog(inspectors[-1])
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    yield show
    assert all(inspector.close() for inspector in inspectors)


def wait_for_title(qtbot: QtBot, dialog: OpenDialog, title: str) -> None:
    qtbot.waitUntil(lambda: dialog.contents.preview.title.text() == title, timeout=WAIT_MS)


def pixels(dialog: OpenDialog) -> np.ndarray:
    shown = dialog.contents.preview.picture.thumbnail()
    assert shown is not None
    return shown.array()


def written(writer: LiveWriter, index: int, detector: int = 0) -> np.ndarray:
    """Return what it wrote, without what the file's own mask leaves out."""
    frame = writer.expected(index, detector)
    masked = pixel_mask(writer.plan) != 0 if writer.plan.mask and frame.ndim == 2 else frame == np.iinfo(np.uint16).max
    return np.where(masked | (frame == np.iinfo(np.uint16).max), np.nan, frame).astype(np.float32)


def test_the_first_complete_frame_of_a_running_scan_is_the_writers(
    qtbot: QtBot, real_dialog: Callable[..., OpenDialog], live_writer: Callable[..., LiveWriter]
) -> None:
    writer = live_writer(scan_shape=(3, 4), frame_shape=(24, 32), dtype="uint16", n_keys=2, mask=True, order="random", seed=1)
    dialog = real_dialog()
    qtbot.keyClicks(dialog.file_field, str(writer.path))
    qtbot.waitUntil(lambda: "No frame is complete yet" in dialog.contents.preview.instead.text(), timeout=WAIT_MS)
    while not writer.complete:
        writer.step()
    first = writer.complete[0]
    assert first > 0
    wait_for_title(qtbot, dialog, f"Frame {first} at {divmod(first, 4)}, the first complete one")
    assert np.array_equal(pixels(dialog), written(writer, first), equal_nan=True)
    assert np.isnan(pixels(dialog)).any()
    while min(writer.complete) == first:
        writer.step()
    click_row(qtbot, dialog, "/entry/diode/data")
    earlier = min(writer.complete)
    wait_for_title(qtbot, dialog, f"Frame {earlier} at {divmod(earlier, 4)}, the first complete one")
    shown = dialog.contents.preview.picture.thumbnail()
    assert shown is not None
    assert float(shown.value) == float(writer.expected(earlier, 1))


@POSIX
def test_a_reader_that_is_killed_while_it_previews_is_replaced(
    qtbot: QtBot, real_dialog: Callable[..., OpenDialog], live_writer: Callable[..., LiveWriter]
) -> None:
    writer = live_writer()
    writer.step()
    dialog = real_dialog()
    dialog.set_value(FollowRequest(str(writer.path)))
    wait_for_title(qtbot, dialog, "Frame 0 at (0, 0)")
    supervisor = dialog._inspector._thread._reader  # type: ignore[attr-defined]
    pid = supervisor._current.process.pid
    os.kill(pid, signal.SIGSTOP)
    dialog.preview.forget()
    dialog._choose_preview()
    qtbot.waitUntil(lambda: dialog.preview.is_reading, timeout=WAIT_MS)
    os.kill(pid, signal.SIGKILL)
    wait_for_title(qtbot, dialog, "Frame 0 at (0, 0)")
    assert supervisor._current.process.pid != pid
    assert np.array_equal(pixels(dialog), written(writer, 0), equal_nan=True)


@POSIX
@pytest.mark.slow
def test_a_frame_that_hangs_is_given_up_and_the_dialog_goes_on(
    qtbot: QtBot, real_dialog: Callable[..., OpenDialog], tmp_path: Path
) -> None:
    dialog = real_dialog(stuck_after_s=1.0)
    preview = dialog.contents.preview
    qtbot.keyClicks(dialog.file_field, str(broken.write_hanging_frame(tmp_path, n=3, hangs=0)))
    qtbot.waitUntil(lambda: "Reading the first frame" in preview.instead.text(), timeout=WAIT_MS)
    assert dialog.open_button.isEnabled()
    qtbot.waitUntil(lambda: "ended the reader 2 times" in preview.instead.text(), timeout=WAIT_MS)
    assert not dialog.preview.is_reading
    assert not dialog.preview._retry.isActive()
    whole = tmp_path / "whole"
    whole.mkdir()
    dialog.set_value(FollowRequest(str(broken.write_hanging_frame(whole, n=3, hangs=-1))))
    wait_for_title(qtbot, dialog, "Frame 0")
    assert np.array_equal(pixels(dialog), broken.pixels(0).astype(np.float32))


@POSIX
def test_another_file_does_not_wait_for_a_frame_that_hangs(
    qtbot: QtBot, real_dialog: Callable[..., OpenDialog], live_writer: Callable[..., LiveWriter], tmp_path: Path
) -> None:
    writer = live_writer()
    writer.step()
    dialog = real_dialog()  # its reader may hang for 30 s
    dialog.set_value(FollowRequest(str(broken.write_hanging_frame(tmp_path, n=3, hangs=0))))
    qtbot.waitUntil(lambda: dialog.preview.is_reading, timeout=WAIT_MS)
    dialog.set_value(FollowRequest(str(writer.path)))
    wait_for_title(qtbot, dialog, "Frame 0 at (0, 0)")
    assert np.array_equal(pixels(dialog), written(writer, 0), equal_nan=True)


def test_a_missing_filter_is_named(qtbot: QtBot, real_dialog: Callable[..., OpenDialog], tmp_path: Path) -> None:
    import h5py

    with h5py.File(tmp_path / "a.h5", "w", libver="v110") as file:
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk((1, 8, 8))
        plist.set_filter(32099, h5py.h5z.FLAG_OPTIONAL, ())
        space = h5py.h5s.create_simple((3, 8, 8))
        h5py.h5d.create(file.id, b"data", h5py.h5t.NATIVE_UINT16, space, plist)
        file["keys"] = np.array([1, 2, 3], np.int32)
    dialog = real_dialog()
    dialog.set_value(FollowRequest(str(tmp_path / "a.h5"), ("/keys",), ("/data",)))
    qtbot.waitUntil(lambda: "32099" in dialog.contents.preview.instead.text(), timeout=WAIT_MS)
