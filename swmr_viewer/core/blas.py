"""Libraries without threads of their own: OpenBLAS starts one for each processor, and nothing here multiplies large matrices."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

VARIABLE = "OPENBLAS_NUM_THREADS"
_VARIABLES = (VARIABLE, "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "NUMBA_NUM_THREADS")


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """While this lasts, numpy loads with one thread, here and in processes that start; whoever set a number keeps it.

    The environment is then as before: a command that the user has started at an alarm is not to inherit it.
    """
    if VARIABLE in os.environ:
        yield
        return
    os.environ[VARIABLE] = "1"
    try:
        yield
    finally:
        os.environ.pop(VARIABLE, None)


def one_thread_for_each_caller() -> None:
    """Have libraries that are loaded from here on, and processes that are started, work on the thread that calls them.

    For processes whose workers call them side by side: each call would start as many threads as there are processors, and with 64 workers
    these would be thousands. Whoever set a number keeps it.
    """
    for variable in _VARIABLES:
        os.environ.setdefault(variable, "1")
