"""``swmr-viewer simulate``: write a scan in SWMR mode in the foreground, with progress on the terminal."""

from __future__ import annotations

import _thread
import argparse
import contextlib
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

from swmr_viewer.commands.terminal import EarlyEnd, Terminated
from swmr_viewer.simulator.plan import (
    COMPRESSIONS,
    DTYPES,
    FAULTS,
    LAYOUTS,
    ORDERS,
    ScanPlan,
    frame_text,
    parse_frame,
    parse_size,
    size_text,
)

if TYPE_CHECKING:
    from swmr_viewer.simulator.writer import Gate, OnProgress, Progress

INTERRUPTED = 130
TERMINATED = 143
END_WITH_INPUT = "--end-with-input"
REPORT_PERIOD_S = 0.2
"""How often the line on a terminal is rewritten."""
FLAGS = ("growing", "mask", "spiral", "uneven", "monitor", "peak", "response")
USUAL_DTYPES = ("float64", "uint32", "uint16")
"""Of scalars, spectra and images."""
N_PLAIN_REPORTS = 10
"""How many lines a whole scan gives where there is no terminal."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what a simulated scan can be."""
    add = parser.add_argument
    add("output", metavar="OUT.h5", help="the file to write")
    add("--scan", default="20x30", metavar="SIZE", help="scan points along each axis, slowest first (default: %(default)s)")
    add("--frame", default="512x512", metavar="SIZE", help="rows and columns, a spectrum's length, or scalar (default: %(default)s)")
    add("--dtype", choices=DTYPES, help="type of a pixel (default: uint16; spectra: uint32; scalars: float64)")
    add("--period", default=0.1, type=float, metavar="S", help="seconds between frames; 0: as fast as possible (default: %(default)s)")
    add("--compression", default="none", choices=COMPRESSIONS, help="of the frames (default: %(default)s)")
    add("--keys", default=1, type=int, metavar="N", help="key datasets; diodes and spectra beside it lag (default: %(default)s)")
    add("--detectors", default=1, type=int, metavar="N", help="detectors; further ones have other images (default: %(default)s)")
    add("--order", default="raster", choices=ORDERS, help="in which the points are visited (default: %(default)s)")
    add("--layout", default="diamond", choices=LAYOUTS, help="of the file (default: %(default)s)")
    add(
        "--growing",
        action="store_true",
        help="let the scan axes of the diamond layout grow, instead of giving them their full length first",
    )
    add("--burst", default=1, type=int, metavar="N", help="frames between flushes, as fast writers do (default: %(default)s)")
    add("--jitter", default=0.02, type=float, metavar="PART", help="of motors about where they were sent, in steps (default: %(default)s)")
    add("--spiral", action="store_true", help="points on a spiral instead of rows: --scan gives their number")
    add("--uneven", action="store_true", help="steps that are finer in the middle of each axis")
    add("--monitor", action="store_true", help="a beam that drifts, its monitor I0, which frames scale with, and the sample's temperature")
    add("--peak", action="store_true", help="a reflection (in spectra a line) that lights up as a Gaussian of the motors")
    add("--response", action="store_true", help="an offset and a gain of each pixel's own, for dark and flat frames to correct")
    add("--dark", default=0, type=int, metavar="N", help="frames taken first without a beam (default: %(default)s)")
    add("--flat", default=0, type=int, metavar="N", help="frames taken next without a sample (default: %(default)s)")
    add("--mask", action="store_true", help="dead pixels, and a pixel mask that tells of them, of hot ones and of gaps")
    add("--saturate", default=0, type=int, metavar="N", help="pixels of each frame at the highest valid value (default: %(default)s)")
    add("--alarm", type=int, metavar="INDEX", help="let all counts rise suddenly at this frame")
    add("--fault", default="none", choices=FAULTS, help="lose some keys, or die half-way (default: %(default)s)")
    add("--seed", default=0, type=int, metavar="N", help="of noise, spots and random order (default: %(default)s)")
    add("--force", action="store_true", help="replace a file of this name")
    # For programs that follow or lead the writer: see simulator/handshake.py.
    add("--handshake", action="store_true", help=argparse.SUPPRESS)
    add("--step", action="store_true", help=argparse.SUPPRESS)
    add(END_WITH_INPUT, action="store_true", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Write the scan; return 0, 130 after Ctrl-C, 143 when asked to end.

    Raises
    ------
    SwmrViewerError
        If the plan is impossible, the file exists, or it cannot be written.
    """
    if args.end_with_input:
        threading.Thread(target=_end_with_input, name="end with input", daemon=True).start()
    return _write(plan_from(args), args)


def _end_with_input() -> None:
    """End as soon as nobody holds standard input open: so the demo's writer ends with the demo, also where that is killed.

    It closes its file on every system: on Windows a process cannot be asked to end by a signal.
    """
    # os.read, for a daemon thread in sys.stdin's lock would abort the interpreter's end.
    with contextlib.suppress(OSError):
        while os.read(0, 1024):
            pass
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
    else:
        _thread.interrupt_main()


def plan_from(args: argparse.Namespace) -> ScanPlan:
    """Return the plan that the arguments describe.

    Raises
    ------
    PlanError
        If a value is impossible.
    """
    frame_shape = parse_frame(args.frame)
    return ScanPlan(
        scan_shape=parse_size(args.scan, "scan"),
        frame_shape=frame_shape,
        dtype=args.dtype or USUAL_DTYPES[min(len(frame_shape), 2)],
        period_s=args.period,
        compression=args.compression,
        n_keys=args.keys,
        order=args.order,
        layout=args.layout,
        fault=args.fault,
        seed=args.seed,
        growing=args.growing,
        n_detectors=args.detectors,
        mask=args.mask,
        saturate=args.saturate,
        alarm=args.alarm,
        burst=args.burst,
        jitter=args.jitter,
        spiral=args.spiral,
        uneven=args.uneven,
        monitor=args.monitor,
        peak=args.peak,
        response=args.response,
        dark=args.dark,
        flat=args.flat,
    )


def arguments_from(plan: ScanPlan) -> list[str]:
    """Return the arguments that describe the plan: the way back from ``plan_from``."""
    names = ("dtype", "compression", "order", "layout", "fault", "seed", "saturate", "burst", "jitter", "dark", "flat")
    options = [part for name in names for part in (f"--{name}", str(getattr(plan, name)))]
    sizes = ["--scan", size_text(plan.scan_shape), "--frame", frame_text(plan.frame_shape)]
    numbers = ["--period", repr(plan.period_s), "--keys", str(plan.n_keys), "--detectors", str(plan.n_detectors)]
    flags = [f"--{name}" for name in FLAGS if getattr(plan, name)]
    return [*sizes, *numbers, *options, *flags, *([] if plan.alarm is None else ["--alarm", str(plan.alarm)])]


def _write(plan: ScanPlan, args: argparse.Namespace) -> int:
    from swmr_viewer.simulator.writer import write_scan

    try:
        with EarlyEnd() as early_end:
            on_progress, gate = _listeners(plan, args, early_end)
            write_scan(
                plan, args.output, force=args.force, sleep=early_end.stop(time.sleep), on_progress=on_progress, gate=early_end.stop(gate)
            )
    except KeyboardInterrupt as interrupt:
        print(f"{_line_end()}Stopped early; {args.output} is closed properly.", file=sys.stderr)
        return TERMINATED if isinstance(interrupt, Terminated) else INTERRUPTED
    return 0


def _listeners(plan: ScanPlan, args: argparse.Namespace, early_end: EarlyEnd) -> tuple[OnProgress, Gate]:
    from swmr_viewer.simulator.writer import Handshake

    handshake = Handshake(sys.stdout, sys.stdin)
    gate: Gate = handshake.wait if args.step else lambda _: None
    show = handshake.report if args.handshake or args.step else _ProgressLines(plan, args.output).report

    def report(progress: Progress) -> None:
        early_end.protect()
        show(progress)

    return report, gate


def _line_end() -> str:
    return "\n" if sys.stderr.isatty() else ""


class _ProgressLines:
    """Progress as text on standard error: one line rewritten on a terminal, a few lines elsewhere."""

    def __init__(self, plan: ScanPlan, path: str) -> None:
        self._plan = plan
        self._path = path
        self._on_terminal = sys.stderr.isatty()
        self._start_s = self._reported_s = time.monotonic()
        self._n_reported = -1

    def report(self, progress: Progress) -> None:
        """Print what is worth a line."""
        if progress.stage == "swmr":
            self._start_s = time.monotonic()
            size = size_text(self._plan.frame_shape)
            frame = f"frames of {size} {self._plan.dtype}" if size else f"scalars, {self._plan.dtype}"
            self._put(f"Writing {self._path}: {progress.n_points} {frame}, one every {self._plan.period_s:g} s. It can be followed now.\n")
        elif progress.stage in ("frame", "burst") and self._is_due(progress):
            self._put(self._line(progress))
        elif progress.stage == "closed":
            last = f"{self._line(progress)}\n" if self._on_terminal else ""
            self._put(f"{last}Closed {self._path}: {progress.n_complete} of {progress.n_points} frames complete.\n")

    def _is_due(self, progress: Progress) -> bool:
        if self._on_terminal:
            due = time.monotonic() - self._reported_s >= REPORT_PERIOD_S
        else:
            due = progress.n_complete * N_PLAIN_REPORTS // progress.n_points > self._n_reported
        if due:
            self._reported_s = time.monotonic()
            self._n_reported = progress.n_complete * N_PLAIN_REPORTS // progress.n_points
        return due

    def _line(self, progress: Progress) -> str:
        rate_hz = progress.n_complete / max(1e-9, time.monotonic() - self._start_s)
        text = f"{progress.n_complete} of {progress.n_points} frames, {rate_hz:.1f} Hz"
        return f"\r{text:<60}" if self._on_terminal else f"{text}\n"

    def _put(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
