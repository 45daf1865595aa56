"""What is said about paths: each thing that can be wrong, and what is right is left alone."""

from dataclasses import replace

import pytest

from swmr_viewer.core.inspection import FileState, TreeNode
from swmr_viewer.opening.checking import PathProblem, check_request, normal, shape_text
from swmr_viewer.reader.messages import FollowRequest
from tests.opening.inspections import FLAG, FRAMES, KEYS, dataset, group, inspection


def problems(
    keys: tuple[str, ...] = (KEYS,), data: tuple[str, ...] = (FRAMES,), finished: str | None = None, state: FileState = FileState.CLOSED
) -> tuple[PathProblem, ...]:
    return check_request(inspection(state=state), FollowRequest("/data/scan.nxs", keys, data, finished))


@pytest.mark.parametrize(
    ("keys", "data", "finished"),
    [
        ((KEYS,), (FRAMES,), FLAG),
        (("/entry/diamond_scan/keys",), (FRAMES,), None),
        ((KEYS, "/entry/uid"), (FRAMES,), None),
        (("entry/uid/",), ("/entry//eiger/data", "/entry/eiger/total"), None),
        ((), (), None),
        (("/entry/other_scan",), ("/entry/other_scan",), None),
    ],
)
def test_what_fits_is_left_alone(keys: tuple[str, ...], data: tuple[str, ...], finished: str | None) -> None:
    assert problems(keys, data, finished) == ()


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("/entry/diamond_scan/keys/uniqueKey", f"names nothing in this file. Did you mean {KEYS}?"),
        ("/nowhere/at/all", "names nothing in this file. Choose a path from the tree."),
        ("/entry/nothing", "is a group without key datasets directly in it"),
        ("/", "is a group without key datasets"),
        ("/entry/title", "holds object, not numbers"),
        (FRAMES, "holds the frames"),
    ],
)
def test_wrong_keys(keys: str, said: str) -> None:
    first = problems(keys=(keys,))[0]
    assert (first.field, first.severity) == ("keys", "stops")
    assert said in first.text


def test_keys_of_different_ranks() -> None:
    tree = (dataset("/a", (20,), "int32"), dataset("/b", (5, 3), "int32"), dataset("/data", (20, 8, 8), "uint16"))
    found = check_request(inspection(tree=tree), FollowRequest("f", ("/a", "/b"), ("/data",)))
    assert (found[0].field, found[0].severity) == ("keys", "stops")
    assert "have different shapes: /a 20, /b 5 x 3" in found[0].text


def test_keys_that_end_earlier_are_followed_as_far_as_they_have_all() -> None:
    tree = (dataset("/a", (20,), "int32"), dataset("/b", (5,), "int32"), dataset("/data", (5, 8, 8), "uint16"))
    (found,) = check_request(inspection(tree=tree), FollowRequest("f", ("/a", "/b"), ("/data",)))
    assert (found.field, found.severity) == ("keys", "note")
    assert "/b ends at 5, /a has 20. Only 5 frames can become complete" in found.text


def test_a_single_number_among_the_keys_is_left_out_as_the_reader_does() -> None:
    tree = (dataset("/keys/a", (20,), "int32"), dataset("/keys/total", (1,), "int32"), dataset("/data", (20, 8, 8), "uint16"))
    tree = (group("/keys"), *tree)
    (found,) = check_request(inspection(tree=tree), FollowRequest("f", ("/keys",), ("/data",)))
    assert (found.field, found.severity) == ("keys", "note")
    assert "/keys/total holds a single number and is left out" in found.text


def test_a_generous_limit_is_no_length_that_data_must_have() -> None:
    tree = (dataset("/key", (5,), "int32", (10**9,)), dataset("/data", (5, 8, 8), "uint16", (100, 8, 8)))
    assert check_request(inspection(tree=tree), FollowRequest("f", ("/key",), ("/data",))) == ()


def test_what_is_no_scan_is_refused_before_it_is_opened() -> None:
    tree = (dataset("/key", (2**60,), "int32"), dataset("/data", (2**60, 8, 8), "uint16"))
    (found,) = check_request(inspection(tree=tree), FollowRequest("f", ("/key",), ("/data",)))
    assert (found.field, found.severity) == ("keys", "stops")
    assert "/key has 1,152,921,504,606,846,976 points" in found.text


def test_data_of_another_scan_of_the_file_are_pointed_out() -> None:
    tree = tuple(
        made
        for number in (1, 2)
        for made in (dataset(f"/entry{number}/uid", (6,), "int32"), dataset(f"/entry{number}/data", (6, 8, 8), "uint16"))
    )
    several = replace(inspection(tree=tree), entries=("/entry2", "/entry1"))
    assert check_request(several, FollowRequest("f", ("/entry2/uid",), ("/entry2/data",))) == ()
    (found,) = check_request(several, FollowRequest("f", ("/entry2/uid",), ("/entry1/data",)))
    assert (found.field, found.severity) == ("data", "note")
    assert "/entry1/data is of another scan than the key /entry2/uid" in found.text


