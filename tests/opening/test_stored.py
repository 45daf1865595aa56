"""Files of presets, and what was opened before, as anybody may have written them."""

from __future__ import annotations

from pathlib import Path

import pytest

from swmr_viewer.opening import PresetError, load_presets
from swmr_viewer.opening.stored import recent_from_json

NESTED = "[" * 100_000


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "swmr_viewer presets"}', NESTED, '{"format": ' + NESTED])
def test_what_is_no_file_of_presets_is_said_to_be_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "presets.json").write_text(text, encoding="utf-8")
    with pytest.raises(PresetError, match="is no file of presets"):
        load_presets(tmp_path / "presets.json")


@pytest.mark.parametrize("text", ["", "{}", "[7, [], {}]", NESTED])
def test_what_was_opened_before_is_nothing_where_it_cannot_be_read(text: str) -> None:
    assert recent_from_json(text) == ()
