"""``swmr-viewer`` in a process of its own, which measures and reduces what it is told to open: ``python -m tests.reliability.soak.window``.

It reads lines ``[verb, arguments ...]`` as JSON from standard input, and answers each with a line; the verbs are the methods of `Window`.
"""

from __future__ import annotations

import gc
import json
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from swmr_viewer import cli
from swmr_viewer.gui import application
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.quantities import Kind
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.reader.supervision import Supervisor
from swmr_viewer.scan_model import Problem
from swmr_viewer.watching import WatchRule
from tests.reliability.soak.steady import frames_of, noise, steady_of, sums_of, times_path

REDUCTION = "statistics"
TURN_MS = 20
"""Between two looks at the clock, by which long turns of the event loop are found."""
PREPARE_MS = 100


def regions_of(frame_shape: tuple[int, ...]) -> list[tuple[slice, ...]]:
    """Return the parts of a frame that are measured: two that overlap, wherever frames are so large."""
    return [tuple(slice(size // 8, size // 2) for size in frame_shape), tuple(slice(size // 4, 3 * size // 4) for size in frame_shape)]


class Window(QObject):
    """Does what it is told, and counts what it sees."""

    told = Signal(str)

    def __init__(self, assembly: Assembly, supervisor: Supervisor) -> None:
        super().__init__()
        self._assembly, self._supervisor = assembly, supervisor
        self._session, self._parts = assembly.session, assembly.window.reductions
        self._scan: Any = None
        self._times: Any = None
        self._output_folder = Path()
        self._opened_s = 0.0
        self._latencies: list[tuple[int, float]] = []
        self._first_painted_ms: float | None = None
        self._last_painted: tuple[int, int] | None = None
        self._n_painted = self._n_wrong = self._n_told = 0
        self._announced = np.zeros(0, np.bool_)
        self._problems: list[str] = []
        self._longest_turn_ms, self._turned_s = 0.0, time.perf_counter()
        assembly.window.panels.panel("measuring").show()
        self._parts.show_panel.trigger()
        self._reductions = self._parts.reductions  # made first: they forget their output where another file is opened, and then it is set
        self._connect()

    def _connect(self) -> None:
        session, view = self._session, self._assembly.window.frame_view
        self.told.connect(self._do, Qt.ConnectionType.QueuedConnection)
        session.request_changed.connect(self._on_request)
        session.frames_completed.connect(self._on_completed)
        session.problem_reported.connect(self.note_problem)
        for painted in (view.image.painted, view.curve.painted):
            painted.connect(self._on_painted)
        self._turns = QTimer(self, interval=TURN_MS, timerType=Qt.TimerType.PreciseTimer)
        self._turns.timeout.connect(self._note_turn)
        self._turns.start()
        self._preparing = QTimer(self, interval=PREPARE_MS)
        self._preparing.timeout.connect(self._measure_and_reduce)

    # ---- what it is told to do

    def output_to(self, folder: str) -> None:
        """Have the results of each scan in this folder."""
        self._output_folder = Path(folder)

    def expect(self, scan: str, path: str) -> None:
        """Compare what is seen with this `Steady` scan, whose writer is at work."""
        self._scan = steady_of(scan)
        self._common = noise(self._scan)
        self._times = np.memmap(times_path(Path(path)), np.int64, "r")

    def open(self, path: str) -> None:
        self._session.open(FollowRequest(path))

    def watch(self, folder: str) -> None:
        self._assembly.opening.watching.watch_folder(WatchRule(folder, "*.nxs"))

    def watch_no_more(self) -> None:
        self._assembly.opening.watching.watch.stop()

    def state(self) -> dict[str, Any]:
        """Return how far the scan is that is followed."""
        scan, run = self._session.scan, self._reductions.shown_run
        told = None if run is None or run.request.shows_only or run.generation != scan.generation else run.ended or run.progress
        return {
            "path": scan.request.path if scan.request is not None else "",
            "n_complete": scan.progress.n_complete if scan.progress is not None else 0,
            "n_told": self._n_told,
            "n_announced": int(np.count_nonzero(self._announced)),
            "is_ended": scan.ended is not None and not scan.is_still_following,
            "n_reduced": told.n_reduced if told is not None else 0,
            "is_reduced": told is not None and run is not None and run.is_over,
            "reduction": f"{run.words} {[*run.told]}" if run is not None else "",
            "n_measured": scan.quantities.n_known("A.sum"),
            "first_painted_ms": self._first_painted_ms,
        }

    def sample(self) -> dict[str, Any]:
        """Return what is there now, after garbage was collected; latencies and turns are those since the sample before."""
        gc.collect()
        reduction = self._reductions._thread
        objects = gc.get_objects()
        latencies, self._latencies = self._latencies, []
        found = {
            "pids": {"reader": self._supervisor._current.process and self._supervisor._current.process.pid,
                     "reduction": reduction and reduction._process.pid},  # type: ignore[attr-defined]
            "latencies_ms": latencies,
            "longest_turn_ms": self._longest_turn_ms,
            "n_objects": len(objects),
            "n_qt_objects": self._n_qt_objects(),
            "n_python_threads": threading.active_count(),
            "n_slots": self._session.slots.number,
            "n_values": self._n_values(),
            "n_painted": self._n_painted,
            "n_wrong": self._n_wrong,
            "problems": self._problems,
        }  # fmt: skip
        del objects
        self._longest_turn_ms, self._turned_s = 0.0, time.perf_counter()
        return found

    def check_values(self, n_frames: int) -> tuple[int, int]:
        """Return how many sums of a steady scan's frames and regions, as the window has them, are wrong, and how many are missing."""
        table, parts = self._session.scan.quantities, regions_of(self._scan.frame_shape)
        pairs = [(f"{name}.sum", sums_of(self._scan, n_frames, part)) for name, part in zip("AB", parts, strict=True)]  # type: ignore[arg-type]
        pairs.append((f"{REDUCTION}.total", sums_of(self._scan, n_frames)))
        found = [(table.values(name)[:n_frames], expected) for name, expected in pairs]
        n_wrong = sum(int(np.count_nonzero(np.isfinite(values) & (values != expected))) for values, expected in found)
        return n_wrong, sum(int(np.count_nonzero(np.isnan(values))) for values, _ in found)

    def close(self) -> None:
        self._assembly.window.close()

    def end(self) -> None:
        """Count no more: the window is taken apart."""
        self._turns.stop()
        self._preparing.stop()

    # ---- what it sees

    def note_problem(self, problem: Problem) -> None:
        self._problems.append(f"{problem.message} {problem.details}".strip()[-2000:])

    def _on_request(self) -> None:
        self._opened_s, self._first_painted_ms, self._last_painted = time.perf_counter(), None, None
        self._announced, self._n_told = np.zeros(self._scan.n_frames if self._scan is not None else 0, np.bool_), 0
        request = self._session.scan.request
        if request is not None and request.path:
            self._reductions.set_output(str(self._output_folder / f"{Path(request.path).stem}-reduced.h5"))
            self._preparing.start()

    def _measure_and_reduce(self) -> None:
        """Draw the regions and start the reduction, once there is a frame to draw on."""
        shown, measurements = self._session.scan.shown, self._assembly.window.measuring.measurements
        if shown is None:
            return
        for rows, columns in regions_of(shown.raw.shape) if shown.raw.ndim == 2 and not measurements.marks.regions else ():
            measurements.draw("rectangle", ((columns.start, rows.start), (columns.stop, rows.stop)))
        choices, run = self._reductions.choices, self._reductions.shown_run
        if choices.chosen.name != REDUCTION:
            choices.choose(REDUCTION)
        if self._reductions.is_running or (run is not None and not run.request.shows_only):
            self._preparing.stop()
        elif self._parts.start.isEnabled():
            self._parts.start.trigger()

    def _on_completed(self, indices: Any) -> None:
        if indices.size and indices[-1] >= self._announced.size:
            self._announced = np.concatenate([self._announced, np.zeros(int(indices[-1]) + 1 - self._announced.size, np.bool_)])
        self._announced[indices] = True
        self._n_told += indices.size

    def _on_painted(self) -> None:
        now_ns, shown = time.monotonic_ns(), self._session.scan.shown
        if shown is None or self._last_painted == (shown.generation, shown.index):
            return
        self._last_painted = shown.generation, shown.index
        self._n_painted += 1
        if self._first_painted_ms is None:
            self._first_painted_ms = 1000 * (time.perf_counter() - self._opened_s)
        if self._scan is not None:
            self._n_wrong += not np.array_equal(shown.raw, frames_of(self._common, shown.index, shown.index + 1)[0])
            if shown.is_new and (flushed_ns := int(self._times[shown.index])):
                self._latencies.append((shown.index, (now_ns - flushed_ns) / 1e6))

    def _note_turn(self) -> None:
        now_s = time.perf_counter()
        self._longest_turn_ms = max(self._longest_turn_ms, 1000 * (now_s - self._turned_s) - TURN_MS)
        self._turned_s = now_s

    def _n_qt_objects(self) -> int:
        """Count widgets, actions and timers: what Qt makes within itself, as for rich text, would be kept in Python by being looked at."""
        parents, kinds = (self._assembly.window, self._session), (QWidget, QAction, QTimer)
        return sum(len(parent.findChildren(kind)) for parent in parents for kind in kinds)

    def _n_values(self) -> int:
        """Return how many values of scan points the window keeps, each of up to 8 bytes."""
        table = self._session.scan.quantities
        return sum(table.n_known(one.name) for one in table.offered() if one.kind in (Kind.FRAME, Kind.REGION, Kind.REDUCTION))

    def _do(self, line: str) -> None:
        verb, *arguments = json.loads(line)
        print(json.dumps(getattr(self, verb)(*arguments)), flush=True)


def _listen(window: Window) -> None:
    """Hand on each line; the end of them is the end of the window."""
    for line in sys.stdin:
        window.told.emit(line)
    with suppress(RuntimeError):  # it has ended before
        window.told.emit('["close"]')


class SoakedAssembly(Assembly):
    """The viewer, led by standard input."""

    def __init__(self, supervisor: Any, **options: Any) -> None:
        super().__init__(supervisor, **options)
        self.window.resize(1280, 800)
        self._soaked = Window(self, supervisor)
        threading.Thread(target=_listen, args=(self._soaked,), daemon=True).start()
        print("null", flush=True)

    def close(self) -> bool:
        self._soaked.end()
        return super().close()


def main() -> int:
    application.Assembly = SoakedAssembly  # type: ignore[misc]
    return cli.main([])


if __name__ == "__main__":
    sys.exit(main())
