"""The line below the map: a chip per detector, who is behind, what has no room, and what a click tells."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from swmr_viewer.core.number_text import short_count
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.scan_map.chip_room import chips_in_room
from swmr_viewer.gui.scan_map.detector_chips import DetectorChip, DetectorChips
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor

LEFT = Qt.MouseButton.LeftButton
Following = Callable[..., Assembly]
WIDTHS = [316, 420, 480, 640]


def add_keys(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, shape: tuple[int, ...], *added: tuple[int, int]) -> None:
    with qtbot.waitSignal(viewer.session.progress_changed):
        reader.say_keys(shape, *added)


def give_width(qtbot: QtBot, viewer: Assembly, width: int) -> DetectorChips:
    """Return the chips of a panel that is torn off and so wide."""
    panel = viewer.window.panels.panel("map")
    panel.setFloating(True)
    panel.resize(width, 300)
    qtbot.waitUntil(lambda: viewer.window.map_panel.width() == width)
    QApplication.processEvents()
    return viewer.window.map_panel.detectors


def shown(chips: DetectorChips) -> list[DetectorChip]:
    return [chip for chip in chips.chips if chip.isVisible()]


def is_cut(chip: DetectorChip) -> bool:
    return chip.fontMetrics().horizontalAdvance(chip.text().replace("&&", "&")) + 14 > chip.width()


@given(widths=st.lists(st.integers(20, 200), min_size=1, max_size=20), room=st.integers(0, 900), data=st.data())
def test_the_chip_that_is_needed_is_shown_and_nothing_more_than_there_is_room_for(
    widths: list[int], room: int, data: st.DataObject
) -> None:
    needed = data.draw(st.integers(0, len(widths) - 1))
    chosen = chips_in_room(widths, room, 50, 4, needed)
    assert needed in chosen
    assert list(chosen) == sorted(set(chosen))
    if len(chosen) == len(widths) > 1:
        assert sum(widths) + 4 * (len(widths) - 1) <= room
    elif len(chosen) > 1:
        assert sum(widths[number] for number in chosen) + 4 * len(chosen) + 50 <= room
        others = [number for number in chosen if number != needed]
        assert others == [number for number in range(len(widths)) if number != needed][: len(others)]


def test_counts_are_written_short_and_never_more_than_they_are() -> None:
    told = [short_count(n).replace("\u2009", " ") for n in (0, 354, 999_999, 1_000_000, 3_549_999, 9_999_999, 99_999_999, 1_200_000_000)]
    assert told == ["0", "354", "999 999", "1 M", "3.54 M", "9.99 M", "99.9 M", "1.2 G"]
    assert short_count(349_988, 10_000).replace("\u2009", " ") == "349 k"
    assert short_count(4012, 10_000).replace("\u2009", " ") == "4 012"


def test_without_detectors_there_are_no_chips_and_no_room_for_them(qtbot: QtBot, viewer: Assembly, following: Following) -> None:
    chips = viewer.window.map_panel.detectors
    assert chips.isHidden()
    viewer.session.open(m.FollowRequest("/data/nothere.nxs"))
    qtbot.waitUntil(viewer.window.map_panel.isVisible)
    assert not chips.isVisible()
    following((4, 5))
    assert chips.isVisible()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_detector_that_holds_the_scan_up_is_named(qtbot: QtBot, reader: FakeSupervisor, following: Following, width: int) -> None:
    viewer = following((20, 30), n_keys=3)
    chips = give_width(qtbot, viewer, width)
    add_keys(qtbot, viewer, reader, (20, 30), (0, 354), (0, 350), (0, 352))
    assert chips.chips[1].isVisible()
    assert chips.chips[1].text() == "det1 350 \u00b7 4 behind"
    assert chips.chips[1].property("behind") == "true"
    assert chips.chips[2].property("behind") == "false"
    assert chips.chips[2].toolTip() == "/entry/keys/det2\n352 of 600 keys set, 2 behind"
    assert [chip.text() for chip in shown(chips) if is_cut(chip)] == []
    add_keys(qtbot, viewer, reader, (20, 30), (354, 360), (350, 360), (352, 359))
    assert [chip.property("behind") for chip in chips.chips] == ["false"] * 3  # one is no lag: the next key is on its way
    assert chips.chips[1].text() == "det1 360"
    reader.say(m.Ended(reader.generation, "timeout", 359, 600))
    qtbot.waitUntil(lambda: chips.chips[2].text() == "det2 359 \u00b7 1 behind")


@pytest.mark.parametrize("width", WIDTHS)
def test_of_twelve_detectors_the_slowest_is_shown_and_none_is_cut(
    qtbot: QtBot, reader: FakeSupervisor, following: Following, width: int
) -> None:
    viewer = following((20, 30), n_keys=12)
    chips = give_width(qtbot, viewer, width)
    add_keys(qtbot, viewer, reader, (20, 30), *[(0, 300)] * 9, (0, 210), (0, 300), (0, 300))
    assert chips.chips[9] in shown(chips)
    assert chips.chips[9].text() == "det9 210 \u00b7 90 behind"
    n_more = 12 - len(shown(chips))
    assert n_more > 0
    assert chips.more.text() in (f"+{n_more} more", f"+{n_more}")
    assert "det9 holds the scan up: 90 behind" in chips.more.toolTip()
    assert [chip.text() for chip in shown(chips) if is_cut(chip)] == []
    right = [part for part in (chips.more, chips.left, chips.gaps) if part.isVisible()]
    edges = [part.geometry() for part in (*shown(chips), *right)]
    assert all(one.right() < other.left() for one, other in pairwise(edges))
    assert edges[-1].right() < chips.width()
    qtbot.waitUntil(lambda: chips.gaps.width() >= chips.gaps.sizeHint().width())


def test_chips_keep_their_places_while_counts_grow(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((20, 30), n_keys=3)
    chips = give_width(qtbot, viewer, 420)
    places = set()
    for n in (1, 9, 87, 400, 600):
        add_keys(qtbot, viewer, reader, (20, 30), (0, n), (0, n), (0, max(1, n - 1)))
        QApplication.processEvents()
        places.add(tuple(chip.geometry().getRect() for chip in shown(chips)))
    assert len(places) == 1
    assert len(shown(chips)) == 3


def test_long_names_and_millions_have_room_as_well(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((2500, 4000), n_keys=3)
    chips = give_width(qtbot, viewer, 316)
    add_keys(qtbot, viewer, reader, (2500, 4000), (0, 354_000), (0, 349_988), (0, 354_000))
    told = ("det1 349 988 \u00b7 4 012 behind", "det1 349 k \u00b7 4 012 behind")
    qtbot.waitUntil(lambda: [chip.text().replace("\u2009", " ") in told for chip in shown(chips)] == [True])  # taken piece by piece
    assert not is_cut(shown(chips)[0])
    header = viewer.window.map_panel.header
    assert header.count.text().replace("\u2009", "") in ("349988 of 10M complete", "349988 of 10M")
    assert header.count.toolTip().startswith("349\u2009988 of 10\u2009000\u2009000 frames are complete\nScan of 2500 \u00d7 4000")


def test_a_click_lists_every_detector_and_goes_on_counting(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5), n_keys=14)
    chips = give_width(qtbot, viewer, 420)
    add_keys(qtbot, viewer, reader, (4, 5), (0, 12), (0, 7), *[(0, 12)] * 12)
    qtbot.mouseClick(chips.chips[1], LEFT)
    popup = chips.popup
    assert popup.isVisible()
    assert not popup.isModal()
    assert [row.count.text() for row in popup.rows[:3]] == ["12 / 20", "7 / 20", "12 / 20"]
    assert [row.behind.text() for row in popup.rows[:3]] == ["", "5 behind", ""]
    assert [row.bar.property("behind") for row in popup.rows[:3]] == ["false", "true", "false"]
    assert popup.hold_up.text() == "det1 holds the scan up: 5 behind"
    add_keys(qtbot, viewer, reader, (4, 5), (12, 13), (7, 13), *[(12, 13)] * 12)
    assert popup.rows[1].count.text() == "13 / 20"
    assert popup.hold_up.text() == "Nobody holds the scan up"
    assert popup.findChild(QScrollArea).verticalScrollBar().isVisible() or popup.rows[-1].bar.isVisible()
    qtbot.keyClick(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    chips.more.setFocus()
    qtbot.keyClick(chips.more, Qt.Key.Key_Space)
    assert popup.isVisible()
    popup.hide()


def test_the_time_left_stands_where_there_is_room(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((20, 30), n_keys=3)
    chips = give_width(qtbot, viewer, 640)
    assert chips.left.isVisible()
    give_width(qtbot, viewer, 316)
    assert not chips.left.isVisible()


def test_a_few_detectors_are_all_seen(qtbot: QtBot, following: Following) -> None:
    for n_keys in (1, 3, 5):
        chips = give_width(qtbot, following((4, 5), n_keys=n_keys), 480)
        assert len(shown(chips)) == n_keys
        assert not chips.more.isVisible()
