"""The log of one process: lines are taken at once, whoever brings them, and written by a thread that may wait for storage."""

from __future__ import annotations

import logging
import os
import platform
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from swmr_viewer.core.plain_text import plain
from swmr_viewer.program_log.crash_file import crashes_in, crashes_noted
from swmr_viewer.program_log.old_logs import name_of_log, remove_old
from swmr_viewer.program_log.repeats import Repeats

MAX_BYTES = 1_000_000
N_ROTATED = 2
"""Files beside the one that is written."""
MOST_WAITING = 1000
"""Lines that may wait for storage; what comes then is counted, and lost."""
KEPT_LINES = 200
MOST_DETAILS = 200
"""Lines of details that are written: a traceback of a recursion is a thousand."""
_FORMAT = logging.Formatter("%(asctime)s  %(levelname)-7s  %(message)s")


class ProgramLog:
    """Writes what it is told; nothing here waits for storage, and nothing raises.

    Parameters
    ----------
    folder : Path
        Where; it is made if it is not there.
    begin : str
        The first line.
    clock : callable
        Monotonic seconds, by which repeated lines are left out.
    """

    def __init__(
        self,
        folder: Path,
        begin: str = "",
        *,
        max_bytes: int = MAX_BYTES,
        most_waiting: int = MOST_WAITING,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = folder / name_of_log(platform.node(), os.getpid(), time.time())
        self.fault = ""
        """Why nothing is written, in words; empty: all is well."""
        self.n_lost = 0
        """Lines that were not written."""
        self._max_bytes = max_bytes
        self._repeats = Repeats(clock)
        self._kept: deque[str] = deque(maxlen=KEPT_LINES)
        self._waiting: queue.Queue[logging.LogRecord | None] = queue.Queue(most_waiting)
        self._lock = threading.Lock()
        if begin:
            self.info(begin)
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    # ---- telling

    def info(self, text: str) -> None:
        """Note what happened."""
        self._note(logging.INFO, text)

    def warning(self, text: str, details: str = "") -> None:
        """Note what went wrong, and the program goes on."""
        self._note(logging.WARNING, text, details)

    def error(self, text: str, details: str = "") -> None:
        """Note what went wrong, and something does not go on."""
        self._note(logging.ERROR, text, details)

    def tail(self, n_lines: int) -> tuple[str, ...]:
        """Return the last lines that were told, whether they are written by now or not."""
        with self._lock:
            return tuple(self._kept)[-n_lines:]

    def _note(self, level: int, text: str, details: str = "") -> None:
        with self._lock:
            is_written, left_out = self._repeats.passed(text)
            if not is_written:
                return
            more = f" ({left_out} more like this were left out)" if left_out else ""
            record = _record(level, "\n".join((f"{plain(text)}{more}", *_indented(details))))
            self._kept.extend(_FORMAT.format(record).split("\n"))
            try:
                self._waiting.put_nowait(record)
            except queue.Full:
                self.n_lost += 1

    # ---- writing

    def _run(self) -> None:
        folder = self.path.parent
        with suppress(OSError, ValueError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            remove_old(folder, platform.node(), time.time())
            if crashes := crashes_in(folder):
                self.warning(f"The last crash of this program is in {crashes[-1]}")
        with crashes_noted(self.path):
            self._write_all(_File(self))

    def _write_all(self, handler: _File) -> None:
        n_told = 0
        while (record := self._waiting.get()) is not None:
            if self.n_lost > n_told and not self.fault:
                handler.emit(_record(logging.WARNING, f"{self.n_lost - n_told} lines are lost here: storage was slower than they came"))
                n_told = self.n_lost
            handler.emit(record)
        with suppress(OSError, ValueError):
            handler.close()

    def close(self, within_s: float = 1.0) -> bool:
        """Write what waits and end; return whether that was done in time. May be called again."""
        deadline = time.monotonic() + within_s
        with suppress(queue.Full):
            self._waiting.put(None, timeout=within_s)
        self._thread.join(max(0.0, deadline - time.monotonic()))
        return not self._thread.is_alive()


class _File(RotatingFileHandler):
    """Notes why it cannot write, in place of printing it for each line."""

    def __init__(self, log: ProgramLog) -> None:
        super().__init__(log.path, maxBytes=log._max_bytes, backupCount=N_ROTATED, encoding="utf-8", delay=True, errors="backslashreplace")
        self.setFormatter(_FORMAT)
        self._log = log
        self._has_failed = False

    def emit(self, record: logging.LogRecord) -> None:
        self._has_failed = False
        super().emit(record)
        if not self._has_failed:
            self._log.fault = ""

    def handleError(self, record: logging.LogRecord) -> None:
        error = sys.exc_info()[1]
        self._has_failed = True
        self._log.fault = f"{getattr(error, 'strerror', None) or error}"
        self._log.n_lost += 1


def _record(level: int, text: str) -> logging.LogRecord:
    return logging.LogRecord("swmr_viewer", level, "", 0, text, None, None)


def _indented(details: str) -> list[str]:
    lines = details.splitlines()
    dropped = len(lines) - MOST_DETAILS
    if dropped > 0:
        lines = [*lines[: MOST_DETAILS // 2], f"... {dropped} lines ...", *lines[-MOST_DETAILS // 2 :]]
    return [f"    {plain(line)}" for line in lines]
