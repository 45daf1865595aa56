"""The slider shows which frames are there: of a random scan, of gaps, of scans longer than the screen is wide."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import ranges_of
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.controls.frame_slider import MARGIN, MOST_BLOCKS, FrameSlider, FramesThere
from swmr_viewer.gui.look.theme import tokens
from tests.gui.fakes import FakeSupervisor, picture

Following = Callable[..., Assembly]


def complete(progress: KeyProgress, there: FramesThere, indices: np.ndarray) -> None:
    mask = np.zeros(progress.total, bool)
    mask[indices] = True
    there.note(progress.add(0, *ranges_of(mask)), progress)


@pytest.mark.parametrize("total", [1, 7, 600, 10_000, MOST_BLOCKS, MOST_BLOCKS + 1, 1_000_003])
@pytest.mark.parametrize("width", [1, 7, 300, 1900])
def test_shares_are_those_of_the_frames_of_each_part(total: int, width: int) -> None:
    random = np.random.default_rng(total)
    progress, there = KeyProgress(1, (total,)), FramesThere()
    for share in (0.01, 0.3, 1.0):
        chosen = random.choice(total, max(1, int(share * total)), replace=False)
        complete(progress, there, chosen)
        mask, found = progress.complete_mask(), there.shares(progress, width)
        assert found.shape == (width,)
        middles = ((np.arange(total) + 0.5) * width / total).astype(int)
        assert (found[middles[mask]] > 0).all(), "a frame that is there is nowhere to be seen"
        if mask.all():
            assert (found == 1).all()
        if not mask.any():
            assert (found == 0).all()
    assert progress.n_complete == total


def test_a_scan_that_grows_and_one_that_is_another_are_counted_right() -> None:
    there, progress = FramesThere(), KeyProgress(1, (4, 5))
    complete(progress, there, np.array([0, 7]))
    assert np.flatnonzero(there.shares(progress, 20)).tolist() == [0, 7]
    progress.grow((6, 5))  # the first axis: indices stay
    complete(progress, there, np.array([29]))
    assert np.flatnonzero(there.shares(progress, 30)).tolist() == [0, 7, 29]
    progress.grow((6, 10))  # another axis: (1, 2) was 7 and is 12
    there.note(np.empty(0, np.int64), progress)
    assert np.flatnonzero(there.shares(progress, 60)).tolist() == [0, 12, 54]
    there.shares(KeyProgress(1, (10 * MOST_BLOCKS,)), 60)
    another = KeyProgress(1, (3,))
    complete(another, there, np.array([1]))
    assert there.shares(another, 3).tolist() == [0, 1, 0]


def colors_of(slider: FrameSlider) -> list[str]:
    """Return the colour in the middle of the groove at each frame."""
    image = slider.grab().toImage()
    ratio = image.devicePixelRatio()
    last = slider._last()
    width = slider.width() - 2 * MARGIN
    middles = [MARGIN + (index + 0.5) * width / (last + 1) for index in range(last + 1)]
    return [QColor(image.pixel(round(x * ratio), round((slider.height() / 2 + 0.5) * ratio))).name() for x in middles]


def test_of_a_random_scan_each_frame_that_is_there_is_painted(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5))
    viewer.window.resize(1700, 900)
    slider = viewer.window.control_bar.slider
    there = [3, 7, 8, 19]
    with qtbot.waitSignal(viewer.session.frames_completed):
        reader.say_keys((4, 5), [(3, 4), (7, 9), (19, 20)])
    good, missing = tokens().good, tokens().missing
    assert colors_of(slider) == [good if index in there else missing for index in range(20)]
    with qtbot.waitSignal(viewer.session.frames_completed):
        reader.say_keys((4, 5), (0, 3))
    assert colors_of(slider)[:5] == [good] * 4 + [missing]
    with qtbot.waitSignal(viewer.session.frame_changed):
        reader.say_frame(picture(), 12, (4, 5))
    assert colors_of(slider)[12] == tokens().accent


def test_the_groove_of_another_file_is_empty(qtbot: QtBot, reader: FakeSupervisor, following: Following) -> None:
    viewer = following((4, 5))
    with qtbot.waitSignal(viewer.session.frames_completed):
        reader.say_keys((4, 5), (0, 20))
    slider = viewer.window.control_bar.slider
    assert set(colors_of(slider)) == {tokens().good}
    following((4, 5))
    assert set(colors_of(slider)) == {tokens().missing}
