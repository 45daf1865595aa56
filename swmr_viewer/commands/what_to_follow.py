"""What commands without a window share: arguments that say what is followed and until when."""

from __future__ import annotations

import argparse

from swmr_viewer.commands.terminal import scan_shape
from swmr_viewer.core.conditions import CONDITION_NAMES, Condition, FrameCount, condition_named, default_conditions, in_order, name_of
from swmr_viewer.core.memory_limit import add_memory_argument


def add_scan_arguments(parser: argparse.ArgumentParser) -> None:
    """Add where the keys are, and what tells the scan's extent and its end."""
    add = parser.add_argument
    add("--keys", nargs="+", action="extend", default=[], metavar="PATH", help="key datasets, or groups of them (default: what is found)")
    add("--length", nargs="+", action="extend", default=[], metavar="PATH", help="data sets whose length stands in for keys (weaker)")
    add("--scan-shape", type=scan_shape, metavar="SIZE", help="the scan's extent as in 20x30 (default: what the file tells)")
    add("--finished", metavar="PATH", help="the finished flag (default: what is found)")
    add_trust_arguments(parser)


def add_trust_arguments(parser: argparse.ArgumentParser) -> None:
    """Add whether the file may bring in data of others, and how much memory it may cost."""
    about = "refuse data of other files, to which links and virtual data sets in this one lead"
    parser.add_argument("--no-external", dest="external", action="store_false", help=about)
    add_memory_argument(parser)


def add_end_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ends it, and how long it is waited for its beginning."""
    add = parser.add_argument
    add("--timeout", type=float, default=10.0, metavar="S", help="seconds without a new key that end it (default: %(default)g)")
    add(
        "--until",
        nargs="+",
        choices=CONDITION_NAMES,
        metavar="COND",
        help=f"what ends it, any of {', '.join(CONDITION_NAMES)} (default: {' '.join(map(name_of, default_conditions()))})",
    )
    add("--count", type=int, metavar="N", help="end after N complete frames (adds frame_count to --until)")
    add("--wait", type=float, default=0.0, metavar="S", help="wait up to S seconds for the file, its SWMR mode, its keys and dead storage")


def conditions_from(args: argparse.Namespace) -> tuple[Condition, ...]:
    """Return what the arguments say that ends it.

    Raises
    ------
    ConditionError
        If a condition's value is impossible.
    """
    count = () if args.count is None else (FrameCount(args.count),)
    if args.until is None:
        return in_order((*default_conditions(args.timeout), *count))
    named = tuple(condition_named(name, timeout_s=args.timeout, count=args.count) for name in args.until)
    return named if "frame_count" in args.until else (*count, *named)
