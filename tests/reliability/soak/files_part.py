"""Scan after scan in one window: the part ``files``; half of them come by the watched folder, the others are opened."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from tests.reliability.soak.ending import results_in, what_is_left
from tests.reliability.soak.judging import FEWEST, grown, lasted
from tests.reliability.soak.led import Led, SoakError
from tests.reliability.soak.many_files import KINDS, plan_of, totals_of
from tests.reliability.soak.result import Result
from tests.reliability.soak.sampling import Sample, sample
from tests.reliability.soak.window import REDUCTION

SPEAK_EVERY = 50
"""After so many it is said on standard error how far it is."""
SCAN_S = 300.0
"""Longer than this no scan may take to its first frame, and to its last result: a machine may be busy with other things."""


def is_watched_for(number: int) -> bool:
    """Whether a scan comes by the watched folder: two of them do, then two do not; each layout comes both ways."""
    return bool((number // 2 + number // len(KINDS)) % 2)


class Files:
    """The window, the writer and what was seen."""

    def __init__(self, folder: Path, window: Led, writer: Led, result: Result) -> None:
        self._folder, self._window, self._writer, self._result = folder, window, writer, result
        self._is_watching = False
        self.samples: list[Sample] = []
        self.opening_ms: list[list[float]] = []
        self._began_s = time.monotonic()
        self._totals: dict[int, Any] = {}
        self._last: list[Path] = []

    def show(self, number: int) -> None:
        """Have a scan written, shown and reduced, and look at what is held then."""
        is_watched = is_watched_for(number)
        path = self._folder / ("watched" if is_watched else "opened") / f"scan-{number:04}.nxs"
        output = self._folder / f"{path.stem}-reduced.h5"
        if number % SPEAK_EVERY == 0:
            print(f"file {number}, {(time.monotonic() - self._began_s) / 60:.0f} min", file=sys.stderr, flush=True)
        if is_watched != self._is_watching:
            self._window.ask(*(("watch", str(path.parent)) if is_watched else ("watch_no_more",)))
            self._is_watching = is_watched
        self._writer.tell(f"begin {number} {path}")
        self._writer.answer()
        if not is_watched:
            self._window.ask("open", str(path))
        self._wait(path, lambda state: state["first_painted_ms"] is not None)
        self._writer.tell("finish")
        n = self._writer.answer()
        state = self._wait(path, lambda state: state["is_ended"] and state["is_reduced"] and state["n_reduced"] == state["n_complete"] == n)
        self._result.expect(f"frames of {path.name} that were told to be complete", state["n_told"], n)
        told = self._window.ask("sample")
        self.samples.append(sample(self._window.process.pid, told, self._began_s, number + 1))
        self.opening_ms.append([] if is_watched else [state["first_painted_ms"]])
        self._check(output, number)
        for one in self._last:
            one.unlink()
        self._last = [path, output]

    def _wait(self, path: Path, is_so: Any) -> dict[str, Any]:
        began_s = time.monotonic()
        while True:
            state: dict[str, Any] = self._window.ask("state")
            if state["path"] == str(path) and is_so(state):
                return state
            if time.monotonic() - began_s > SCAN_S:
                raise SoakError(f"{path.name} was not shown and reduced to its end: {state}, {self._window.ask('sample')['problems']}")
            time.sleep(0.02)

    def _check(self, output: Path, number: int) -> None:
        kind = plan_of(number)
        expected = self._totals.setdefault(id(kind), totals_of(kind))
        n_wrong = int(np.count_nonzero(~np.isclose(results_in(output, REDUCTION), expected, rtol=1e-6, atol=0.0)))
        self._result.expect(f"results of scan {number} that are missing or wrong", n_wrong, 0)


def soak_files(n_files: int, folder: Path, limit_s: float) -> Result:
    """Show so many scans, one after another, until the limit."""
    result, began_s, n_shown = Result("files"), time.monotonic(), 0
    for name in ("watched", "opened"):
        (folder / name).mkdir()
    with ExitStack() as stack:
        writer = stack.enter_context(Led("many_files", errors=folder / "writer.err", home=folder))
        window = stack.enter_context(Led("window", errors=folder / "window.err", home=folder))
        window.ask("output_to", str(folder))
        files = Files(folder, window, writer, result)
        try:
            while n_shown < n_files and time.monotonic() - began_s < limit_s:
                files.show(n_shown)
                n_shown += 1
        except SoakError as error:
            result.faults.append(str(error))
        told = window.ask("sample")
        result.note_health(told)
        window.tell('["close"]')
        result.faults += what_is_left(window, files.samples)
    if n_shown < n_files:
        result.words.append(f"ended at its limit of {limit_s / 60:.1f} minutes: {n_files} files were to be shown")
    result.words.append(f"{n_shown} files shown and reduced in {time.monotonic() - began_s:.0f} s, {told['n_painted']:,} frames painted")
    if n_shown >= FEWEST:
        result.rows += grown(files.samples, window_threads=1)  # the one that looks into the folder
    result.rows += lasted(files.samples, files.opening_ms, "file opened -> first frame painted")
    return result
