"""What the benchmarks measure with: frames that say which they are, the screen that they are read from, the table."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.benchmarks import __main__ as bench
from tests.benchmarks.coded_scan import CODES, Kind, cells_of, code_of, frame_of
from tests.benchmarks.on_screen import latencies_of
from tests.benchmarks.screen import HEIGHT, WIDTH, ShownCode

BOX = slice(100, 720), slice(130, 830)


def draw(pixels: np.ndarray, code: int, rows: int = 620) -> None:
    """Draw the upper rows of a frame, in colours, as a window would."""
    frame = frame_of(Kind((620, 700), "u2", "none"), code)[:rows] > 500
    pixels[BOX][:rows] = np.where(frame[..., None], (40, 220, 250), (90, 10, 60))


@pytest.fixture
def pixels() -> np.ndarray:
    return np.full((HEIGHT, WIDTH, 3), 30, np.uint8)


def shown_on(pixels: np.ndarray) -> ShownCode:
    pictures = []
    for n in (0, 1):
        draw(pixels, code_of(n))
        pixels[:40, 1000 : 1000 + 300 * n] = 200  # words change as well
        pictures.append(pixels.astype(np.int16))
    return ShownCode(SimpleNamespace(pixels=pixels), *pictures)  # type: ignore[arg-type]


def test_each_code_is_read_off_the_screen_and_a_half_painted_picture_is_none(pixels: np.ndarray) -> None:
    shown = shown_on(pixels)
    assert shown.box == (100, 719, 130, 829)
    for n in range(2, 2 + len(CODES)):
        draw(pixels, code_of(n), rows=300)
        assert shown.read() is None
        draw(pixels, code_of(n))
        assert shown.read() == code_of(n)


def test_where_no_picture_changes_nothing_is_measured(pixels: np.ndarray) -> None:
    picture = pixels.astype(np.int16)
    with pytest.raises(SystemExit, match="not seen"):
        ShownCode(SimpleNamespace(pixels=pixels), picture, picture)  # type: ignore[arg-type]


def test_frames_have_as_many_white_cells_as_black_ones_and_neighbours_differ_in_many() -> None:
    assert len(set(CODES)) == len(CODES)
    for one, following in zip(CODES, (*CODES[1:], CODES[0]), strict=True):
        assert cells_of(one).sum() == 8
        assert (cells_of(one) != cells_of(following)).sum() >= 8


def test_what_is_seen_is_matched_to_the_frames_that_were_written() -> None:
    flushed = [10.0, 10.25, 10.5, 10.75]
    codes = [code_of(3 + n) for n in range(4)]
    found = latencies_of([(10.02, codes[0]), (10.53, codes[2]), (10.76, codes[3])], flushed, "it")  # one was skipped
    assert found == pytest.approx([20.0, 30.0, 10.0])
    for changes in ([(10.3, codes[2])], [(10.3, codes[1]), (10.4, codes[0])]):  # before it was written, backwards
        with pytest.raises(SystemExit, match="not written by then"):
            latencies_of(changes, flushed, "it")


def test_each_script_of_the_table_gives_rows() -> None:
    folder = Path(bench.__file__).parent
    there = [script for script in bench.SCRIPTS if "def rows(" in (folder / f"{script}.py").read_text()]
    assert there == list(bench.SCRIPTS)


def test_the_table_says_what_failed_and_what_was_left_out() -> None:
    rows = [
        {"what": "one poll", "ours": 0.24, "peer": 150.4, "peer_name": "swmr-tools", "ratio": 0.24 / 150.4, "unit": "ms", "runs": 9},
        {"what": "decoding", "failed": "other frames"},
        {"what": "on the screen", "left_out": "Xvfb is not installed"},
    ]
    assert bench.table(rows).splitlines() == [
        "| what          | ours     | the peer, or the limit | ratio | runs |",
        "| ------------- | -------- | ---------------------- | ----- | ---- |",
        "| one poll      | 0.240 ms | 150 ms (swmr-tools)    | 0.002 | 9    |",
        "| decoding      | failed   | other frames           |       |      |",
        "| on the screen | left out | Xvfb is not installed  |       |      |",
    ]
