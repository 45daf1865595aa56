"""What needs no window: words, states, the map's picture, crops, levels, colours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer.core.number_text import age_text, count_text, dtype_text, seconds_text, value_text
from swmr_viewer.gui.display.levels_scale import LevelScale, level_text, ticks_between
from swmr_viewer.gui.image.raw_crop import crop_for
from swmr_viewer.gui.look.theme import DARK, LIGHT, Tokens, contrast
from swmr_viewer.gui.scan_map import map_image as mi
from swmr_viewer.gui.scan_map import map_layout as ml
from swmr_viewer.gui.scan_map.map_text import detector_names
from tests.gui.scan_map.pictures import whole_picture


def test_numbers_in_text() -> None:
    assert count_text(1234567).replace("\u2009", " ") == "1 234 567"
    assert [seconds_text(s) for s in (0.04, 9.94, 10, 119, 120, 7200)] == ["0.0 s", "9.9 s", "10 s", "119 s", "2 min", "2 h"]
    assert age_text(None) == ""
    assert [value_text(v) for v in (7, float("nan"), 0.123456789)] == ["7", "nan", "0.123457"]
    assert [dtype_text(d) for d in ("<u4", ">f8", "|b1", "|S10")] == ["uint32", "float64", "bool", "|S10"]


def test_names_are_as_short_as_they_can_be_told_apart() -> None:
    assert detector_names(["/entry/diamond_scan/keys/eiger", "/entry/diamond_scan/keys/panda"]) == ["eiger", "panda"]
    assert detector_names(["/a/det/uid", "/b/det/uid"]) == ["a/det/uid", "b/det/uid"]
    assert detector_names(["/entry/diamond_scan/keys/uniqueKeys"]) == ["uniqueKeys"]


# ---- the map


@given(
    scan_shape=st.lists(st.integers(1, 40), min_size=0, max_size=4).map(tuple),
    width=st.integers(20, 400),
    height=st.integers(20, 300),
    data=st.data(),
)
def test_every_point_has_its_place_on_the_map(scan_shape: tuple[int, ...], width: int, height: int, data: st.DataObject) -> None:
    layout = ml.map_layout(scan_shape, width, height)
    total = int(np.prod(scan_shape, dtype=np.int64))
    assert layout.rows * layout.columns >= total
    assert layout.width <= width
    assert layout.height <= height
    index = data.draw(st.integers(0, total - 1))
    left, top, cell_width, cell_height = layout.rect_of(index)
    if min(cell_width, cell_height) >= 1:
        assert layout.index_at(left + cell_width / 2, top + cell_height / 2) == index


def test_two_axes_are_drawn_as_they_are() -> None:
    layout = ml.map_layout((20, 30), 300, 200)
    assert (layout.rows, layout.columns, layout.cell) == (20, 30, (10.0, 10.0))
    states = np.zeros(600, np.uint8)
    states[:417] = 2
    states[417:424] = 1
    picture = whole_picture(states, layout)
    assert picture.shape == (200, 300)
    middle = picture[5::10, 5::10].ravel()
    assert (middle[:417] == mi.COMPLETE).all()
    assert set(middle[417:424]) <= {mi.PARTLY, mi.HATCH}
    assert (middle[424:] == mi.HOLLOW).all()
    cell = picture[130:139, 270:279]
    assert {mi.PARTLY, mi.HATCH} <= set(np.unique(cell))  # told by pattern too


@pytest.mark.parametrize("gap", [0, 123_456, 999_999])
def test_one_gap_among_a_million_stays_visible(gap: int) -> None:
    layout = ml.map_layout((1000, 1000), 310, 210)
    states = np.full(1_000_000, 2, np.uint8)
    states[gap] = 0
    picture = whole_picture(states, layout)
    assert np.count_nonzero(picture == mi.MISSING) == 1
    assert np.count_nonzero(picture == mi.COMPLETE) == picture.size - 1


# ---- crops and levels


def test_the_preview_serves_as_long_as_it_is_fine_enough() -> None:
    whole = (0.0, 0.0, 4150.0, 4371.0)
    assert crop_for(whole, 4.4, (4371, 4150), 4) is None
    assert crop_for(whole, 2.0, (1000, 1000), 1) is None


@given(
    left=st.floats(-3000, 5000), top=st.floats(-3000, 5000), side=st.floats(1, 3000), pixel_size=st.floats(0.01, 3.9),
)  # fmt: skip
def test_a_crop_covers_what_is_visible(left: float, top: float, side: float, pixel_size: float) -> None:
    rows, columns = 4371, 4150
    crop = crop_for((left, top, left + side, top + side), pixel_size, (rows, columns), 4)
    seen = left < columns and top < rows and left + side > 0 and top + side > 0
    if crop is None:
        assert not seen
        return
    assert crop.factor == max(1, int(pixel_size))
    assert crop.left <= max(left, 0)
    assert crop.top <= max(top, 0)
    assert crop.right >= min(left + side, columns)
    assert crop.bottom >= min(top + side, rows)
    assert 0 <= crop.left < crop.right <= columns
    assert 0 <= crop.top < crop.bottom <= rows
    assert crop.left % crop.factor == crop.top % crop.factor == 0


@given(low=st.floats(-1e9, 1e9), span=st.floats(1e-3, 1e9), most=st.integers(1, 20))
def test_ticks_are_round_few_and_inside(low: float, span: float, most: int) -> None:
    high = low + span
    if high <= low:
        return
    ticks = ticks_between(low, high, most)
    assert len(ticks) <= most + 1
    slack = 1e-6 * max(abs(low), abs(high), span)
    assert all(low - slack <= tick <= high + slack for tick in ticks)


def test_levels_can_always_be_drawn() -> None:
    assert LevelScale().usable(3, 3) == (3, 4.0)
    assert LevelScale().usable(float("nan"), 3) == (0.0, 1.0)
    low, high = LevelScale().usable(1e12, 1e12)
    assert high > low
    assert [level_text(v) for v in (35.0, 0.12345, 1.5e9)] == ["35", "0.123", "1.5e+09"]


# ---- colours


@pytest.mark.parametrize("colors", [DARK, LIGHT], ids=["dark", "light"])
def test_text_is_readable_in_both_schemes(colors: Tokens) -> None:
    for text in (colors.text, colors.muted, colors.good, colors.warn, colors.bad, colors.accent):
        for ground in (colors.panel, colors.window):
            assert contrast(text, ground) >= 4.5, (text, ground)
    assert contrast(colors.on_accent, colors.accent) >= 4.5
    assert contrast(colors.on_good, colors.good) >= 4.5
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
