"""A case through the reader behind its supervisor, as the window uses it: inspected, followed, previewed, looked through."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from swmr_viewer.reader.messages import (
    AcknowledgeProgress,
    DataDescription,
    DataJoined,
    Ended,
    Event,
    Failed,
    Fault,
    FrameReady,
    Inspected,
    KeysChanged,
    Opened,
    Previewed,
    ReaderReplaced,
    ReaderStuck,
    ShowIndex,
    Stop,
)
from swmr_viewer.reader.supervision import Supervisor
from tests.reliability.fuzz.cases import Case
from tests.reliability.fuzz.judging import LONGEST_S, Outcome, Shown

STUCK_S = 5.0
_STEP_S = 0.02
_FRAME_WAIT_S = 0.4
_PATIENCE_S = 60.0
_MOST_LOOKED_AT, _MOST_DATA = 6, 3


class Readers:
    """Two supervisors over many cases: one follows, one looks at files that are not followed.

    Parameters
    ----------
    stuck_after_s : float
        Silence (s) after which a reader is replaced.
    """

    def __init__(self, stuck_after_s: float = STUCK_S) -> None:
        self._stuck_after_s = stuck_after_s
        self._following = self._made()
        self._looking = self._made()

    def _made(self) -> Supervisor:
        supervisor = Supervisor(stuck_after_s=self._stuck_after_s, n_slots=2)
        supervisor.start()
        return supervisor

    def close(self) -> None:
        """End both."""
        self._following.close(grace_s=1.0)
        self._looking.close(grace_s=1.0)

    def run(self, case: Case) -> Outcome:
        """Let a case go through."""
        run = _Run(case, self._following, self._looking)
        try:
            run.go()
        finally:
            if run.is_spoilt:  # the next case is to begin like any other
                self.close()
                self._following, self._looking = self._made(), self._made()
        return run.outcome


class _Run:
    def __init__(self, case: Case, following: Supervisor, looking: Supervisor) -> None:
        self._case, self._following, self._looking = case, following, looking
        self.outcome = Outcome()
        self._began = time.monotonic()
        self._generation = -1
        self._scan_shape: tuple[int, ...] = ()
        self._complete: np.ndarray = np.empty(0, np.int64)
        self._data: list[DataDescription] = []
        self._is_over = self._has_failed = False
        self._answered: set[tuple[int, str]] = set()
        self._open_ids: set[int] = set()
        self._found: Inspected | None = None
        self._has_open_ends = False
        """Whether a frame that was asked for did not come: it is late, or the reader hangs over it."""
        self.is_spoilt = False

    def go(self) -> None:
        for supervisor in (self._following, self._looking):
            _forget_peak(supervisor)
        self._open_ids.add(self._looking.inspect(str(self._case.main)))
        self._generation = self._following.follow(self._case.request)
        self._until(lambda: self._is_over, _PATIENCE_S)
        if not self._is_over:  # it is alive and has much to look through: whoever sits there can end that
            self.outcome.counts["stopped by the user"] += 1
            self._following.send(Stop(self._generation))
        self._until(lambda: self._is_over and not self._open_ids)
        if not self._is_over or self._open_ids:
            self.outcome.faults.append("there is no end, and no answer")
        self._preview()
        if not self._has_failed:
            self._look_through()
        self._until(lambda: not self._open_ids)
        if self._has_open_ends:
            self._until(lambda: self.is_spoilt or self._is_answering())
        self.outcome.seconds = time.monotonic() - self._began
        if self.outcome.seconds > LONGEST_S:
            self.is_spoilt = True

    def _preview(self) -> None:
        data = self._case.request.data_paths or tuple(one.path for one in self._data)
        if not data and self._found is not None and self._found.inspection is not None:
            data = self._found.inspection.data_paths
        if data:
            self._open_ids.add(self._looking.preview(replace(self._case.request, data_paths=data[:1])))

    def _look_through(self) -> None:
        chance = random.Random(self._case.number)
        for described in self._data[:_MOST_DATA]:
            some = self._complete[-1:].tolist() + chance.sample(self._complete.tolist(), min(_MOST_LOOKED_AT, self._complete.size))
            for index in some:
                if self._has_failed:
                    return
                asked = (index, described.path)
                self._answered.discard(asked)
                self._following.send(ShowIndex(self._generation, index, described.path, self._scan_shape))
                self._until(lambda asked=asked: asked in self._answered or self._has_failed, _FRAME_WAIT_S)
                self._has_open_ends |= asked not in self._answered

    # ---- events

    def _until(self, is_so: object, most_s: float = LONGEST_S) -> None:
        end = min(time.monotonic() + most_s, self._began + LONGEST_S + 1.0)
        while not is_so() and time.monotonic() < end:  # type: ignore[operator]
            for event in (*self._following.wait(_STEP_S / 2 if self._open_ids else _STEP_S), *self._look()):
                self._take(event)
            self._note_peaks()

    def _look(self) -> list[Event]:
        return self._looking.wait(_STEP_S / 2) if self._open_ids else []

    def _take(self, event: Event) -> None:
        case, outcome = self._case, self.outcome
        match event:
            case FrameReady():
                raw, _ = self._following.pixels(event)
                outcome.shown.append(Shown(event.data_path, event.position, self._scan_shape, raw.copy(), event.is_doubtful))
                del raw
                self._following.release(event)
                self._answered.add((event.index, event.data_path))
            case KeysChanged():
                self._scan_shape = event.scan_shape
                added = [np.arange(start, stop) for start, stop in _few(zip(*event.completed, strict=True))]
                self._complete = np.unique(np.concatenate([*([] if event.whole else [self._complete]), *added, np.empty(0, np.int64)]))
                self._following.send(AcknowledgeProgress(event.generation))
            case Opened() | DataJoined():
                self._data += event.data
                self._scan_shape = event.scan_shape if isinstance(event, Opened) else self._scan_shape
            case Ended():
                self._is_over = True
            case Failed(message=message, kind=kind):
                self._is_over = self._has_failed = True
                outcome.refuse(case, "failure", message, kind)
            case Fault(message=message, index=index, data_path=path):
                self._answered.add((-1 if index is None else index, path))
                outcome.refuse(case, "fault", message, None, names_file=False)
            case Inspected(request_id=number, inspection=inspection, message=message, kind=kind):
                self._open_ids.discard(number)
                self._found = event
                if inspection is None:
                    outcome.refuse(case, "inspection", message, kind)
            case Previewed(request_id=number, thumbnail=thumbnail, message=message, kind=kind):
                self._open_ids.discard(number)
                if thumbnail is None:
                    outcome.refuse(case, "preview", message, kind, names_file=False)
            case ReaderReplaced(why=why):
                outcome.replaced.append(why)
                self.is_spoilt = True
            case ReaderStuck():
                self.is_spoilt = True
            case _:
                pass

    def _is_answering(self) -> bool:
        with self._following._current.lock:
            return self._following._current._health.silence_s(time.monotonic()) < 1.0

    def _note_peaks(self) -> None:
        for supervisor in (self._following, self._looking):
            self.outcome.peak_bytes = max(self.outcome.peak_bytes, _peak_bytes(supervisor))


def _few(ranges: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield ranges, not more than a few indices of each: some files have more points than memory holds."""
    for start, stop in ranges:
        yield int(start), int(min(stop, start + 500))


def _pid(supervisor: Supervisor) -> int | None:
    process = supervisor._current.process
    return None if process is None else process.pid


def _forget_peak(supervisor: Supervisor) -> None:
    if sys.platform == "linux":
        with suppress(OSError):
            Path(f"/proc/{_pid(supervisor)}/clear_refs").write_text("5")


def _peak_bytes(supervisor: Supervisor) -> int:
    """Return the most memory that its reader used since the case began; 0 where the system does not tell."""
    with suppress(OSError, ValueError, IndexError):
        for line in Path(f"/proc/{_pid(supervisor)}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return 1024 * int(line.split()[1])
    return 0
