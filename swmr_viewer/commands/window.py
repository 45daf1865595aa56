"""``swmr-viewer [FILE]``: the window."""

from __future__ import annotations

import argparse
import gc
import math
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from swmr_viewer.commands.display_check import check_display
from swmr_viewer.commands.terminal import interrupts_noted, scan_shape
from swmr_viewer.commands.what_to_follow import add_trust_arguments
from swmr_viewer.core.conditions import default_conditions
from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.watching import USUAL_PATTERN, WatchRule

if TYPE_CHECKING:
    from swmr_viewer.opening import Preset

TIMEOUT_S = 10.0


class NoFileError(SwmrViewerError):
    """Paths inside a file were given, and no file."""


class NoFolderError(SwmrViewerError):
    """It is given which files to wait for, and not where."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the window can follow."""
    add = parser.add_argument
    add("file", nargs="?", metavar="FILE", help="the file to follow; it need not exist yet (default: an empty window)")
    add("--keys", nargs="+", action="extend", default=[], metavar="PATH", help="key datasets, or groups of them (default: what is found)")
    add("--data", nargs="+", action="extend", default=[], metavar="PATH", help="data sets; the first is shown (default: what is found)")
    add("--length", nargs="+", action="extend", default=[], metavar="PATH", help="data sets whose length stands in for keys (weaker)")
    add("--scan-shape", type=scan_shape, metavar="SIZE", help="the scan's extent as in 20x30 (default: what the file tells)")
    add("--finished", metavar="PATH", help="the dataset that turns non-zero when the scan ends (default: what is found)")
    add("--watch", metavar="FOLDER", help="show each newer scan of this folder as soon as it starts")
    add("--pattern", metavar="GLOB", help=f"with --watch: which files, separated by semicolons (default: {USUAL_PATTERN!r})")
    add("--newest", choices=("time", "name"), help="with --watch: by time of change, or by name (default: time)")
    add("--preset", metavar="NAME", help="paths, and files to watch for, as saved under this name in the open dialog")
    add_trust_arguments(parser)
    add("--timeout", type=seconds, default=TIMEOUT_S, metavar="S", help="end when no new key came for S seconds (default: %(default)g)")


def run(args: argparse.Namespace) -> int:
    """Open the window; return when it is closed."""
    return show(request_from(args), watch=watch_from(args), external=args.external)


def show(
    request: FollowRequest | None,
    *,
    watch: WatchRule | None = None,
    external: bool = True,
    screenshot: Path | None = None,
    quit_when_finished: bool = False,
) -> int:
    """Run the window on what was asked for.

    The reader starts first: it loads HDF5, opens the file and reads the first frame while this process loads Qt.

    Parameters
    ----------
    request, watch, screenshot, quit_when_finished :
        As for ``run_window``.
    external : bool
        False: data of other files are refused, whatever the user's settings are.

    Raises
    ------
    DisplayError
        If no window can be shown here.
    """
    check_display()
    from swmr_viewer.reader.supervision import Supervisor

    with collector_off(), interrupts_noted() as notes, closing(Supervisor()) as supervisor:
        supervisor.start()
        from swmr_viewer.gui.look.settings import external_is_read  # it loads a part of Qt

        external = external and external_is_read()
        request = located(request, external)
        supervisor.start(request if request is not None and request.path else None)
        from swmr_viewer.gui.application import run_window

        for number, note in notes.items():
            if note.came:
                return 128 + number
        return run_window(request, supervisor, watch=watch, external=external, screenshot=screenshot, quit_when_finished=quit_when_finished)


@contextmanager
def collector_off() -> Iterator[None]:
    """Begin with Python's collector off; the window turns it on. What is imported and built stays, and was looked through for 0.07 s."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def located(request: FollowRequest | None, external: bool = True) -> FollowRequest | None:
    """Return the request with an absolute path, as the window will ask for it."""
    if request is None or not request.path:
        return request
    return replace(request, path=os.path.abspath(os.path.expanduser(request.path)), external=external)


def request_from(args: argparse.Namespace) -> FollowRequest | None:
    """Return what the arguments ask for; None: an empty window. Without a file, the paths are for each scan of the watched folder.

    Raises
    ------
    NoFileError
        If there are paths inside a file and no file.
    """
    if args.file is None and args.watch is None:
        if args.keys or args.length or args.data or args.finished or args.preset is not None:
            raise NoFileError("There is no FILE for the paths that were given.", "Put the file first: swmr-viewer FILE --keys PATH.")
        return None
    base = _preset(args.preset).request() if args.preset is not None else FollowRequest("")
    return FollowRequest(
        path=args.file or "",
        key_paths=tuple(args.keys) or base.key_paths,
        length_paths=tuple(args.length) or base.length_paths,
        scan_shape=args.scan_shape,
        data_paths=tuple(args.data) or base.data_paths,
        finished_path=args.finished or base.finished_path,
        conditions=default_conditions(args.timeout),
        preset=base.preset,
    )


def _preset(name: str) -> Preset:
    from swmr_viewer.gui.look.settings import presets_file  # it asks Qt where the platform keeps such files
    from swmr_viewer.opening import load_presets, preset_named

    return preset_named(name, load_presets(presets_file()))


def watch_from(args: argparse.Namespace) -> WatchRule | None:
    """Return which folder the arguments ask to watch; None: none.

    Raises
    ------
    NoFolderError
        If it is given what to wait for, and not where.
    """
    if args.watch is None:
        if args.pattern or args.newest:
            raise NoFolderError("--pattern and --newest say which files of a folder.", "Name it: swmr-viewer --watch FOLDER.")
        return None
    if not args.watch.strip():
        raise NoFolderError("The folder to watch has no name.", "Name it: swmr-viewer --watch FOLDER.")
    files = _preset(args.preset).files if args.preset is not None else ""
    return WatchRule(args.watch, args.pattern or files or USUAL_PATTERN, args.newest or "time")


def seconds(text: str) -> float:
    """Parse a number of seconds, 0 or more; ``inf`` waits for ever."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not value >= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds: give 0 or more.")
    return value
