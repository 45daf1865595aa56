"""Presets: saved and chosen in the open dialog, passed on as a file, used by the command line and the reader."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from swmr_viewer import cli
from swmr_viewer.commands import window
from swmr_viewer.core.conditions import Timeout
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look.settings import presets_file
from swmr_viewer.gui.opening import preset_row
from swmr_viewer.gui.opening.dialog import OpenDialog
from swmr_viewer.opening.stored import Preset, PresetError, load_presets, preset_named, save_presets
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.watching.scan_files import WatchRule
from tests.gui.opening.fake_inspector import FakeInspector
from tests.gui.test_window_live import wait_shown
from tests.live.conftest import live_writer
from tests.live.writers import LiveWriter
from tests.opening.inspections import FRAMES, KEYS, inspection

__all__ = ["live_writer"]
I18 = Preset("i18", "i18-*.nxs", ("/entry/*/keys",), (), ("/entry/eig*/data", "/entry/**/total"), "/entry/*/scan_finished")
B21 = Preset("B21", data=("/d",), length=("/d",))
LEFT = Qt.MouseButton.LeftButton
PATH = "/data/scan.nxs"


def test_they_are_kept_in_a_file_that_people_can_read(fresh_home: Path) -> None:
    assert load_presets(presets_file()) == ()
    save_presets([I18, B21], presets_file())
    assert presets_file().is_relative_to(fresh_home)
    assert load_presets(presets_file()) == (B21, I18)
    assert [one.name for one in presets_file().parent.iterdir()] == ["presets.json"]
    written = json.loads(presets_file().read_text(encoding="utf-8"))
    assert written["presets"][1]["data"] == ["/entry/eig*/data", "/entry/**/total"]
    assert preset_named("B21", load_presets(presets_file())) == B21
    with pytest.raises(PresetError, match="There are: B21, i18"):
        preset_named("b21", load_presets(presets_file()))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "swmr_viewer presets", "presets": [{"name": ""}]}', '{"format": "x", "presets": []}', "\xff"]
)
def test_another_file_is_refused_and_stays(text: str, tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(PresetError, match="no file of presets"):
        load_presets(file)
    assert file.read_text(encoding="latin-1") == text


def test_a_preset_is_saved_and_chosen_in_the_open_dialog(qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector) -> None:
    row = dialog.presets
    assert not row.save_button.isEnabled()
    dialog.set_value(FollowRequest(PATH, ("/entry/*/keys/unique*",), ("/entry/eig*/data",)))
    inspector.answer(inspection())
    assert dialog.open_button.isEnabled()
    qtbot.keyClicks(row.names, "my beamline")
    qtbot.mouseClick(row.save_button, LEFT)
    saved = Preset("my beamline", "*.nxs", ("/entry/*/keys/unique*",), (), ("/entry/eig*/data",), "/entry/diamond_scan/scan_finished")
    qtbot.waitUntil(lambda: load_presets(presets_file()) == (saved,))
    qtbot.waitUntil(lambda: row.names.count() == 1)
    dialog.set_value(FollowRequest(PATH))
    assert (dialog.fields.keys.text(), dialog.fields.data.text()) == (KEYS, FRAMES)
    row.names.activated.emit(0)
    assert dialog.value().key_paths == saved.keys
    assert dialog.value().data_paths == saved.data
    dialog.set_value(FollowRequest(PATH, ("/entry/*/nothing",)))
    assert "names nothing" in dialog.remarks["keys"].text()
    row.delete_action.trigger()
    qtbot.waitUntil(lambda: load_presets(presets_file()) == ())


def test_presets_are_passed_on(qtbot: QtBot, dialog: OpenDialog, tmp_path: Path) -> None:
    row, file = dialog.presets, tmp_path / "ours.json"

    def tell(*doing: object) -> None:
        """Do something with files, and wait for what is said of it."""
        act, *given = doing
        with qtbot.waitSignal(row.reported):
            act(*given)

    save_presets([I18, B21], presets_file())
    row.reload()
    qtbot.waitUntil(lambda: row.names.count() == 2)
    tell(row.export_to, str(file))
    save_presets([Preset("i18", data=("/old",)), Preset("mine")], presets_file())
    tell(row.import_from, str(file))
    assert load_presets(presets_file()) == (B21, I18, Preset("mine"))
    assert row.names.count() == 3
    file.write_text("no", encoding="utf-8")
    tell(row.import_from, str(file))
    assert "is no file of presets" in dialog.remarks["finished"].text()
    assert len(load_presets(presets_file())) == 3


def test_a_home_that_does_not_answer_holds_up_no_dialog(qtbot: QtBot, dialog: OpenDialog, monkeypatch: pytest.MonkeyPatch) -> None:
    row, answers = dialog.presets, threading.Event()
    load = preset_row.load_presets

    def wait_for_storage(file: Path) -> tuple[Preset, ...]:
        assert answers.wait(60)
        return load(file)

    monkeypatch.setattr(preset_row, "load_presets", wait_for_storage)
    row.reload()
    qtbot.keyClicks(row.names, "mine")
    row.save()
    assert row.names.currentText() == "mine"
    assert not presets_file().exists()
    with qtbot.waitSignal(row.reported):
        answers.set()
    assert [one.name for one in load_presets(presets_file())] == ["mine"]


def test_what_another_window_saved_meanwhile_is_kept_and_a_damaged_file_is_not_replaced(qtbot: QtBot, dialog: OpenDialog) -> None:
    row = dialog.presets
    save_presets([I18], presets_file())
    row.names.setEditText("mine")
    with qtbot.waitSignal(row.reported):
        row.save()
    assert [one.name for one in load_presets(presets_file())] == ["i18", "mine"]
    presets_file().write_text("no", encoding="utf-8")
    with qtbot.waitSignal(row.reported) as told:
        row.save()
    assert "is no file of presets" in told.args[0]
    assert presets_file().read_text(encoding="utf-8") == "no"


def test_the_command_line_takes_a_preset(capsys: pytest.CaptureFixture[str]) -> None:
    save_presets([I18], presets_file())
    parser = cli.parser_of(cli.WINDOW, window)
    watched = parser.parse_args(["--watch", "visit", "--preset", "i18", "--data", "/other"])
    assert window.watch_from(watched) == WatchRule("visit", "i18-*.nxs")
    request = window.request_from(watched)
    assert request is not None
    assert (request.key_paths, request.data_paths, request.finished_path) == (I18.keys, ("/other",), I18.finished)
    assert cli.main(["s.nxs", "--preset", "i19"]) == 2
    assert "There are: i18." in capsys.readouterr().err


def test_a_folder_is_watched_by_a_preset(qtbot: QtBot, viewer: Assembly, tmp_path: Path) -> None:
    save_presets([I18], presets_file())
    viewer.opening.watching.show_dialog()
    dialog = viewer.opening.watching.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.preset.count() == 2)
    dialog.preset.setCurrentText("i18")
    dialog.preset.activated.emit(1)
    qtbot.keyClicks(dialog.folder, str(tmp_path))
    qtbot.mouseClick(dialog.watch_button, LEFT)
    assert viewer.opening.watching.watch.rule == WatchRule(str(tmp_path), "i18-*.nxs")
    assert viewer.opening.watching.watch._template == I18.request()


@pytest.mark.live
def test_the_reader_finds_what_fits_the_patterns(
    qtbot: QtBot, live_viewer: Callable[..., Assembly], live_writer: Callable[..., LiveWriter]
) -> None:
    scan = live_writer(n_keys=2)
    assembly = live_viewer(scan.path, key_paths=("/**/keys",), data_paths=("/entry/*/data",), conditions=(Timeout(600.0),))
    newest = max(scan.step(5))
    wait_shown(qtbot, assembly, newest)
    description, frame = assembly.session.scan.description, assembly.session.scan.shown
    assert description is not None
    assert frame is not None
    assert len(description.key_paths) == 2
    assert all("*" not in path for path in (*description.key_paths, *description.data_paths))
    assert (frame.raw == scan.expected(newest)).all()
