"""JSON lines on standard output, whoever reads them: slowly, not at all, or not any more; and the exit statuses that go with them."""

from __future__ import annotations

import json
import select
import sys
from typing import Any, TextIO

from swmr_viewer.commands.terminal import output_errors_explained
from swmr_viewer.core.conditions import FILE_REPLACED, Timeout
from swmr_viewer.core.errors import FailureKind, Remedy

OK, BAD_INPUT, TIMED_OUT, FAILED, REPLACED = 0, 2, 3, 4, 5
_ROOM_S = 0.5


def status_of_end(reason: str) -> int:
    """Return the exit status of an end for this reason."""
    return {Timeout.name: TIMED_OUT, FILE_REPLACED: REPLACED}.get(reason, OK)


def status_of_failure(kind: FailureKind) -> int:
    """Return the exit status of a failure."""
    return FAILED if kind.remedy is Remedy.CHECK else BAD_INPUT


class OutputNotTakenError(Exception):
    """Whoever reads the output takes nothing, and we were asked to end."""


class JsonLines:
    """Standard output, as one JSON object a line.

    Parameters
    ----------
    out : text stream
        Where they go.
    asked : list of int
        Numbers of signals that came; they end a wait for whoever reads.
    """

    def __init__(self, out: TextIO, asked: list[int]) -> None:
        self._out = out
        self._asked = asked

    def print(self, **members: Any) -> None:
        """Print an object.

        Raises
        ------
        BrokenPipeError
            If nobody reads the output any more.
        OutputNotTakenError
            If it is full, and a signal asks for the end.
        OutputError
            If it cannot be written for another reason.
        """
        while not self._has_room():
            if self._asked:
                raise OutputNotTakenError
        with output_errors_explained():
            self._out.write(json.dumps(members, allow_nan=False) + "\n")
            self._out.flush()

    def check_reader(self) -> None:
        """Raise BrokenPipeError if the pipe that is written to has lost its reader, before there is something to write."""
        if sys.platform != "win32" and (self._state(select.POLLERR, 0) or 0) & select.POLLERR:
            raise BrokenPipeError

    def status(self, status: int) -> int:
        """Return the exit status: that of the signal which ended it, if one came."""
        return 128 + self._asked[0] if self._asked else status

    def _has_room(self) -> bool:
        """Wait a little until a pipe takes a line: while it is full a write would hold up the signals that end us."""
        if sys.platform == "win32":
            return True
        state = self._state(select.POLLOUT, _ROOM_S)
        return state is None or bool(state)

    def _state(self, wanted: int, wait_s: float) -> int | None:
        """Return the poll flags of an output once any of those wanted is up, 0 after the wait; None where it cannot be asked."""
        if sys.platform == "win32":
            return None
        try:
            poll = select.poll()
            poll.register(self._out.fileno(), wanted)
            return next((flags for _, flags in poll.poll(1000 * wait_s)), 0)
        except (OSError, ValueError):
            return None
