"""What a frame costs the window's thread: the viewer's window beside pyqtgraph's ``ImageItem``, in turn, in one process.

Run ``python -m tests.benchmarks.window_thread``. Frames of 4371 x 4150 uint32, fitted to a view of 1200 x 900, off the screen unless
``QT_QPA_PLATFORM`` says otherwise. Counted is the processor time of the thread in all that it does for a frame: painting, and for
the viewer the texts, map, list and histogram that follow. That both drew the frame in the same colours is looked up in their pictures.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEventLoop, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QImage

from swmr_viewer.core.scan import position_of
from swmr_viewer.gui.application import application
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.display.color_maps import DEFAULT_COLOR_MAP, color_table
from swmr_viewer.reader import messages as m
from swmr_viewer.reader.messages import FollowRequest
from tests.gui.fakes import FakeSupervisor

SHAPE, VIEW = (4371, 4150), (1200, 900)
SCAN_SHAPE = (20, 30)
HIGH = 1000
N_BLOCKS = 8
N_FRAMES = 16
TICK_MS = 2
FRAME_MS = 200
"""From one frame to the next: all that follows a frame is done by then."""


class PreparedReader(FakeSupervisor):
    """Tells of a few frames that lie ready, again and again."""

    def prepare(self, frames: list[np.ndarray]) -> None:
        tell, told = self.say, list[Any]()
        self.say = lambda *events: told.extend(events)  # type: ignore[method-assign]
        for index, frame in enumerate(frames):
            self.say_frame(frame, index, SCAN_SHAPE)
        self.say = tell  # type: ignore[method-assign]
        self._prepared = told

    def release(self, event: m.FrameReady) -> None:
        """Keep it ready."""

    def tell(self, index: int) -> None:
        self.say_keys(SCAN_SHAPE, (index, index + 1), at_s=time.monotonic())
        event = self._prepared[index % len(self._prepared)]
        position, now_s = position_of(index, SCAN_SHAPE), time.monotonic()
        self.say(replace(event, generation=self.generation, index=index, position=position, key_seen_at_s=now_s))


class Turns(QObject):
    """Watches how long the event loop is not free, on request: the watching costs a little itself."""

    def __init__(self) -> None:
        super().__init__()
        self.longest_ms = 0.0
        self._last_s = 0.0
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._note)

    def watch(self, on: bool) -> None:
        self.longest_ms, self._last_s = 0.0, time.perf_counter()
        (self._timer.start if on else self._timer.stop)()

    def _note(self) -> None:
        now_s = time.perf_counter()
        self.longest_ms = max(self.longest_ms, 1000 * (now_s - self._last_s) - TICK_MS)
        self._last_s = now_s


def frame_of(number: int) -> np.ndarray:
    """Return a frame of blocks of one value each, others for another number."""
    values = np.random.default_rng(number).integers(0, HIGH, (N_BLOCKS, N_BLOCKS), dtype=np.uint32)
    rows, columns = (np.arange(size) * N_BLOCKS // size for size in SHAPE)
    return values[rows[:, None], columns]


def block_colors(picture: QImage, box: Any, view: Any) -> list[int]:
    """Return the colours in the middle of each block."""
    found = []
    for row, column in np.ndindex(N_BLOCKS, N_BLOCKS):
        middle = QPointF(*((n + 0.5) * size / N_BLOCKS for n, size in ((column, SHAPE[1]), (row, SHAPE[0]))))
        found.append(picture.pixel(view.mapFromScene(box.mapViewToScene(middle))))
    return found


class Viewer:
    """The viewer's window on a reader whose frames lie ready."""

    def __init__(self, frames: list[np.ndarray]) -> None:
        self._reader = PreparedReader()
        self._assembly = Assembly(self._reader)
        window = self._assembly.window
        window.show()
        self._assembly.session.open(FollowRequest("/data/scan.nxs"))
        self._reader.say_opened(SCAN_SHAPE, frame=SHAPE, dtype=frames[0].dtype.str)
        self._reader.prepare(frames)
        self.show(0)
        settle()
        self.image = window.frame_view.image
        self.painted_s = 0.0
        """The thread's time when the last frame was painted."""
        self.image.painted.connect(self._note_painted)
        for _ in range(3):
            missing = VIEW[0] - self.image.view.width(), VIEW[1] - self.image.view.height()
            window.resize(window.width() + missing[0], window.height() + missing[1])
            settle()
        window.display.fix_levels(0, HIGH)
        self.image.fit()

    def show(self, index: int) -> float:
        """Return what the scripted reader took of the thread (s)."""
        since_s = time.thread_time()
        self._reader.tell(index)
        return time.thread_time() - since_s

    def _note_painted(self) -> None:
        self.painted_s = time.thread_time()

    def colors(self) -> list[int]:
        return block_colors(self.image.view.viewport().grab().toImage(), self.image.box, self.image.view)

    def close(self) -> None:
        self._assembly.close()


