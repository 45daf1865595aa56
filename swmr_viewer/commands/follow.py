"""``swmr-viewer follow``: the follower without a window, one JSON object a line on standard output."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from swmr_viewer.commands.terminal import signals_collected
from swmr_viewer.commands.what_to_follow import add_end_arguments, add_scan_arguments, conditions_from

if TYPE_CHECKING:
    from swmr_viewer.reader.messages import FollowRequest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what to follow, in which order, and until when."""
    add = parser.add_argument
    add("file", metavar="FILE", help="the HDF5 file to follow")
    add("--data", nargs="+", action="extend", default=[], metavar="PATH", help="data sets to measure (default: what is found)")
    add_scan_arguments(parser)
    add_end_arguments(parser)
    add("--order", choices=("scan", "arrival"), default="scan", help="by index, or as frames complete (default: %(default)s)")
    add("--skip-gaps", type=float, metavar="S", help="in scan order: give up a missing frame S seconds after a newer one (default: wait)")
    add("--timings", action="store_true", help="tell how long frames took through each stage, and the slowest stage at the end")


def run(args: argparse.Namespace) -> int:
    """Follow until the end.

    Returns
    -------
    int
        0 for an end that was asked for, 3 for the timeout, 2 for bad input, 4 for a failure, 5 for a file that was replaced,
        130 after Ctrl-C, 143 after SIGTERM; ``main`` makes 4 of an output that cannot be written, and 141 of one that nobody reads.

    Raises
    ------
    ConditionError
        If a condition's value is impossible.
    BrokenPipeError
        If whoever read standard output has gone.
    """
    request = request_from(args)
    if sys.stdout is None:  # closed before we started
        raise BrokenPipeError
    from swmr_viewer.commands.follow_output import FollowOutput
    from swmr_viewer.reader.supervision import Supervisor

    supervisor = Supervisor()
    asked: list[int] = []
    try:
        with signals_collected(asked, supervisor.wake):
            return FollowOutput(supervisor, sys.stdout, sys.stderr, asked, timings=args.timings).run(request)
    finally:
        supervisor.close(grace_s=1.0)


def request_from(args: argparse.Namespace) -> FollowRequest:
    """Return the request that the arguments describe.

    Raises
    ------
    ConditionError
        If a condition's value is impossible.
    """
    from swmr_viewer.reader.messages import FollowRequest

    return FollowRequest(
        path=args.file,
        key_paths=tuple(args.keys),
        length_paths=tuple(args.length),
        scan_shape=args.scan_shape,
        gap_patience_s=args.skip_gaps,
        data_paths=tuple(args.data),
        finished_path=args.finished,
        conditions=conditions_from(args),
        order=args.order,
        every_frame=True,
        wait_s=max(0.0, args.wait),
        external=args.external,
    )
