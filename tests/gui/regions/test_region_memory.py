"""Regions and lines survive a restart: they stand on the data set in their place, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from swmr_viewer.analysis.regions import Region
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look.settings import settings
from swmr_viewer.gui.regions.region_memory import KEY, STORE
from swmr_viewer.gui.regions.regions import Marks
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model.places import Place
from tests.gui.fakes import FakeSupervisor

PLACE = Place("/entry/scan_1/eiger/data", (64, 48), "<u4")
BOX = ((1.0, 2.0), (9.0, 12.0))
MARKS = Marks(
    (
        Region("A", "rectangle", BOX),
        Region("the spot", "ellipse", ((20.5, 20.0), (30.0, 28.0))),
        Region("C", "polygon", ((1.0, 1.0), (4.0, 1.0), (2.0, 5.0))),
    ),
    ((0.0, 0.0), (40.0, 60.0)),
    line_width=7,
    line_sums=True,
)
Start = Callable[..., tuple[Assembly, FakeSupervisor]]


def test_what_was_stored_comes_back() -> None:
    assert STORE.decoded(json.loads(json.dumps(STORE.encoded(PLACE, MARKS)))) == (PLACE, MARKS)


JSON = st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(st.dictionaries(st.sampled_from(["regions", "line", "place"]), JSON))
def test_no_entry_is_ever_a_crash(changes: dict[str, Any]) -> None:
    found = STORE.decoded({**STORE.encoded(PLACE, MARKS), **changes})
    assert found is None or json.dumps(STORE.encoded(*found))


@pytest.mark.parametrize(
    "region",
    [
        {"name": "A", "kind": "star", "points": BOX},
        {"name": "A", "kind": "rectangle", "points": [[1, 2]]},
        {"name": 3, "kind": "rectangle", "points": BOX},
        {"name": "A", "kind": "rectangle", "points": [[1, 2], [3, float("nan")]]},
    ],
)
def test_a_damaged_entry_is_left_out_and_the_others_are_not(region: dict[str, Any]) -> None:
    other = Place("/entry/merlin/data", (9, 9), "<u2")
    settings().setValue(KEY, json.dumps([{**STORE.encoded(PLACE, MARKS), "regions": [region]}, STORE.encoded(other, MARKS)]))
    assert STORE.stored() == ((other, MARKS),)


def test_two_regions_of_one_name_become_two_names() -> None:
    twice = [{"name": "A", "kind": "rectangle", "points": BOX}] * 2
    found = STORE.decoded({**STORE.encoded(PLACE, MARKS), "regions": twice})
    assert found is not None
    assert [one.name for one in found[1].regions] == ["A", "B"]


def test_the_next_start_has_the_regions_draws_them_and_measures(start: Start) -> None:
    viewer, reader = start()
    measurements = viewer.window.measuring.measurements
    measurements.draw("rectangle", BOX)
    measurements.rename("A", "the <b>spot</b> & more")
    measurements.draw("ellipse", ((20.0, 20.0), (30.0, 28.0)))
    measurements.draw_line(((0.0, 0.0), (40.0, 60.0)))
    drawn = measurements.marks
    viewer, reader = start("/entry/scan_2/eiger/data")  # the next scan's group has another name
    measuring = viewer.window.measuring
    assert measuring.measurements.marks == drawn
    assert len(drawn.regions) == 2
    assert measuring.layer.item_of("the <b>spot</b> & more").isVisible()
    assert reader.sent(m.Measure)[-1].regions == drawn.regions
    measuring.measurements.remove("A")
    viewer, _ = start()
    assert [one.name for one in viewer.window.measuring.measurements.marks.regions] == ["the <b>spot</b> & more"]
    viewer, _ = start("/entry/merlin/data", (32, 32))
    assert viewer.window.measuring.measurements.marks == Marks()


def test_it_is_stored_soon_and_another_window_loses_nothing(start: Start, qtbot: QtBot) -> None:
    viewer, _ = start()
    other = Place("/entry/merlin/data", (9, 9), "<u2")
    STORE.store([(other, MARKS)])
    viewer.window.measuring.measurements.draw("rectangle", BOX)
    qtbot.waitUntil(lambda: len(STORE.stored()) == 2)
    assert dict(STORE.stored()) == {PLACE: Marks((Region("A", "rectangle", BOX),)), other: MARKS}
    viewer.window.measuring.actions_.undo.trigger()
    viewer.window.measuring.memory.keep()
    assert STORE.stored() == ((other, MARKS),)


def test_reset_forgets_them_once_it_was_asked(start: Start, qtbot: QtBot) -> None:
    viewer, _ = start()
    window = viewer.window
    window.measuring.measurements.draw("rectangle", BOX)
    window.actions_.reset.trigger()
    qtbot.keyClick(window.desktop_actions.question, Qt.Key.Key_Escape)
    assert len(window.measuring.measurements.marks.regions) == 1
    window.actions_.reset.trigger()
    window.desktop_actions.question.yes.click()
    assert window.measuring.measurements.marks == Marks()
    viewer, _ = start()
    assert viewer.window.measuring.measurements.marks == Marks()
    assert KEY not in settings().allKeys()
