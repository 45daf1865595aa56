"""Groups of controls that stand side by side, or one under the other, and are never cut."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look.folding_row import FoldingRow, group
from swmr_viewer.gui.look.labels import PlainLabel
from tests.gui.fakes import FakeSupervisor, picture


def test_it_folds_where_there_is_no_room_and_unfolds_where_there_is(qtbot: QtBot) -> None:
    left, right = QPushButton("A long button on the left"), QPushButton("Right")
    row = FoldingRow(group(left), group(right))
    qtbot.addWidget(row)
    row.resize(600, 40)
    row.show()
    qtbot.waitExposed(row)
    assert not row.is_folded
    row.resize(left.sizeHint().width() + 10, 80)
    qtbot.waitUntil(lambda: row.is_folded)
    qtbot.waitUntil(lambda: right.mapTo(row, right.rect().topLeft()).y() >= left.mapTo(row, left.rect().bottomLeft()).y())
    assert row.minimumSizeHint().width() >= left.minimumSizeHint().width()
    right.setText("A right one that has become much longer than the left one")
    qtbot.waitUntil(lambda: row.minimumSizeHint().width() >= right.minimumSizeHint().width())
    row.resize(1200, 40)
    qtbot.waitUntil(lambda: not row.is_folded)


def test_no_word_is_cut_in_the_smallest_window(qtbot: QtBot, following: Callable[..., Assembly], reader: FakeSupervisor) -> None:
    viewer = following((20, 30), n_keys=2)
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_keys((20, 30), (0, 330), (0, 300), at_s=viewer.session.scan.now_s)
        reader.say_frame(picture(), 299, (20, 30), at_s=viewer.session.scan.now_s)
    window = viewer.window
    window.resize(window.minimumSizeHint())
    qtbot.waitUntil(lambda: window.width() <= 1020)
    labels = [label for label in window.findChildren(PlainLabel) if label.isVisible() and label.text()]
    assert len(labels) >= 8
    qtbot.waitUntil(lambda: [one.text() for one in labels if one.width() < one.fontMetrics().horizontalAdvance(one.text())] == [])
    qtbot.waitUntil(lambda: all(window.rect().contains(one.mapTo(window, one.rect().bottomRight())) for one in labels))


def test_the_age_of_the_picture_is_told_where_its_time_has_no_room(
    qtbot: QtBot, following: Callable[..., Assembly], reader: FakeSupervisor
) -> None:
    viewer = following((2000, 3000))
    header = viewer.window.frame_header
    reader.frame_time = 1.8e9

    def words(width: int) -> str:
        viewer.window.resize(width, 800)
        with qtbot.waitSignal(viewer.session.frame_changed):
            reader.say_frame(picture(), 5_999_999, (2000, 3000), at_s=viewer.session.scan.now_s)
        qtbot.waitUntil(lambda: all(part.width() >= part.fontMetrics().horizontalAdvance(part.text()) for part in header.seen_parts))
        qtbot.waitUntil(lambda: header.rect().contains(header.alone.geometry()))
        return header.words

    assert "taken" in words(1700)
    narrow = words(900)
    assert "taken" not in narrow
    assert narrow.endswith("0.0 s ago")
