"""``swmr-viewer inspect``: what a file holds, what would be followed, and why."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from typing import TYPE_CHECKING

from swmr_viewer.commands.telling import output_told, tell, tell_line

if TYPE_CHECKING:
    from swmr_viewer.core.inspection import Inspection
    from swmr_viewer.reader.messages import Inspected

OK, BAD_INPUT, FAILED = 0, 2, 4
_OUR_FAILURES = {"FileBrokenError", "FileDamagedError", "ReaderError", "SwmrViewerError"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file, and the form of the answer."""
    parser.add_argument("file", metavar="FILE", help="the HDF5 file to look at")
    parser.add_argument("--json", action="store_true", help="print everything as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print what was found; return 0, 2 for bad input, 4 for a file that cannot be read."""
    answer = _ask(args.file)
    if answer.inspection is None:
        tell_line(f"swmr-viewer: {answer.message} {answer.remedy}".rstrip(), sys.stderr)
        return FAILED if answer.kind in _OUR_FAILURES else BAD_INPUT
    from swmr_viewer.commands.inspect_text import in_text

    with output_told():
        tell(json_of(answer.inspection) if args.json else in_text(answer.inspection), sys.stdout)
    return OK


def _ask(path: str) -> Inspected:
    """Inspect in a process of its own: a broken file may cost that one its life."""
    from swmr_viewer.reader.messages import Inspected, ReaderStuck
    from swmr_viewer.reader.supervisor import Supervisor

    supervisor = Supervisor()
    try:
        supervisor.inspect(path)
        while True:
            for event in supervisor.wait(None):
                if isinstance(event, Inspected):
                    return event
                if isinstance(event, ReaderStuck):
                    tell_line(f"{path} does not answer since {event.seconds:.0f} s", sys.stderr)
    finally:
        supervisor.close(grace_s=1.0)


def json_of(inspection: Inspection) -> str:
    """Return the whole inspection as JSON."""
    return json.dumps(dataclasses.asdict(inspection), indent=2)
