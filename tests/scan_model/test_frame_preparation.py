"""Settings of frames, by data set: sent once, and anew to each generation."""

from __future__ import annotations

import pytest

from swmr_viewer.reader.messages import Combine, DataDescription, OfPoints, SetDisplay
from swmr_viewer.scan_model.frame_preparation import FramePreparation, combined_text, exact_text, points_text


def test_settings_of_frames_are_sent_once_and_again_to_a_new_generation() -> None:
    sent: list[SetDisplay] = []
    preparation = FramePreparation(sent.append, lambda path: path)
    assert preparation.change(1, "/a", percentiles=(1.0, 99.0))
    assert not preparation.change(1, "/a", percentiles=(1.0, 99.0))
    assert preparation.change(1, "/a", combine=Combine("mean", 5))
    assert sent[-1] == SetDisplay(1, percentiles=(1.0, 99.0), combine=Combine("mean", 5), data_path="/a")
    preparation.send_unusual(2, tuple(DataDescription(path, (2, 2), "<u2") for path in ("/a", "/b")))
    assert sent[2:] == [SetDisplay(2, percentiles=(1.0, 99.0), combine=Combine("mean", 5), data_path="/a")]


def test_combined_pictures_are_named_with_the_frames_that_are_in_them() -> None:
    assert combined_text(Combine("mean", 20), 20) == "mean of 20 frames"
    assert combined_text(Combine("sum", None), 1) == "sum of 1 frame"
    assert combined_text(Combine(), 1) == ""
    assert exact_text(Combine("sum", 20), 20, 360, (341, 360)) == "sum of frames 341\u2013360"
    assert exact_text(Combine("sum", 20), 20, 360, None) == "sum of 20 frames up to 360"
    assert exact_text(Combine("maximum", None), 1, 0, (0, 0)) == "maximum of 1 frame"
    assert exact_text(Combine(), 1, 360, None) == ""


@pytest.mark.parametrize(
    ("n_frames", "n_points", "n_to_read", "text"),
    [
        (400, 400, 0, "mean of 400 points"),
        (341, 400, 0, "mean of 341 of 400 points"),
        (12, 400, 380, "mean of 12 of 400 points, 380 to read"),
        (1, 1, 0, "mean of 1 point"),
    ],
)
def test_what_the_frames_of_points_are_as_one_tells_how_many_are_in_it(n_frames: int, n_points: int, n_to_read: int, text: str) -> None:
    assert points_text(OfPoints(1, "mean", n_points, n_to_read), n_frames) == text
