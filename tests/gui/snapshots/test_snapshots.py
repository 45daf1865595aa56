"""Snapshots, bursts and the clipboard, by mouse and keyboard on a scripted reader."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from swmr_viewer.core.errors import ExportError
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look.theme import LIGHT
from swmr_viewer.gui.snapshots.clipboard import MOST_VALUES, seen_part
from swmr_viewer.gui.snapshots.snapshot_picture import composed, round_below, scale_bar
from swmr_viewer.gui.snapshots.snapshot_settings import SnapshotSettings, load_snapshot_settings, store_snapshot_settings
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor, picture
from tests.leftovers import snapshot

Following = Callable[..., Assembly]
LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
WITHOUT_CHILD = ("png", "tiff", "npy", "csv", "json")


def show(qtbot: QtBot, assembly: Assembly, reader: FakeSupervisor, pixels: np.ndarray, index: int) -> None:
    with qtbot.waitSignal(assembly.session.frame_changed):
        reader.say_frame(pixels, index, assembly.session.scan.scan_shape)


@pytest.fixture
def ready(following: Following, tmp_path: Path) -> Assembly:
    """Return a window that follows, and knows where snapshots go."""
    assembly = following((4, 50))
    assembly.window.snapshots.set_settings(SnapshotSettings(tmp_path, formats=WITHOUT_CHILD))
    return assembly


def written_in(folder: Path, ending: str) -> list[str]:
    return sorted(path.name for path in folder.glob(f"*.{ending}"))


# ---- pure parts


@pytest.mark.parametrize(("value", "rounded"), [(1, 1), (1.99, 1), (2, 2), (9.9, 5), (120, 100), (0.037, 0.02), (5e-5, 5e-5)])
def test_lengths_are_round(value: float, rounded: float) -> None:
    assert round_below(value) == pytest.approx(rounded)


def test_the_scale_is_true_in_pixels_and_in_millimetres() -> None:
    bar = scale_bar(2.5)
    assert bar.words == "200 pixels"
    assert bar.length_px == pytest.approx(80)
    bar = scale_bar(2.5, (75e-6, 75e-6))
    assert bar.words == "20 mm"
    assert bar.length_px * 2.5 * 75e-6 == pytest.approx(20e-3)
    assert scale_bar(0.01, (75e-6, 75e-6)).words == "50 \u00b5m"
    assert scale_bar(0.001).words == "1 pixel"


def test_title_and_scale_are_added_around_the_picture_that_is_seen(viewer: Assembly) -> None:
    seen = QImage(300, 200, QImage.Format.Format_RGB32)
    seen.fill(Qt.GlobalColor.red)
    assert composed(seen, "", None, LIGHT).size() == seen.size()
    whole = composed(seen, "a title", scale_bar(1.0), LIGHT)
    assert whole.width() == 300
    top = (whole.height() - 200) // 2
    assert whole.copy(0, top, 300, 200) == seen
    colors = {whole.pixelColor(x, y).name() for x in range(300) for y in range(top)}
    assert len(colors) > 1, "the title is not drawn"
    assert whole.pixelColor(20, top + 200 + top // 2).name() == LIGHT.text, "the bar is not drawn"


@pytest.mark.parametrize(
    ("rect", "part"),
    [
        ((0.0, 0.0, 10.0, 5.0), (slice(0, 5), slice(0, 10))),
        ((-3.0, -3.0, 100.0, 100.0), (slice(0, 64), slice(0, 48))),
        ((1.5, 2.5, 1.0, 1.0), (slice(2, 4), slice(1, 3))),
        ((60.0, 2.0, 5.0, 5.0), (slice(2, 7), slice(60, 60))),
    ],
)
def test_the_part_that_is_seen_is_whole_pixels(rect: tuple[float, ...], part: tuple[slice, slice]) -> None:
    assert seen_part(QRectF(*rect), (64, 48)) == part


def test_settings_come_back(viewer: Assembly, tmp_path: Path) -> None:
    assert load_snapshot_settings() == SnapshotSettings()
    value = SnapshotSettings(tmp_path / "a folder", "{file}-{index:04d}", ("npy", "json"), has_title=False, has_scale=False)
    store_snapshot_settings(value)
    assert load_snapshot_settings() == value


# ---- one snapshot


def test_the_panel_edits_how_snapshots_are_written(qtbot: QtBot, ready: Assembly, reader: FakeSupervisor, tmp_path: Path) -> None:
    show(qtbot, ready, reader, picture(), 27)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    qtbot.keyClick(ready.window, Qt.Key.Key_S, CONTROL | SHIFT)
    panel = ready.window.desktop_actions.snapshot_panel
    assert panel is not None
    assert panel.isVisible()
    assert not panel.isModal()
    for field, text in ((panel.folder, str(folder)), (panel.pattern, "{file} at {position}")):
        field.selectAll()
        qtbot.keyClicks(field, text)
    assert panel.example.text() == "scan-at-0-27.png"
    for name in ("png", "tiff"):
        panel.formats[name].click()
    assert load_snapshot_settings() == SnapshotSettings(folder, "{file} at {position}", ("npy", "csv", "json"))
    assert panel.value() == ready.window.snapshots.settings
    with qtbot.waitSignal(ready.window.snapshots.written):
        qtbot.mouseClick(panel.take, LEFT)
    assert written_in(folder, "*") == ["scan-at-0-27.json", "scan-at-0-27.npy"]
    np.testing.assert_array_equal(np.load(folder / "scan-at-0-27.npy"), picture())
    told = json.loads((folder / "scan-at-0-27.json").read_text())
    assert (told["index"], told["position"], told["data_path"]) == (27, [0, 27], "/entry/eiger/data")
    panel.pattern.clear()
    qtbot.keyClicks(panel.pattern, "{frame}")
    assert "cannot be filled" in panel.example.text()
    assert ready.window.snapshots.settings.pattern == "{file} at {position}", "a pattern that makes no sense is not taken"


def test_the_picture_is_what_is_seen_with_title_and_scale(qtbot: QtBot, ready: Assembly, reader: FakeSupervisor, tmp_path: Path) -> None:
    show(qtbot, ready, reader, picture(), 3)
    qtbot.keyClick(ready.window, Qt.Key.Key_S, CONTROL)
    qtbot.waitUntil(lambda: len(written_in(tmp_path, "png")) == 1)
    stored = QImage(str(next(tmp_path.glob("*.png"))))
    seen = ready.window.frame_view.grab_picture()
    assert stored.width() == seen.width()
    top = (stored.height() - seen.height()) // 2
    assert top > 10
    assert stored.copy(0, top, seen.width(), seen.height()).convertedTo(QImage.Format.Format_RGB32) == seen.convertedTo(
        QImage.Format.Format_RGB32
    )


def test_a_spectrum_leaves_out_what_it_cannot_be(qtbot: QtBot, following: Following, reader: FakeSupervisor, tmp_path: Path) -> None:
    viewer = following((4, 5), frame=(100,))
    viewer.window.snapshots.set_settings(SnapshotSettings(tmp_path, formats=WITHOUT_CHILD))
    values = picture((100,))
    show(qtbot, viewer, reader, values, 2)
    with qtbot.waitSignal(viewer.window.snapshots.written) as written:
        qtbot.keyClick(viewer.window, Qt.Key.Key_S, CONTROL)
    assert {path.suffix for path in written.args[0]} == {".png", ".npy", ".csv", ".json"}
    table = np.loadtxt(next(tmp_path.glob("*.csv")), delimiter=",", skiprows=1, dtype=np.int64)
    np.testing.assert_array_equal(table[:, 1], values)


def test_a_folder_that_went_away_is_told_in_the_bar(qtbot: QtBot, ready: Assembly, reader: FakeSupervisor, tmp_path: Path) -> None:
    show(qtbot, ready, reader, picture(), 3)
    snapshots = ready.window.snapshots
    snapshots.set_settings(SnapshotSettings(tmp_path / "gone", formats=("npy",)))
    snapshot = snapshots.collect()
    assert snapshot is not None
    with qtbot.waitSignal(snapshots.refused):
        snapshots.write(snapshot)
    problem = ready.window.error_bar.problem
    assert problem is not None
    assert "gone" in problem.message
    assert problem.remedy


def test_what_was_measured_is_saved_as_a_table(qtbot: QtBot, ready: Assembly, reader: FakeSupervisor, tmp_path: Path) -> None:
    show(qtbot, ready, reader, picture(), 3)
    qtbot.keyClick(ready.window, Qt.Key.Key_C, CONTROL | Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: ready.window.error_bar.problem is not None)
    assert "Nothing was measured" in ready.window.error_bar.message.text()
    ready.session.scan.quantities.regions, ready.session.scan.quantities.region_columns = ("A",), ("sum",)
    values = np.array([[0.1, 7.0], [1 / 3, np.nan]])
    ready.window.measuring.measurements.values.take(("total", "A.sum"), np.array([3, 51]), values)
    with qtbot.waitSignal(ready.window.snapshots.written) as written:
        qtbot.keyClick(ready.window, Qt.Key.Key_C, CONTROL | Qt.KeyboardModifier.AltModifier)
    names = {path.suffix: path for path in written.args[0]}
    assert names[".csv"].name == "scan_entry-eiger-data_curves.csv"
    assert names[".csv"].read_text().splitlines() == [
        "index,position_0,position_1,order,total,A.sum",
        "3,0,3,,0.1,7",
        "51,1,1,,0.3333333333333333,",
    ]
    description = json.loads(names[".json"].read_text())
    assert [column["name"] for column in description["columns"]] == ["order", "total", "A.sum"]
    assert description["origin"]["data_path"] == "/entry/eiger/data"
    assert sorted(path.name for path in tmp_path.glob(".*")) == []


# ---- bursts


def live_frames(qtbot: QtBot, assembly: Assembly, reader: FakeSupervisor, indices: range) -> None:
    for index in indices:
        show(qtbot, assembly, reader, picture((8, 8), seed=index), index)


def test_a_burst_takes_each_second_frame_until_it_has_its_number(
    qtbot: QtBot, ready: Assembly, reader: FakeSupervisor, tmp_path: Path
) -> None:
    live_frames(qtbot, ready, reader, range(2))
    qtbot.keyClick(ready.window, Qt.Key.Key_S, CONTROL | SHIFT)
    panel, burst = ready.window.desktop_actions.snapshot_panel, ready.window.burst
    assert panel is not None
    panel.step.setValue(2)
    panel.count.setValue(3)
    qtbot.mouseClick(panel.burst_button, LEFT)
    assert burst.is_running
    assert panel.burst_button.text() == "Stop &burst"
    assert [one.on for one in reader.sent(m.SetEveryFrame)] == [True]
    live_frames(qtbot, ready, reader, range(2, 9))
    assert not burst.is_running
    qtbot.waitUntil(lambda: len(written_in(tmp_path, "npy")) == 3)
    assert [int(name[-10:-4]) for name in written_in(tmp_path, "npy")] == [2, 4, 6]
    for index, name in zip((2, 4, 6), written_in(tmp_path, "npy"), strict=True):
        np.testing.assert_array_equal(np.load(tmp_path / name), picture((8, 8), seed=index))
    assert panel.progress.text() == "Burst: 3 of 3 snapshots, ended"
    assert [one.on for one in reader.sent(m.SetEveryFrame)] == [True, False]


def test_a_burst_by_keyboard_goes_on_until_it_is_stopped(qtbot: QtBot, ready: Assembly, reader: FakeSupervisor, tmp_path: Path) -> None:
    live_frames(qtbot, ready, reader, range(1))
    qtbot.keyClick(ready.window, Qt.Key.Key_S, CONTROL | Qt.KeyboardModifier.AltModifier)
    assert ready.window.actions_.burst.isChecked()
    live_frames(qtbot, ready, reader, range(1, 6))
    qtbot.keyClick(ready.window, Qt.Key.Key_S, CONTROL | Qt.KeyboardModifier.AltModifier)
    live_frames(qtbot, ready, reader, range(6, 8))
    assert ready.window.burst.n_taken == 5
    qtbot.waitUntil(lambda: len(written_in(tmp_path, "npy")) == 5)
    assert [int(name[-10:-4]) for name in written_in(tmp_path, "npy")] == [1, 2, 3, 4, 5]


def test_while_the_disk_is_slow_a_burst_makes_the_reader_wait(
    qtbot: QtBot, ready: Assembly, reader: FakeSupervisor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from swmr_viewer.gui.snapshots import burst as burst_module

    live_frames(qtbot, ready, reader, range(1))
    monkeypatch.setattr(burst_module, "MOST_WAITING", -1)  # one snapshot is too much already
    ready.window.burst.start()
    seen: list[int] = []
    held: list[bool] = []
    session = ready.session
    session.frame_changed.connect(lambda: seen.append(session.scan.shown.index) if session.scan.shown is not None else None)
    ready.window.burst.changed.connect(lambda: held.append(session._arrivals._holds_frames))
    for index in range(1, 4):
        reader.say_frame(picture((8, 8), seed=index), index, (4, 50))
    qtbot.waitUntil(lambda: held == [True])
    monkeypatch.setattr(burst_module, "MOST_WAITING", 1 << 30)
    ready.window.snapshots.writer.done.emit()
    qtbot.waitUntil(lambda: len(seen) == 3)
    assert seen == [1, 2, 3], "every frame came, in order, once there was room"
    qtbot.waitUntil(lambda: len(written_in(tmp_path, "npy")) == 3)


def test_a_burst_ends_at_the_first_snapshot_that_cannot_be_written(
    qtbot: QtBot, ready: Assembly, reader: FakeSupervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from swmr_viewer.gui.snapshots import snapshot_writer

    def refuse(*_: object, **__: object) -> None:
        raise ExportError("The disk is full.", "Make room.")

    monkeypatch.setattr(snapshot_writer, "write_snapshot", refuse)
    live_frames(qtbot, ready, reader, range(1))
    ready.window.burst.start(count=5)
    with qtbot.waitSignal(ready.window.snapshots.refused):
        reader.say_frame(picture((8, 8)), 1, (4, 50))
    assert not ready.window.burst.is_running
    assert "1 could not be written" in ready.window.burst.words()


# ---- the clipboard


def test_the_picture_is_copied(qtbot: QtBot, ready: Assembly, reader: FakeSupervisor) -> None:
    show(qtbot, ready, reader, picture(), 3)
    qtbot.keyClick(ready.window, Qt.Key.Key_C, CONTROL)
    copied = QGuiApplication.clipboard().image()
    assert copied.width() == ready.window.frame_view.grab_picture().width()
    assert copied.convertedTo(QImage.Format.Format_RGB32) == ready.window.snapshots.picture()


def test_the_raw_values_that_are_seen_are_copied(qtbot: QtBot, ready: Assembly, reader: FakeSupervisor) -> None:
    pixels = picture((600, 600))
    pixels[100, 200] = np.iinfo(np.uint32).max
    show(qtbot, ready, reader, pixels, 3)
    QGuiApplication.clipboard().setText("before")
    qtbot.keyClick(ready.window, Qt.Key.Key_C, CONTROL | SHIFT)
    assert QGuiApplication.clipboard().text() == "before", f"{pixels.size} values are more than {MOST_VALUES}"
    assert "Not copied" in ready.window.readout.note.text()
    ready.window.frame_view.image.box.setRange(QRectF(190, 95, 20, 10), padding=0)
    qtbot.keyClick(ready.window, Qt.Key.Key_C, CONTROL | SHIFT)
    rows = [[int(value) for value in line.split("\t")] for line in QGuiApplication.clipboard().text().splitlines()]
    copied = np.array(rows, np.int64)
    assert copied.max() == np.iinfo(np.uint32).max
    y, x = (int(axis[0]) for axis in np.nonzero(copied == copied.max()))
    np.testing.assert_array_equal(copied, pixels[100 - y : 100 - y + copied.shape[0], 200 - x : 200 - x + copied.shape[1]])


def test_the_process_for_hdf5_ends_when_nothing_is_left_to_write(qtbot: QtBot, ready: Assembly, reader: FakeSupervisor) -> None:
    snapshots = ready.window.snapshots
    show(qtbot, ready, reader, picture(), 3)
    before = snapshot().processes
    snapshots.set_settings(SnapshotSettings(snapshots.folder, formats=("h5",)))
    with qtbot.waitSignal(snapshots.written, timeout=30_000) as written:
        qtbot.keyClick(ready.window, Qt.Key.Key_S, CONTROL)
    assert [path.suffix for path in written.args[0]] == [".h5", ".json"]
    qtbot.waitUntil(lambda: snapshot().processes <= before, timeout=30_000)
    assert snapshots.writer.isRunning()
