"""Files opened before, in the dialog: filled in with their paths by mouse and keyboard, and what is gone stays."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import AllKeys
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.opening import recent
from swmr_viewer.gui.opening.dialog import OpenDialog
from swmr_viewer.reader.messages import FollowRequest
from tests.gui.fakes import FakeSupervisor
from tests.gui.opening.fake_inspector import FakeInspector
from tests.opening.inspections import FRAMES, KEYS, inspection


@pytest.fixture
def opened_before(tmp_path: Path) -> tuple[FollowRequest, ...]:
    """Two files that were opened before: the first one is there, the second is gone."""
    (tmp_path / "here.nxs").write_bytes(b"")
    return (
        FollowRequest(str(tmp_path / "here.nxs"), (KEYS,), (FRAMES,), "/done"),
        FollowRequest(str(tmp_path / "a&b.nxs"), length_paths=("/flat",), data_paths=("/flat", "/other")),
    )


def rows(dialog: OpenDialog) -> list[list[str]]:
    view = dialog.contents.recent_list.view
    items = [view.topLevelItem(row) for row in range(view.topLevelItemCount())]
    return [[item.text(column) for column in range(view.columnCount())] for item in items if item is not None]


def click(qtbot: QtBot, dialog: OpenDialog, row: int) -> None:
    view = dialog.contents.recent_list.view
    item = view.topLevelItem(row)
    assert item is not None
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualItemRect(item).center())


def test_they_are_listed_while_no_file_is_named_and_what_is_gone_is_called_so(
    qtbot: QtBot, dialog: OpenDialog, opened_before: tuple[FollowRequest, ...], tmp_path: Path
) -> None:
    assert dialog.contents.recent_list.isVisible()
    gone = ["a&b.nxs", str(tmp_path), "/flat; /other", "not there"]
    qtbot.waitUntil(lambda: rows(dialog) == [["here.nxs", str(tmp_path), FRAMES, ""], gone])
    (tmp_path / "here.nxs").unlink()
    dialog.recent.check()
    qtbot.waitUntil(lambda: rows(dialog)[0][-1] == "not there")
    assert len(rows(dialog)) == 2
    dialog.file_field.setText("/data/other.nxs")
    assert not dialog.contents.recent_list.isVisible()
    assert dialog.tree.isVisible()
    dialog.file_field.clear()
    assert dialog.contents.recent_list.isVisible()


def test_a_click_fills_in_the_paths(
    qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector, opened_before: tuple[FollowRequest, ...]
) -> None:
    dialog.set_value(FollowRequest("", conditions=(AllKeys(),)))
    click(qtbot, dialog, 0)
    assert dialog.value() == replace(opened_before[0], conditions=(AllKeys(),))
    assert inspector.asked == [opened_before[0].path]
    assert not dialog.contents.recent_list.isVisible()
    inspector.answer(inspection(opened_before[0].path))
    assert dialog.value() == replace(opened_before[0], conditions=(AllKeys(),))


def test_one_that_is_gone_can_be_chosen_and_waited_for(
    qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector, opened_before: tuple[FollowRequest, ...]
) -> None:
    click(qtbot, dialog, 1)
    assert dialog.value() == opened_before[1]
    inspector.answer(None, message="It is not there.", kind=FailureKind.FILE_NOT_THERE)
    assert dialog.open_button.text() == "Wait for it"


def test_the_keyboard_goes_down_into_the_list_and_return_chooses(
    qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector, opened_before: tuple[FollowRequest, ...]
) -> None:
    assert dialog.file_field.hasFocus()
    qtbot.keyClick(dialog.file_field, Qt.Key.Key_Down)
    view = dialog.contents.recent_list.view
    assert view.hasFocus()
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert dialog.value() == opened_before[1]
    assert dialog.isVisible()


def test_the_button_beside_the_field_offers_them_at_any_time(
    qtbot: QtBot, dialog: OpenDialog, inspector: FakeInspector, opened_before: tuple[FollowRequest, ...]
) -> None:
    dialog.set_value(FollowRequest("/data/other.nxs", ("/mine",)))
    menu = dialog.file_row.recent_menu
    qtbot.mouseClick(dialog.file_row.recent_button, Qt.MouseButton.LeftButton)
    assert menu.isVisible()
    assert dialog.file_row.recent_button.toolTip()
    qtbot.waitUntil(lambda: [one.text() for one in menu.actions()] == ["&1  here.nxs", "&2  a&&b.nxs  (not there)"])
    assert menu.actions()[0].toolTip() == "\n".join((opened_before[0].path, KEYS, FRAMES))
    qtbot.keyClick(menu, Qt.Key.Key_1)
    assert dialog.value() == opened_before[0]
    qtbot.keyClick(dialog, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert menu.isVisible()
    qtbot.keyClick(menu, Qt.Key.Key_Escape)
    assert dialog.isVisible()


def test_storage_that_does_not_answer_holds_nobody_up(
    qtbot: QtBot, dialog: OpenDialog, opened_before: tuple[FollowRequest, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog.recent.close()
    gate, asked = threading.Event(), []

    def hanging(path: str) -> bool:
        asked.append(path)
        return path == opened_before[0].path or not gate.wait(60)

    monkeypatch.setattr(recent.os.path, "exists", hanging)
    try:
        dialog.recent.check()
        qtbot.waitUntil(lambda: opened_before[1].path in asked)
        click(qtbot, dialog, 1)
        assert dialog.value() == opened_before[1]
        dialog.recent.check()
        assert asked.count(opened_before[1].path) == 1
    finally:
        gate.set()
        dialog.recent.close()


def test_without_any_the_tree_says_what_it_is_for(qtbot: QtBot, inspector: FakeInspector) -> None:
    empty = OpenDialog(inspector)
    qtbot.addWidget(empty)
    empty.show()
    assert not empty.contents.recent_list.isVisible()
    empty.file_row.show_recent()
    assert [(one.text(), one.isEnabled()) for one in empty.file_row.recent_menu.actions()] == [("Nothing was opened yet", False)]
    empty.file_row.recent_menu.close()
    empty.close()


def test_what_the_window_opened_stands_in_its_dialog(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor) -> None:
    viewer.session.open(FollowRequest("/data/1.nxs", ("/keys",), ("/data",)))
    with qtbot.waitSignal(viewer.session.opened):
        reader.say_opened((4, 5))
    viewer.window.actions_.open.trigger()
    dialog = viewer.opening.dialog
    assert dialog is not None
    dialog.file_field.clear()
    qtbot.waitUntil(lambda: rows(dialog) == [["1.nxs", "/data", "/data", "not there"]])
    dialog.close()
