"""The entry of the process that reduces: what it does to itself first. HDF5 is imported behind it, never in the parent."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from swmr_viewer.core.blas import one_thread_for_each_caller
from swmr_viewer.core.child_process import prepare_process, serve_until_closed
from swmr_viewer.core.locking import load_hdf5


def run_reductions(connection: Connection, make_job: Callable[..., Any] | None) -> NoReturn:
    """Serve until told to quit, or until the parent is gone; does not return.

    Parameters
    ----------
    connection : Connection
        The pipe to the parent.
    make_job : callable, optional
        In place of ``ReductionJob``.
    """
    prepare_process()
    one_thread_for_each_caller()
    # A daemon may have no children of its own, which processes that work for it would be; they end themselves when this one is gone.
    getattr(multiprocessing.current_process(), "_config", {})["daemon"] = False

    def serve() -> None:
        load_hdf5()
        from swmr_viewer.reducing.process.service import Service

        Service(connection, make_job).run()

    serve_until_closed(serve)
