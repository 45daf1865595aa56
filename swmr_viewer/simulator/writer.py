"""Write a planned scan as a real SWMR writer does: data, flush, key, flush, at an even pace."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, TextIO

import h5py
import numpy as np

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.simulator.layouts import LAY_OUT, OpenScan
from swmr_viewer.simulator.orders import IndexArray, dropped_indices, stored_indices
from swmr_viewer.simulator.pattern import warm_up
from swmr_viewer.simulator.plan import ScanPlan

LIBVER: Final = ("v110", "v110")
"""The oldest format with SWMR: readers of any later HDF5 can open it."""
DIED_STATUS: Final = 70
"""Exit status of a writer whose fault is to die."""


class ScanFileError(SwmrViewerError, OSError):
    """The file to write is in the way, or cannot be made."""


class Stage(StrEnum):
    """What the writer has just done."""

    CREATED = "created"
    """Every object is in the file; not yet in SWMR mode."""
    SWMR = "swmr"
    KEY = "key"
    """One key was set and flushed."""
    FRAME = "frame"
    """All keys of one index are set."""
    BURST = "burst"
    """The keys of one burst of frames were set and flushed (only where a burst is more than one frame)."""
    TICK = "tick"
    """One period is over, or one burst is written."""
    FINISHED = "finished"
    """All keys and the finished flag are set; the file is still open."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of the writer."""

    stage: Stage
    key_number: int = 0
    index: int = -1
    """For ``BURST``: the number of its first visit (its place in the order of visiting)."""
    n_complete: int = 0
    n_points: int = 0
    n_visits: int = 0
    """For ``BURST``: how many visits it is of; dropped keys among them are not set."""


OnProgress = Callable[[Progress], None]
Gate = Callable[[Stage], None]


def write_scan(
    plan: ScanPlan,
    path: str | Path,
    *,
    force: bool = False,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.time,
    on_progress: OnProgress = lambda _: None,
    gate: Gate = lambda _: None,
    die: Callable[[int], object] = os._exit,
) -> None:
    """Write the whole scan; the file is closed properly whatever is raised on the way.

    Parameters
    ----------
    plan : ScanPlan
        What to write.
    path : path
        The file; it must not exist, unless ``force``.
    force : bool
        Replace a file of this name: as a new file, so that readers of the old one are left in peace.
    clock, sleep : callable
        Seconds, monotonic; and waiting for some of them.
    now : callable
        Seconds since 1970: the time that frames are stamped with.
    on_progress : callable
        Called after each step.
    gate : callable
        Called before ``SWMR``, each ``TICK``, ``FINISHED`` and ``CLOSED``; may wait, or raise to end it.
    die : callable
        Ends the process at once, for the fault of this name.

    Raises
    ------
    ScanFileError
        If the file exists, cannot be created, or cannot be written to the end.
    """
    warm_up(plan)
    with _explained(Path(path)), _create(Path(path), force) as h5file:
        writing = _Writing(plan, LAY_OUT[plan.layout](h5file, plan, now), on_progress, die)
        writing.report(Stage.CREATED)
        gate(Stage.SWMR)
        h5file.swmr_mode = True
        writing.report(Stage.SWMR)
        start = clock()
        for tick in range(plan.n_ticks):
            # From the start, not from the last frame: an absolute schedule does not drift.
            _sleep_until(start + tick * plan.burst * plan.period_s, clock, sleep)
            gate(Stage.TICK)
            writing.tick(tick)
        gate(Stage.FINISHED)
        writing.scan.finish()
        writing.report(Stage.FINISHED)
        gate(Stage.CLOSED)
    writing.report(Stage.CLOSED)


