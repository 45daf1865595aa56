"""What the page on azimuthal integration says can be set can be set, and it names what comes out."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from swmr_viewer.reductions import FrameDescription, parameters_from, parameters_of
from swmr_viewer.reductions.pyfai import Pyfai1d, Pyfai2d
from swmr_viewer.reductions.pyfai.radial_units import RADIAL_UNITS

PAGE = (Path(__file__).parents[2] / "docs" / "azimuthal-integration.md").read_text(encoding="utf-8")
PONI = "Distance: 0.1\nPoni1: 0.04\nPoni2: 0.04\nPixelSize1: 1e-3\nPixelSize2: 1e-3\nWavelength: 1e-10\n"
COMMANDS = [shlex.split(line) for line in re.findall(r"^swmr-viewer reduce .*$", PAGE, re.MULTILINE)]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[4])
def test_what_commands_set_makes_what_the_page_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("detector.poni").write_text(PONI, encoding="utf-8")
    told = dict(command[place + 1].split("=", 1) for place, word in enumerate(command) if word == "--set")
    made = Pyfai1d(parameters_from(Pyfai1d.Parameters, told))
    made.prepare(FrameDescription((80, 90), "<u2"))
    names = {output.name for output in made.outputs} | {axis.name for output in made.outputs for axis in output.axes}
    assert set(made(np.ones((80, 90), "u2"), None)) <= names
    if "peaks" in told:
        assert set(re.findall(r'results\["(\w+)"\]', PAGE)) == {"two_theta", "intensity", "peak_1_area"} <= names


def test_there_are_commands_on_the_page() -> None:
    assert [command[command.index("--reduction") + 1] for command in COMMANDS] == ["pyfai1d", "pyfai1d"]


def test_the_table_names_all_that_can_be_set_with_its_default() -> None:
    rows = {name: line for line in PAGE.splitlines() if line.startswith("| `") for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    kinds: tuple[Any, ...] = (Pyfai1d, Pyfai2d)
    infos = {info.name: info for kind in reversed(kinds) for info in parameters_of(kind.Parameters)}
    assert rows.keys() == infos.keys()
    for name, info in infos.items():
        assert info.default_text in rows[name].split("|")[3], name
    assert set(re.findall(r"`([^`]+)`", rows["unit"].split("|")[2])) == set(RADIAL_UNITS)
