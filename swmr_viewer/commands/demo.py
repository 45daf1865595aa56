"""``swmr-viewer demo``: the window on a scan that a process of its own writes at this moment."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf, sqrt
from pathlib import Path
from typing import NoReturn

from swmr_viewer.commands.display_check import has_display
from swmr_viewer.commands.simulate import END_WITH_INPUT
from swmr_viewer.commands.terminal import signals_handled
from swmr_viewer.commands.window import seconds, show
from swmr_viewer.core.conditions import default_conditions
from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.reader.messages import FollowRequest

SECONDS = 60.0
RATE_HZ = 10.0
MOST_FRAMES = 600
"""A longer scan gets slower, not larger: 600 frames take some 300 MB in the temporary folder at most."""
TIMEOUT_S = 10.0
WRITER_START_S = 60.0
"""Longest wait for the writer's first byte where nobody sits before the window."""
WRITER_GRACE_S = 10.0


class DemoError(SwmrViewerError):
    """The simulated writer failed."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the length of the scan."""
    parser.add_argument("--seconds", type=_length, default=SECONDS, metavar="S", help="length of the scan (default: %(default)g)")


def run(args: argparse.Namespace) -> int:
    """Show the demo; off screen where there is no display, with a screenshot at its end."""
    with tempfile.TemporaryDirectory(prefix="swmr-viewer-demo-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "demo.h5"
        with ended_politely(), writer(path, args.seconds):
            return _show_on_screen(path) if has_display() else _show_off_screen(path)


def _length(text: str) -> float:
    if not 0 < (length_s := seconds(text)) < inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not the length of a scan: give seconds, more than 0.")
    return length_s


def scan_options(length_s: float) -> list[str]:
    """Return the options of ``simulate`` for a scan that lasts about ``length_s`` seconds, on a map of 2:3."""
    n_frames = min(MOST_FRAMES, max(6, round(length_s * RATE_HZ)))
    n_rows = round(sqrt(n_frames * 2 / 3))
    n_columns = round(n_frames / n_rows)
    period_s = length_s / (n_rows * n_columns)
    sizes = ["--scan", f"{n_rows}x{n_columns}", "--period", f"{period_s:.6f}", "--keys", "2"]
    return [*sizes, "--order", "snake", "--compression", "bslz4", "--monitor", "--peak"]


@contextmanager
def ended_politely() -> Iterator[None]:
    """While this lasts, a process that is asked to end cleans up first, also while there is no window to close yet."""

    def end(number: int, _frame: object) -> NoReturn:
        raise SystemExit(128 + number)

    with signals_handled({signal.SIGTERM: end}):
        yield


@contextmanager
def writer(path: Path, length_s: float) -> Iterator[subprocess.Popen[bytes]]:
    """Run the simulated writer beside the window, and end it with the window.

    Raises
    ------
    DemoError
        If it failed by itself.
    """
    command = [sys.executable, "-m", "swmr_viewer", "simulate", str(path), END_WITH_INPUT, *scan_options(length_s)]
    with tempfile.TemporaryFile() as output, subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=output) as process:
        try:
            yield process
        except BaseException:
            _end(process)
            raise
        failed = process.poll() not in (None, 0)
        _end(process)
        if failed:
            output.seek(0)
            raise DemoError(f"The simulated writer failed: {output.read().decode(errors='replace').strip()}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the writer to close its file and end; insist where it does not."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(WRITER_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _show_on_screen(path: Path) -> int:
    return show(FollowRequest(str(path), conditions=default_conditions(TIMEOUT_S)))


def _show_off_screen(path: Path) -> int:
    screenshot = Path(tempfile.mkdtemp(prefix="swmr-viewer-screenshot-")) / "demo.png"
    print("There is no display: the window runs off screen until the scan ends.", flush=True)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    request = FollowRequest(str(path), conditions=default_conditions(TIMEOUT_S), wait_s=WRITER_START_S)
    status = show(request, screenshot=screenshot, quit_when_finished=True)
    if screenshot.exists():
        print(f"Screenshot of the window: {screenshot}")
    return status
