"""Files of regions: what was saved is loaded, and nothing else is ever taken for one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer.analysis import MaskRules, Region, RegionFile, RegionFileError, line_profile, load_regions, save_regions, valid_mask
from swmr_viewer.analysis.region_files import FORMAT, regions_of_text, regions_text

PLACE = st.floats(-1e6, 1e6)
POINT = st.tuples(PLACE, PLACE)
NAME = st.text(min_size=1, max_size=20).map(str.strip).filter(bool).filter(str.isprintable)


PATH = st.sampled_from(["", "/a/\u00b5", "/caf\udce9/data"])
"""The last one is no UTF-8 in the file: h5py makes a surrogate of it."""


@st.composite
def contents(draw: Any) -> RegionFile:
    names = draw(st.lists(NAME, max_size=4, unique=True))
    shapes = [(kind, 3 if kind == "polygon" else 2) for kind in draw(st.lists(st.sampled_from(["rectangle", "ellipse", "polygon"])))]
    regions = [Region(name, kind, tuple(draw(POINT) for _ in range(n))) for name, (kind, n) in zip(names, shapes, strict=False)]
    line = draw(st.none() | st.tuples(POINT, POINT))
    return RegionFile(
        tuple(regions), line, draw(st.integers(1, 200)) if line else 1, draw(st.sampled_from([(), (8,), (64, 48)])), draw(PATH)
    )


@given(contents())
def test_what_is_written_is_read(content: RegionFile) -> None:
    assert regions_of_text(regions_text(content)) == content


BOX = [[1, 2], [3, 4]]
GOOD: dict[str, Any] = {"format": FORMAT, "version": 1, "regions": [{"name": "A", "kind": "rectangle", "points": BOX}]}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": "other"}, "format"),
        ({"version": 2}, "version is 2"),
        ({"version": True}, "version is True"),
        ({"regions": {}}, "no list"),
        ({"regions": [{"name": "A", "kind": "star", "points": BOX}]}, "neither rectangle"),
        ({"regions": [{"name": " ", "kind": "ellipse", "points": BOX}]}, "no name"),
        ({"regions": [{"name": "A", "kind": "polygon", "points": BOX}]}, "three or more"),
        ({"regions": [{"name": "A", "kind": "rectangle", "points": [[1, 2], [3, True]]}]}, "pairs of numbers"),
        ({"regions": [{"name": "A", "kind": "rectangle", "points": [[1, 2], [3, 1e300]]}]}, "pairs of numbers"),
        ({"regions": [{"name": "A", "kind": "rectangle", "points": [[1, 2], [3, float("nan")]]}]}, "pairs of numbers"),
        ({"regions": [{"name": "A", "kind": "rectangle", "points": [[1, 2], [3, 10**400]]}]}, "pairs of numbers"),
        ({"regions": GOOD["regions"] * 2}, "one name"),
        ({"regions": GOOD["regions"] * 1001}, "up to 1000"),
        ({"line": {"points": BOX, "width": "3"}}, "whole number"),
        ({"line": {"points": BOX[:1]}}, "two points"),
        ({"frame_shape": [-1, 4]}, "whole number"),
        ({"data_path": 7}, "no text"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    file = tmp_path / "regions.json"
    file.write_text(json.dumps({**GOOD, **changes}))
    with pytest.raises(RegionFileError, match=f"no file of regions.*{said}"):
        load_regions(file)


def test_a_name_is_one_line_that_can_be_shown() -> None:
    told = json.dumps({**GOOD, "regions": [{**GOOD["regions"][0], "name": "\ud800\n" * 50}]})
    name = regions_of_text(told).regions[0].name
    assert (name[:8], len(name)) == (r"\ud800\n", 100)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"[" * 100_000, b"12", b'{"format": "swmr_viewer regions", "version": 1, "regions": ']
)
def test_any_other_file_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(content)
    with pytest.raises(RegionFileError):
        load_regions(file)
    with pytest.raises(RegionFileError, match="cannot be read"):
        load_regions(tmp_path / "none.json")


def test_a_file_is_replaced_only_if_asked(tmp_path: Path) -> None:
    file, content = tmp_path / "a.json", RegionFile((Region("A", "rectangle", ((1.0, 2.0), (3.0, 4.0))),), frame_shape=(9, 9))
    save_regions(content, file)
    with pytest.raises(RegionFileError, match="already"):
        save_regions(RegionFile(), file)
    assert load_regions(file) == content
    save_regions(RegionFile(), file, replace=True)
    assert load_regions(file) == RegionFile()
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["a.json"]
    with pytest.raises(RegionFileError, match="cannot be written"):
        save_regions(content, tmp_path / "none" / "a.json")


@given(st.tuples(*[st.floats(-5, 25)] * 4), st.integers(1, 40), st.booleans())
def test_a_wide_profile_is_that_of_each_pixel_looked_up(ends: tuple[float, ...], width: int, sums: bool) -> None:
    frame = np.random.default_rng(1).poisson(9, (17, 21)).astype(np.uint16)
    frame[5, 6] = 65535
    bad, rules = frame % 7 == 3, MaskRules(above=15)
    (x0, y0, x1, y1), good = ends, valid_mask(frame, rules, bad)
    distance, shown = line_profile(frame, (x0, y0), (x1, y1), width, rules, bad, sums=sums)
    length = float(np.hypot(x1 - x0, y1 - y0))
    along = np.linspace(0, 1, len(distance))
    for t, value in zip(along, shown, strict=True):
        found = []
        for beside in np.arange(width) - (width - 1) / 2:
            nx, ny = (-(y1 - y0) / length, (x1 - x0) / length) if length else (0.0, 0.0)
            row, column = int(np.floor(y0 + t * (y1 - y0) + beside * ny)), int(np.floor(x0 + t * (x1 - x0) + beside * nx))
            if 0 <= row < 17 and 0 <= column < 21 and good[row, column]:
                found.append(int(frame[row, column]))
        wanted = (sum(found) if sums else sum(found) / len(found)) if found else np.nan
        np.testing.assert_allclose(value, wanted)
