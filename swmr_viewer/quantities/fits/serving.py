"""What runs in the process that fits: requests come, results go, one at a time."""

from __future__ import annotations

import contextlib
import signal
from multiprocessing.connection import Connection

from swmr_viewer.quantities.fits.curve_fit import fit_curve
from swmr_viewer.quantities.fits.fit_values import FitRequest


def serve_fits(connection: Connection) -> None:
    """Load what fits, say so by sending None, and answer each ``FitRequest`` by a ``FitResult`` until the other side closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal reaches both; the window ends in its own way
    with contextlib.suppress(Exception):  # each fit says what is wrong with it
        import lmfit  # noqa: F401
    with contextlib.suppress(EOFError, OSError), connection:
        connection.send(None)
        while isinstance(request := connection.recv(), FitRequest):
            connection.send(fit_curve(request))