class _Writing:
    """The state of one scan being written."""

    def __init__(self, plan: ScanPlan, scan: OpenScan, on_progress: OnProgress, die: Callable[[int], object]) -> None:
        self.scan = scan
        self._plan = plan
        self._on_progress = on_progress
        self._die = die
        self._visits = stored_indices(plan)
        self._dropped = np.array(sorted(dropped_indices(plan)), np.int64)
        self._dies_at = plan.n_points // 2 if plan.fault == "die" else -1
        self._n_complete = 0

    def tick(self, tick: int) -> None:
        """Let each detector write the frames that are due, in the order of their lags."""
        for number, lag in enumerate(self._plan.lags):
            first = (tick - lag) * self._plan.burst
            if 0 <= first < self._plan.n_points:
                self._write(number, first, self._visits[first : first + self._plan.burst])
        self.report(Stage.TICK)

    def _write(self, number: int, first: int, visited: IndexArray) -> None:
        channel, indices = self.scan.channels[number], np.sort(visited)
        channel.write_frames(indices)
        if number == 0 and first <= self._dies_at < first + len(visited):
            self._die(DIED_STATUS)
        kept = indices[~np.isin(indices, self._dropped)] if self._dropped.size else indices
        due = indices if number else kept
        if due.size:
            channel.set_keys(due)
        if number == self._plan.n_channels - 1:
            self._n_complete += kept.size
        self._report_keys(number, first, visited, due, kept)

    def _report_keys(self, number: int, first: int, visited: IndexArray, due: IndexArray, kept: IndexArray) -> None:
        """Report which keys are set: one by one, or a whole burst in one line, since lines cost more than points."""
        if self._plan.burst > 1:
            self.report(Stage.BURST, number, first, visited.size)
            return
        for index in due.tolist():
            self.report(Stage.KEY, number, index)
        for index in kept.tolist() if number == self._plan.n_channels - 1 else ():
            self.report(Stage.FRAME, number, index)

    def report(self, stage: Stage, key_number: int = 0, index: int = -1, n_visits: int = 0) -> None:
        self._on_progress(Progress(stage, key_number, index, self._n_complete, self._plan.n_points, n_visits))


def _sleep_until(due: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
    remaining = due - clock()
    if remaining > 0:
        sleep(remaining)


def _create(path: Path, force: bool) -> h5py.File:
    if not path.parent.is_dir():
        raise ScanFileError(f"{path} cannot be created: there is no folder {path.parent}.", "Make the folder, or give another name.")
    try:
        if force:
            path.unlink(missing_ok=True)
        return h5py.File(path, "x", libver=LIBVER)
    except FileExistsError as error:
        raise ScanFileError(f"{path} is there already.", "Give another name, or --force to replace it.") from error
    except OSError as error:
        raise ScanFileError(
            f"{path} cannot be created: {_why(error)}.", "Check the folder and its permissions, or give another name."
        ) from error


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what HDF5 says when a disk is full or gone into a sentence."""
    try:
        yield
    except SwmrViewerError:
        raise
    except (OSError, RuntimeError) as error:
        raise ScanFileError(f"{path} could not be written further: {_why(error)}.", "Check the space and the state of the disk.") from error


def _why(error: Exception) -> str:
    return os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)


class Handshake:
    """What ``write_scan`` takes as ``on_progress`` and, when led, as ``gate``."""

    def __init__(self, lines_out: TextIO, lines_in: TextIO) -> None:
        self._out = lines_out
        self._in = lines_in
        self._led = True

    def report(self, progress: Progress) -> None:
        """Write one line about this step."""
        self._out.write(f"{_line(progress)}\n")
        self._out.flush()

    def wait(self, _stage: Stage) -> None:
        """Wait for a line.

        Raises
        ------
        KeyboardInterrupt
            If the leader wants the file closed, or is gone.
        """
        if not self._led:
            return
        word = self._in.readline().strip()
        if word == "run":
            self._led = False
        elif word != "step":
            raise KeyboardInterrupt


def _line(progress: Progress) -> str:
    if progress.stage is Stage.KEY:
        return f"key {progress.key_number} {progress.index}"
    if progress.stage is Stage.BURST:
        return f"burst {progress.key_number} {progress.index} {progress.n_visits}"
    return f"frame {progress.index}" if progress.stage is Stage.FRAME else progress.stage.value
