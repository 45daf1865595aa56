"""How data sets are drawn, from one start of the window to the next."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from swmr_viewer.analysis import MaskRules
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.display.display_memory import KEY, decoded, encoded, store, stored
from swmr_viewer.gui.display.display_settings import DisplaySettings, LevelMode
from swmr_viewer.gui.display.levels_scale import Scale
from swmr_viewer.gui.display.orientation import Orientation
from swmr_viewer.gui.look.settings import settings
from swmr_viewer.gui.session.place_memory import MOST
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model.places import Place
from tests.gui.fakes import FakeSupervisor

PLACE = Place("/entry/scan_1/eiger/data", (64, 48), "<u4")
CHOSEN = DisplaySettings(
    scale=Scale.LOG,
    mode=LevelMode.FIXED,
    percentiles=(2.0, 98.0),
    levels=(3.0, 40.0),
    color_map="magma",
    inverted=True,
    masked_color="#ff8800",
    marks_saturated=True,
    mask=MaskRules(False, "/entry/scan_1/mask", 1000.0),
    orientation=Orientation(True, False, True),
    aspect_locked=False,
)
Start = Callable[..., tuple[Assembly, FakeSupervisor]]


# ---- what is stored


@pytest.mark.parametrize("chosen", [CHOSEN, DisplaySettings(), DisplaySettings(mode=LevelMode.EXTREMES)])
def test_what_was_stored_comes_back(chosen: DisplaySettings) -> None:
    assert decoded(json.loads(json.dumps(encoded(PLACE, chosen)))) == (PLACE, chosen)


def test_levels_of_any_kind_of_number_are_stored() -> None:
    chosen = DisplaySettings(mode=LevelMode.HELD, levels=(np.float32(3), np.float32(40)))  # type: ignore[arg-type]
    assert decoded(json.loads(json.dumps(encoded(PLACE, chosen)))) == (PLACE, DisplaySettings(mode=LevelMode.HELD, levels=(3.0, 40.0)))


def test_an_older_entry_that_says_less_is_as_usual_in_the_rest() -> None:
    entry = {"place": {"path": "/a/data", "frame_shape": [2, 3], "dtype": "<u2"}, "scale": "log", "mask": {"above": 7}, "new": 1}
    assert decoded(entry) == (Place("/a/data", (2, 3), "<u2"), DisplaySettings(scale=Scale.LOG, mask=MaskRules(above=7.0)))


DAMAGE = [
    ("scale", "cubic"), ("scale", 1), ("mode", "by hand"), ("mode", "percentiles"), ("percentiles", [98, 2]), ("percentiles", [0, 101]),
    ("percentiles", None), ("percentiles", [1]), ("levels", None), ("levels", [1, "2"]), ("levels", [40, 3]), ("levels", [0, float("nan")]),
    ("levels", [0, 10**400]), ("color_map", "jet"), ("color_map", []), ("inverted", 1), ("masked_color", "red"), ("masked_color", None),
    ("mask", []), ("mask", {"above": "x"}), ("mask", {"mask_path": 3}), ("orientation", {"sideways": True}), ("orientation", [1]),
    ("aspect_locked", "yes"), ("place", None), ("place", {}), ("place", {"path": 1, "frame_shape": [2], "dtype": "<u2"}),
    ("place", {"path": "/a", "frame_shape": ["2"], "dtype": "<u2"}), ("place", {"path": "/a", "frame_shape": 2, "dtype": "<u2"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), DAMAGE)
def test_a_damaged_entry_is_left_out_and_the_others_are_not(name: str, value: Any) -> None:
    other = Place("/entry/merlin/data", (9, 9), "<u2")
    damaged = {**json.loads(json.dumps(encoded(PLACE, CHOSEN))), name: value}
    settings().setValue(KEY, json.dumps([damaged, encoded(other, CHOSEN)]))
    assert stored() == ((other, CHOSEN),)


@pytest.mark.parametrize("text", ["", "{}", "[", "[1, null, [], {}]", "\x00", "[" * 100_000, "3", '"places"'])
def test_damaged_settings_are_no_settings(text: str) -> None:
    settings().setValue(KEY, text)
    assert stored() == ()


JSON = st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(st.dictionaries(st.sampled_from(sorted(encoded(PLACE, CHOSEN))), JSON))
def test_no_entry_is_ever_a_crash(changes: dict[str, Any]) -> None:
    found = decoded({**encoded(PLACE, CHOSEN), **changes})
    assert found is None or json.dumps(encoded(*found))


def test_the_places_that_were_changed_last_are_kept_and_the_rest_forgotten() -> None:
    places = [Place(f"/entry/detector_{number}/data", (64, 48), "<u4") for number in range(MOST + 3)]
    for place in places:
        store([(place, CHOSEN)])
    assert [place for place, _ in stored()] == places[:2:-1]
    store([(places[50], DisplaySettings())])
    assert [place for place, _ in stored()] == [one for one in places[:2:-1] if one != places[50]]


def test_a_place_has_one_entry_whatever_its_path_is_now() -> None:
    store([(PLACE, CHOSEN)])
    later = Place("/entry/scan_2/eiger/data", (64, 48), "<u4")
    store([(later, DisplaySettings(scale=Scale.SQRT))])
    assert stored() == ((later, DisplaySettings(scale=Scale.SQRT)),)
    store([(PLACE, DisplaySettings())])
    assert settings().allKeys() == []


# ---- in the window


def test_the_next_start_draws_the_data_set_as_it_was_left(start: Start) -> None:
    viewer, _ = start()
    viewer.window.display.change(scale=Scale.LOG, percentiles=(2.0, 98.0), color_map="magma")
    viewer.window.display_tools.actions.turn_right.trigger()
    turned = viewer.window.display.settings.orientation
    viewer, reader = start("/entry/scan_2/eiger/data")
    chosen = viewer.window.display.settings
    assert (chosen.scale, chosen.percentiles, chosen.color_map, chosen.orientation) == (Scale.LOG, (2.0, 98.0), "magma", turned)
    assert turned != Orientation()
    assert viewer.window.display_tools.actions.scales[Scale.LOG].isChecked()
    assert reader.sent(m.SetDisplay) == [m.SetDisplay(1, percentiles=(2.0, 98.0), data_path="/entry/scan_2/eiger/data")]


def test_levels_are_those_of_their_detector_alone(start: Start) -> None:
    viewer, _ = start()
    viewer.window.display.fix_levels(3.0, 40.0)
    for path, frame, dtype in (("/entry/scan_1/eiger/data", (64, 49), "<u4"), ("/entry/scan_1/merlin/data", (64, 48), "<u4")):
        viewer, reader = start(path, frame, dtype=dtype)
        assert viewer.window.display.settings == DisplaySettings()
        assert reader.sent(m.SetDisplay) == []
    viewer, _ = start()
    assert viewer.window.frame_view.image.levels == (3.0, 40.0)
    assert viewer.window.display.settings.mode is LevelMode.FIXED


def test_levels_of_a_sum_of_frames_are_not_remembered_and_those_from_before_stay(start: Start) -> None:
    viewer, _ = start()
    viewer.window.display.fix_levels(3.0, 40.0)
    viewer.window.display_memory.keep()
    viewer.session.prepare(PLACE.path, combine=m.Combine("sum", 100))
    viewer.window.display.fix_levels(300.0, 4000.0)
    viewer.window.display.change(scale=Scale.LOG)
    viewer, reader = start()
    assert viewer.window.display.settings == DisplaySettings(scale=Scale.LOG, mode=LevelMode.FIXED, levels=(3.0, 40.0))
    assert reader.sent(m.SetDisplay) == []


def test_it_is_stored_soon_not_only_at_the_end_and_another_window_loses_nothing(start: Start, qtbot: QtBot) -> None:
    viewer, _ = start()
    other = Place("/entry/merlin/data", (9, 9), "<u2")
    store([(other, CHOSEN)])
    viewer.window.display.change(color_map="magma")
    qtbot.waitUntil(lambda: len(stored()) == 2)
    assert stored() == ((PLACE, DisplaySettings(color_map="magma")), (other, CHOSEN))
    viewer.window.display.change(color_map="viridis")
    viewer.window.display_memory.keep()
    assert stored() == ((other, CHOSEN),)


def test_the_one_action_forgets_it_and_the_picture_is_as_at_the_first_start(start: Start) -> None:
    viewer, _ = start()
    viewer.window.display.change(scale=Scale.LOG, percentiles=(2.0, 98.0))
    viewer, reader = start()
    viewer.window.actions_.reset.trigger()
    viewer.window.desktop_actions.question.yes.click()
    assert viewer.window.display.settings == DisplaySettings()
    assert reader.sent(m.SetDisplay)[-1] == m.SetDisplay(1, data_path=PLACE.path)
    viewer, _ = start()
    assert viewer.window.display.settings == DisplaySettings()
    assert KEY not in settings().allKeys()


def test_a_window_starts_on_damaged_settings(start: Start) -> None:
    settings().setValue(KEY, '[{"place": {"path": "/a"}}, 7')
    viewer, _ = start()
    assert viewer.window.display.settings == DisplaySettings()
    viewer.window.display.change(color_map="magma")
    viewer, _ = start()
    assert viewer.window.display.settings.color_map == "magma"
