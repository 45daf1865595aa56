"""The manual names keys that the window has, and pictures that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from swmr_viewer.gui.application import application
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.desktop.shortcuts_sheet import sections_of
from tests.gui.fakes import FakeSupervisor

ROOT = Path(__file__).resolve().parents[2]
MANUAL = ROOT / "docs" / "manual.md"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
KEY = re.compile(r"`((?:(?:Ctrl|Shift|Alt)\+)*(?:F\d+|Left|Right|Home|End|PgUp|PgDown|Del|[A-Z0-9.]))`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = [one for one in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")) if "://" not in one]
    assert links or page.name in {"developers.md", "library.md"}
    missing = [link for link in links if not (page.parent / link).is_file()]
    assert missing == []


def test_every_picture_is_shown_somewhere() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    pictures = [path.name for path in (ROOT / "docs" / "images").glob("*.png")]
    assert len(pictures) >= 8
    assert [name for name in pictures if name not in text] == []


def test_every_key_that_the_manual_names_does_something(qtbot: QtBot) -> None:
    application()
    assembly = Assembly(FakeSupervisor())
    try:
        sections = sections_of(assembly.window.menu_)
    finally:
        assert assembly.close()
    known = {key for section in sections for _, keys in section.lines for key in keys.split(" or ")}
    named = {QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in KEY.findall(MANUAL.read_text(encoding="utf-8"))}
    assert len(named) > 20
    assert sorted(named - known) == []
