"""A reader that tells twelve quantities of each of ten million scan points: the most that the window has to hold."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from math import prod

import numpy as np

from swmr_viewer.core.data_facts import DataFacts, ScanAxis
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor, picture, ranges

SHAPE = (2500, 4000)
FROM_FILE = ("stage_x", "I0", "temperature")
"""Read back with noise, counted, and measured to a hundredth."""
REGION = "A"
WANTED = ("total", "A.sum", "A.mean", "A.std", "A.centre_x", "A.centre_y", *FROM_FILE, "index", "A.sum / I0", "order")
_WHOLE = {
    "total": 2e9, "maximum": 1e6, "hottest_x": 4000, "hottest_y": 4000, "n_masked": 30_000, "n_saturated": 100,
    "A.sum": 1e10, "A.maximum": 1e6,
}  # fmt: skip
"""What is a whole number, and below what; mean, standard deviation and centre have all digits of a float64."""
_ROWS, _POINTS, _KEYS = 1024, 1 << 16, 1 << 17
"""In one message of what was measured, of what was read, and of keys."""
_ACKNOWLEDGED = (m.AcknowledgeMeasured, m.AcknowledgeScalars, m.AcknowledgeProgress)


class TellingReader(FakeSupervisor):
    """Tells all that is asked for, each message once the one before was acknowledged."""

    def __init__(self, *, at_random: bool = False) -> None:
        super().__init__()
        self._points = np.random.default_rng(0).permutation(np.arange(prod(SHAPE), dtype=np.int32)) if at_random else None
        self._threads: list[threading.Thread] = []
        self._ends = threading.Event()
        self._acknowledged = {kind: threading.Semaphore(1) for kind in _ACKNOWLEDGED}

    @property
    def is_done(self) -> bool:
        return len(self._threads) >= len(_ACKNOWLEDGED) and not any(thread.is_alive() for thread in self._threads)

    def follow(self, request: m.FollowRequest) -> int:
        generation = super().follow(request)
        axes = (ScanAxis("stage_y", "mm", tuple(np.arange(SHAPE[0]) / 8)), ScanAxis("stage_x", "mm", tuple(np.arange(SHAPE[1]) / 8)))
        self.say_opened(SHAPE, facts=DataFacts(unit="counts", scan_axes=axes))
        facts = [m.ScalarFact(name, "", f"/entry/{name}", m.ScalarKind.SCALAR) for name in FROM_FILE[1:]]
        motor = m.ScalarFact("stage_x", "mm", "/entry/stage_x", m.ScalarKind.POSITION, 1, is_read_back=True)
        self.say(m.ScalarsFound(generation, (motor, *facts)))
        self.say_frame(picture(), 0, SHAPE, at_s=time.monotonic())
        self._begin(self._keys(generation), m.AcknowledgeProgress)
        return generation

    def send(self, request: object) -> None:
        super().send(request)
        if type(request) in self._acknowledged:
            self._acknowledged[type(request)].release()
            self.requests.clear()
        if isinstance(request, m.Measure) and request.regions:
            self._begin(self._measured(request), m.AcknowledgeMeasured)
        if isinstance(request, m.SendScalars) and set(request.names) == set(FROM_FILE):
            self._begin(self._read(request), m.AcknowledgeScalars)

    def end(self) -> None:
        self._ends.set()
        for semaphore in self._acknowledged.values():
            semaphore.release(2)
        for thread in self._threads:
            thread.join()

    def _begin(self, events: Iterator[m.Event], acknowledged: type) -> None:
        def tell() -> None:
            for event in events:
                self._acknowledged[acknowledged].acquire()
                if self._ends.is_set():
                    return
                self.say(event)

        self._threads.append(threading.Thread(target=tell))
        self._threads[-1].start()

    def _keys(self, generation: int) -> Iterator[m.KeysChanged]:
        for start in range(0, prod(SHAPE), _KEYS):
            keys = ranges((start, min(start + _KEYS, prod(SHAPE))))
            yield m.KeysChanged(generation, SHAPE, (keys,), start == 0, time.monotonic(), completed=keys)

    def _measured(self, request: m.Measure) -> Iterator[m.Measured]:
        random, columns = np.random.default_rng(1), (*m.FRAME_COLUMNS, *(f"{REGION}.{what}" for what in m.region_columns(2)))
        for start in range(0, prod(SHAPE), _ROWS):
            stop = min(start + _ROWS, prod(SHAPE))
            here = np.arange(start, stop) if self._points is None else np.sort(self._points[start:stop].astype(np.int64))
            values = random.random((here.size, len(columns)))
            for name, most in _WHOLE.items():
                values[:, columns.index(name)] = np.floor(values[:, columns.index(name)] * most)
            yield m.Measured(request.generation, request.revision, request.data_path, here, columns, values, SHAPE)

    def _read(self, request: m.SendScalars) -> Iterator[m.ScalarsRead]:
        random = np.random.default_rng(2)
        for stop in range(prod(SHAPE), 0, -_POINTS):
            start = max(0, stop - _POINTS)
            values = random.random((stop - start, 3))
            values[:, 1] = np.floor(values[:, 1] * 1e5)
            values[:, 2] = np.round(values[:, 2] * 50, 2)
            told = values[:, [FROM_FILE.index(name) for name in request.names]]
            yield m.ScalarsRead(request.generation, request.names, ranges((start, stop)), told, SHAPE, False)
