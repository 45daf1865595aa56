"""The diagnostics: opened by the menu's key, filled by frames, copied by a click; at rest while nobody looks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.diagnostics import DiagnosticsPanel
from swmr_viewer.gui.diagnostics.account import NO_FRAME, Account, memory_text, slots_text
from swmr_viewer.reader.messages import FrameTimes
from swmr_viewer.reader.stage_times import Stage, StageTimes
from swmr_viewer.reader.supervision import ProcessMemory, Slots
from tests.gui.fakes import Clock, FakeSupervisor, picture

SHAPE = (4, 5)


def test_the_account_tells_the_same_as_text() -> None:
    stages = StageTimes()
    stages.note(FrameTimes(1.0, 1.0005, 1.0025, 1.003, 1.003), 1.0035, (1.0037, 1.0068))
    stages.note(FrameTimes(1.0, 1.0005, 1.0025, 1.003, 1.003), 1.0035, (1.0037, 1.0068))
    account = Account(stages.account(), 4.0, 12, Slots(4, 36_000_000, 1), ProcessMemory(110_000_000, 60_000_000, 0), 12_000_000, 500_000)
    assert account.text("swmr_viewer").splitlines() == [
        "swmr_viewer",
        "last 2 frames            median      p99  (ms)",
        "waiting to be read         0.50     0.50",
        "reading and decoding        2.0      2.0",
        "examining                  0.50     0.50",
        "handing over               0.50     0.50",
        "waiting for the window     0.20     0.20",
        "painting                    3.1      3.1",
        "all together                6.8      6.8",
        "Slowest: painting, 3.1 ms of 6.8",
        "painted: 4.0 frames/s",
        "skipped: 12",
        "slots: 4 of 36 MB, 1 in use",
        "kept: 12 MB of chunks and buffers, 0.5 MB of values",
        "memory: 170 MB: window 110, reader 60",
    ]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (slots_text(Slots()), "none yet"),
        (slots_text(Slots(2, 524_288, 0)), "2 of 0.5 MB, 0 in use"),
        (memory_text(None), "not told by this system"),
    ],
)
def test_what_is_not_there_is_said(said: str, words: str) -> None:
    assert said == words


def test_the_panel_tells_where_the_time_goes_and_rests_while_it_is_hidden(
    following: Callable[..., Assembly], reader: FakeSupervisor, clock: Clock, qtbot: QtBot
) -> None:
    reader.stage_ms = (2.0, 8.0, 1.0)
    viewer = following(SHAPE)
    assert viewer.window.desktop_actions.diagnostics is None
    qtbot.keyClick(viewer.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    panel = viewer.window.desktop_actions.diagnostics
    assert isinstance(panel, DiagnosticsPanel)
    assert panel.is_looking
    assert (panel.slowest.text(), panel.rows[Stage.READING].median.text()) == (NO_FRAME, "")

    with qtbot.waitSignal(viewer.session.frames_completed):
        reader.say_keys(SHAPE, (0, 9), at_s=clock())
    clock.now_s += 0.015
    for index in (3, 8):
        reader.say_frame(picture(seed=index), index, SHAPE, at_s=clock() - 0.015)
        qtbot.waitUntil(lambda n=viewer.session.scan.counts.n_painted + 1: viewer.session.scan.counts.n_painted == n)
    qtbot.waitUntil(lambda: panel.last.text() == "last 2 frames")  # by its own looks
    assert panel.slowest.text() == "Slowest: reading and decoding, 8.0 ms of 15.0"
    assert (panel.rows[Stage.WAITING].median.text(), panel.rows[Stage.SENDING].p99.text()) == ("2.0", "4.0")
    assert panel.rows[Stage.READING].bar.value() == max(row.bar.value() for row in panel.rows.values())
    assert panel.total.median.text() == "15.0"
    assert panel.values["slots"].text() == "4 of 1.0 MB, 1 in use"
    assert panel.values["memory"].text() == "175 MB: window 110, reader 60, others 5"

    qtbot.mouseClick(panel.copy, Qt.MouseButton.LeftButton)
    assert "Slowest: reading and decoding, 8.0 ms of 15.0\n" in QApplication.clipboard().text()
    qtbot.mouseClick(panel.close_button, Qt.MouseButton.LeftButton)
    assert not panel.is_looking
    assert not panel.isVisible()
