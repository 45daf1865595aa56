"""What runs in the process that fits: requests come, points follow in pieces, results go, one at a time."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterable
from dataclasses import replace
from multiprocessing.connection import Connection

import numpy as np

from swmr_viewer.core.messages import ForeignMessageError, receive_message, send_message
from swmr_viewer.quantities.decimation import Values
from swmr_viewer.quantities.fits.curve_fit import fit_curve
from swmr_viewer.quantities.fits.fit_values import FitModel, FitRequest, FitResult
from swmr_viewer.quantities.fits.known_points import known_points

Pieces = Iterable[tuple[Values, Values]]
"""x and y of some points after the other, float64 (n,)."""


def send_fit(connection: Connection, request: FitRequest, pieces: Pieces) -> None:
    """Ask for a fit of the request's points and those of the pieces, each of which is let go once it is sent.

    Their bytes go to the system with Python's lock released: whoever draws meanwhile does not wait for them.
    """
    send_message(connection, request)
    for x, y in pieces:
        if len(x):
            for values in (x, y):
                connection.send_bytes(np.ascontiguousarray(values, np.float64).data)
    connection.send_bytes(b"")


def serve_fits(connection: Connection) -> None:
    """Answer each ``FitRequest`` by a ``FitResult`` until the other side closes.

    None is sent before the first request can be taken, and before each answer once all points are here and what fits is loaded.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal reaches both; the window ends in its own way
    with contextlib.suppress(EOFError, OSError, ForeignMessageError), connection:
        send_message(connection, None)
        while isinstance(request := receive_message(connection), FitRequest):
            request = _with_points(connection, request)
            if request.model is not FitModel.NONE:
                with contextlib.suppress(Exception):  # the fit says what is wrong with it
                    import lmfit  # noqa: F401
            send_message(connection, None)
            send_message(connection, _fitted(request))


def _fitted(request: FitRequest) -> FitResult:
    try:
        return fit_curve(request)
    except (ValueError, MemoryError) as error:
        return FitResult(request.model, message=f"This curve cannot be fitted: {error}. Choose another range.")


def _with_points(connection: Connection, request: FitRequest) -> FitRequest:
    """Return the request with the points that follow it, of which those that do not count are not kept."""
    xs, ys = [request.x], [request.y]
    while len(told := connection.recv_bytes()):
        x, y = np.frombuffer(told), np.frombuffer(connection.recv_bytes())
        counts = np.isfinite(x) & np.isfinite(y)
        if request.span is not None:
            counts &= (x >= min(request.span)) & (x <= max(request.span))
        xs.append(x if counts.all() else x[counts])
        ys.append(y if counts.all() else y[counts])
    if len(xs) == 1:
        return request
    x, y = known_points(_joined(xs), _joined(ys))  # in order here, so that nobody holds them as they came as well
    return replace(request, x=x, y=y)


def _joined(parts: list[Values]) -> Values:
    """Put parts together, and forget them: of ten million points each copy counts."""
    whole = np.concatenate(parts)
    parts.clear()
    return whole
