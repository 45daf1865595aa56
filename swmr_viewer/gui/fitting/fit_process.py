"""The process that fits, as the window holds it: started when needed, asked one thing at a time, ended when it takes too long."""

from __future__ import annotations

import multiprocessing
from multiprocessing.process import BaseProcess
from threading import Event, Lock
from typing import Any

from swmr_viewer.core.child_process import exit_reason, start_quietly
from swmr_viewer.core.messages import ForeignMessageError, receive_message
from swmr_viewer.quantities import FitModel, FitRequest, FitResult, Pieces, send_fit, serve_fits

START_S = 60.0
"""Longest time until it runs, and until it has loaded what fits; a cold disk takes many seconds."""
BOUND_S = 5.0
"""Longest time (s) of one fit."""
PER_POINT_S = 2e-5
"""And for each point: ten million are put in order first, which takes a busy machine a minute."""
_DYING_S = 2.0
_LONGEST_PAUSE_S = 10.0
"""Before another process is started, if one after the other failed."""


class FitProcess:
    """Fits in a process of its own, so that scipy is not loaded into the window's. All but ``kill`` are called by one thread.

    Parameters
    ----------
    bound_s : float
        Longest time of one fit.
    """

    def __init__(self, bound_s: float = BOUND_S) -> None:
        self._bound_s = bound_s
        self._process: BaseProcess | None = None
        self._connection: Any = None
        self._changing = Lock()
        self._closed = Event()
        self._n_failed = 0
        """So many requests in a row had no answer."""
        self._has_loaded = False
        """What fits."""

    @property
    def pid(self) -> int | None:
        """The process's number, while there is one."""
        process = self._process
        return None if process is None else process.pid

    def fit(self, request: FitRequest, pieces: Pieces = ()) -> FitResult:
        """Return what the process finds, or a result that says why it found nothing; the next request starts another process then.

        Parameters
        ----------
        request : FitRequest
            What is fitted.
        pieces : iterable of (x, y)
            Its points, where they are too many for one message.
        """
        n_points = 0

        def counted() -> Pieces:
            nonlocal n_points
            for piece in pieces:
                n_points += len(piece[0])
                yield piece

        try:
            connection = self._started()
            if connection is None:
                return FitResult(request.model, message="The window was closed before the fit was done.")
            send_fit(connection, request, counted())
            bound_s = self._bound_s + PER_POINT_S * n_points
            is_loading = request.model is not FitModel.NONE and not self._has_loaded
            if connection.poll(START_S if is_loading else bound_s):
                receive_message(connection)
                self._has_loaded |= is_loading
                if connection.poll(bound_s):
                    answer = receive_message(connection)
                    if not isinstance(answer, FitResult):
                        raise ForeignMessageError(f"a {type(answer).__name__}")
                    self._n_failed = 0
                    return answer
            self._give_up()
            return FitResult(request.model, message=f"The fit took longer than {bound_s:g} s and was ended. Choose another range or model.")
        except TimeoutError:
            self._give_up()
            return FitResult(request.model, message=f"The process that fits did not start within {START_S:g} s. It is tried again.")
        except ForeignMessageError as error:
            self._give_up()
            reason = f"it sent what is no message of this program, and was ended ({error})"
            return FitResult(request.model, message=f"The process that fits is gone: {reason}. The next fit starts it again.")
        except (EOFError, OSError):
            reason = self._exit_reason()
            self._give_up()
            return FitResult(request.model, message=f"The process that fits is gone: {reason}. The next fit starts it again.")

    def _give_up(self) -> None:
        self._n_failed += 1
        self.close()

    def kill(self) -> None:
        """End it at once and for good, from any thread: whoever waits for its answer gets it as ended."""
        with self._changing:
            self._closed.set()
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """End it, and wait for its end; the next request starts another."""
        with self._changing:
            process, self._process = self._process, None
            connection, self._connection = self._connection, None
        if process is None:
            return
        connection.close()
        process.kill()
        process.join(_DYING_S)

    def _started(self) -> Any:
        """Return the connection to a process that has loaded what fits; None after ``kill``."""
        if self._process is not None and not self._process.is_alive():
            self.close()
        if self._process is None:
            if self._n_failed > 1:
                self._closed.wait(min(2.0 ** (self._n_failed - 2), _LONGEST_PAUSE_S))
            with self._changing:
                if self._closed.is_set():
                    return None
                self._start()
            if not self._connection.poll(START_S):
                raise TimeoutError
            receive_message(self._connection)
        return self._connection

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=True)
        process = context.Process(target=serve_fits, args=(theirs,), name="swmr-viewer fits", daemon=True)
        start_quietly(process)
        theirs.close()
        self._process, self._connection, self._has_loaded = process, ours, False

    def _exit_reason(self) -> str:
        return "it could not be started" if self._process is None else exit_reason(self._process)
