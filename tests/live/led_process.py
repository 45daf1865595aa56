"""A module of writers that runs as a process of its own and does what a test tells it, one JSON line a step."""

from __future__ import annotations

import json
import subprocess
import sys
from types import TracebackType
from typing import Any, Self


class LedProcess:
    """The process that a subclass tells what to do: its own module, run with ``--serve``; use it in a ``with`` statement."""

    def __enter__(self) -> Self:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([sys.executable, "-m", type(self).__module__, "--serve"], stdin=pipe, stdout=pipe, text=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()

    def kill(self) -> None:
        """End it as a crash would: its files keep their SWMR flag."""
        self._process.kill()
        self._process.communicate()

    def _do(self, verb: str, *arguments: Any) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([verb, arguments]), file=self._process.stdin, flush=True)
        assert self._process.stdout.readline() == "done\n", "the writer died"


def serve(writer: object) -> None:
    """Let a writer do what each line of standard input says."""
    for line in sys.stdin:
        verb, arguments = json.loads(line)
        getattr(writer, verb)(*arguments)
        print("done", flush=True)
