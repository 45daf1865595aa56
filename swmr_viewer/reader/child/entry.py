"""The entry of the reader process: what it does to itself first.

HDF5 is imported behind it, never in the parent.
"""

from __future__ import annotations

import gc
import os
import traceback
from multiprocessing.connection import Connection

from swmr_viewer.core.child_process import prepare_process
from swmr_viewer.core.locking import load_hdf5


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
