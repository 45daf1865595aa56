"""numpy's OpenBLAS without threads: it starts one for each processor as it loads, and nothing here multiplies large matrices."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

VARIABLE = "OPENBLAS_NUM_THREADS"


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
