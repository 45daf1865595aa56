"""The open dialog on an inspector that answers when the test says so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.opening.dialog import OpenDialog
from swmr_viewer.reader.messages import FollowRequest
from tests.gui.opening.fake_inspector import FakeInspector


@pytest.fixture
def inspector() -> FakeInspector:
    return FakeInspector()


@pytest.fixture
def opened_before() -> tuple[FollowRequest, ...]:
    """Return what the dialog offers to open again."""
    return ()


@pytest.fixture
def dialog(qtbot: QtBot, inspector: FakeInspector, opened_before: tuple[FollowRequest, ...]) -> Iterator[OpenDialog]:
    made = OpenDialog(inspector, recent=lambda: opened_before)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    yield made
    made.close()
    made.recent.close()
