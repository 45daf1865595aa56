"""A reader that a file took over: the first one sends what would run in the window's process; the next ones are as they should be."""

from __future__ import annotations

import os
import pickle
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from swmr_viewer.core.messages import receive_message
from swmr_viewer.reader.child import run_reader
from swmr_viewer.reader.messages import ReleaseSlot

FOLDER = "TAKEN_OVER_FOLDER"
"""The environment variable with a folder in which it would make another one, and says that it has been here."""
WHAT = "TAKEN_OVER_WHAT"


class MakesFolder:
    """Makes a folder where it is unpickled."""

    def __reduce__(self) -> Any:
        return os.mkdir, (str(Path(os.environ[FOLDER]) / "harm"),)


def bytes_to_send(what: str) -> bytes:
    """Return what the first reader sends: ``code``, ``bytes`` that are nothing, a ``request``, or ``endless`` bytes."""
    if what == "code":
        return pickle.dumps(MakesFolder())
    if what == "request":
        from swmr_viewer.core.messages import packed

        return bytes(packed(ReleaseSlot("x")))
    return b"\x00 nothing" if what == "bytes" else b""


def run_taken_over(connection: Connection, watchdog_s: float) -> None:
    """Stand where ``run_reader`` stands."""
    been_here = Path(os.environ[FOLDER]) / "been_here"
    if been_here.exists():
        run_reader(connection, watchdog_s)
    been_here.touch()
    receive_message(connection)
    if os.environ[WHAT] == "endless":
        os.write(connection.fileno(), b"\x7f\xff\xff\xff" + bytes(64))
    else:
        connection.send_bytes(bytes_to_send(os.environ[WHAT]))
    time.sleep(60.0)
