"""What is previewed, and the text beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from swmr_viewer.analysis import thumbnail_of
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.core.inspection import FileState
from swmr_viewer.opening.assessment import Tone
from swmr_viewer.opening.previews import preview_request, preview_text
from swmr_viewer.reader.messages import FollowRequest, Previewed
from tests.opening.inspections import FLAG, FRAMES, KEYS, inspection

PATH = "/data/scan.nxs"
SPECTRUM = "/entry/eiger/spectrum"
LIVE = inspection(state=FileState.SWMR)


def test_the_request_names_paths_without_patterns() -> None:
    typed = FollowRequest(PATH, ("/entry/*/keys/uniqueKeys",), ("/entry/eiger/*",), FLAG)
    expected = FollowRequest(PATH, (KEYS,), (FRAMES,))
    assert preview_request(typed, LIVE) == expected
    assert preview_request(FollowRequest(PATH), LIVE) == expected
    assert preview_request(FollowRequest(PATH), LIVE, ("/entry/eiger", SPECTRUM)) == replace(expected, data_paths=(SPECTRUM,))
    by_length = FollowRequest(PATH, length_paths=("/entry/flat",))
    assert preview_request(by_length, LIVE) == replace(expected, key_paths=(), length_paths=("/entry/flat",))
    assert preview_request(FollowRequest(PATH), replace(LIVE, data_paths=())) is None


@pytest.mark.parametrize(
    ("state", "words", "tone"),
    [
        (("", None), "appears here", Tone.PLAIN),
        (("/d", None, 1.0), "Reading the first frame", Tone.PLAIN),
        (("/d", None, 7.2), "7 s. The storage does not answer", Tone.WARNING),
        (("/d", Previewed(1, "/d", None, message="A. ", remedy="B.", kind=FailureKind.FILTER_MISSING)), "A.  B.", Tone.PROBLEM),
        (("/d", Previewed(1, "/d", None, message="A.", kind=FailureKind.PATH_NOT_THERE)), "A.", Tone.WARNING),
        (
            ("/d", Previewed(1, "/d", thumbnail_of(np.ones((2, 0, 4))), 5, (5,))),
            "a frame of 2 \u00d7 0 \u00d7 4 holds no values",
            Tone.PLAIN,
        ),
    ],
)
def test_it_says_why_there_is_no_picture(state: tuple[Any, ...], words: str, tone: Tone) -> None:
    said = preview_text(*state)
    assert words in said.instead.text
    assert said.instead.tone is tone
    assert said.title == ""


def test_a_frame_without_a_measurement_says_so() -> None:
    said = preview_text("/d", Previewed(1, "/d", thumbnail_of(np.full((2, 2), np.nan)), 0, (0,)))
    assert (said.title, said.details) == ("Frame 0", ("2 \u00d7 2, float64", "no pixel holds a measurement"))
