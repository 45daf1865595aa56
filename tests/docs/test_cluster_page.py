"""What the page on the cluster types can be typed, and what it quotes is said."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest

from swmr_viewer.commands.reduce import add_arguments
from swmr_viewer.engines.dask_scheduler import SLURM, address_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
SOURCES = "".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "swmr_viewer" / "engines").glob("dask_*.py")))
COMMANDS = [shlex.split(line, comments=True)[2:] for line in re.findall(r"^swmr-viewer reduce .*$", PAGE, re.MULTILINE)]
MESSAGES = list(re.findall(r"^\| \*(.+?)\* \|", PAGE, re.MULTILINE))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands_are_understood(command: list[str]) -> None:
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_arguments(parser)
    scheduler = parser.parse_args(command).scheduler
    assert scheduler == SLURM or address_of(scheduler) == scheduler


@pytest.mark.parametrize("message", MESSAGES)
def test_messages_are_said(message: str) -> None:
    pieces = [piece.strip() for piece in re.split(r"\.\.\.|\d[\d.]*", message)]
    assert any(pieces)
    assert all(piece in SOURCES for piece in pieces), message


def test_there_is_something_to_hold_it_against() -> None:
    assert len(COMMANDS) >= 2
    assert len(MESSAGES) >= 10
