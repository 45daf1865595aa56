"""What a test may leave behind: processes, threads, shared memory, windows. Found here, and named."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

import psutil

GRACE_S = 10.0
"""Longest time in which what has been told to end may end; nothing waits when nothing is left."""

SHARED_MEMORY = Path("/dev/shm")

MARK = "SWMR_VIEWER_TEST_PROCESS"
"""Environment variable by which a process is known as ours after its parent is gone."""


@dataclass(frozen=True)
class Leftovers:
    """What exists now, or what is left of it; each part is a set of things with a name."""

    processes: frozenset[psutil.Process] = frozenset()
    threads: frozenset[threading.Thread] = frozenset()
    qt_threads: frozenset[int] = frozenset()
    shared_memory: frozenset[str] = frozenset()
    windows: frozenset[int] = frozenset()
    names: tuple[tuple[int, str], ...] = ()
    """For Qt's objects: address and name, for they may be gone when they are spoken of."""

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self) if one.name != "names")

    def __str__(self) -> str:
        named = dict(self.names)
        lines = [f"  process {one.pid}: {_command_of(one)}" for one in self.processes]
        lines += [f"  thread {one.name}{' (daemon)' if one.daemon else ''}" for one in self.threads]
        lines += [f"  QThread {named.get(one, one)}" for one in self.qt_threads]
        lines += [f"  shared memory {one}" for one in self.shared_memory]
        lines += [f"  window {named.get(one, one)}" for one in self.windows]
        return "\n".join(sorted(lines))


def snapshot() -> Leftovers:
    """Return everything that exists at this moment."""
    qt_threads, windows = dict(_running_qt_threads()), dict(_top_level_widgets())
    return Leftovers(
        processes=_child_processes(),
        threads=frozenset(_python_threads()),
        qt_threads=frozenset(qt_threads),
        shared_memory=_shared_memory_blocks(),
        windows=frozenset(windows),
        names=tuple({**qt_threads, **windows}.items()),
    )


def look_for_leftovers(before: Leftovers, grace_s: float = GRACE_S) -> Leftovers:
    """Return what is there now and was not before, once it had time to go."""
    _delete_what_qt_put_off()
    left = _new_since(before)
    if left.windows or left.qt_threads:
        gc.collect()
    pause_s, deadline = 0.005, time.monotonic() + grace_s
    while (left := _new_since(before)) and time.monotonic() < deadline:
        time.sleep(pause_s)
        pause_s = min(0.2, 2 * pause_s)
        _delete_what_qt_put_off()
    return left


def end_processes(processes: Iterable[psutil.Process]) -> None:
    """Kill what a failed test left, so that the next test starts clean."""
    left = list(processes)
    for one in left:
        _quietly(one.kill)
    psutil.wait_procs(left, timeout=GRACE_S)


def _new_since(before: Leftovers) -> Leftovers:
    now = snapshot()
    return Leftovers(
        processes=now.processes - before.processes,
        threads=frozenset(one for one in now.threads - before.threads if one.is_alive()),
        qt_threads=now.qt_threads - before.qt_threads,
        shared_memory=_not_used_by_others(now.shared_memory - before.shared_memory),
        windows=now.windows - before.windows,
        names=now.names,
    )


def _python_threads() -> Iterable[threading.Thread]:
    """Those that Python started: its note of a thread that Qt started outlives that thread, and Qt's are looked at by themselves.

    The threads that help with decoding live as long as their process.
    """
    return (one for one in threading.enumerate() if not isinstance(one, threading._DummyThread) and not one.name.startswith("decoding-"))


def mark_children() -> None:
    """Let every process that is started from now on be known as ours."""
    os.environ[MARK] = str(os.getpid())


def _child_processes() -> frozenset[psutil.Process]:
    """Every living descendant but Python's own tracker of shared memory, which stays for the life of its parent."""
    tracker = getattr(resource_tracker._resource_tracker, "_pid", None)
    children = _marked() if sys.platform.startswith("linux") else psutil.Process().children(recursive=True)
    return frozenset(one for one in children if one.pid != tracker and _is_running(one))


