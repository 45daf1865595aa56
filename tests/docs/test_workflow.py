"""The workflow of the host runs what the Makefile runs, on every Python that pyproject.toml names."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).parents[2]
JOBS: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/checks.yml").read_text(encoding="utf-8"))["jobs"]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def commands(job: str) -> list[str]:
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


def test_each_python_of_the_project_is_tested() -> None:
    versions = JOBS["tests"]["strategy"]["matrix"]["python"]
    classifiers = [re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", text) for text in PROJECT["classifiers"]]
    assert versions == [match[1] for match in classifiers if match]
    required = SpecifierSet(PROJECT["requires-python"])
    assert all(version in required for version in versions)
    assert "3.10" not in required


def test_tests_are_run_as_make_test_runs_them() -> None:
    (line,) = re.findall(r"^test: environment\n\t\$\(BIN\)/(.*) \$\(ARGS\)$", MAKEFILE, re.MULTILINE)
    assert f"python -m {line}" in commands("tests")


def test_what_the_steps_call_is_there() -> None:
    every = [command for job in JOBS for command in commands(job)]
    files = [file for command in every for file in re.findall(r"(?<!\w)\.ci/\w+(?:\.py)?", command)]
    assert len(files) == 4
    assert all((ROOT / file).is_file() for file in files)
    targets = [command.removeprefix("make ") for command in every if command.startswith("make ")]
    assert targets == [".venv/.installed", ".venv/.installed", "lowest"]
    rules = MAKEFILE.replace("$(VENV)", ".venv")
    assert all(re.search(rf"^{re.escape(target)}:", rules, re.MULTILINE) for target in targets)
    extras = re.findall(r"\.\[([\w,]+)\]", " ".join(every))
    installed = {extra for group in extras for extra in group.split(",")}
    needs = PROJECT["optional-dependencies"]
    assert installed == {"dev", "docs"}
    assert all(need in needs["dev"] for extra in needs.keys() - installed for need in needs[extra]), "what is for people is tested as well"
