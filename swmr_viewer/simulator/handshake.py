"""Let another program follow the writer, or lead it step by step, over standard output and input.

Each line out says what was just done: ``created``, ``swmr``, ``key NUMBER INDEX``, ``frame INDEX`` (all keys of this
index are set), ``burst NUMBER FIRST COUNT`` (in place of both, where frames come in bursts: the keys of COUNT visits
from the FIRST on are set), ``tick`` (one period is over), ``finished`` (flag set), ``closed``. When led, the writer waits for a line
before it enters SWMR mode, before each tick, before the finished flag and before it closes: ``step`` goes on,
``run`` goes on without waiting any more, ``close`` (or the end of input: the leader is gone) closes the file early.
"""

from __future__ import annotations

from typing import TextIO

from swmr_viewer.simulator.writer import Progress, Stage


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