def test_one_axis_may_number_the_points_of_a_scan_of_several() -> None:
    tree = (dataset("/uid", (0,), "int32", (None,)), dataset("/data", (1, 64, 64), "uint16", (None, 64, 64)))
    found = replace(inspection(tree=tree), scan_shape=(20, 30), declared_scan_shape=(20, 30))
    assert check_request(found, FollowRequest("f", ("/uid",), ("/data",))) == ()
    assert check_request(inspection(), FollowRequest("f", (KEYS,), ("/entry/flat",))) == ()


def test_a_floating_key_is_only_a_note() -> None:
    (found,) = problems(keys=("/entry/eiger/total",))
    assert (found.field, found.severity) == ("keys", "note")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("/entry/eiger/dat", f"Did you mean {FRAMES}?"),
        ("/entry/eiger", "is a group. Choose a dataset in it."),
        ("/entry/eiger/odd", "compressed with SZ3, which is not installed here"),
        ("/entry/other_scan", "its shape is 5, and the scan has 2 axes"),
        ("/entry/title", "which cannot be shown"),
    ],
)
def test_wrong_data(data: str, said: str) -> None:
    found = problems(data=(data,))
    assert said in found[0].text
    assert {(one.field, one.severity) for one in found} == {("data", "stops")}


def test_a_data_set_of_another_length_fits_only_where_one_of_them_can_grow() -> None:
    fixed_key = ("/entry/diamond_scan/keys/eiger",)
    (found,) = problems(keys=fixed_key, data=("/entry/eiger/spectrum",))
    assert "axis 0 has 7 points there and 20 in the scan" in found.text
    tree = (dataset("/key", (0,), "int32", (None,)), dataset("/data", (1, 64, 64), "uint16", (None, 64, 64)))
    assert check_request(inspection(tree=tree), FollowRequest("f", ("/key",), ("/data",))) == ()


@pytest.mark.parametrize(
    ("finished", "said"), [("/entry", "is a group"), (KEYS, "is one number"), ("/entry/title", "is one number"), ("/no", "names nothing")]
)
def test_wrong_finished_flag(finished: str, said: str) -> None:
    (found,) = problems(finished=finished)
    assert (found.field, found.severity) == ("finished", "stops")
    assert said in found.text


@pytest.mark.parametrize("path", ["/entry/later", "/entry/link"])
def test_what_is_missing_may_come_while_the_file_is_written(path: str) -> None:
    (found,) = problems(data=(path,), state=FileState.SWMR)
    assert (found.field, found.severity) == ("data", "waits")
    assert "yet" in found.text


def test_a_link_may_lead_somewhere_later_even_in_a_closed_file() -> None:
    (found,) = problems(keys=("/entry/link",))
    assert (found.field, found.severity) == ("keys", "waits")
    assert "is a link that leads nowhere yet (to other.h5)" in found.text


@pytest.mark.parametrize(
    ("state", "note", "severity"),
    [
        (FileState.CLOSED, "damaged: bad", "stops"),
        (FileState.SWMR, "damaged: bad", "waits"),
        (FileState.CLOSED, "external link to a.h5:/k, damaged: bad", "waits"),
    ],
)
def test_what_is_damaged_is_called_so_and_no_link(state: FileState, note: str, severity: str) -> None:
    tree = (group("/entry"), TreeNode("/entry/hurt", "unreadable", note=note), dataset("/data", (20, 8, 8), "uint16"))
    (found,) = check_request(inspection(state=state, tree=tree), FollowRequest("f", ("/entry/hurt",), ("/data",)))
    assert (found.field, found.severity) == ("keys", severity)
    assert found.text.startswith(f"/entry/hurt cannot be read ({note}).")


@pytest.mark.parametrize(("state", "severity"), [(FileState.SWMR, "waits"), (FileState.CLOSED, "stops")])
def test_a_file_without_anything(state: FileState, severity: str) -> None:
    found = check_request(inspection(state=state, tree=(group("/entry"),)), FollowRequest("f"))
    assert [(one.field, one.severity) for one in found] == [("keys", severity), ("data", severity)]


def test_paths_and_shapes_are_told_as_people_write_them() -> None:
    assert [normal(one) for one in ("a/b", "/a//b/", " /a/./b ", "/")] == ["/a/b", "/a/b", "/a/b", "/"]
    assert shape_text(dataset("/a", (3, 4), "u2", (None, 4))) == "3+ \u00d7 4"
    assert shape_text(dataset("/a", (), "u2")) == "one value"
