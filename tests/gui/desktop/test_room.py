"""Large numbers, long names and small screens: no number is cut, *held* is not, and everything can be reached."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.number_text import LONGEST_TICK, compact_text, ticks_in_room
from swmr_viewer.gui.application import application
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.desktop.readout_bar import short_number
from swmr_viewer.gui.display.color_bar import BAR_WIDTH, TEXT_LEFT, TEXT_WIDTH
from swmr_viewer.gui.display.levels_scale import ticks_text
from swmr_viewer.gui.look.scrolled import Scrolled
from swmr_viewer.reader.messages import FollowRequest
from tests.gui.fakes import FakeSupervisor

Following = Callable[..., Assembly]
SCAN = (4000, 2500)
LAST = 9_998_999
FRAMES = {
    "64 bits": np.where(np.indices((64, 48)).sum(0) % 7 == 0, np.uint64(2**64 - 3), np.uint64(1)),
    "small": np.linspace(-1.234567e-17, 1.234567e-17, 64 * 48).reshape(64, 48),
    "spectrum": np.arange(64, dtype=np.uint64) * 10**16,
}


@pytest.fixture(params=list(FRAMES))
def large(request: pytest.FixtureRequest, qtbot: QtBot, reader: FakeSupervisor, following: Following) -> Assembly:
    """Return a window that holds a frame with long numbers near the end of ten million."""
    pixels = FRAMES[request.param]
    names = ("a rather long name of an axis of the experiment",) * pixels.ndim
    values = tuple(tuple((1.7e9 + 0.172e-3 * np.arange(n)).tolist()) for n in pixels.shape)
    facts = DataFacts(axis_names=names, axis_units=("millimetre",) * pixels.ndim, axis_values=values, unit="counts")
    viewer = following(SCAN, frame=pixels.shape, dtype=pixels.dtype.str, facts=facts, n_keys=3)
    with qtbot.waitSignal(viewer.session.progress_changed):
        reader.say_keys(SCAN, *[(LAST - 99, LAST + 1)] * 3)
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(pixels, LAST, SCAN)
    viewer.session.toggle_hold()
    return viewer


def cut(label: QLabel) -> bool:
    return label.isVisible() and label.width() < label.fontMetrics().horizontalAdvance(label.text())


@pytest.mark.parametrize("width", [1440, 1280, 980])
@pytest.mark.parametrize("note", ["", "Saved a_long_name_of_a_snapshot_000123456.png in /data/visits/cm12345-6/processing/snapshots"])
def test_no_number_is_cut_and_held_is_not(large: Assembly, width: int, note: str) -> None:
    window, bar = large.window, large.window.readout
    frame = large.session.scan.shown
    assert frame is not None
    window.resize(width, 800)
    if note:
        large.session.note(note)
    for at in (None, (1,) * frame.raw.ndim, (7,) * frame.raw.ndim, None):
        bar.point_at(at)
        QApplication.processEvents()
        numbers = [bar.total, bar.maximum, bar.saturated, bar.masked, bar.latency, bar.skipped]
        assert [one.text() for one in numbers if cut(one)] == []
        assert bar.total.isVisible()
        if at is not None:
            assert not cut(bar.pixel)
            assert "   value " in bar.pixel.text()
        if note:
            assert bar.note.isVisible()
            assert bar.note.width() >= 80
    assert "held" in window.frame_header.words
    assert [one.text() for one in window.frame_header.seen_parts if cut(one)] == []
    assert window.frame_header.title.width() >= window.frame_header.title.sizeHint().width()
    state = window.control_bar.state_line
    assert state.text.text().endswith("held")
    assert [one.text() for one in (state.text, state.rate, state.age) if cut(one)] == []
    assert window.width() == width


def test_ticks_have_room_beside_the_picture_and_the_colour_bar(large: Assembly) -> None:
    view = large.window.frame_view
    if large.session.scan.shown is None or large.session.scan.shown.raw.ndim != 2:
        pytest.skip("a spectrum has no colour bar")
    bar = view.image.color_bar
    words = [compact_text(one) for one in ticks_text(bar.tick_values(), bar.levels[0])]
    assert words
    assert max(bar.fontMetrics().horizontalAdvance(one) for one in words) <= TEXT_WIDTH + BAR_WIDTH - TEXT_LEFT
    for side, ticks in view.image.ticks.items():
        levels = ticks.tickValues(*ticks.range, 300.0)
        told = ticks.tickStrings(levels[0][1], 1.0, levels[0][0])
        assert len(told) > 1
        assert len(set(told)) == len(told)
        assert max(map(len, told)) <= LONGEST_TICK[side]


def test_numbers_are_written_shorter_not_cut() -> None:
    assert short_number(12_345) == "12\u2009345"
    assert short_number(2**64 - 3) == "1.845e19"
    assert short_number(-1.234567e-17) == "-1.235e-17"
    assert ticks_in_room([1000.0, 1500.0], 500.0, 1000.0, 7) == ["1000", "1500"]
    assert ticks_in_room([1.7e9, 1.7e9 + 0.05], 0.05, 1.7e9, 7) == ["1.7e9", "+0.05"]


@pytest.mark.parametrize("screen", [QSize(533, 400), QSize(800, 600)])
def test_on_a_small_screen_everything_can_be_reached(
    qtbot: QtBot, reader: FakeSupervisor, monkeypatch: pytest.MonkeyPatch, screen: QSize
) -> None:
    monkeypatch.setattr(Scrolled, "_room", lambda self: screen - QSize(44, 150))
    application()
    viewer = Assembly(reader)
    window = viewer.window
    window.resize(screen)
    window.show()
    viewer.session.open(FollowRequest("/data/scan.nxs"))
    with qtbot.waitSignal(viewer.session.opened):
        reader.say_opened((4, 5))
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(FRAMES["64 bits"], 3, (4, 5))
    area = window.findChild(Scrolled)
    part = area.widget()
    qtbot.waitUntil(lambda: part.height() >= part.minimumSizeHint().height() and part.width() >= part.minimumSizeHint().width())
    assert window.size() == screen
    buttons = [one for one in part.findChildren(QAbstractButton) if one.isVisible() and one.size().width() > 4]
    assert len(buttons) > 15
    for button in buttons:
        area.ensureWidgetVisible(button, 0, 0)
        middle = button.mapTo(area.viewport(), QPoint(button.width() // 2, button.height() // 2))
        assert area.viewport().rect().contains(middle), button.text() or button.toolTip()
    assert viewer.close()


def test_a_screen_with_room_sees_no_scroll_bar(qtbot: QtBot, large: Assembly) -> None:
    area = large.window.findChild(Scrolled)
    large.window.resize(1, 1)
    qtbot.waitUntil(lambda: not area.verticalScrollBar().isVisible() and not area.horizontalScrollBar().isVisible())
    assert area.minimumSizeHint() == area.widget().minimumSizeHint()


def share_of_picture(viewer: Assembly) -> tuple[float, float]:
    """Which share of the window a frame has, and which of the height of its pane."""
    window, image = viewer.window, viewer.window.frame_view.image
    assert image.frame_shape is not None
    (width, height), (rows, columns) = image.box.screen_pixels(1.0), image.frame_shape
    return width * columns * height * rows / (window.width() * window.height()), height * rows / window.frame_view.height()


@pytest.mark.parametrize(
    ("width", "height", "least", "least_alone"),
    [(1440, 900, 0.36, 0.45), (1280, 800, 0.33, 0.42), (1920, 1080, 0.36, 0.42), (1024, 768, 0.36, 0.45), (800, 600, 0.2, 0.38)],
)
def test_the_picture_comes_first(
    qtbot: QtBot, reader: FakeSupervisor, following: Following, width: int, height: int, least: float, least_alone: float
) -> None:
    viewer = following((20, 30), n_keys=3)
    window = viewer.window
    least_of_pane = 0.9 if width > 800 else 0.8  # there the height is more than the width that the least panels leave
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(np.zeros((512, 512), np.uint16), 7, (20, 30))
    viewer.window.measuring.measurements.draw("rectangle", ((5.0, 5.0), (50.0, 50.0)))
    window.panels.panel("measuring").show()

    def reaches(share: float) -> bool:
        window.resize(width, height)  # again: what folds needs less room only then
        of_window, of_pane = share_of_picture(viewer)
        return (window.width(), window.height()) == (width, height) and of_window >= share and of_pane >= least_of_pane

    qtbot.waitUntil(lambda: reaches(least))
    assert window.panels.panel("map").isVisible()
    assert window.panels.panel("measuring").isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: reaches(least_alone))