class Peer:
    """An ``ImageItem`` in a view, and nothing else."""

    def __init__(self, frames: list[np.ndarray]) -> None:
        self._frames = frames
        self._view = pg.GraphicsLayoutWidget()
        self._view.resize(*VIEW)
        self._box = self._view.addViewBox(lockAspect=True, invertY=True)
        self._item = pg.ImageItem(axisOrder="row-major")
        self._item.setLookupTable(color_table(DEFAULT_COLOR_MAP))
        self._box.addItem(self._item)
        self._view.show()

    def show(self, index: int) -> float:
        """Return that nothing of it is somebody else's."""
        self._item.setImage(self._frames[index % len(self._frames)], levels=(0, HIGH))
        return 0.0

    def colors(self) -> list[int]:
        return block_colors(self._view.grab().toImage(), self._box, self._view)

    def close(self) -> None:
        self._view.close()


def settle(ms: int = FRAME_MS) -> None:
    """Let the event loop run for so long; the application's own loop would close the windows at its end."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def rows(n_frames: int = N_FRAMES) -> list[dict[str, Any]]:
    """Return what a frame costs, and the longest time that the event loop was not free."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application()
    frames = [frame_of(number) for number in range(3)]
    sides, turns = {"viewer": Viewer(frames), "peer": Peer(frames)}, Turns()
    settle()
    thread_ms, painted_ms, longest_ms = ({name: list[float]() for name in ("viewer", "peer")} for _ in range(3))
    for index in range(1, 2 * n_frames + 1):
        is_watched = index > n_frames
        for name, side in sides.items():
            turns.watch(is_watched)
            since_s = time.thread_time() + side.show(index)
            settle()
            if is_watched:
                longest_ms[name].append(turns.longest_ms)
            else:
                thread_ms[name].append(1000 * (time.thread_time() - since_s))
                painted_ms[name].append(1000 * (side.painted_s - since_s) if isinstance(side, Viewer) else thread_ms[name][-1])
        turns.watch(False)
        if sides["viewer"].colors() != sides["peer"].colors():
            raise SystemExit(f"frame {index}: the two drew other pictures")
    for side in sides.values():
        side.close()
    what = f"{SHAPE[0]}x{SHAPE[1]}, fitted to {VIEW[0]}x{VIEW[1]}"
    return [
        row(f"window thread until a frame is painted, {what}", painted_ms, median, n_frames),
        row(f"window thread per shown frame, with all that follows it, {what}", thread_ms, median, n_frames),
        row(f"longest block of the event loop for a frame, median, {what}", longest_ms, median, n_frames),
        row(f"the same, of all frames, {what}", longest_ms, max, n_frames),
    ]


def row(what: str, measured: dict[str, list[float]], number: Callable[[list[float]], float], runs: int) -> dict[str, Any]:
    ours, peer = (number(one) for one in measured.values())
    compared = {"ours": ours, "peer": peer, "peer_name": "pyqtgraph ImageItem", "ratio": ours / peer}
    return {"what": what, **compared, "unit": "ms", "runs": runs}


if __name__ == "__main__":
    for one in rows():
        print(json.dumps(one))
