"""One long scan in one window: the parts ``frames`` and ``hour``."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from tests.reliability.soak.ending import results_in, what_is_left
from tests.reliability.soak.judging import grown, lasted
from tests.reliability.soak.led import Led, SoakError
from tests.reliability.soak.result import Result
from tests.reliability.soak.sampling import Sample, sample
from tests.reliability.soak.steady import Steady, sums_of
from tests.reliability.soak.window import REDUCTION

SETTLE_S, PER_FRAME_S = 120.0, 1 / 300
"""So long after the last frame, and for each frame, may the window and the reduction take to have all of them."""
SHORTEST_INTERVAL_S, LONGEST_INTERVAL_S, N_SAMPLES = 0.25, 5.0, 40


def soak_steady(name: str, scan: Steady, folder: Path, limit_s: float) -> Result:
    """Have a window follow one scan to its end; it is ended early at the limit."""
    path, output, result = folder / "scan.nxs", folder / "scan-reduced.h5", Result(name)
    with ExitStack() as stack:
        writer = stack.enter_context(Led("steady", str(path), scan.to_json(), errors=folder / "writer.err", home=folder))
        window = stack.enter_context(Led("window", errors=folder / "window.err", home=folder))
        window.ask("output_to", str(folder))
        window.ask("expect", scan.to_json(), str(path))
        window.ask("open", str(path))
        watched = Watched(scan, window, writer, result)
        n_frames = watched.while_written(limit_s)
        watched.until_all_came(n_frames)
        told = window.ask("sample")
        result.note_window(told, window.ask("state"), n_frames, n_wrong=window.ask("n_wrong_values", n_frames))
        window.tell('["close"]')
        result.faults += what_is_left(window, watched.samples)
    found = results_in(output, REDUCTION)[:n_frames]
    result.expect("results in the output that are missing or wrong", int(np.count_nonzero(found != sums_of(scan, n_frames))), 0)
    result.words.append(f"{told['n_painted']:,} frames painted, {len(watched.samples)} samples")
    result.rows += grown(watched.samples)
    live = [one for one in watched.samples if one.told["latencies_ms"]]
    result.rows += lasted(live, [[ms for _, ms in one.told["latencies_ms"]] for one in live], "key flushed -> painted")
    return result


class Watched:
    """A window that follows a scan, and what is seen of it."""

    def __init__(self, scan: Steady, window: Led, writer: Led, result: Result) -> None:
        self._scan, self._window, self._writer, self._result = scan, window, writer, result
        self._interval_s = min(LONGEST_INTERVAL_S, max(SHORTEST_INTERVAL_S, scan.seconds / N_SAMPLES))
        self._began_s = time.monotonic()
        self.samples: list[Sample] = []

    def while_written(self, limit_s: float) -> int:
        """Have the scan written, and look at the window again and again; return how many frames it has."""
        scan, is_told = self._scan, False
        self._writer.tell("go")
        while not self._writer.has_answered:
            self._look()
            if time.monotonic() - self._began_s > limit_s and not is_told:
                self._writer.tell("stop")
                is_told = True
                self._result.words.append(f"ended at its limit of {limit_s / 60:.1f} minutes: {scan.n_frames:,} frames were to be written")
            self._pause()
        n_frames, written_s = int(self._writer.answer()), time.monotonic() - self._began_s
        size = "x".join(map(str, scan.frame_shape))
        self._result.words.append(f"{n_frames:,} frames of {size} written in {written_s:.0f} s ({n_frames / written_s:,.0f}/s)")
        return n_frames

    def until_all_came(self, n_frames: int) -> None:
        """Wait until the window has all frames, measured and reduced; it is looked at further."""
        began_s = looked_s = time.monotonic()
        while not _has_all(state := self._window.ask("state"), n_frames):
            now_s = time.monotonic()
            if now_s - began_s > SETTLE_S + n_frames * PER_FRAME_S:
                raise SoakError(f"of {n_frames} frames not all came to the window, or were measured and reduced: {state}")
            if now_s - looked_s > self._interval_s:
                looked_s = now_s
                self._look()
            time.sleep(min(0.2, self._interval_s))
        self._result.words.append(f"all of them were measured and reduced {time.monotonic() - began_s:.0f} s after the last one")

    def _look(self) -> None:
        """Take a sample; before frames are measured and reduced it is the start that one would see."""
        told, state = self._window.ask("sample"), self._window.ask("state")
        if not (state["n_measured"] and state["n_reduced"]):
            return
        self.samples.append(sample(self._window.process.pid, told, self._began_s, state["n_complete"]))

    def _pause(self) -> None:
        until_s = time.monotonic() + self._interval_s
        while not self._writer.has_answered and (left_s := until_s - time.monotonic()) > 0:
            time.sleep(min(0.05, left_s))


def _has_all(state: dict[str, Any], n_frames: int) -> bool:
    has_all = state["n_complete"] == state["n_measured"] == state["n_reduced"] == n_frames
    return has_all and bool(state["is_ended"] and state["is_reduced"])
