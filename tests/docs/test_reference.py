"""The reference is rendered from what the public face names without running it: each name has to be found so, with a docstring."""

from __future__ import annotations

from pathlib import Path

import pytest

import swmr_viewer

griffe = pytest.importorskip("griffe")


def test_each_public_name_is_in_the_reference_with_a_docstring() -> None:
    module = griffe.load("swmr_viewer", search_paths=[Path(__file__).parents[2]])
    assert sorted(module.exports) == sorted(swmr_viewer.__all__)
    for name in swmr_viewer.__all__:
        found = module[name].final_target
        assert found.docstring is not None, name
        assert found.canonical_path == f"{getattr(swmr_viewer, name).__module__}.{name}"
