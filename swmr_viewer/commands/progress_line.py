"""Progress for people on standard error: one line that is rewritten on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from swmr_viewer.commands.terminal import print_line
from swmr_viewer.core.plain_text import plain

PLAIN_EVERY_S = 10.0
_CLEAR = "\r\x1b[K"


class ProgressLine:
    """How far something is; that nobody can read it ends nothing.

    Parameters
    ----------
    stream : text stream or None
        Standard error; None: it was closed before we started.
    clock : callable
        Seconds.
    """

    def __init__(self, stream: TextIO | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._is_terminal = stream is not None and stream.isatty()
        self._shown = ""
        self._said_at = clock()

    def show(self, text: str) -> None:
        """Show this in place of what was shown last."""
        if self._is_terminal:
            self._shown = plain(text)[: shutil.get_terminal_size().columns - 1]
            self._write(f"{_CLEAR}{self._shown}")
        elif self._clock() - self._said_at >= PLAIN_EVERY_S:
            self._said_at = self._clock()
            print_line(text, self._stream)

    def say(self, text: str) -> None:
        """Print a sentence that stays."""
        self.clear()
        print_line(text, self._stream)

    def clear(self) -> None:
        """Take away what is shown, as before other text comes to the terminal."""
        if self._shown:
            self._shown = ""
            self._write(_CLEAR)

    def _write(self, text: str) -> None:
        if self._stream is not None:
            with suppress(OSError, UnicodeError):
                self._stream.write(text)
                self._stream.flush()


def duration_text(seconds: float) -> str:
    """Return a duration as people say it, in its two largest units."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
