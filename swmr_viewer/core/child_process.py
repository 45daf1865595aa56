"""Processes that are started for heavy or risky work: what their parent does as it starts one, what the child does to itself first.

A child disturbs nobody and outlives nobody. Nothing is loaded here that a process of either kind has not loaded anyway.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import select
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import NoReturn

from swmr_viewer.core.blas import one_blas_thread
from swmr_viewer.core.memory_limit import limit_memory

_MANY_FILES = 10_240
"""What macOS allows at most, whatever its limit says."""
_DYING_S = 1.0


# ---- the parent


def start_tracker() -> None:
    """Start Python's tracker of shared memory, unless it runs: it removes the blocks of a process that was killed.

    It does so with a warning on that process's standard error, long after the shell is back: nobody's fault, and nothing to be done.
    """
    quiet = "ignore:resource_tracker"
    sys.warnoptions.append(quiet)  # the tracker is started with them
    try:
        resource_tracker.ensure_running()
    finally:
        sys.warnoptions.remove(quiet)


def start_quietly(process: BaseProcess) -> None:
    """Start a process (of ``spawn``) which Ctrl-C does not reach, which does not load the main module, and whose BLAS has one thread."""
    with _interrupts_held_back(), _main_module_hidden(), one_blas_thread():
        process.start()


@contextmanager
def _main_module_hidden() -> Iterator[None]:
    """Have the child not import the parent's main module again (the command line, or whatever script): it uses nothing of it."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """A Ctrl-C in a terminal reaches the whole group: the child starts with it blocked, and later ignores it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    start_tracker()  # otherwise the start of the process does it, and unblocks the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def let_go_of(process: BaseProcess) -> None:
    """Forget a process that does not end when it is killed.

    The kernel ends a process that waits for dead storage when the storage answers, and not before: Python would wait for it at its own end.
    """
    getattr(multiprocessing.process, "_children", set()).discard(process)


def exit_reason(process: BaseProcess) -> str:
    """Return in words how a process ended; to be called once it is gone, of which the last may take a moment."""
    with contextlib.suppress(AssertionError, ValueError):  # it never ran, or somebody else let go of it
        process.join(_DYING_S)
    return reason_of(process.exitcode)


def reason_of(status: int | None) -> str:
    """Return in words what an exit status of ``multiprocessing`` means."""
    if status is None:
        return "it closed its pipe"
    if status >= 0:
        return f"it ended with status {status}"
    try:
        return f"it was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"it was ended by signal {-status}"


# ---- the child


def prepare_process() -> None:
    """Leave Ctrl-C to the parent, and take no more memory than is allowed.

    Whatever a library prints is kept off standard output, which belongs to the parent's JSON.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.dup2(2, 1)
    _allow_many_files()
    limit_memory()
    _die_with_parent()


def serve_until_closed(serve: Callable[[], None]) -> NoReturn:
    """Serve until that returns, or the parent is gone, and end this process; what goes wrong is printed.

    It ends without the interpreter's own end: closing files there could hang in HDF5.
    """
    status = 0
    try:
        serve()
    except (EOFError, ConnectionError):
        pass
    except BaseException:
        with contextlib.suppress(Exception):
            traceback.print_exc()
        status = 1
    os._exit(status)


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

    with contextlib.suppress(OSError, AttributeError):  # where the system has no such thing a watchdog does it, later
        pipe = parent.sentinel
        signal.signal(signal.SIGIO, signal.SIG_DFL)
        fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
        if select.select([pipe], [], [], 0)[0]:
            os._exit(1)  # it went before that was set up