_foreign: set[str] = set()
"""Numbers of the processes that carry no mark: to read the environment of each again takes most of the time of looking."""


def _marked() -> Iterator[psutil.Process]:
    """Yield the processes that carry our mark, orphans too, and those that were forked from this one; only Linux shows them."""
    mark = f"\0{MARK}={os.getpid()}\0".encode()
    numbers = {name for name in os.listdir("/proc") if name.isdigit()}
    _foreign.intersection_update(numbers)
    forked = {number for path in Path("/proc/self/task").glob("*/children") for number in (_quietly(path.read_text) or "").split()}
    for number in (numbers - _foreign) | forked:
        environment = _quietly(Path("/proc", number, "environ").read_bytes) or b""
        if number in forked or mark in b"\0%b\0" % environment:
            with contextlib.suppress(psutil.Error):
                yield psutil.Process(int(number))
        elif environment:  # a process that begins has none yet
            _foreign.add(number)


def _is_running(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _command_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return "(ended meanwhile)"


def _shared_memory_blocks() -> frozenset[str]:
    """Names of the POSIX shared-memory blocks; only Linux can list them."""
    if not sys.platform.startswith("linux") or not SHARED_MEMORY.is_dir():
        return frozenset()
    return frozenset(os.listdir(SHARED_MEMORY))


def _not_used_by_others(blocks: frozenset[str]) -> frozenset[str]:
    """The listing is the machine's: leave out the blocks that a process which is not ours has mapped."""
    if not blocks:
        return blocks
    ours = {os.getpid(), *(one.pid for one in _child_processes())}
    foreign = (path for path in Path("/proc").glob("[0-9]*/maps") if int(path.parent.name) not in ours)
    mapped = "".join(filter(None, (_quietly(path.read_text) for path in foreign)))
    return frozenset(name for name in blocks if f"{SHARED_MEMORY / name}" not in mapped and (SHARED_MEMORY / name).exists())


def _quietly(action: Callable[[], Any]) -> Any:
    try:
        return action()
    except (OSError, psutil.Error):
        return None


def _application() -> Any:
    """Return the QApplication of this process, if Qt is loaded at all."""
    core = sys.modules.get("PySide6.QtCore")
    return core.QCoreApplication.instance() if core else None


def _delete_what_qt_put_off() -> None:
    """Qt deletes what got deleteLater() in an event loop, and after a test there is none."""
    if (application := _application()) is not None:
        from PySide6.QtCore import QEvent

        application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        application.processEvents()


def _running_qt_threads() -> Iterable[tuple[int, str]]:
    if _application() is None:
        return
    from PySide6.QtCore import QThread
    from shiboken6 import getCppPointer, isValid

    _note_starts(QThread)
    for one in list(_started):
        if isValid(one) and one.isRunning():
            yield getCppPointer(one)[0], f"{type(one).__name__} {one.objectName()}"


_started: weakref.WeakSet[Any] = weakref.WeakSet()


def _note_starts(kind: Any) -> None:
    """Have every QThread noted as it starts: to look for them among all objects takes 30 ms, twice in each test."""
    if getattr(kind.start, "is_noted", False):
        return
    start = kind.start

    def noted_start(thread: Any, *arguments: Any) -> None:
        _started.add(thread)
        start(thread, *arguments)

    noted_start.is_noted = True  # type: ignore[attr-defined]
    kind.start = noted_start


def _top_level_widgets() -> Iterable[tuple[int, str]]:
    """Windows, visible or not. Menus and tips belong to whoever has not been collected yet, and are no windows."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or not isinstance(_application(), widgets.QApplication):
        return
    from PySide6.QtCore import Qt
    from shiboken6 import getCppPointer

    passing = (Qt.WindowType.Popup, Qt.WindowType.ToolTip)
    for one in widgets.QApplication.topLevelWidgets():
        if one.windowType() not in passing and (one.isVisible() or one.parent() is None):
            yield getCppPointer(one)[0], f"{type(one).__name__} {one.objectName() or one.windowTitle()}"
