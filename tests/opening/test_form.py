"""The fields of the open dialog without a window: what was chosen stays, what was found is found anew, and what is opened."""

from __future__ import annotations

from dataclasses import replace

from swmr_viewer.core.inspection import FileState
from swmr_viewer.opening.assessment import Tone
from swmr_viewer.opening.form import PathsField, RequestForm, suggested_paths
from swmr_viewer.reader.messages import FollowRequest, Inspected
from tests.opening.inspections import FLAG, FRAMES, KEYS, inspection

PATH = "/data/scan.nxs"


def form_of(request: FollowRequest) -> RequestForm:
    form = RequestForm()
    form.path = request.path
    form.set_request(request)
    return form


def test_a_field_holds_paths_apart_by_semicolons_or_one() -> None:
    several, one = PathsField(), PathsField(several=False)
    for field in (several, one):
        field.choose([" /a ", "", "/b"])
    assert (several.text, several.paths()) == ("/a; /b", ("/a", "/b"))
    assert (one.text, one.paths()) == ("/a", ("/a",))


def test_what_the_user_wrote_stays_and_an_undone_edit_is_what_was_found() -> None:
    field = PathsField()
    field.fill(["/found"])
    assert (field.paths(), field.chosen_paths()) == (("/found",), ())
    field.edit("/found/x")
    field.fill(["/other"])
    assert field.chosen_paths() == ("/found/x",)
    field.edit("/other")
    assert not field.is_chosen
    field.edit("")
    field.restore()
    assert (field.text, field.is_chosen) == ("/other", False)


def test_a_request_goes_in_and_out_unchanged() -> None:
    full = FollowRequest(PATH, ("/k1", "/k2"), ("/d",), "/f", order="arrival", wait_s=3.0, scan_shape=(3, 4))
    for request in (full, FollowRequest(PATH), replace(full, finished_path=None)):
        assert form_of(request).request() == request
        assert form_of(request).chosen_request() == request


def test_what_is_found_is_shown_and_left_open_in_what_is_opened() -> None:
    form = form_of(FollowRequest(PATH))
    form.fill(inspection())
    assert form.request() == FollowRequest(PATH, (KEYS,), (FRAMES,), FLAG)
    assert form.chosen_request() == FollowRequest(PATH)
    form.length.choose(["/entry/flat"])
    assert form.chosen_request() == FollowRequest(PATH, (KEYS,), length_paths=("/entry/flat",))
    form.fill(None)
    assert form.request() == FollowRequest(PATH, length_paths=("/entry/flat",))


def test_a_length_that_was_found_gives_way_to_keys_that_are_named() -> None:
    form = form_of(FollowRequest(PATH))
    form.fill(replace(inspection(), key_paths=(), length_paths=("/entry/flat",)))
    assert (form.request().key_paths, form.request().length_paths) == ((), ("/entry/flat",))
    form.keys.edit("/entry/uid")
    assert (form.request().key_paths, form.request().length_paths) == (("/entry/uid",), ())


def test_the_extent_of_a_scan_is_that_of_its_own_file() -> None:
    form = form_of(FollowRequest(PATH, scan_shape=(3, 4)))
    form.path = "/data/other.nxs"
    assert form.request() == FollowRequest("/data/other.nxs")


def test_it_is_assessed_as_it_stands() -> None:
    form = form_of(FollowRequest(PATH))
    answer = Inspected(1, inspection(state=FileState.SWMR))
    assert form.assess(None, 6.0).file.tone is Tone.WARNING
    form.fill(answer.inspection)
    assert form.assess(answer).can_open
    form.data.edit("/nowhere")
    assessment = form.assess(answer)
    assert (assessment.data.tone, assessment.waits) == (Tone.WARNING, True)


def test_each_field_is_completed_with_what_it_may_hold() -> None:
    suggestions = suggested_paths(inspection())
    assert "/entry/diamond_scan/keys" in suggestions["keys"]
    assert "/entry/diamond_scan/keys" not in suggestions["data"]
    assert "/entry/title" not in suggestions["length"]
    assert FLAG in suggestions["finished"]
    assert FRAMES not in suggestions["finished"]
    assert not any(suggested_paths(None).values())
