"""Recent files, and what is dropped on the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look.settings import settings
from swmr_viewer.gui.opening.recent import KEPT, KEY
from swmr_viewer.reader.messages import FollowRequest
from tests.gui.fakes import FakeSupervisor

COPY, LEFT, NONE = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def open_and_hear(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, request: FollowRequest) -> None:
    viewer.session.open(request)
    with qtbot.waitSignal(viewer.session.opened):
        reader.say_opened((4, 5))


def drop(viewer: Assembly, *paths: Path) -> bool:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    window = viewer.window
    enter = QDragEnterEvent(QPointF(50, 50).toPoint(), COPY, mime, LEFT, NONE)
    QApplication.sendEvent(window, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), COPY, mime, LEFT, NONE))
    return True


def test_what_opened_is_offered_again_with_its_paths(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor) -> None:
    one = FollowRequest("/data/1.nxs", ("/keys/a", "/keys/b"), ("/eiger/data",), "/done")
    two = FollowRequest("/data/2&3.nxs", length_paths=("/flat/data",), data_paths=("/flat/data",))
    open_and_hear(qtbot, viewer, reader, one)
    open_and_hear(qtbot, viewer, reader, two)
    viewer.session.open(FollowRequest("/data/never-opened.nxs"))
    menu = viewer.opening.recent_menu
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["&1  2&&3.nxs", "&2  1.nxs", "", "&Forget these"]
    assert menu.actions()[1].toolTip() == "/data/1.nxs\n/keys/a\n/keys/b\n/eiger/data"
    menu.actions()[1].trigger()
    again = reader.sent(FollowRequest)[-1]
    assert (again.path, again.key_paths, again.data_paths, again.finished_path) == (
        one.path,
        one.key_paths,
        one.data_paths,
        one.finished_path,
    )
    assert viewer.opening.recent.requests()[0].length_paths == ("/flat/data",)
    menu.actions()[3].trigger()
    assert viewer.opening.recent.requests() == ()


def test_the_latest_are_kept_each_once(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor) -> None:
    for number in (*range(KEPT + 2), 5):
        open_and_hear(qtbot, viewer, reader, FollowRequest(f"/data/{number}.nxs"))
    names = [Path(one.path).stem for one in viewer.opening.recent.requests()]
    assert len(names) == KEPT == len(set(names))
    assert names[:2] == ["5", str(KEPT + 1)]


def test_settings_that_somebody_broke_are_no_recent_files(viewer: Assembly) -> None:
    for broken in ("{", '{"file": 1}', '[1, {"keys": ["/a"]}, {"file": "/x", "keys": 5}]', "null"):
        settings().setValue(KEY, broken)
        assert viewer.opening.recent.requests() == ()
    viewer.opening.recent.fill(viewer.opening.recent_menu, viewer.opening.open)
    assert [one.text() for one in viewer.opening.recent_menu.actions()] == ["Nothing was opened yet"]


def test_a_dropped_file_is_followed(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, tmp_path: Path) -> None:
    file = tmp_path / "a scan.nxs"
    with qtbot.waitSignal(viewer.session.request_changed):
        assert drop(viewer, file)
    assert reader.sent(FollowRequest)[-1].path == str(file)


def test_a_dropped_folder_is_watched(qtbot: QtBot, following: Callable[..., Assembly], tmp_path: Path) -> None:
    viewer = following()
    folder = tmp_path / "visit.7"
    folder.mkdir()
    with qtbot.waitSignal(viewer.opening.watching.watch.changed):
        assert drop(viewer, folder)
    rule = viewer.opening.watching.watch.rule
    assert rule is not None
    assert (rule.folder, rule.pattern) == (str(folder), "*.nxs")
    assert viewer.session.scan.request == FollowRequest("/data/scan.nxs", conditions=viewer.session.scan.conditions)


def test_text_is_not_taken_for_a_file(viewer: Assembly) -> None:
    mime = QMimeData()
    mime.setText("/data/scan.nxs")
    enter = QDragEnterEvent(QPointF(5, 5).toPoint(), COPY, mime, LEFT, NONE)
    enter.ignore()
    QApplication.sendEvent(viewer.window, enter)
    assert not enter.isAccepted()
