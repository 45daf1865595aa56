"""The records of decisions: each is listed under its title, and says what, why, what was measured and what would change it."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "decisions"
RECORDS = sorted(FOLDER.glob("0*.md"))


def test_each_record_is_listed_under_its_title() -> None:
    rows = dict(re.findall(r"^\| \[\d+\]\((.+?)\) \| (.+?) \|$", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert len(RECORDS) >= 13
    titles = {record.name: record.read_text(encoding="utf-8").splitlines()[0] for record in RECORDS}
    assert titles == {name: f"# {int(name[:4])}. {title}" for name, title in rows.items()}


def test_each_record_has_its_four_parts() -> None:
    for record in RECORDS:
        found = re.findall(r"^\*\*(What would change it|What|Why|Measured)\b", record.read_text(encoding="utf-8"), re.MULTILINE)
        assert found == ["What", "Why", "Measured", "What would change it"], record.name
