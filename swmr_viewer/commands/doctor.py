"""``swmr-viewer doctor``: whether everything is there that the program needs, and what to do where it is not."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from typing import TYPE_CHECKING

from swmr_viewer import __version__
from swmr_viewer.commands.terminal import output_errors_explained, print_text
from swmr_viewer.core.errors import FileAccessError
from swmr_viewer.core.plain_text import plain

if TYPE_CHECKING:
    from swmr_viewer.commands.checks import Finding

OK, PROBLEM = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file, and the form of the answer."""
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="the file that is in question (default: none; its storage: the working folder)"
    )
    parser.add_argument("--json", action="store_true", help="print everything as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print each finding as it comes; return 0, or 1 if there is a problem.

    Raises
    ------
    FileAccessError
        If FILE cannot be the name of a file.
    """
    from swmr_viewer.commands.checks import Level, findings

    path = _absolute(args.file)
    found: list[Finding] = []
    for one in findings(path):
        found.append(one)
        if not args.json:
            with output_errors_explained():
                print_text(finding_text(one), sys.stdout)
    with output_errors_explained():
        print_text(_json(path, found) if args.json else summary(found), sys.stdout)
    return PROBLEM if any(one.level is Level.PROBLEM for one in found) else OK


def _absolute(path: str | None) -> str | None:
    if path is not None and (not path or "\0" in path):
        raise FileAccessError(f"{path!r} is not a path.", "Give the path of a file.")
    return None if path is None else os.path.abspath(os.path.expanduser(path))


_INDENT = " " * 9


def finding_text(finding: Finding) -> str:
    """Return a finding as a line of text, and what to do as a second one."""
    line = plain(f"{finding.level:<9}{finding.name}: {finding.found}")
    return f"{line}\n{_INDENT}-> {plain(finding.remedy)}" if finding.remedy else line


def summary(found: list[Finding]) -> str:
    """Return how many problems and warnings there are."""
    counts = [(sum(one.level == level for one in found), level) for level in ("problem", "warning")]
    told = [f"{count} {level}{'s' if count > 1 else ''}" for count, level in counts if count]
    return f"\n{' and '.join(told) if told else 'Nothing is wrong'}."


def _json(path: str | None, found: list[Finding]) -> str:
    return json.dumps({"version": __version__, "file": path, "findings": [dataclasses.asdict(one) for one in found]}, indent=2)
