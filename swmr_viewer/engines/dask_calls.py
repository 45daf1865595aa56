"""A call in one worker of a scheduler, and how its outcome reaches whoever waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
from collections.abc import Awaitable
from typing import Any

from distributed import KilledWorker

from swmr_viewer.engines.dask_workers import Attempt
from swmr_viewer.engines.plan import WorkerLostError


class LostError(Exception):
    """What was asked has no answer: cancelled, or lost with its worker."""


async def answer_of(client: Any, key: str, payload: bytes, address: str, priority: int) -> Any:
    """Return what a call gives in a worker, or raise what it raises there.

    Parameters
    ----------
    client : distributed.Client
        Of this loop.
    key : str
        Nothing else has it.
    payload : bytes
        As ``dask_worker.call`` makes it.
    address : str
        Of the worker; no other one may do it.
    priority : int
        Higher ones first.

    Raises
    ------
    LostError
        If there will be no answer.
    """
    future = client.submit(pickle.loads, payload, key=key, workers=[address], allow_other_workers=False, pure=False, priority=priority)
    try:
        found = await future._result(raiseit=False)  # it says its status before anything is unpacked
        if future.status == "finished":
            return found
        if future.status == "error":
            raise _told_by(found[1])
        raise LostError(future.status)
    finally:
        future.release()


def settle(attempt: Attempt, *, result: Any = None, error: BaseException | None = None) -> None:
    """Tell whoever waits for an attempt, unless it was cancelled."""
    with contextlib.suppress(RuntimeError):  # it was cancelled, by another thread, at this moment
        if attempt.future.done() or not attempt.future.set_running_or_notify_cancel():
            return
        if error is not None:
            attempt.future.set_exception(error)
        else:
            attempt.future.set_result(result)


async def bounded(work: Awaitable[Any], longest_s: float) -> None:
    """Wait for the end of something, but not for long, and whatever comes of it."""
    with contextlib.suppress(Exception):
        await asyncio.wait_for(work, longest_s)


def first_line(error: BaseException) -> str:
    """Return what an error says, as a part of a sentence."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _told_by(error: BaseException) -> BaseException:
    """Return what a task failed with: Dask gives up on one whose workers died too often."""
    return WorkerLostError(f"Workers died of it: {first_line(error)}.") if isinstance(error, KilledWorker) else error
