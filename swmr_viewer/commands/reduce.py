"""``swmr-viewer reduce``: each frame becomes numbers, a pattern or a picture, in a file with keys of its own, while the scan runs."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from swmr_viewer.commands.terminal import signals_collected
from swmr_viewer.commands.what_to_follow import add_end_arguments, add_scan_arguments, conditions_from
from swmr_viewer.core.errors import FailureKind, SwmrViewerError

if TYPE_CHECKING:
    from swmr_viewer.engines import EngineChoice
    from swmr_viewer.reducing.messages import ReduceRequest

GRACE_S = 3.0
"""Longest time in which the process may end by itself, where nobody reads what is printed."""


class WhatToReduceError(SwmrViewerError):
    """The command line does not say what to do."""

    kind = FailureKind.REDUCTION


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what to reduce, to what, where, and until when."""
    add = parser.add_argument
    add("file", metavar="SCAN", nargs="?", help="the HDF5 file whose frames are reduced")
    add("-o", "--output", metavar="OUT", help="the file for the results; the same command again goes on where it was")
    add("-r", "--reduction", metavar="NAME", help="what is made of each frame: see --list; or path/to/file.py:Name")
    add("--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE", help="parameters of the reduction: see --list NAME")
    add("--list", nargs="?", const="", metavar="NAME", help="list the reductions, or the parameters of one of them, and end")
    add("--data", metavar="PATH", help="the data set whose frames are reduced (default: what the viewer would show first)")
    add("--mask", metavar="FILE", help="a mask of the frame's shape (NPY, TIFF, EDF ...): what is not 0 is left out")
    add("--workers", type=int, metavar="N", help="how many frames are worked on at once (default: one for each core; of slurm 4)")
    add("--processes", action="store_true", help="work in processes in place of threads: for reductions in plain Python")
    add("--scheduler", metavar="WHERE", help="work on a Dask cluster: its address (tcp://HOST:PORT), its scheduler file, or slurm")
    add("--nice", type=int, default=0, metavar="N", help="how far, 0 to 19, other programs of this machine come first (default: 0)")
    add_scan_arguments(parser)
    add_end_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Reduce until the end.

    Returns
    -------
    int
        0 for an end that was asked for, also where frames failed (the last line counts them); 3 for the timeout, 2 for bad input,
        4 for a failure, 5 for a file that was replaced, 130 after Ctrl-C, 143 after SIGTERM; ``main`` makes 4 of an output that
        cannot be written, and 141 of one that nobody reads.

    Raises
    ------
    SwmrViewerError
        If the arguments do not go together, or a condition's value is impossible.
    BrokenPipeError
        If whoever read standard output has gone.
    """
    if args.list is not None:
        from swmr_viewer.commands.reduction_list import print_reductions

        return print_reductions(args.list)
    request = request_from(args)
    if sys.stdout is None:  # closed before we started
        raise BrokenPipeError
    from swmr_viewer.commands.reduce_output import ReduceOutput
    from swmr_viewer.reducing.process import ReductionProcess

    process = ReductionProcess()
    asked: list[int] = []
    try:
        with signals_collected(asked, process.wake):
            return ReduceOutput(process, sys.stdout, sys.stderr, asked).run(request)
    except KeyboardInterrupt:
        process.close(0.0)  # asked twice
        raise
    finally:
        process.close(GRACE_S)


def request_from(args: argparse.Namespace) -> ReduceRequest:
    """Return the request that the arguments describe.

    Raises
    ------
    SwmrViewerError
        If they do not go together, or a condition's value is impossible.
    """
    from swmr_viewer.analysis import MaskRules
    from swmr_viewer.reducing.messages import ReduceRequest, ReductionChoice

    _check_is_told(args)
    return ReduceRequest(
        path=os.path.abspath(args.file),
        reduction=ReductionChoice(args.reduction, _values(args.set)),
        output=args.output,
        data_path=args.data or "",
        key_paths=tuple(args.keys),
        length_paths=tuple(args.length),
        scan_shape=args.scan_shape,
        finished_path=args.finished,
        conditions=conditions_from(args),
        wait_s=max(0.0, args.wait),
        engine=_engine(args),
        rules=MaskRules(mask_file=args.mask),
        nice=min(19, max(0, args.nice)),
        external=args.external,
    )


def _check_is_told(args: argparse.Namespace) -> None:
    if not args.file:
        raise WhatToReduceError("There is no SCAN to reduce.", "Put it first: swmr-viewer reduce SCAN -o OUT --reduction NAME.")
    if not args.reduction:
        raise WhatToReduceError("There is no reduction.", "Name one by --reduction NAME; swmr-viewer reduce --list tells which there are.")
    if not args.output:
        raise WhatToReduceError("There is no file for the results.", "Name one by -o OUT.")


def _values(texts: list[str]) -> dict[str, str]:
    """Return the parameters that are set, by their names."""
    values: dict[str, str] = {}
    for text in texts:
        name, is_set, value = text.partition("=")
        if not is_set or not name.strip():
            raise WhatToReduceError(f"{text!r} sets no parameter.", "Write --set NAME=VALUE, without spaces around the sign.")
        if name.strip() in values:
            raise WhatToReduceError(f"The parameter {name.strip()} is set twice.", "Leave one of them out.")
        values[name.strip()] = value
    return values


def _engine(args: argparse.Namespace) -> EngineChoice:
    from swmr_viewer.engines import EngineChoice, EngineKind

    if args.workers is not None and args.workers < 1:
        raise WhatToReduceError(f"{args.workers} workers do nothing.", "Give --workers 1 or more.")
    if args.scheduler and args.processes:
        raise WhatToReduceError("Both --processes and --scheduler say where to work.", "Leave one of them out.")
    if args.scheduler:
        return EngineChoice(EngineKind.DASK, args.workers, args.scheduler)
    return EngineChoice(EngineKind.PROCESSES if args.processes else EngineKind.THREADS, args.workers)
