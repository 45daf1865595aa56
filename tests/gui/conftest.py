"""A window on a scripted reader, and one on the real reader; both are gone when the test ends."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.application import application
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look import turns
from swmr_viewer.reader.messages import FollowRequest, Phase
from tests.gui.fakes import Clock, FakeSupervisor, picture
from tests.live.conftest import live_writer

__all__ = ["live_writer"]

STARTED_PATH = "/entry/scan_1/eiger/data"
"""The data set of a window that ``start`` starts."""


@pytest.fixture(autouse=True)
def garbage_collected_between_tests() -> Iterator[None]:
    """Widgets that a test left to the collector go after it.

    Python may collect in any call. In one of Qt's disconnects, which held a lock that the widget's end needed, the tests stood still
    for ever (PySide6 6.11). What was imported is looked at by no collection, else each takes half a second.
    """
    gc.disable()
    if not gc.get_freeze_count():  # or no more: a window's program ran in the test before
        gc.collect()
        gc.freeze()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(scope="session")
def qapp_cls() -> type:
    """Return the class of the application; ``application()`` dresses the one that pytest-qt makes."""
    from PySide6.QtWidgets import QApplication

    return QApplication


@pytest.fixture(autouse=True)
def told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What settles is told with each change, so that tests need not wait for it; tests of the pace set it themselves."""
    monkeypatch.setattr(turns, "PACE_S", 0.0)


@pytest.fixture
def reader() -> FakeSupervisor:
    return FakeSupervisor()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def viewer(qtbot: QtBot, reader: FakeSupervisor, clock: Clock) -> Iterator[Assembly]:
    """Return the whole window on a scripted reader, shown, without a request."""
    application()
    assembly = Assembly(reader, clock=clock)
    assembly.window.resize(1280, 800)
    assembly.window.show()
    qtbot.waitExposed(assembly.window)
    yield assembly
    assert assembly.close(), "the follow thread did not end"
    assert reader.held == set(), "slots were not given back"


@pytest.fixture
def following(viewer: Assembly, reader: FakeSupervisor, qtbot: QtBot) -> Callable[..., Assembly]:
    """Return a function that opens a scan of this shape and these keys, and waits until the window knows."""

    def open_scan(scan_shape: tuple[int, ...] = (4, 5), n_keys: int = 1, **options: object) -> Assembly:
        viewer.session.open(FollowRequest("/data/scan.nxs"))
        with qtbot.waitSignal(viewer.session.opened):
            reader.say_opened(scan_shape, tuple(f"/entry/keys/det{n}" for n in range(n_keys)), **options)  # type: ignore[arg-type]
        qtbot.waitUntil(lambda: viewer.session.scan.phase is Phase.FOLLOWING)
        return viewer

    return open_scan


@pytest.fixture
def live_viewer(qtbot: QtBot) -> Iterator[Callable[[Path], Assembly]]:
    """Return a function that opens the window on a file with the real reader process."""
    from swmr_viewer.reader.supervision import Supervisor

    application()
    made: list[tuple[Assembly, Supervisor]] = []

    def open_file(path: Path | str, **options: object) -> Assembly:
        supervisor = Supervisor()
        supervisor.start()
        assembly = Assembly(supervisor)
        made.append((assembly, supervisor))
        assembly.window.resize(1280, 800)
        assembly.window.show()
        qtbot.waitExposed(assembly.window)
        assembly.session.open(FollowRequest(str(path), **options))  # type: ignore[arg-type]
        return assembly

    yield open_file
    for assembly, supervisor in made:
        assert assembly.close(), "the follow thread did not end"
        supervisor.close()


@pytest.fixture
def start(qtbot: QtBot) -> Any:
    """Return a function that starts a window on a scripted reader, opens a scan and shows a frame."""
    running: list[Assembly] = []

    def start_window(path: str = STARTED_PATH, frame: tuple[int, int] = (64, 48), **options: Any) -> tuple[Assembly, FakeSupervisor]:
        close()
        reader = FakeSupervisor()
        assembly = Assembly(reader)
        running.append(assembly)
        assembly.window.show()
        assembly.session.open(FollowRequest("/data/scan.nxs"))
        with qtbot.waitSignal(assembly.session.opened):
            reader.say_opened((4, 5), data_paths=(path,), frame=frame, **options)
        with qtbot.waitSignal(assembly.session.frame_changed):
            reader.say_frame(picture(frame), 3, (4, 5))
        return assembly, reader

    def close() -> None:
        while running:
            assert running.pop().close()

    yield start_window
    close()
