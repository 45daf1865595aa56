"""One long scan in one window: the parts ``frames`` and ``hour``."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from tests.reliability.soak.ending import results_in, what_is_left
from tests.reliability.soak.judging import HDF5_CACHE, grown, lasted
from tests.reliability.soak.led import Led, SoakError
from tests.reliability.soak.result import Result
from tests.reliability.soak.sampling import Sample, sample
from tests.reliability.soak.steady import Steady, sums_of
from tests.reliability.soak.window import REDUCTION

STARTED_S = 300.0
SPEAK_S = 300.0
"""So often it is said on standard error how far it is."""
SHORTEST_INTERVAL_S, LONGEST_INTERVAL_S, N_SAMPLES = 0.25, 5.0, 40


def soak_steady(name: str, scan: Steady, folder: Path, limit_s: float) -> Result:
    """Have a window follow one scan until everything of it was measured and reduced; at the limit what is left is cut off."""
    path, output, result = folder / "scan.nxs", folder / "scan-reduced.h5", Result(name)
    with ExitStack() as stack:
        writer = stack.enter_context(Led("steady", str(path), scan.to_json(), errors=folder / "writer.err", home=folder))
        window = stack.enter_context(Led("window", errors=folder / "window.err", home=folder))
        window.ask("output_to", str(folder))
        window.ask("expect", scan.to_json(), str(path))
        window.ask("open", str(path))
        _wait_for_the_first(window)
        watched = Watched(scan, window, writer, result, limit_s)
        n_frames = watched.while_written()
        has_all = watched.until_all_came(n_frames)
        told = window.ask("sample")
        n_wrong, n_missing = window.ask("check_values", n_frames)
        result.note_window(told, window.ask("state"), n_frames, n_wrong)
        window.tell('["close"]')
        result.faults += what_is_left(window, watched.samples)
    found = results_in(output, REDUCTION)[:n_frames]
    is_there = np.isfinite(found)
    result.expect("results in the output that are wrong", int(np.count_nonzero((found != sums_of(scan, n_frames)) & is_there)), 0)
    if has_all:
        result.expect("results that are missing in the output", int(np.count_nonzero(~is_there)), 0)
        result.expect("values of regions, and of the reduction, that are missing in the window", n_missing, 0)
    result.words.append(f"{told['n_painted']:,} frames painted, {len(watched.samples)} samples")
    result.rows += grown(watched.samples, hdf5_cache=HDF5_CACHE)
    live = [one for one in watched.samples if one.told["latencies_ms"]]
    result.rows += lasted(live, [[ms for _, ms in one.told["latencies_ms"]] for one in live], "key flushed -> painted")
    return result


def _wait_for_the_first(window: Led) -> None:
    """Wait until the first frames are measured and reduced: what starts is not what a soak looks at."""
    until_s = time.monotonic() + STARTED_S
    while not ((state := window.ask("state"))["n_measured"] and state["n_reduced"]):
        if time.monotonic() > until_s:
            raise SoakError(f"nothing was measured and reduced within {STARTED_S:.0f} s: {state}")
        time.sleep(0.1)


class Watched:
    """A window that follows a scan, and what is seen of it."""

    def __init__(self, scan: Steady, window: Led, writer: Led, result: Result, limit_s: float) -> None:
        self._limit_s = limit_s
        self._scan, self._window, self._writer, self._result = scan, window, writer, result
        self._interval_s = min(LONGEST_INTERVAL_S, max(SHORTEST_INTERVAL_S, scan.seconds / N_SAMPLES))
        self._began_s = self._spoke_s = time.monotonic()
        self.samples: list[Sample] = []

    def while_written(self) -> int:
        """Have the scan written, and look at the window again and again; return how many frames it has."""
        scan, is_told = self._scan, False
        self._writer.tell("go")
        while not self._writer.has_answered:
            self._look()
            if self._is_at_limit and not is_told:
                self._writer.tell("stop")
                is_told = True
                self._result.words.append(
                    f"ended at its limit of {self._limit_s / 60:.1f} minutes: {scan.n_frames:,} frames were to be written"
                )
            self._pause()
        n_frames, written_s = int(self._writer.answer()), time.monotonic() - self._began_s
        size = "x".join(map(str, scan.frame_shape))
        self._result.words.append(f"{n_frames:,} frames of {size} written in {written_s:.0f} s ({n_frames / written_s:,.0f}/s)")
        return n_frames

    def until_all_came(self, n_frames: int) -> bool:
        """Wait until the window has all frames, measured and reduced, and return whether it has; it is looked at further."""
        began_s = looked_s = time.monotonic()
        while not _has_all(state := self._window.ask("state"), n_frames):
            now_s = time.monotonic()
            if self._is_at_limit:
                done = f"{state['n_measured']:,} were measured and {state['n_reduced']:,} reduced"
                self._say_limit(f"of {n_frames:,} frames {done}, the rest is cut off")
                return False
            if now_s - looked_s > self._interval_s:
                looked_s = now_s
                self._look()
            time.sleep(min(0.2, self._interval_s))
        self._result.words.append(f"all of them were measured and reduced {time.monotonic() - began_s:.0f} s after the last one")
        return True

    def _say_limit(self, words: str) -> None:
        self._result.words.append(f"ended at its limit of {self._limit_s / 60:.1f} minutes: {words}")

    @property
    def _is_at_limit(self) -> bool:
        return time.monotonic() - self._began_s > self._limit_s

    def _look(self) -> None:
        now_s = time.monotonic()
        if now_s - self._spoke_s > SPEAK_S:
            self._spoke_s = now_s
            print(f"{(now_s - self._began_s) / 60:.0f} min: {self._window.ask('state')}", file=sys.stderr, flush=True)
        told, state = self._window.ask("sample"), self._window.ask("state")
        self.samples.append(sample(self._window.process.pid, told, self._began_s, state["n_complete"]))

    def _pause(self) -> None:
        until_s = time.monotonic() + self._interval_s
        while not self._writer.has_answered and (left_s := until_s - time.monotonic()) > 0:
            time.sleep(min(0.05, left_s))


def _has_all(state: dict[str, Any], n_frames: int) -> bool:
    has_all = state["n_complete"] == state["n_measured"] == state["n_reduced"] == n_frames
    return has_all and bool(state["is_ended"] and state["is_reduced"])
