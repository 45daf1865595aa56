"""Alarms by mouse and keyboard on a scripted reader: border, acknowledging, what is kept, and a command of the user's own."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from swmr_viewer.core.ranges import runs_of
from swmr_viewer.gui.alarms.alarms import Alarms
from swmr_viewer.gui.alarms.command import AlarmCommand, filled
from swmr_viewer.gui.alarms.memory import AlarmMemory
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.reader import messages as m
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.scan_model import AlarmRule, Problem, Watch
from tests.gui.fakes import Clock, FakeSupervisor
from tests.gui.measuring.test_measuring import SHAPE, say_measured

Following = Callable[..., Assembly]
LEFT = Qt.MouseButton.LeftButton
PRINT = "import sys, os, pathlib; pathlib.Path(sys.argv[1]).write_text(sys.argv[2] + '|' + os.environ['SWMR_VIEWER_ALARM_FRAME'])"


def test_an_alarm_is_given_seen_acknowledged_and_kept(
    qtbot: QtBot, reader: FakeSupervisor, clock: Clock, following: Following, tmp_path: Path
) -> None:
    viewer = following(SHAPE)
    window, parts = viewer.window, viewer.window.alarms
    with qtbot.waitSignal(viewer.session.frames_completed):
        reader.say_keys(SHAPE, (0, 10))
    parts.edit.trigger()
    editor = parts.editor
    assert [row.rule for row in editor.rows] == [AlarmRule(on=False)]
    row = editor.rows[0]
    row.level.setValue(500.0)
    qtbot.mouseClick(row.on, LEFT, pos=QPoint(8, row.on.height() // 2))
    qtbot.mouseClick(row.effects["sound"], LEFT)
    qtbot.mouseClick(row.effects["command"], LEFT)
    assert not row.rule.command, "there is none"
    editor.command.setText(f'"{sys.executable}" -c "{PRINT}" "{tmp_path / "told"}" "{{rule}} ; $HOME {{value}}"')
    editor.command.editingFinished.emit()
    qtbot.mouseClick(row.effects["command"], LEFT)
    row.what.setEditText("A.sum / ")
    row.what.lineEdit().editingFinished.emit()
    assert editor.refusal.text()
    assert row.rule.quantity == "maximum", "what is no quantity changes nothing"
    qtbot.mouseClick(editor.add, LEFT)
    second = editor.rows[1]
    number = second.what.findText("no key")
    second.what.setCurrentIndex(number)
    second.what.activated.emit(number)
    qtbot.mouseClick(second.on, LEFT, pos=QPoint(8, second.on.height() // 2))
    editor.close()
    rules = (AlarmRule(level=500.0, sound=True, command=True), AlarmRule(Watch.SILENT, "maximum", 30.0))
    assert parts.alarms.rules == rules
    assert not parts.border.isVisible()
    beeps: list[int] = []
    window.edge.notifier._beep = lambda: beeps.append(1)
    with qtbot.waitSignals([parts.alarms.changed, parts.command.ended]):
        say_measured(reader, [3, 4, 9], {"maximum": [501.0, 900.0, 600.0], "total": [1.0, 2.0, 3.0]})
    assert (tmp_path / "told").read_text() == "hottest pixel above 500 ; $HOME 600|9", "no shell, and each fact once"
    assert parts.border.words.startswith("ALARM since ")
    assert parts.border.words.endswith(": hottest pixel 600 above 500 in frame 9 (3 frames, first in frame 3)")
    assert beeps == [1]
    corner = window.panels.centralWidget().grab().toImage().pixelColor(300, 1)
    assert corner.red() > 150 > corner.green()
    with qtbot.waitSignal(parts.alarms.changed):
        say_measured(reader, [9], {"maximum": [20.0], "total": [1.0]})
    assert not parts.border.is_on
    assert re.fullmatch(r"ALARM since [0-9:]{8} until [0-9:]{8}: 2 frames had .* above 500, first in frame 3", parts.border.words)
    clock.now_s += 31
    with qtbot.waitSignal(parts.alarms.changed):
        viewer.session.tick()
    assert parts.border.words.endswith(": no key for 31 s (+1 more)")
    qtbot.mouseClick(parts.border.button, LEFT)
    assert not parts.border.isVisible()
    assert not parts.border.button.isVisible()
    assert not parts.acknowledge.isEnabled()
    assert [happened.change for happened in parts.alarms.history] == ["raised", "passed", "raised", "over"]
    parts.edit.trigger()
    assert parts.editor.rows[1].on.toolTip().endswith("(acknowledged)")
    qtbot.mouseClick(editor.rows[0].remove, LEFT)
    assert parts.alarms.rules == rules[1:]
    qtbot.mouseClick(editor.bring_back, LEFT)
    assert parts.alarms.rules == rules
    parts.memory.keep()
    again = Alarms(viewer.session, lambda: None, tuple)
    AlarmMemory(viewer.session, again)
    assert again.rules == rules, "it is kept from start to start"
    again.deleteLater()


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("/nothing/there", "could not be started"),
        (f'"{sys.executable}" -c "import sys; sys.exit(\'no such mailbox\')"', "failed with status 1"),
        (f'"{sys.executable}" -c "import time; time.sleep(60)"', "took longer than 0.2 s, and was ended"),
    ],
)
def test_a_command_that_fails_is_told_and_never_started_in_a_hurry(qtbot: QtBot, program: str, words: str) -> None:
    now_s = [100.0]
    command = AlarmCommand(clock=lambda: now_s[0], longest_s=0.2 if "longer" in words else 60.0)
    assert not command.start({}), "it is off by default"
    command.set_text(program)
    told: list[str] = []
    command.told.connect(told.append)
    with qtbot.waitSignal(command.ended, timeout=20_000):
        assert command.start({"text": "x"})
    assert words in told[0]
    assert ("no such mailbox" in told[0]) == ("status" in words)
    assert not command.start({})
    assert "less than 10 s ago" in told[1]
    command.stop()
    command.deleteLater()


def test_what_stands_in_a_fact_is_no_placeholder() -> None:
    assert filled("{text} {other} {frame}", {"text": "{file}", "file": "/x"}) == "{file} {other} {frame}"


def test_what_is_no_matter_of_frames_is_watched_whatever_is_shown_and_what_is_not_there_is_told(
    qtbot: QtBot, reader: FakeSupervisor, clock: Clock, viewer: Assembly
) -> None:
    session, alarms = viewer.session, viewer.window.alarms.alarms
    problems: list[Problem] = []
    session.problem_reported.connect(problems.append)
    session.open(FollowRequest("/data/scan.nxs"))
    with qtbot.waitSignal(session.opened):
        reader.say_opened(SHAPE, data_paths=("/entry/eiger/data", "/entry/pilatus/data"))
    with qtbot.waitSignal(session.quantities_changed):
        reader.say(m.ScalarsFound(reader.generation, (m.ScalarFact("I0", "counts", "/I0", m.ScalarKind.SCALAR),)))
    low, high, gone = (AlarmRule(Watch.BELOW, "I0 / 2", 5.0), AlarmRule(level=500.0), AlarmRule(quantity="ring_current", level=1.0))
    alarms.set_rules((low, high, gone))
    clock.now_s += 3
    with qtbot.waitSignal(session.problem_reported):
        session.tick()
    assert len(problems) == 1
    assert problems[0].message.startswith("The alarm \u201cring_current above 1\u201d watches nothing: There is no quantity ring_current")
    viewer.window.alarms.edit.trigger()
    assert viewer.window.alarms.editor.rows[2].on.toolTip().startswith("Watches nothing: There is no quantity ring_current")
    viewer.window.alarms.editor.close()
    session.show_data("/entry/pilatus/data")
    assert alarms.rules == (low,), "those of frames belong to the frames of their data set"
    with qtbot.waitSignal(alarms.happened):
        reader.say_keys(SHAPE, (0, 3))
        reader.say(m.ScalarsRead(reader.generation, ("I0",), runs_of(np.array([2])), np.array([[8.0]]), SHAPE, whole=True))
    assert alarms.raised[0][0] == low
    alarms.set_rules((replace(low, sound=True), AlarmRule(Watch.LOST)))
    session.show_data("/entry/eiger/data")
    assert alarms.rules == (high, gone, replace(low, sound=True), AlarmRule(Watch.LOST)), "one that is changed is changed everywhere"
    assert len(problems) == 1


def test_an_alarm_that_no_desktop_shows_is_heard_and_that_is_said(viewer: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    notifier, beeps, noted = viewer.window.edge.notifier, [], []
    notifier._beep = lambda: beeps.append(1)
    viewer.session.noted.connect(noted.append)
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: False))
    viewer.window.alarms.alerted.emit("I0 below 5", False, True)
    assert (beeps, noted) == ([1], ["This desktop shows no notifications to programs: it beeps instead"])
    shown: list[tuple[str, str]] = []
    for name in ("isSystemTrayAvailable", "supportsMessages"):
        monkeypatch.setattr(QSystemTrayIcon, name, staticmethod(lambda: True))
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda self, title, text, *rest: shown.append((title, text)))
    viewer.window.alarms.alerted.emit("I0 below 5", False, True)
    assert shown == [("Alarm", "I0 below 5")]
    assert (len(beeps), len(noted)) == (1, 1)


def test_rules_that_were_damaged_are_left_out(following: Following, qtbot: QtBot) -> None:
    from swmr_viewer.gui.look.settings import settings

    sound = {"watch": "silent", "level": 5.0}
    for stored, expected in (
        ({"rules": [sound, {"watch": "above"}, {**sound, "level": -1.0}]}, (AlarmRule(Watch.SILENT, level=5.0),)),
        ({"rules": [{"watch": "maximum"}]}, ()),
    ):
        settings().setValue("alarms/scan", json.dumps(stored))
        viewer = following(SHAPE)
        alarms = Alarms(viewer.session, lambda: None, tuple)
        AlarmMemory(viewer.session, alarms)
        assert alarms.of_scan.rules == expected
        alarms.deleteLater()
