"""The entry of the reader process: what it does to itself first.

HDF5 is imported behind it, never in the parent.
"""

from __future__ import annotations

import gc
from multiprocessing.connection import Connection
from typing import NoReturn

from swmr_viewer.core.child_process import prepare_process, serve_until_closed
from swmr_viewer.core.locking import load_hdf5


def run_reader(connection: Connection, watchdog_s: float) -> NoReturn:
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

    def serve() -> None:
        load_hdf5()
        from swmr_viewer.reader.child.loop import ReaderLoop

        gc.freeze()
        gc.enable()
        ReaderLoop(EventPipe(connection, watchdog)).run()

    serve_until_closed(serve)
