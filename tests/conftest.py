"""What holds for every test: no display, fresh settings, and nothing left running."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.leftovers import end_processes, look_for_leftovers, mark_children, snapshot

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.pop("HDF5_USE_FILE_LOCKING", None)  # it would override what the code under test asks for
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job: commands under test would inherit a deaf ear
    signal.signal(signal.SIGINT, signal.default_int_handler)
mark_children()

try:
    from hypothesis import settings

    settings.register_profile("calm", deadline=None)  # a shared machine may be slow at any moment
    settings.register_profile("repeatable", deadline=None, derandomize=True)  # what a change must pass: it is judged for what it changed
    settings.load_profile("calm")
except ImportError:
    pass


@pytest.fixture(autouse=True)
def nothing_left_over(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a process, a thread, a shared-memory block or a window behind, and name it.

    What fixtures of a wider scope started before the test is theirs to end.
    """
    before = snapshot()
    yield
    leftovers = look_for_leftovers(before)
    end_processes(leftovers.processes)
    if leftovers:
        pytest.fail(f"{request.node.nodeid} left behind:\n{leftovers}", pytrace=False)


@pytest.fixture(autouse=True)
def fresh_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nothing_left_over: None) -> Path:
    """Give each test a home of its own, so that no settings come in from outside or go out."""
    home = tmp_path / "home"
    for name in ("config", "data", "cache", "state"):
        (home / name).mkdir(parents=True)
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(home / name))
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    _point_qt_settings_to(home / "config")
    return home


def _point_qt_settings_to(folder: Path) -> None:
    """Only where Qt is loaded: it is not loaded for this."""
    if "PySide6.QtCore" not in sys.modules:
        return
    from tests.qt_settings import keep_qt_settings_in

    keep_qt_settings_in(folder)
