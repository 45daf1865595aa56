"""A screen of our own to look at (Xvfb), what a program that runs on it costs, and what it shows of a coded scan."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import psutil

from tests.benchmarks.coded_scan import CELLS, CODES, cells_of

WIDTH, HEIGHT = 1600, 1000
LOOK_S = 0.0005
"""From one look at the screen to the next."""
CHANGED = 120
"""A pixel whose red, green and blue change by more together is another one."""

Picture = npt.NDArray[np.uint8]


def is_there() -> bool:
    """Whether such a screen can be made on this machine."""
    return shutil.which("Xvfb") is not None


class Screen:
    """A screen whose pixels lie in a file that is mapped: to look at it asks the server nothing. Use it in a ``with`` statement."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        told, tells = os.pipe()
        size = f"{WIDTH}x{HEIGHT}x24"
        command = ["Xvfb", "-displayfd", str(tells), "-screen", "0", size, "-fbdir", str(self._folder), "-nolisten", "tcp"]
        self._server = subprocess.Popen(command, pass_fds=[tells], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(tells)
        with open(told) as pipe:
            self.name = f":{pipe.readline().strip()}"
        mapped = np.memmap(self._folder / "Xvfb_screen0", np.uint8, "r")
        head = mapped[:100].view(">u4")  # an XWD file: the header's size, bytes per line (12) and number of colours (19), 12 bytes each
        start = int(head[0]) + 12 * int(head[19])
        lines = mapped[start : start + HEIGHT * int(head[12])].reshape(HEIGHT, -1)
        self.pixels: Picture = lines[:, : 4 * WIDTH].reshape(HEIGHT, WIDTH, 4)[:, :, :3]
        return self

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.wait()

    def settled(self, before: npt.NDArray[np.int16], quiet_s: float, bound_s: float = 40.0) -> npt.NDArray[np.int16]:
        """Return the screen once something large changed, and then nothing large any more for a while."""
        seen, changed_s, end_s = before[::8, ::8], float("inf"), time.monotonic() + bound_s
        while (now_s := time.monotonic()) < end_s and now_s - changed_s < quiet_s:
            time.sleep(0.02)
            now = self.pixels[::8, ::8].astype(np.int16)
            if np.count_nonzero((now != seen).any(axis=2)) > seen.size // 500:
                changed_s = now_s
            seen = now
        return self.picture()

    def picture(self) -> npt.NDArray[np.int16]:
        """Return what is on it now: (rows, columns, blue green red)."""
        return self.pixels.astype(np.int16)


class ShownCode:
    """Where the cells of a coded frame are on the screen, found from pictures of the first two codes, which differ in every cell.

    Raises
    ------
    SystemExit
        If nothing as large as a picture changed between the two.
    """

    def __init__(self, screen: Screen, first: npt.NDArray[np.int16], second: npt.NDArray[np.int16]) -> None:
        changed = np.abs(first - second).sum(axis=2) > CHANGED
        spans = [np.flatnonzero(changed.sum(axis=other) > changed.sum(axis=other).max() / 2) for other in (1, 0)]
        if min(map(len, spans)) < 200:
            raise SystemExit("the frames are not seen on the screen")
        places = (np.arange(2 * CELLS) + 0.5) / (2 * CELLS)  # two points each way in each cell
        self.box = tuple(int(edge) for span in spans for edge in (span[0], span[-1]))
        """Top, bottom, left, right of the picture (px)."""
        at = [np.round(span[0] + places * (span[-1] - span[0])).astype(int) for span in spans]
        self._at = np.ix_(*at)
        sums = [picture[self._at].sum(axis=2) for picture in (first, second)]
        self._middle, self._is_white_above = (sums[0] + sums[1]) / 2, (sums[0] > sums[1]) == self._points(CODES[0])
        self._pixels = screen.pixels
        self._codes = {self._points(code).tobytes(): code for code in CODES}

    def _points(self, code: int) -> npt.NDArray[np.bool_]:
        return np.kron(cells_of(code), np.ones((2, 2), bool))

    def read(self) -> int | None:
        """Return the code that is seen; None while the points do not agree on one: a picture that is half painted is none."""
        seen = (self._pixels[self._at].sum(axis=2, dtype=np.int16) > self._middle) == self._is_white_above
        return self._codes.get(seen.tobytes())

    def changes_until(self, over: Callable[[], bool]) -> list[tuple[float, int]]:
        """Return when (``time.monotonic``) which code came."""
        found, last, is_over = list[tuple[float, int]](), self.read(), False
        while not is_over:
            time.sleep(LOOK_S)
            is_over = over()
            code = self.read()
            if code is not None and code != last:
                found.append((time.monotonic(), code))
                last = code
        return found


class Program:
    """A program on the screen, with all processes that it starts; it is ended at the end of a ``with`` statement."""

    def __init__(self, command: list[str], screen: Screen, home: Path) -> None:
        environment = {key: value for key, value in os.environ.items() if key not in ("WAYLAND_DISPLAY", "QT_SCALE_FACTOR")}
        environment |= {"DISPLAY": screen.name, "QT_QPA_PLATFORM": "xcb", "XDG_CONFIG_HOME": str(home), "HOME": str(home)}
        self.started_s = time.monotonic()
        self._process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        family = list(self._family())
        for process in family:
            with contextlib.suppress(psutil.Error):
                process.terminate()
        _, left = psutil.wait_procs(family, timeout=5)
        for process in left:
            process.kill()
        self._process.wait()

    def _family(self) -> Iterator[psutil.Process]:
        with contextlib.suppress(psutil.Error):
            first = psutil.Process(self._process.pid)
            yield from (first, *first.children(recursive=True))

    def _sum(self, number: Callable[[psutil.Process], float]) -> float:
        total = 0.0
        for process in self._family():
            with contextlib.suppress(psutil.Error):
                total += number(process)
        return total

    def processor_s(self) -> float:
        """Return the time at work of all its processes (s)."""

        def worked(process: psutil.Process) -> float:
            times: Any = process.cpu_times()
            return float(times.user + times.system)

        return self._sum(worked)

    def memory(self) -> float:
        """Return the memory of all its processes (bytes); what several share counts in part (PSS)."""
        return self._sum(lambda process: float(process.memory_full_info().pss))
