"""The code of docs/reductions.md: run in its order, compared with the output that the page shows, and the same as the example's package."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from swmr_viewer.reductions import ParameterKind, available, describe

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reductions.md").read_text(encoding="utf-8")
PLUGIN = ROOT / "tests" / "example_plugin"
FILE = re.compile(r"<!-- file: (?P<name>\S+) -->\n```\w+\n(?P<text>.*?)```\n", re.DOTALL)
BLOCK = re.compile(r"(?<!-->\n)```python\n(?P<code>.*?)```\n```text\n(?P<output>.*?)```\n", re.DOTALL)


def test_the_page_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in FILE.findall(PAGE):
        Path(name).write_text(text, encoding="utf-8")
    known: dict[str, Any] = {}
    blocks = BLOCK.findall(PAGE)
    for code, output in blocks:
        said = io.StringIO()
        with redirect_stdout(said):
            exec(compile(code, "docs/reductions.md", "exec"), known)
        assert said.getvalue() == output
    assert len(blocks) == 2
    assert PAGE.count("```python") == len(blocks) + 1


def test_its_files_are_those_of_the_package_that_is_installed_by_a_test() -> None:
    package = {"band.py": PLUGIN / "src/swmr_viewer_band/__init__.py", "pyproject.toml": PLUGIN / "pyproject.toml"}
    files = dict(FILE.findall(PAGE))
    assert files == {name: path.read_text(encoding="utf-8") for name, path in package.items()}


def test_it_names_all_that_there_is() -> None:
    assert {f"`{info.name}`" for info in available() if info.origin == "built in"} <= set(re.findall(r"`\w+`", PAGE))
    assert set(ParameterKind) <= set(re.findall(r"`([a-z/]+)`", PAGE))
    for name in ("statistics", "centre_of_mass", "radial"):
        (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| `{name}` "))
        named = set(re.findall(r"`(\w+)", row)) - {name}
        infos = {info.name: info for info in describe(name).parameters}
        assert named & infos.keys()
    units = infos["unit"].choices
    assert all(f"`{unit}`" in row for unit in units)
