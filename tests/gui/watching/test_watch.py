"""The watched folder in the window: what starts is shown, unless this scan is held; then it is offered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import Timeout
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.watching.folder_thread import FolderThread
from swmr_viewer.reader.messages import Ended, FileReplaced, FollowRequest
from swmr_viewer.watching.scan_files import WatchRule
from swmr_viewer.watching.scan_finder import FolderPoll, ScanFinder
from tests.gui.fakes import Clock, FakeSupervisor, picture

LEFT = Qt.MouseButton.LeftButton
RULE = WatchRule("/data/visit", "*.nxs")
WAIT_MS = 60_000


class FakeFolder(QObject):
    """Reports what it found when a test asks for it."""

    polled = Signal(object)

    def __init__(self, rule: WatchRule) -> None:
        super().__init__()
        self.rule = rule
        self.silent_s = 0.0
        self.is_running = False

    def start(self) -> None:
        self.is_running = True

    def stop(self, timeout_s: float = 1.0) -> bool:
        self.is_running = False
        return True

    def find(self, started: str = "", **other: object) -> None:
        self.polled.emit(FolderPoll(self.rule, started, **other))  # type: ignore[arg-type]


@pytest.fixture
def folders(viewer: Assembly) -> Iterator[list[FakeFolder]]:
    made: list[FakeFolder] = []

    def make(rule: WatchRule) -> FakeFolder:
        made.append(FakeFolder(rule))
        return made[-1]

    viewer.opening.watching.watch._make_thread = make
    yield made
    viewer.opening.watching.watch.stop()
    assert not any(one.is_running for one in made)


def path_of(reader: FakeSupervisor) -> str:
    followed = reader.sent(FollowRequest)
    return followed[-1].path if followed else ""


def test_each_scan_that_starts_is_followed_by_the_conditions_of_the_window(
    viewer: Assembly, reader: FakeSupervisor, folders: list[FakeFolder]
) -> None:
    watch = viewer.opening.watching.watch
    watch.start(RULE, FollowRequest("", key_paths=("/keys",), conditions=(Timeout(77.0),)))
    assert viewer.window.empty.watching.text() == "Looking into /data/visit \u2026"
    folders[0].find(preparing="/data/visit/1.nxs")
    assert "1.nxs is there" in viewer.window.empty.watching.text()
    assert reader.sent(FollowRequest) == []
    folders[0].find("/data/visit/1.nxs")
    assert reader.sent(FollowRequest) == [FollowRequest("/data/visit/1.nxs", ("/keys",), conditions=(Timeout(77.0),), wait_s=None)]
    viewer.session.set_conditions((Timeout(3.0),))
    folders[0].find("/data/visit/2.nxs")
    assert reader.sent(FollowRequest)[-1] == FollowRequest("/data/visit/2.nxs", ("/keys",), conditions=(Timeout(3.0),), wait_s=None)
    folders[0].find("/data/visit/2.nxs")
    assert len(reader.sent(FollowRequest)) == 2


def test_the_data_set_that_was_shown_is_shown_in_the_next_scan_under_its_new_path(
    qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, folders: list[FakeFolder]
) -> None:
    viewer.opening.watching.watch.start(RULE)
    for number, wanted in ((1, "eiger"), (2, "merlin"), (3, "merlin")):
        paths = tuple(f"/entry/scan_{number}/{name}/data" for name in ("eiger", "merlin"))
        folders[0].find(f"/data/visit/{number}.nxs")
        with qtbot.waitSignal(viewer.session.opened):
            reader.say_opened((4, 5), data_paths=paths)
        assert viewer.session.scan.data_path == f"/entry/scan_{number}/{wanted}/data"
        viewer.session.show_data(paths[1])


def test_a_held_scan_stays_and_the_newer_one_is_offered(
    qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, folders: list[FakeFolder]
) -> None:
    opening = viewer.opening
    opening.watching.watch.start(RULE)
    folders[0].find("/data/visit/1.nxs")
    opening.watching.hold.trigger()
    folders[0].find("/data/visit/2.nxs")
    assert path_of(reader) == "/data/visit/1.nxs"
    note = opening.watching.note
    assert note.isVisible()
    assert note.text.text() == "A newer scan is there: 2.nxs"
    qtbot.mouseClick(note.hold_button, LEFT)
    assert not note.show_button.isVisible()
    assert opening.watching.watch.held
    folders[0].find("/data/visit/3.nxs")
    assert note.text.text() == "A newer scan is there: 3.nxs"
    qtbot.mouseClick(note.show_button, LEFT)
    assert path_of(reader) == "/data/visit/3.nxs"
    assert not opening.watching.watch.held
    assert not note.isVisible()


def test_a_pinned_frame_holds_its_scan(
    qtbot: QtBot, following: Callable[..., Assembly], reader: FakeSupervisor, folders: list[FakeFolder]
) -> None:
    viewer = following((4, 5))
    session, opening = viewer.session, viewer.opening
    opening.watching.watch.start(RULE)
    with qtbot.waitSignal(session.progress_changed):
        reader.say_keys((4, 5), (0, 3))
    with qtbot.waitSignal(session.frame_changed):
        reader.say_frame(picture(), 2, (4, 5))
    session.pin(2)
    folders[0].find("/data/visit/2.nxs")
    assert path_of(reader) == "/data/scan.nxs"
    assert opening.watching.watch.offered == "/data/visit/2.nxs"
    assert opening.watching.show_newer.isEnabled()
    qtbot.keyClick(viewer.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert path_of(reader) == "/data/visit/2.nxs"
    assert session.scan.is_live


def test_letting_go_of_the_hold_shows_what_was_offered(viewer: Assembly, reader: FakeSupervisor, folders: list[FakeFolder]) -> None:
    opening = viewer.opening
    opening.watching.watch.start(RULE)
    folders[0].find("/data/visit/1.nxs")
    opening.watching.hold.trigger()
    folders[0].find("/data/visit/2.nxs")
    opening.watching.hold.trigger()
    assert path_of(reader) == "/data/visit/2.nxs"


def test_the_same_path_is_opened_again_only_when_it_is_written_anew_after_the_end(
    qtbot: QtBot, following: Callable[..., Assembly], reader: FakeSupervisor, folders: list[FakeFolder]
) -> None:
    from swmr_viewer.reader.messages import Ended

    viewer = following((4, 5))
    viewer.opening.watching.watch.start(RULE)
    folders[0].find("/data/scan.nxs")
    folders[0].find("/data/scan.nxs")
    assert len(reader.sent(FollowRequest)) == 1
    with qtbot.waitSignal(viewer.session.finished):
        reader.say(Ended(reader.generation, "timeout", 0, 20))
    folders[0].find("/data/scan.nxs")
    assert len(reader.sent(FollowRequest)) == 2


def test_a_folder_that_cannot_be_listed_or_hangs_is_told(viewer: Assembly, clock: Clock, folders: list[FakeFolder]) -> None:
    opening = viewer.opening
    opening.watching.watch.start(RULE)
    folders[0].find(problem="There is no folder /data/visit yet; it is looked for again and again.")
    assert opening.watching.note.isVisible()
    assert opening.watching.note.text.text().startswith("There is no folder")
    folders[0].silent_s = 30.0
    viewer.session.tick()
    assert opening.watching.note.text.text() == "The folder has not answered for 30 s; it is waited for."
    folders[0].silent_s = 0.0
    folders[0].find()
    assert not opening.watching.note.isVisible()


def test_a_folder_is_asked_for_and_what_was_watched_is_remembered(
    qtbot: QtBot, viewer: Assembly, folders: list[FakeFolder], tmp_path: Path
) -> None:
    opening = viewer.opening
    assert not opening.watching.button.isVisible()
    qtbot.keyClick(viewer.window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = opening.watching.dialog
    assert dialog is not None
    assert not dialog.isModal()
    assert not dialog.watch_button.isEnabled()
    qtbot.keyClicks(dialog.folder, str(tmp_path))
    dialog.pattern.clear()
    qtbot.keyClicks(dialog.pattern, "*_master.h5")
    dialog.newest.setCurrentIndex(1)
    qtbot.mouseClick(dialog.watch_button, LEFT)
    rule = WatchRule(str(tmp_path), "*_master.h5", "name")
    assert folders[0].rule == rule
    assert folders[0].is_running
    assert opening.watching.button.isVisible()
    assert opening.watching.button.text() == "Watching \u25be"
    opening.watching.hold.trigger()
    assert opening.watching.button.text() == "Held \u25be"
    opening.watching.stop.trigger()
    assert not folders[0].is_running
    assert not opening.watching.button.isVisible()
    assert opening.watching.likely_rule() == rule
    opening.watching.choose_folder.trigger()
    assert dialog.value() == rule
    dialog.reject()


def test_news_of_a_folder_that_is_no_longer_watched_are_dropped(
    viewer: Assembly, reader: FakeSupervisor, folders: list[FakeFolder]
) -> None:
    watch = viewer.opening.watching.watch
    watch.start(RULE)
    watch.start(WatchRule("/data/other"))
    assert [one.is_running for one in folders] == [False, True]
    watch._on_polled(FolderPoll(RULE, "/data/visit/1.nxs"))
    assert reader.sent(FollowRequest) == []


def test_a_listing_that_hangs_holds_up_nobody(qtbot: QtBot) -> None:
    entered, leave = threading.Event(), threading.Event()

    class HangingFinder(ScanFinder):
        def poll(self) -> FolderPoll:
            entered.set()
            leave.wait(60)
            return super().poll()

    thread = FolderThread(RULE, make_finder=HangingFinder)
    heard: list[object] = []
    thread.polled.connect(heard.append)
    thread.start()
    assert entered.wait(60)
    qtbot.waitUntil(lambda: thread.silent_s > 0, timeout=WAIT_MS)
    assert not thread.stop(timeout_s=0.01)
    leave.set()
    assert thread.stop(timeout_s=60)
    assert heard == []


def test_it_looks_again_and_again_and_tells_in_the_windows_thread(qtbot: QtBot, tmp_path: Path) -> None:
    thread = FolderThread(WatchRule(str(tmp_path), "*.nxs"), interval_s=0.01)
    heard: list[tuple[FolderPoll, threading.Thread]] = []
    receiver = Receiver(lambda polled: heard.append((polled, threading.current_thread())))
    thread.polled.connect(receiver.take)
    thread.start()
    qtbot.waitUntil(lambda: len(heard) >= 2, timeout=WAIT_MS)
    (tmp_path / "1.nxs").touch()
    qtbot.waitUntil(lambda: bool(heard[-1][0].preparing), timeout=WAIT_MS)
    assert heard[-1][0].preparing == str(tmp_path / "1.nxs")
    assert {one for _, one in heard} == {threading.main_thread()}
    assert thread.stop(60)


class Receiver(QObject):
    """Lives in the window's thread."""

    def __init__(self, then: Callable[[FolderPoll], None]) -> None:
        super().__init__()
        self._then = then

    def take(self, polled: FolderPoll) -> None:
        self._then(polled)


