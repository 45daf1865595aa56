"""Labels whose numbers run: no layout is asked for words that need as much room as those before."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.application import application
from swmr_viewer.gui.look.labels import FittingLabel, PlainLabel


class Row(QWidget):
    """Counts how often it is asked to lay itself out."""

    def __init__(self, *parts: QWidget) -> None:
        super().__init__()
        self.n_requests = 0
        box = QHBoxLayout(self)
        for part in parts:
            box.addWidget(part)

    def event(self, event: QEvent) -> bool:
        self.n_requests += event.type() is QEvent.Type.LayoutRequest
        return super().event(event)


class Paints(QObject):
    def __init__(self, part: QWidget) -> None:
        super().__init__(part)
        self.n = 0
        part.installEventFilter(self)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        self.n += event.type() is QEvent.Type.Paint
        return False


@pytest.fixture
def labels(qtbot: QtBot) -> tuple[Row, PlainLabel, FittingLabel]:
    application()
    plain, fitting = PlainLabel("muted"), FittingLabel("muted")
    row = Row(plain, fitting)
    qtbot.addWidget(row)
    plain.say("frame 10")
    fitting.offer("no words")
    row.resize(400, 40)
    row.show()
    qtbot.waitExposed(row)
    QApplication.processEvents()
    row.n_requests = 0
    return row, plain, fitting


def test_running_numbers_are_painted_and_ask_no_layout(qtbot: QtBot, labels: tuple[Row, PlainLabel, FittingLabel]) -> None:
    row, plain, fitting = labels
    paints = Paints(plain)
    for number in range(11, 21):
        plain.say(f"frame {number}")
        fitting.offer(f"after {number} seconds or so", f"{number} s")
        QApplication.processEvents()
    assert paints.n == 10
    assert row.n_requests == 0
    assert plain.isVisible()
    assert not plain.isHidden()
    assert plain.text() == "frame 20"


def test_longer_and_shorter_words_get_the_room_that_they_need(qtbot: QtBot, labels: tuple[Row, PlainLabel, FittingLabel]) -> None:
    row, plain, _ = labels
    before = plain.width()
    plain.say("frame 1000 of very many")
    qtbot.waitUntil(lambda: plain.width() > before)
    plain.say("frame 10")
    qtbot.waitUntil(lambda: plain.width() == before)
    assert row.n_requests >= 2
    plain.hide()
    plain.say("frame 11")
    assert plain.isHidden(), "what is hidden stays so"
