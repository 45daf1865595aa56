"""What the dialog says in each situation, without a dialog."""

from pathlib import Path

import pytest

from swmr_viewer.core.errors import FailureKind
from swmr_viewer.core.inspection import FileState, Inspection
from swmr_viewer.opening.assessment import Tone, assess, may_come, path_from
from swmr_viewer.reader.messages import FollowRequest, Inspected
from tests.opening.inspections import FLAG, FRAMES, KEYS, group, inspection

REQUEST = FollowRequest("/data/scan.nxs", (KEYS,), (FRAMES,), FLAG)


def test_without_a_file_there_is_nothing_to_open() -> None:
    assessment = assess(FollowRequest(""), None)
    assert not assessment.can_open
    assert "Choose a file" in assessment.file.text


def test_reading_tells_its_seconds_and_does_not_lock_the_user_out() -> None:
    quick, slow = assess(REQUEST, None, 2.2), assess(REQUEST, None, 31.0)
    assert "2 s" in quick.file.text
    assert "31 s" in slow.file.text
    assert "storage" in slow.file.text
    assert (quick.file.tone, slow.file.tone) == (Tone.PLAIN, Tone.WARNING)
    assert quick.can_open
    assert slow.can_open


def test_what_was_found_is_explained() -> None:
    assessment = assess(REQUEST, Inspected(1, inspection()))
    assert assessment.file.text == "Closed. Scan of 20 \u00d7 30."
    assert (assessment.keys.text, assessment.finished.text) == ("named as GDA names it.", "one value.")
    assert assessment.can_open
    assert not assessment.waits


def test_problems_stand_beside_their_field_and_keep_it_closed() -> None:
    assessment = assess(FollowRequest("f", ("/a", "/b"), (FRAMES,)), Inspected(1, inspection()))
    assert assessment.keys.tone is Tone.PROBLEM
    assert assessment.keys.text.endswith("(and 1 more)")
    assert assessment.data.tone is Tone.PLAIN
    assert not assessment.can_open


@pytest.mark.parametrize(
    ("kind", "waits"), [(FailureKind.FILE_NOT_THERE, True), (FailureKind.NOT_SWMR_YET, True), (FailureKind.NOT_HDF5, False), (None, False)]
)
def test_waiting_is_offered_only_where_it_can_help(kind: str, waits: bool) -> None:
    answer = Inspected(1, None, "It went wrong.", "Do this.", kind)
    assessment = assess(REQUEST, answer)
    assert (assessment.can_open, assessment.waits, may_come(answer)) == (waits, waits, waits)
    assert "It went wrong." in assessment.file.text
    assert ("Wait for it" in assessment.file.text) is waits
    assert ("Do this." in assessment.file.text) is not waits


@pytest.mark.parametrize(
    ("state", "waits"), [(FileState.MISSING, True), (FileState.EMPTY, True), (FileState.WRITING, True), (FileState.NOT_HDF5, False)]
)
def test_a_file_that_shows_no_tree(state: FileState, waits: bool) -> None:
    assessment = assess(REQUEST, Inspected(1, Inspection("/data/scan.nxs", state)))
    assert (assessment.can_open, assessment.waits) == (waits, waits)


def test_a_live_file_without_keys_is_waited_for() -> None:
    found = inspection(state=FileState.SWMR, tree=(group("/entry"),))
    assessment = assess(FollowRequest("f"), Inspected(1, found))
    assert (assessment.can_open, assessment.waits) == (True, True)
    assert assessment.keys.tone is Tone.WARNING


def test_a_second_look_that_takes_long_is_mentioned() -> None:
    assert "Closed" in assess(REQUEST, Inspected(1, inspection()), 0.4).file.text
    again = assess(REQUEST, Inspected(1, inspection()), 9)
    assert "Reading" in again.file.text
    assert again.can_open


def test_names_are_taken_as_people_paste_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert path_from(" '/d/a b.h5' ") == path_from('"/d/a b.h5"') == "/d/a b.h5"
    assert path_from((tmp_path / "a b.h5").as_uri()) == str(tmp_path / "a b.h5")
    assert path_from("~/a.h5") == f"{tmp_path}/a.h5"
    assert path_from("") == ""
