"""The processes of a soak: each reads a line from standard input and answers with a line of JSON."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[3]
ANSWER_S = 120.0
"""Longer than this nothing may take to answer."""
END_S = 10.0


class SoakError(AssertionError):
    """Something that was promised did not hold."""


class Led:
    """A module that runs as a process of its own; use it in a ``with`` statement.

    Parameters
    ----------
    module : str
        Which one.
    arguments : str
        Of its command line.
    errors : Path
        Where what it says on standard error goes.
    home : Path
        Where it keeps its settings.
    """

    def __init__(self, module: str, *arguments: str, errors: Path, home: Path) -> None:
        self._command = [sys.executable, "-m", f"tests.reliability.soak.{module}", *arguments]
        self._errors, self._home = errors, home
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        names = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", *(f"XDG_{what}_HOME" for what in ("CONFIG", "DATA", "CACHE", "STATE")))
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **dict.fromkeys(names, str(self._home))}
        with self._errors.open("w") as errors:
            self.process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment, cwd=ROOT
            )
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()
        self.answer()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._listener.join()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            with contextlib.suppress(OSError):  # what could not be sent to a process that is gone
                stream.close()

    def tell(self, line: str) -> None:
        """Send a line, whose answer is awaited by ``answer``."""
        assert self.process.stdin is not None
        try:
            print(line, file=self.process.stdin, flush=True)
        except OSError as error:
            raise SoakError(f"{self._command[2]} is gone: {self.said}") from error

    def answer(self) -> Any:
        """Wait for the answer to the last line."""
        try:
            line = self._answers.get(timeout=ANSWER_S)
        except queue.Empty:
            raise SoakError(f"{self._command[2]} did not answer within {ANSWER_S:.0f} s: {self.said}") from None
        if not line:
            raise SoakError(f"{self._command[2]} ended with status {self.process.wait()}: {self.said}")
        return json.loads(line)

    def ask(self, verb: str, *arguments: Any) -> Any:
        """Have the window do something, and return what it answers."""
        self.tell(json.dumps([verb, *arguments]))
        return self.answer()

    @property
    def has_answered(self) -> bool:
        return not self._answers.empty()

    @property
    def said(self) -> str:
        """What it said on standard error."""
        return self._errors.read_text()[-4000:]

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._answers.put(line)
        self._answers.put("")
