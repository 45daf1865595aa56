"""Paths with stars in them."""

from __future__ import annotations

import pytest

from swmr_viewer.core.inspection import FileState, Inspection, TreeNode
from swmr_viewer.core.path_patterns import expanded, fits


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("/entry/eiger/data", "/entry/*/data", True),
        ("/entry/eiger/data", "entry/eig?r/d[ab]ta", True),
        ("/entry/a/b/data", "/entry/*/data", False),
        ("/entry/a/b/data", "/entry/**/data", True),
        ("/entry/data", "/entry/**/data", True),
        ("/entry/data", "/**", True),
        ("/entry/Data", "/entry/data", False),
        ("/entry/data/more", "/entry/*", False),
    ],
)
def test_a_star_stands_for_one_name_and_two_for_any_number(path: str, pattern: str, expected: bool) -> None:
    assert fits(path, pattern) is expected


def test_patterns_become_what_is_there_in_the_files_order() -> None:
    nodes = [
        TreeNode("/entry", "group"),
        TreeNode("/entry/b", "dataset"),
        TreeNode("/entry/a", "dataset"),
        TreeNode("/entry/x*", "dataset"),
    ]
    found = Inspection("f", FileState.SWMR, tuple(nodes))
    assert expanded(["/entry/[ab]"], found) == ("/entry/b", "/entry/a")
    assert expanded(["/entry/a", "/*/[ab]"], found) == ("/entry/a", "/entry/b")
    assert expanded(["/entry/x*"], found) == ("/entry/x*",)
    assert expanded(["/nothing/*", "/not-yet"], found) == ("/nothing/*", "/not-yet")
    assert expanded(["/*"], found) == ("/entry",)
    assert expanded(["/*"], found, datasets_only=True) == ("/*",)
