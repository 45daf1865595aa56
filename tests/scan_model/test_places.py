"""The place of a data set: pure, on paths as beamlines write them."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer.reader.messages import DataDescription, FollowRequest, Opened
from swmr_viewer.scan_model.places import Place, Places, places_in, same_places

FRAME, TYPE = (64, 48), "<u4"


def place(path: str, shape: tuple[int, ...] = FRAME, dtype: str = TYPE, pattern: str = "") -> Place:
    return Place(path, shape, dtype, pattern)


@pytest.mark.parametrize(
    ("before", "now", "is_same"),
    [
        (place("/entry/eiger/data"), place("/entry/eiger/data"), True),
        (place("/entry/eiger/data"), place("/entry/eiger/data", dtype="<u2"), True),
        (place("/entry/eiger/data"), place("/entry/eiger/data", (128, 48)), False),
        (place("/entry/eiger/data"), place("/entry/eiger/data", (48,)), False),
        (place("/entry/eiger/data", (1, 1)), place("/entry/eiger/data"), True),
        (place("/entry/scan_353130/eiger/data"), place("/entry/scan_353131/eiger/data"), True),
        (place("/entry/scan_353130/eiger/data"), place("/entry/scan_353131/eiger/data", dtype="<u2"), False),
        (place("/entry/scan_353130/eiger/data"), place("/entry/scan_353131/eiger/data", (64, 49)), False),
        (place("/1.1/measurement/eiger"), place("/2.1/measurement/eiger"), True),
        (place("/entry/eiger_1/data"), place("/entry/eiger_2/data"), False),
        (place("/entry/eiger_1/data/data"), place("/entry/eiger_2/data/data"), False),
        (place("/entry/scan_1/data", pattern="/entry/*/data"), place("/entry/scan_2/data", pattern="/entry/*/data"), True),
        (place("/entry/scan_1/data", pattern="/entry/*/data"), place("/entry/scan_2/data", (64, 49), pattern="/entry/*/data"), False),
        (place("/entry/scan_1/data", pattern="/entry/*/data"), place("/entry/scan_2/data", pattern="/*/*/data"), False),
        (place("/entry/scan_1/data"), place("/entry/scan_2/data"), False),
    ],
)
def test_the_rule(before: Place, now: Place, is_same: bool) -> None:
    assert same_places([now], [before]) == ({now: before} if is_same else {})


def test_of_two_detectors_each_finds_its_own_place_whatever_the_order() -> None:
    known = [place(f"/entry/scan_1/{name}/data", pattern="/entry/*/*/data") for name in ("eiger", "merlin")]
    now = [place(f"/entry/scan_2/{name}/data", pattern="/entry/*/*/data") for name in ("merlin", "eiger")]
    for order in permutations(now):
        assert same_places(order, known) == {now[0]: known[1], now[1]: known[0]}


def test_what_is_ambiguous_stands_in_no_known_place() -> None:
    now = place("/entry/c/sum/total")
    two = [place("/entry/a/sum/total"), place("/entry/b/sum/total")]
    assert same_places([now], two) == {}
    assert same_places(two, [now]) == {}
    assert same_places([now, two[0]], [two[0], two[1]]) == {two[0]: two[0], now: two[1]}


PATHS = st.lists(st.sampled_from(["scan_1", "scan_2", "eiger", "merlin", "data"]), min_size=1, max_size=4).map("/".join)
PLACES = st.lists(st.builds(place, PATHS, st.sampled_from([FRAME, (9, 9)]), st.just(TYPE), st.sampled_from(["", "*/*"])), unique=True)


@given(PLACES, PLACES)
def test_no_place_is_given_twice_and_frames_always_agree(now: list[Place], known: list[Place]) -> None:
    found = same_places(now, known)
    assert len(set(found.values())) == len(found)
    assert all(one in now and other in known and one.frame_shape == other.frame_shape for one, other in found.items())


def test_the_pattern_is_that_of_the_request() -> None:
    data = tuple(DataDescription(path, FRAME, TYPE) for path in ("/entry/scan_7/data", "/entry/other"))
    opened = Opened(1, "7.nxs", (3,), (), data, None, 64)
    request = FollowRequest("7.nxs", data_paths=("/entry/other", "/entry/*/data", "/**/data"))
    assert places_in(request, opened) == (place("/entry/scan_7/data", pattern="/entry/*/data"), place("/entry/other"))
    assert [one.pattern for one in places_in(None, opened)] == ["", ""]


def test_a_place_keeps_its_name_from_scan_to_scan() -> None:
    places = Places()
    assert places.name_of("/entry/scan_1/eiger/data") == "/entry/scan_1/eiger/data"
    for number in (1, 2, 3, 2):
        path = f"/entry/scan_{number}/eiger/data"
        places.enter([place(path)])
        assert places.name_of(path) == "/entry/scan_1/eiger/data"
        assert places.path_of("/entry/scan_1/eiger/data") == path
    assert places.place("/entry/scan_1/eiger/data") == place("/entry/scan_2/eiger/data")
    assert places.path_of("/elsewhere") == ""
    assert places.place("/elsewhere") is None


def test_another_detector_behind_the_same_path_has_a_place_of_its_own_and_the_first_comes_back() -> None:
    places = Places()
    names = []
    for shape in (FRAME, (9, 9), (7, 7), FRAME, (9, 9)):
        places.enter([place("/entry/data/data", shape)])
        names.append(places.name_of("/entry/data/data"))
    assert names == [f"/entry/data/data{rest}" for rest in ("", " (2)", " (3)", "", " (2)")]


def test_where_the_file_does_not_tell_the_shape_the_first_frame_does() -> None:
    places = Places()
    path = "/entry/data/data"
    places.enter([place(path)])
    assert not places.note_frame_shape(path, FRAME)
    for untold in ((1, 1), (0, 48), (0, 0)):
        places.enter([place(path, untold)])
        assert places.name_of(path) == path
        assert places.place(path) == place(path)
        assert not places.note_frame_shape(path, FRAME)
        assert not places.note_frame_shape(path, (128, 48))
    places.enter([place(path, (0, 0))])
    assert places.note_frame_shape(path, (9, 9))
    assert places.name_of(path) == f"{path} (2)"
    assert (places.place(path), places.place(f"{path} (2)")) == (place(path), place(path, (9, 9)))
    assert not places.note_frame_shape("/elsewhere", (9, 9))


def test_a_strip_of_one_row_is_no_image_that_is_still_to_come() -> None:
    assert same_places([place("/entry/strip/data", (1, 1024))], [place("/entry/strip/data", (512, 1024))]) == {}


def test_what_was_stored_is_known_before_any_file() -> None:
    places = Places()
    name = places.name_for(place("/entry/scan_1/eiger/data"))
    places.enter([place("/entry/scan_2/eiger/data"), place("/entry/scan_2/merlin/data")])
    assert places.name_of("/entry/scan_2/eiger/data") == name
    assert places.name_of("/entry/scan_2/merlin/data") == "/entry/scan_2/merlin/data"