@pytest.mark.parametrize("told_first", ["folder", "reader"])
def test_a_scan_whose_name_is_used_again_is_gone_on_to_whoever_notices_first(
    qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, folders: list[FakeFolder], told_first: str
) -> None:
    viewer.opening.watching.watch.start(RULE)
    folders[0].find("/data/visit/current.nxs")
    with qtbot.waitSignal(viewer.session.opened):
        reader.say_opened((4, 5))
    if told_first == "folder":  # while the reader has not seen it yet
        folders[0].find("/data/visit/current.nxs")
    assert reader.generation == 1
    with qtbot.waitSignal(viewer.session.request_changed):
        reader.say(FileReplaced(1, "/data/visit/current.nxs", "It was replaced.", True, 0.0), Ended(1, "file_replaced", 3, 20))
    if told_first == "reader":
        folders[0].find("/data/visit/current.nxs")
    assert [one.path for one in reader.sent(FollowRequest)] == ["/data/visit/current.nxs"] * 2
    assert not viewer.window.error_bar.isVisible()


def test_a_held_scan_whose_name_is_used_again_stays_and_the_new_one_is_offered(
    qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, folders: list[FakeFolder]
) -> None:
    watch = viewer.opening.watching.watch
    watch.start(RULE)
    folders[0].find("/data/visit/current.nxs")
    watch.set_held(True)
    with qtbot.waitSignal(viewer.session.file_replaced):
        reader.say(FileReplaced(1, "/data/visit/current.nxs", "It was replaced.", False, 0.0))
    assert (reader.generation, watch.offered) == (1, "/data/visit/current.nxs")
    qtbot.mouseClick(viewer.opening.watching.note.show_button, LEFT)
    assert reader.generation == 2


def test_a_replaced_file_elsewhere_is_no_business_of_the_watch(
    qtbot: QtBot, following: Callable[..., Assembly], reader: FakeSupervisor, folders: list[FakeFolder]
) -> None:
    viewer = following()
    viewer.opening.watching.watch.start(RULE)
    with qtbot.waitSignal(viewer.session.file_replaced):
        reader.say(FileReplaced(1, "/data/scan.nxs", "It was replaced.", False, 0.0))
    assert reader.generation == 1
    assert viewer.window.error_bar.isVisible()
