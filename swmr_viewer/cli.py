"""The ``swmr-viewer`` command: picks what was asked for, loads only that, and turns errors into sentences."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from swmr_viewer import __version__
from swmr_viewer.commands.terminal import OutputError, ended_at_once_by_ctrl_c, output_errors_explained, print_line
from swmr_viewer.core.blas import one_blas_thread
from swmr_viewer.core.errors import SwmrViewerError

BAD_INPUT = 2
OUTPUT_FAILED = 4
INTERRUPTED = 130
BROKEN_PIPE = 141

WINDOW = "window"
"""What ``swmr-viewer`` does without the name of a command."""

COMMANDS = {
    "demo": "show a scan that is simulated at this moment",
    "simulate": "write a scan in SWMR mode, as a beamline does",
    "follow": "print each complete frame as a line of JSON, without a window",
    "reduce": "make numbers, a pattern or a picture of each frame, in a file, while the scan runs",
    "inspect": "tell what a file holds, and what would be followed",
    "doctor": "tell whether everything is there that is needed, and what to do where it is not",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; None: those of this process.

    Returns
    -------
    int
        The exit status: 0 for success, 2 for bad input, 4 where the output cannot be written, 130 after Ctrl-C, 141 where
        nobody reads it any more; commands may add their own.
    """
    _open_missing_streams()
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except OutputError as error:
        print_line(f"swmr-viewer: {error}", sys.stderr)
        return OUTPUT_FAILED
    except SwmrViewerError as error:
        print_line(f"swmr-viewer: {error}", sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return BROKEN_PIPE
    finally:
        _forget_output()


def _run(argv: list[str]) -> int:
    name, rest = split_command(argv)
    command = _module_of(name)
    args = parser_of(name, command).parse_args(rest)
    status: int = command.run(args)
    if sys.stdout is not None:
        with output_errors_explained():
            sys.stdout.flush()
    return status


def split_command(argv: list[str]) -> tuple[str, list[str]]:
    """Return the command's name and its arguments; a file that is named like a command is written ``./demo``."""
    if argv and argv[0] in COMMANDS:
        return argv[0], argv[1:]
    return WINDOW, argv


def parser_of(name: str, command: ModuleType) -> argparse.ArgumentParser:
    """Return the parser of one command, with the arguments that its module adds."""
    parser = argparse.ArgumentParser(
        prog="swmr-viewer" if name == WINDOW else f"swmr-viewer {name}",
        description=_description(name),
        epilog=_commands_text() if name == WINDOW else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if name == WINDOW:
        parser.add_argument("--version", action="version", version=f"swmr-viewer {__version__}")
    command.add_arguments(parser)
    return parser


def _module_of(name: str) -> ModuleType:
    with ended_at_once_by_ctrl_c(), one_blas_thread():
        return import_module(f"swmr_viewer.commands.{name}")


def _description(name: str) -> str:
    if name == WINDOW:
        return "Follow HDF5 files in SWMR mode in a window: each frame is shown once its key is set."
    return f"{COMMANDS[name].capitalize()}."


def _commands_text() -> str:
    lines = [f"  swmr-viewer {name:<10}{what}" for name, what in COMMANDS.items()]
    return "\n".join(["other commands (each has its own --help):", *lines, "", "A FILE that is named like a command: ./demo"])


def _open_missing_streams() -> None:
    """Give numbers 0 to 2 to nothing where a stream was closed: a pipe to the reader would get the number, and be written to as output."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _forget_output() -> None:
    """Nothing takes our output any more: let Python's last flush go nowhere instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None:
            continue
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
