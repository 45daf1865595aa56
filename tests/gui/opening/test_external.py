"""Data of other files: switched off in the menu, kept from start to start, and never switched on by a preset."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from swmr_viewer.commands.window import located
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look.settings import external_is_read
from swmr_viewer.opening import Preset
from swmr_viewer.reader.messages import FollowRequest
from tests.gui.fakes import FakeSupervisor


@pytest.fixture
def supervisor() -> FakeSupervisor:
    return FakeSupervisor()


@pytest.fixture
def assembled(qtbot: QtBot, supervisor: FakeSupervisor) -> Iterator[Assembly]:
    made = Assembly(supervisor)
    yield made
    made.close()


def followed(supervisor: FakeSupervisor) -> list[bool]:
    return [request.external for request in supervisor.requests if isinstance(request, FollowRequest)]


def test_what_is_switched_off_in_the_menu_counts_from_the_next_file_on(assembled: Assembly, supervisor: FakeSupervisor) -> None:
    assembled.session.open(FollowRequest("/data/a.h5"))
    assembled.window.actions_.external.trigger()
    assembled.opening.open(FollowRequest("/data/b.h5"))
    assembled.session.retry()
    assembled.opening.watching.watch._show("/data/c.h5")
    assert followed(supervisor) == [True, False, False, False]
    assembled.window.actions_.external.trigger()
    assembled.session.retry()
    assert followed(supervisor)[-1]


def test_the_choice_stays_from_start_to_start_and_that_of_the_command_line_does_not(
    assembled: Assembly, supervisor: FakeSupervisor, qtbot: QtBot
) -> None:
    assembled.opening.set_external(False)
    assert not assembled.session.external
    assert not assembled.window.actions_.external.isChecked()
    assert external_is_read()
    assembled.opening.set_external(True)
    assembled.window.actions_.external.trigger()
    assert not external_is_read()
    assert located(FollowRequest("a.h5"), external_is_read()).external is False
    again = Assembly(FakeSupervisor())
    try:
        assert not again.session.external
        assert not again.window.actions_.external.isChecked()
    finally:
        again.close()


def test_no_preset_switches_it_on(assembled: Assembly, supervisor: FakeSupervisor) -> None:
    assembled.window.actions_.external.trigger()
    assembled.opening.open(Preset("beamline", data=("/entry/*/data",)).request("/data/a.h5"))
    assert followed(supervisor) == [False]
