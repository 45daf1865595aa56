"""The entry of the reader process: what it does to itself first, so that it disturbs nobody and outlives nobody.

HDF5 is imported behind it, never in the parent.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import select
import signal
import sys
import traceback
from multiprocessing.connection import Connection

from swmr_viewer.core.locking import load_hdf5

_MANY_FILES = 10_240
"""What macOS allows at most, whatever its limit says."""


def run_reader(connection: Connection, watchdog_s: float) -> None:
    """Serve requests until told to quit, or until the parent is gone; does not return.

    Parameters
    ----------
    connection : Connection
        The pipe to the parent.
    watchdog_s : float
        Seconds after which the process ends itself when its loop does not turn.
    """
    gc.disable()  # looking again and again through what is imported, and stays, took a tenth of the start
    prepare_process()
    from swmr_viewer.reader.child.event_pipe import EventPipe, Watchdog

    watchdog = Watchdog(watchdog_s)
    watchdog.feed()
    status = 0
    try:
        load_hdf5()
        from swmr_viewer.reader.child.loop import ReaderLoop

        gc.freeze()
        gc.enable()
        ReaderLoop(EventPipe(connection, watchdog)).run()
    except (EOFError, ConnectionError):
        pass
    except BaseException:
        traceback.print_exc()
        status = 1
    # Without the interpreter's own end: closing files there could hang in HDF5, and nothing is left to be flushed.
    os._exit(status)


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
