"""What stands beside the picture works when it is seen, when what it shows has changed, and at a pace that eyes can follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.curve_panel.curve_choice import CurveChoice
from swmr_viewer.gui.look import turns
from swmr_viewer.gui.scan_map.map_image import COMPLETE
from tests.gui.fakes import FakeSupervisor, picture

SHAPE = (4, 50)


class Events(QObject):
    """Counts what widgets are told to do."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[tuple[QEvent.Type, QWidget]] = Counter()
        QApplication.instance().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QWidget) and event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Paint):
            self.counts[event.type(), watched] += 1
        return False

    def end(self) -> None:
        QApplication.instance().removeEventFilter(self)


def show_frames(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, first: int, stop: int) -> None:
    for index in range(first, stop):
        with qtbot.waitSignal(viewer.session.frame_changed):
            reader.say_keys(SHAPE, (index, index + 1), (index, index + 1))
            reader.say_frame(picture((32, 24), seed=index), index, SHAPE)


def test_frames_are_told_at_a_pace_and_the_window_is_laid_out_for_none(
    qtbot: QtBot,
    told_at_once: None,
    monkeypatch: pytest.MonkeyPatch,
    reader: FakeSupervisor,
    following: Callable[..., Assembly],
) -> None:
    viewer = following(SHAPE, n_keys=2)
    window, session = viewer.window, viewer.session
    show_frames(qtbot, viewer, reader, 0, 12)
    monkeypatch.setattr(turns, "PACE_S", 0.4)  # loaded machines show a frame in less
    qtbot.waitUntil(lambda: not session.is_settling)
    QApplication.processEvents()
    events = Events()
    show_frames(qtbot, viewer, reader, 12, 24)
    qtbot.waitUntil(lambda: not session.is_settling and window.map_panel.map.is_current)
    QApplication.processEvents()
    events.end()
    quiet = (window.readout, window.control_bar, window.control_bar.state_line, window.map_panel, window.map_panel.header)
    laid_out = {type(widget).__name__ for kind, widget in events.counts if kind is QEvent.Type.LayoutRequest and widget in quiet}
    assert not laid_out
    for seen in (window.map_panel.map, window.map_panel.header, window.control_bar.slider):
        assert 0 < events.counts[QEvent.Type.Paint, seen] < 12, f"{type(seen).__name__} is painted with each frame"
    assert window.map_panel.header.count.text() == "24 of 200 complete"
    assert window.map_panel.detectors.chips[0].text() == "det0 24"
    assert window.readout.maximum.text() == f"max {picture((32, 24), seed=23).max()}"
    assert window.map_panel.map._ringed == 23


def test_a_hidden_map_draws_nothing_and_is_right_once_it_is_seen(
    qtbot: QtBot, reader: FakeSupervisor, following: Callable[..., Assembly]
) -> None:
    viewer = following(SHAPE)
    shown, dock = viewer.window.map_panel.map, viewer.window.panels.panel("map")
    qtbot.waitUntil(lambda: shown.is_current)
    dock.hide()
    drawn: list[object] = []
    shown._canvas.draw_some = lambda *given: drawn.append(given) or (0, 0)  # type: ignore[method-assign,union-attr]
    with qtbot.waitSignal(viewer.session.progress_settled):
        reader.say_keys(SHAPE, (0, 70))
    assert not drawn
    assert not shown.is_current
    del shown._canvas.draw_some
    dock.show()
    qtbot.waitUntil(lambda: shown.is_current)
    layout = shown.layout_shown
    assert layout is not None
    for index, is_complete in ((0, True), (69, True), (70, False), (199, False)):
        left, top, _width, height = layout.rect_of(index)
        assert bool(shown._canvas.picture[int(top + height / 2), int(left + 1)] == COMPLETE) is is_complete


def test_plots_that_most_scans_never_show_are_made_when_they_are_needed(
    qtbot: QtBot, reader: FakeSupervisor, following: Callable[..., Assembly]
) -> None:
    viewer = following(SHAPE, frame=())
    window = viewer.window
    assert not window.quantity_map.is_made
    assert "scalars" not in vars(window.measuring)
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_keys(SHAPE, (0, 1))
        reader.say_frame(picture(()) + 7, 0, SHAPE)
    assert window.measuring.scalars.isVisible()
    assert window.measuring.scalars.value.text()
    window.map_panel.tabs.setCurrentIndex(window.quantity_map.number)
    assert window.quantity_map.is_made
    assert window.quantity_map.map.isVisible()


def test_hidden_curves_take_no_frames_and_are_right_once_they_are_seen(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, reader: FakeSupervisor, following: Callable[..., Assembly]
) -> None:
    viewer = following(SHAPE)
    curves, dock = viewer.window.measuring.regions_panel, viewer.window.panels.panel("measuring")
    curves.choice.change(shown=("total",), part="line")
    looked: list[CurveChoice] = []
    look = CurveChoice.look
    monkeypatch.setattr(CurveChoice, "look", lambda choice: looked.append(choice) or look(choice))
    reader.say_keys(SHAPE, (0, 120))
    for index in (10, 110):
        with qtbot.waitSignal(viewer.session.frame_settled):
            reader.say_frame(picture(seed=index), index, SHAPE)
    assert curves.choice not in looked
    dock.show()
    assert curves.choice in looked
    qtbot.waitUntil(lambda: curves.part.text().startswith("row 2"))  # once it has its room
