"""A reader that tells twelve quantities of each of ten million scan points: the most that the window has to hold."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Iterator
from functools import partial
from math import prod
from multiprocessing.connection import Connection

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
_ACKNOWLEDGED = {m.AcknowledgeMeasured: "measured", m.AcknowledgeScalars: "read", m.AcknowledgeProgress: "keys"}
_READY, _DONE, _END = "ready", "done", "end"


class TellingReader(FakeSupervisor):
    """Tells all that is asked for, each message once the one before was acknowledged.

    As the reader's, the messages are made in a process of its own, and come through a pipe.
    """

    def __init__(self, *, at_random: bool = False) -> None:
        super().__init__()
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._teller = context.Process(target=_tell, args=(theirs, at_random), daemon=True)
        self._teller.start()
        theirs.close()
        assert self._pipe.recv() == _READY
        self._n_begun, self._n_done = 0, 0
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    @property
    def is_done(self) -> bool:
        return self._n_begun >= len(_ACKNOWLEDGED) and self._n_done == self._n_begun

    def follow(self, request: m.FollowRequest) -> int:
        generation = super().follow(request)
        axes = (ScanAxis("stage_y", "mm", tuple(np.arange(SHAPE[0]) / 8)), ScanAxis("stage_x", "mm", tuple(np.arange(SHAPE[1]) / 8)))
        self.say_opened(SHAPE, facts=DataFacts(unit="counts", scan_axes=axes))
        facts = [m.ScalarFact(name, "", f"/entry/{name}", m.ScalarKind.SCALAR) for name in FROM_FILE[1:]]
        motor = m.ScalarFact("stage_x", "mm", "/entry/stage_x", m.ScalarKind.POSITION, 1, is_read_back=True)
        self.say(m.ScalarsFound(generation, (motor, *facts)))
        self.say_frame(picture(), 0, SHAPE, at_s=time.monotonic())
        self._begin("keys", generation)
        return generation

    def send(self, request: object) -> None:
        super().send(request)
        if type(request) in _ACKNOWLEDGED:
            self._pipe.send((_ACKNOWLEDGED[type(request)], None))
            self.requests.clear()
        if isinstance(request, m.Measure) and request.regions:
            self._begin("measured", request)
        if isinstance(request, m.SendScalars) and set(request.names) == set(FROM_FILE):
            self._begin("read", request)

    def grow(self) -> None:
        """Tell that the inner axis became longer."""
        longer = SHAPE[0], SHAPE[1] + 500
        starts = np.arange(SHAPE[0]) * longer[1]
        keys = starts, starts + SHAPE[1]
        self.say(m.KeysChanged(self.generation, longer, (keys,), True, time.monotonic(), completed=keys))

    def end(self) -> None:
        self._pipe.send((_END, None))
        self._listener.join()
        self._teller.join()

    def _begin(self, what: str, about: object) -> None:
        self._n_begun += 1
        self._pipe.send((what, about))

    def _listen(self) -> None:
        while (event := self._pipe.recv()) != _END:
            if event == _DONE:
                self._n_done += 1
            else:
                self.say(event)


def _tell(pipe: Connection, at_random: bool) -> None:
    """Tell what is asked for, and what comes next of it whenever it is asked for again."""
    points = np.random.default_rng(0).permutation(np.arange(prod(SHAPE), dtype=np.int32)) if at_random else None
    told: dict[str, Iterator[m.Event]] = {}
    pipe.send(_READY)
    while (asked := pipe.recv())[0] != _END:
        what, about = asked
        if about is not None:
            told[what] = iter({"keys": _keys, "measured": partial(_measured, points), "read": _read}[what](about))
        event = next(told[what], None)
        if event is not None:
            pipe.send(event)
        elif what in told:
            pipe.send(_DONE)
    pipe.send(_END)


def _keys(generation: int) -> Iterator[m.KeysChanged]:
    for start in range(0, prod(SHAPE), _KEYS):
        keys = ranges((start, min(start + _KEYS, prod(SHAPE))))
        yield m.KeysChanged(generation, SHAPE, (keys,), start == 0, time.monotonic(), completed=keys)


def _measured(points: np.ndarray | None, request: m.Measure) -> Iterator[m.Measured]:
    random, columns = np.random.default_rng(1), (*m.FRAME_COLUMNS, *(f"{REGION}.{what}" for what in m.region_columns(2)))
    for start in range(0, prod(SHAPE), _ROWS):
        stop = min(start + _ROWS, prod(SHAPE))
        here = np.arange(start, stop) if points is None else np.sort(points[start:stop].astype(np.int64))
        values = random.random((here.size, len(columns)))
        for name, most in _WHOLE.items():
            values[:, columns.index(name)] = np.floor(values[:, columns.index(name)] * most)
        yield m.Measured(request.generation, request.revision, request.data_path, here, columns, values, SHAPE)


def _read(request: m.SendScalars) -> Iterator[m.ScalarsRead]:
    random = np.random.default_rng(2)
    for stop in range(prod(SHAPE), 0, -_POINTS):
        start = max(0, stop - _POINTS)
        values = random.random((stop - start, 3))
        values[:, 1] = np.floor(values[:, 1] * 1e5)
        values[:, 2] = np.round(values[:, 2] * 50, 2)
        told = values[:, [FROM_FILE.index(name) for name in request.names]]
        yield m.ScalarsRead(request.generation, request.names, ranges((start, stop)), told, SHAPE, False)
