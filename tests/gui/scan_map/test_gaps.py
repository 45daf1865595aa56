"""Gaps and what is still to come: raster, snake and random scans, on any axes, told in the window while they run and after."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import AllKeys, FileClosed, Timeout
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.scan import snake_index_of
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.scan_map.gaps import below_newest, first_gaps, gaps_text, n_gap_points
from swmr_viewer.gui.scan_map.map_text import missing_text, point_text
from swmr_viewer.gui.scan_map.time_left import Arrival, VisitOrder, n_points, n_within, visit_orders
from swmr_viewer.reader import messages as m
from swmr_viewer.simulator.orders import dropped_indices, raster, shuffled, snake, stored_indices
from swmr_viewer.simulator.plan import ScanPlan
from tests.gui.fakes import FakeSupervisor, picture
from tests.live.conftest import live_writer  # noqa: F401
from tests.live.writers import LiveWriter

LEFT = Qt.MouseButton.LeftButton
SHAPES = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple)
WAIT_MS = 60_000


class Scan:
    """A scan whose frames become complete in batches, and what is told of it."""

    def __init__(self, scan_shape: tuple[int, ...]) -> None:
        self.progress = KeyProgress(1, scan_shape)
        self.arrival = Arrival()

    def complete(self, indices: Iterable[int]) -> None:
        at = np.unique(np.fromiter(indices, np.int64))
        self.arrival.note(np.sort(self.progress.add(0, at, at + 1)), self.progress)

    def gaps(self) -> list[int] | None:
        passed = self.arrival.passed
        if passed is None:
            return None
        found = first_gaps(self.progress, passed, 10_000)
        gaps = [index for start, stop in found for index in range(start, stop)]
        assert len(gaps) == n_gap_points(self.progress, passed)
        return gaps


# ---- orders


@given(scan_shape=SHAPES, data=st.data())
def test_what_a_snake_has_passed_is_what_it_visited(scan_shape: tuple[int, ...], data: st.DataObject) -> None:
    order = visit_orders(scan_shape)[-1]
    visits = [snake_index_of(visit, order.scan_shape) for visit in range(prod(scan_shape))]
    n = data.draw(st.integers(1, len(visits)))
    passed = order.passed(visits[n - 1])
    assert [index for start, stop in passed for index in range(start, stop)] == sorted(visits[:n])
    assert n_points(passed) == n
    assert order.last_of(np.sort(np.array(visits[:n]))) == visits[n - 1]
    some = np.unique(np.array(data.draw(st.lists(st.sampled_from(visits), max_size=6)), np.int64))
    assert n_within(some, passed) == len(set(some.tolist()) & set(visits[:n]))


def test_rows_may_turn_while_slower_axes_do_not() -> None:
    order = VisitOrder((2, 3, 4), 1)
    pages = [0, 1, 2, 3, 7, 6, 5, 4, 8, 9, 10, 11], [15, 14, 13, 12, 16, 17, 18, 19, 23, 22, 21, 20]
    for n, index in enumerate([*pages[0], *pages[1]], 1):
        assert n_points(order.passed(index)) == n
    assert visit_orders(()) == [VisitOrder((), 0)]
    assert visit_orders((7,)) == [VisitOrder((7,), 0)]
    assert len(visit_orders((2, 1, 3, 4))) == 3


# ---- what is told while a scan runs


@settings(max_examples=60)
@given(
    scan_shape=st.sampled_from([(40,), (6, 7), (7, 6), (3, 4, 5), (2, 3, 3, 4)]),
    turning=st.integers(0, 3),
    lost=st.sets(st.integers(0, 30), max_size=2),
    data=st.data(),
)
def test_in_an_orderly_scan_a_gap_is_what_it_has_come_past(
    scan_shape: tuple[int, ...], turning: int, lost: set[int], data: st.DataObject
) -> None:
    orders = visit_orders(scan_shape)
    order = orders[min(turning, len(orders) - 1)]
    visits = sorted(range(prod(scan_shape)), key=lambda index: n_points(order.passed(index)))
    scan, at = Scan(scan_shape), 0
    told, seen = 0, []
    while at < len(visits):
        n = 1 if at < 2 * scan_shape[-1] else data.draw(st.integers(1, 5))  # a second row at once could have been written either way
        batch = [index for visit, index in enumerate(visits[at : at + n], at) if visit not in lost]
        at += n
        seen += batch
        scan.complete(batch)
        if len(seen) > (3 * scan_shape[-1] if len(scan_shape) > 1 else 8):  # by then the order has shown itself
            last = max(visits.index(index) for index in seen)
            assert scan.gaps() == sorted(visits[visit] for visit in lost if visit < last)
            told += 1
    assert told


def test_a_snake_on_its_way_back_has_no_gaps_and_a_point_that_it_left_out_is_one() -> None:
    scan = Scan((14, 21))
    visits = snake((14, 21)).tolist()
    assert visits[33] == 29
    for visit, index in enumerate(visits[:70]):
        if visit != 33:
            scan.complete([index])
        assert scan.gaps() == ([29] if visit > 33 else []), visit
    for index in visits[70:]:
        scan.complete([index])
    assert scan.gaps() == [29]
    scan.complete([29])
    assert scan.gaps() == []


def test_a_snake_that_is_opened_on_its_way_back_has_no_gaps() -> None:
    scan = Scan((14, 21))
    scan.complete(snake((14, 21))[: 3 * 21 + 9].tolist())
    assert scan.gaps() == []


def test_a_raster_scan_is_as_before() -> None:
    scan = Scan((4, 21))
    lost = {5, 21, 22, 23}
    for index in raster((4, 21)).tolist():
        if index not in lost:
            scan.complete([index])
            assert scan.gaps() == [one for one in sorted(lost) if one < index], index


def test_lags_and_late_frames_are_no_disorder() -> None:
    scan = Scan((6, 10))
    for start in range(0, 40, 8):  # several writers: each batch completes in two parts, the odd ones late now and then
        late = {start + 3} if start % 16 else set()
        scan.complete(set(range(start, start + 8)) - late)
        scan.complete(late)
    assert scan.gaps() == []


def test_in_a_random_scan_nobody_knows_what_is_lost() -> None:
    for seed in range(5):
        scan = Scan((10, 12))
        visits = shuffled((10, 12), seed).tolist()
        told = []
        for index in visits[:-1]:
            scan.complete([index])
            told.append(scan.gaps())
        assert [one for one in told[5:] if one] == []
        assert told[60] is None
        opened = Scan((10, 12))
        opened.complete(visits[:60])
        assert opened.gaps() is None


def test_a_shape_that_grows_keeps_what_was_learnt_from_the_file() -> None:
    scan = Scan((1, 5))
    scan.complete(range(5))
    scan.progress.grow((2, 5))
    scan.complete([9])
    scan.complete([8])
    assert scan.gaps() == []
    scan.progress.grow((2, 6))  # the same points have other numbers now
    scan.complete([])
    assert scan.progress.n_complete == 7
    assert scan.gaps() is not None


def test_ten_million_points_at_once_cost_a_few_ranges() -> None:
    progress = KeyProgress(1, (100, 250, 400))
    visited = np.arange(6_000_123, dtype=np.int64)
    progress.add(0, np.array([0]), np.array([visited.size]))
    arrival = Arrival()
    arrival.note(visited, progress)
    assert arrival.passed is not None
    assert n_points(arrival.passed) == visited.size
    assert len(arrival.passed) <= 4


# ---- words


@given(n=st.integers(1, 60), data=st.data(), most=st.integers(1, 5))
def test_gaps_are_the_points_that_lack_below_the_newest(n: int, data: st.DataObject, most: int) -> None:
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    progress = KeyProgress(1, (n,))
    at = np.flatnonzero(mask)
    progress.add(0, at, at + 1)
    passed = below_newest(progress)
    expected = np.flatnonzero(~mask[: at[-1] + 1]) if at.size else np.empty(0, np.int64)
    assert n_gap_points(progress, passed) == expected.size
    found = first_gaps(progress, passed, most)
    assert len(found) <= most
    named = np.concatenate([np.arange(start, stop) for start, stop in found]) if found else np.empty(0, np.int64)
    np.testing.assert_array_equal(named, expected[: named.size])
    if len(found) < most:
        assert named.size == expected.size


def test_gaps_far_apart_are_found_across_blocks() -> None:
    progress = KeyProgress(1, (2_000_000,))
    progress.add(0, np.array([0, 6, 262_150, 1_999_999]), np.array([5, 262_140, 1_999_990, 2_000_000]))
    passed = below_newest(progress)
    assert first_gaps(progress, passed, 9) == [(5, 6), (262_140, 262_150), (1_999_990, 1_999_999)]
    assert first_gaps(progress, ((0, 262_145), (262_145, 2_000_000)), 9) == first_gaps(progress, passed, 9)
    words = gaps_text(20, first_gaps(progress, passed, 2))
    assert words.replace("\u2009", "") == "20 gaps: 5, 262140\u2013262149 \u2026"


def test_after_the_end_what_never_came_is_missing() -> None:
    assert gaps_text(0, [], 12) == "no gaps, 12 missing"
    assert gaps_text(1, [(5, 6)], 12) == "1 gap: 5; 12 missing"
    assert gaps_text(1, n_missing=12) == "1 gap; 12 missing"
    progress = KeyProgress(1, (3,))
    assert missing_text(progress, 1, ("/keys/a",), True) == "Frame 1 is not there."
    assert point_text(progress, 1, ("/keys/a",), (), "A gap", True) == "Frame 1 at (1)\na: not set\nA gap"


# ---- in the window


def complete(qtbot: QtBot, viewer: Assembly, reader: FakeSupervisor, shape: tuple[int, ...], indices: Iterable[int]) -> None:
    for index in indices:
        with qtbot.waitSignal(viewer.session.frames_completed):
            reader.say_keys(shape, (index, index + 1))


def test_a_snake_does_not_cry_wolf(qtbot: QtBot, reader: FakeSupervisor, following: Callable[..., Assembly]) -> None:
    viewer = following((4, 6))
    line, chart, legend = viewer.window.map_panel.detectors.gaps, viewer.window.map_panel.map, viewer.window.map_panel.legend
    said = set()
    for index in snake((4, 6))[:9].tolist():
        complete(qtbot, viewer, reader, (4, 6), [index])
        said.add(line.plain)
    qtbot.waitUntil(lambda: chart.is_current and line.plain == "no gaps")
    assert said == {"no gaps"}
    assert chart.text_at(chart.point_of(7)).endswith("det0: not set yet\nStill to come")
    assert legend.missing.text() == "not yet"
    complete(qtbot, viewer, reader, (4, 6), [7, 6, 12, 13])
    qtbot.waitUntil(lambda: line.plain == "1 gap: 8")
    assert chart.text_at(chart.point_of(8)).endswith("det0: not set yet\nA gap: the scan has come past it")
    reader.say(m.Ended(reader.generation, "timeout", 13, 24))
    qtbot.waitUntil(lambda: line.plain == "1 gap: 8; 10 missing")
    assert legend.missing.text() == "missing"
    assert chart.text_at(chart.point_of(20)).endswith("det0: not set\nMissing: it was not complete at the end")
    viewer.session.resume()
    qtbot.waitUntil(lambda: line.plain == "1 gap: 8")
    assert legend.missing.text() == "not yet"


@pytest.mark.parametrize("before", [None, "stopped", "finished_flag"])
def test_of_a_scan_whose_file_was_replaced_the_rest_is_missing(
    qtbot: QtBot, reader: FakeSupervisor, following: Callable[..., Assembly], before: str | None
) -> None:
    viewer = following((4, 6))
    line, chart, legend = viewer.window.map_panel.detectors.gaps, viewer.window.map_panel.map, viewer.window.map_panel.legend
    complete(qtbot, viewer, reader, (4, 6), [0, 1, 2, 3, 5])
    qtbot.waitUntil(lambda: chart.is_current and line.plain == "1 gap: 4")
    assert legend.missing.text() == "not yet"
    replaced = m.FileReplaced(reader.generation, "/data/scan.nxs", "It was written anew.", True, 0.0)
    with qtbot.waitSignal(viewer.session.finished):
        ends = [m.Ended(reader.generation, before or "file_replaced", 5, 24)]
        reader.say(*([replaced, *ends] if before is None else [*ends, replaced]))
    qtbot.waitUntil(lambda: viewer.session.scan.replaced is not None and line.plain == "1 gap: 4; 18 missing")
    assert legend.missing.text() == "missing"
    assert chart.text_at(chart.point_of(20)).endswith("det0: not set\nMissing: it was not complete at the end")
    assert chart.text_at(chart.point_of(4)).endswith("det0: not set\nA gap: the scan has come past it")
    viewer.session.open(m.FollowRequest("/data/scan.nxs"))
    with qtbot.waitSignal(viewer.session.opened):
        reader.say_opened((4, 6), ("/entry/keys/det0",))
    complete(qtbot, viewer, reader, (4, 6), [0])
    assert legend.missing.text() == "not yet"


@pytest.mark.parametrize("reason", ["timeout", "file_closed"])
def test_an_end_that_comes_after_a_failure_is_told_by_the_map_as_well(
    qtbot: QtBot, reader: FakeSupervisor, following: Callable[..., Assembly], reason: str
) -> None:
    viewer = following((4, 6))
    complete(qtbot, viewer, reader, (4, 6), [0, 1, 2])
    with qtbot.waitSignal(viewer.session.finished):
        reader.say(m.Failed(reader.generation, "It cannot be read.", "", "", FailureKind.READER))
    with qtbot.waitSignal(viewer.session.finished):
        reader.say(m.Ended(reader.generation, reason, 3, 24))
    assert viewer.window.map_panel.legend.missing.text() == "missing"


@pytest.mark.parametrize(
    ("reason", "words"), [("timeout", "13 gaps: 0\u20132, 4, 6\u20138 \u2026; 3 missing"), ("stopped", "16 not complete yet")]
)
def test_a_random_scan_tells_gaps_when_it_has_ended(
    qtbot: QtBot, reader: FakeSupervisor, following: Callable[..., Assembly], reason: str, words: str
) -> None:
    viewer = following((4, 6))
    line, chart = viewer.window.map_panel.detectors.gaps, viewer.window.map_panel.map
    complete(qtbot, viewer, reader, (4, 6), [16, 9, 20, 3, 11, 5, 18, 14])
    qtbot.waitUntil(lambda: chart.is_current and line.plain == "16 not complete yet")
    assert line.text() == "16 not complete yet"
    assert not line.isEnabled()
    assert "no order" in line.told
    assert chart.text_at(chart.point_of(0)).endswith("det0: not set yet")
    reader.say(m.Ended(reader.generation, reason, 8, 24))
    qtbot.waitUntil(lambda: viewer.session.scan.is_over)
    qtbot.waitUntil(lambda: line.plain == words)


def test_the_first_gaps_are_listed_and_a_click_or_a_key_goes_there(
    qtbot: QtBot, reader: FakeSupervisor, following: Callable[..., Assembly]
) -> None:
    viewer = following((1000, 1000))
    gaps, chosen = viewer.window.map_panel.detectors.gaps, []
    viewer.window.map_panel.detectors.gap_chosen.connect(chosen.append)
    assert not gaps.isEnabled()
    with qtbot.waitSignal(viewer.session.progress_changed):
        reader.say_keys((1000, 1000), [(0, 300_000), (310_000, 320_000), (330_000, 410_000), (410_001, 500_000)])
    qtbot.waitUntil(lambda: gaps.text().replace("\u2009", " ") == "20 k gaps")  # so many keys are taken piece by piece
    assert gaps.told.startswith("20\u2009001 gaps: 300\u2009000\u2013309\u2009999, 320\u2009000\u2013329\u2009999, 410\u2009000\n")
    qtbot.mouseClick(gaps, LEFT)
    lines = gaps.popup.lines
    assert gaps.popup.isVisible()
    assert not gaps.popup.isModal()
    told = [line.text().replace("\u2009", "") for line in lines]
    assert told == ["300000\u2013309999 from (300, 0)", "320000\u2013329999 from (320, 0)", "410000 at (410, 0)"]
    qtbot.keyClick(lines[0], Qt.Key.Key_Down)
    qtbot.keyClick(lines[1], Qt.Key.Key_Space)
    assert not gaps.popup.isVisible()
    assert chosen == [320_000]
    assert viewer.session.scan.wanted_index == 319_999
    gaps.setFocus()
    qtbot.keyClick(gaps, Qt.Key.Key_Space)
    qtbot.mouseClick(gaps.popup.lines[2], LEFT)
    assert chosen == [320_000, 410_000]
    assert viewer.window.map_panel.map.is_zoomed
    qtbot.mouseClick(gaps, LEFT)
    qtbot.keyClick(gaps.popup, Qt.Key.Key_Escape)
    assert not gaps.popup.isVisible()
    reader.say(m.Ended(reader.generation, "timeout", 470_000, 1_000_000))
    qtbot.waitUntil(lambda: gaps.text().replace("\u2009", " ") == "20 k gaps; 500 k missing")
    qtbot.waitUntil(lambda: gaps.width() >= gaps.sizeHint().width())
    assert (
        "20\u2009001 gaps: 300\u2009000\u2013309\u2009999, 320\u2009000\u2013329\u2009999, 410\u2009000; 500\u2009000 missing" in gaps.told
    )


def test_many_gaps_are_listed_as_far_as_there_is_room(qtbot: QtBot, reader: FakeSupervisor, following: Callable[..., Assembly]) -> None:
    viewer = following((10, 10))
    with qtbot.waitSignal(viewer.session.progress_changed):
        reader.say_keys((10, 10), [(0, 60), *((at, at + 1) for at in range(61, 89, 2))])
    gaps = viewer.window.map_panel.detectors.gaps
    qtbot.mouseClick(gaps, LEFT)
    assert [line.text() for line in gaps.popup.lines[:2]] == ["60 at (6, 0)", "62 at (6, 2)"]
    assert len(gaps.popup.lines) == 12
    assert [label.text() for label in gaps.popup.findChildren(QLabel)] == ["and 2 more; G: the next gap"]
    gaps.popup.hide()


def test_a_key_goes_from_gap_to_gap_and_round(qtbot: QtBot, reader: FakeSupervisor, following: Callable[..., Assembly]) -> None:
    viewer = following((10, 10))
    window, chosen = viewer.window, []
    window.map_panel.detectors.gap_chosen.connect(chosen.append)
    qtbot.keyClick(window, Qt.Key.Key_G)
    with qtbot.waitSignal(viewer.session.progress_changed):
        reader.say_keys((10, 10), [(0, 20), (23, 50), (51, 80)])
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(), 30, (10, 10))
    assert chosen == []
    for _ in range(4):
        qtbot.keyClick(window, Qt.Key.Key_G)
    assert chosen == [50, 20, 50, 20]
    viewer.session.pin(70)  # the user goes elsewhere
    qtbot.keyClick(window, Qt.Key.Key_G)
    assert chosen[4:] == [20]
    viewer.session.pin(40)
    go = next(action.menu() for action in window.menu_.actions() if action.text() == "Go")
    next(action for action in go.actions() if action.text() == "Next &gap").trigger()
    assert chosen[5:] == [50]
    with qtbot.waitSignal(viewer.session.progress_changed):
        reader.say_keys((10, 10), [(20, 23), (50, 51)])
    qtbot.keyClick(window, Qt.Key.Key_G)
    assert chosen[6:] == []


# ---- a real writer


@pytest.mark.live
@pytest.mark.parametrize("order", ["raster", "snake", "random"])
def test_the_line_is_true_of_a_real_scan(
    qtbot: QtBot,
    live_viewer: Callable[..., Assembly],
    live_writer: Callable[..., LiveWriter],  # noqa: F811
    order: str,
) -> None:
    options: dict[str, Any] = {"scan_shape": (5, 6), "order": order, "fault": "drop-key", "seed": 4}
    plan = ScanPlan(frame_shape=(24, 32), period_s=0.0, **options)
    visits, dropped = stored_indices(plan).tolist(), dropped_indices(plan)
    scan = live_writer(frame_shape=(24, 32), **options)
    assembly = live_viewer(Path(scan.path), conditions=(Timeout(600.0), AllKeys(), FileClosed()))
    line, session = assembly.window.map_panel.detectors.gaps, assembly.session
    checked = 0
    for n in range(3, 30, 3):
        scan.step(3)
        expected = len([index for index in visits[:n] if index not in dropped])
        qtbot.waitUntil(
            lambda expected=expected: session.scan.progress is not None and session.scan.progress.n_complete == expected, timeout=WAIT_MS
        )
        last = max(visit for visit in range(n) if visits[visit] not in dropped)
        lost = sorted(visits[visit] for visit in range(last) if visits[visit] in dropped)
        told = "no gaps" if not lost else f"{len(lost)} gap{'s' * (len(lost) > 1)}: {', '.join(map(str, lost))}"
        if order != "random":
            qtbot.waitUntil(lambda told=told: line.plain == told, timeout=WAIT_MS)
            checked += 1
        elif n >= 6:
            qtbot.waitUntil(lambda left=30 - expected: line.plain == f"{left} not complete yet", timeout=WAIT_MS)
            checked += 1
    assert checked >= 8
    scan.finish()
    qtbot.waitUntil(lambda: session.scan.ended is not None, timeout=WAIT_MS)
    lost = sorted(dropped)
    qtbot.waitUntil(lambda: line.plain == f"{len(lost)} gap{'s' * (len(lost) > 1)}: {', '.join(map(str, lost))}", timeout=WAIT_MS)


@pytest.mark.parametrize("row", [(), (4,), (2, 3)])
@pytest.mark.parametrize("lost", [(), (7,), (5, 6)])
def test_a_scan_that_grows_row_by_row_is_not_looked_at_anew(
    row: tuple[int, ...], lost: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    n_rows, inner = 12, prod(row)
    scan = Scan((2, *row))
    scan.complete(index for index in range(2 * inner) if index not in lost)
    monkeypatch.setattr(KeyProgress, "complete_mask", lambda self: pytest.fail("all of a growing scan was looked at"))
    for n in range(3, n_rows + 1):
        scan.progress.grow((n, *row))
        scan.complete(index for index in range((n - 1) * inner, n * inner) if index not in lost)
        assert scan.progress.newest == max(index for index in range(n * inner) if index not in lost)
    assert scan.gaps() == [index for index in lost if index < n_rows * inner]
    assert scan.progress.frontier == (lost[0] if lost else n_rows * inner)
