"""``swmr-viewer follow``: the follower without a window, one JSON object a line on standard output."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from swmr_viewer.commands.terminal import scan_shape, signals_handled
from swmr_viewer.core.conditions import CONDITION_NAMES, Condition, FrameCount, condition_named, default_conditions, in_order, name_of

if TYPE_CHECKING:
    from swmr_viewer.reader.messages import FollowRequest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what to follow, in which order, and until when."""
    add = parser.add_argument
    add("file", metavar="FILE", help="the HDF5 file to follow")
    add("--keys", nargs="+", action="extend", default=[], metavar="PATH", help="key datasets, or groups of them (default: what is found)")
    add("--data", nargs="+", action="extend", default=[], metavar="PATH", help="data sets to measure (default: what is found)")
    add("--length", nargs="+", action="extend", default=[], metavar="PATH", help="data sets whose length stands in for keys (weaker)")
    add("--scan-shape", type=scan_shape, metavar="SIZE", help="the scan's extent as in 20x30 (default: what the file tells)")
    add("--finished", metavar="PATH", help="the finished flag (default: what is found)")
    add("--timeout", type=float, default=10.0, metavar="S", help="seconds without a new key that end it (default: %(default)g)")
    add(
        "--until",
        nargs="+",
        choices=CONDITION_NAMES,
        metavar="COND",
        help=f"what ends it, any of {', '.join(CONDITION_NAMES)} (default: {' '.join(map(name_of, default_conditions()))})",
    )
    add("--count", type=int, metavar="N", help="end after N complete frames (adds frame_count to --until)")
    add("--order", choices=("scan", "arrival"), default="scan", help="by index, or as frames complete (default: %(default)s)")
    add("--skip-gaps", type=float, metavar="S", help="in scan order: give up a missing frame S seconds after a newer one (default: wait)")
    add("--timings", action="store_true", help="tell how long frames took through each stage, and the slowest stage at the end")
    add("--wait", type=float, default=0.0, metavar="S", help="wait up to S seconds for the file, its SWMR mode, its keys and dead storage")


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
        with _signals_collected(asked, supervisor.wake):
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
        conditions=_conditions(args),
        order=args.order,
        every_frame=True,
        wait_s=max(0.0, args.wait),
    )


def _conditions(args: argparse.Namespace) -> tuple[Condition, ...]:
    count = () if args.count is None else (FrameCount(args.count),)
    if args.until is None:
        return in_order((*default_conditions(args.timeout), *count))
    named = tuple(condition_named(name, timeout_s=args.timeout, count=args.count) for name in args.until)
    return named if "frame_count" in args.until else (*count, *named)


@contextmanager
def _signals_collected(asked: list[int], wake: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM be noted, to be acted on between two events; a second one interrupts at once."""

    def note(number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        wake()

    with signals_handled({signal.SIGINT: note, signal.SIGTERM: note}):
        yield
