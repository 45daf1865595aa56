"""What a reader does to itself at its start, so that it disturbs nobody and outlives nobody."""

from __future__ import annotations

import contextlib
import faulthandler
import multiprocessing
import os
import select
import signal
import sys
import time

_FEED_EVERY_S = 1.0

_MANY_FILES = 10_240
"""What macOS allows at most, whatever its limit says."""


def prepare_process() -> None:
    """Leave Ctrl-C to the parent, and keep whatever a library prints off standard output, which belongs to the parent's JSON."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.dup2(2, 1)
    _allow_many_files()
    _die_with_parent()


def _allow_many_files() -> None:
    """Raise the limit of open files as far as the system lets: a scan may be spread over thousands (measured: 1,500 at 1,024)."""
    if sys.platform == "win32":
        return
    import resource

    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    for wanted in (most, _MANY_FILES):  # macOS takes no "unlimited"
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
            return


def _die_with_parent() -> None:
    """Have the kernel end this process when its parent is gone, even while HDF5 hangs and keeps Python's lock.

    The parent holds the other end of a pipe for as long as it lives; when that closes, SIGIO comes, and nothing handles it.
    Not ``prctl(PR_SET_PDEATHSIG)``: that fires when the *thread* that started this process ends, whichever it was.
    """
    if sys.platform == "win32" or (parent := multiprocessing.parent_process()) is None:
        return
    import fcntl

    with contextlib.suppress(OSError, AttributeError):  # where the system has no such thing the watchdog does it, later
        pipe = parent.sentinel
        signal.signal(signal.SIGIO, signal.SIG_DFL)
        fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
        if select.select([pipe], [], [], 0)[0]:
            os._exit(1)  # it went before that was set up


class Watchdog:
    """Ends this process from a C thread when it is not fed: HDF5 can hang for minutes while it keeps Python's lock.

    Parameters
    ----------
    after_s : float
        Seconds without food.
    """

    def __init__(self, after_s: float) -> None:
        self._after_s = after_s
        self._fed_at = float("-inf")
        self._bowl = open(os.devnull, "w")  # noqa: SIM115 - the C thread writes to it at the very end

    def feed(self) -> None:
        """Show that the process is well; cheap enough to be called all the time (arming costs 0.1 ms)."""
        now = time.monotonic()
        if now - self._fed_at > _FEED_EVERY_S:
            faulthandler.dump_traceback_later(self._after_s, exit=True, file=self._bowl)
            self._fed_at = now

    def rest(self) -> None:
        """Stop watching until it is fed again."""
        faulthandler.cancel_dump_traceback_later()
        self._fed_at = float("-inf")
