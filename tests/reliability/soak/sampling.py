"""What the window and its processes hold at one moment: memory, handles, threads, processes, shared memory."""

from __future__ import annotations

import contextlib
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROLES = ("window", "reader", "reduction", "others")
"""Of the processes; others: Python's tracker of shared memory, workers, what is started for a moment."""
SHARED = re.compile(r" (/dev/shm/\S+)")


@dataclass(frozen=True)
class Held:
    """What the processes of one role hold."""

    memory: float = 0.0
    """Bytes that no other process has: on Linux without libraries and shared memory, elsewhere all that is resident."""
    handles: int = 0
    threads: int = 0


@dataclass(frozen=True)
class Sample:
    """What was there at one moment."""

    at_s: float
    """Since the soak of this part began."""
    held: dict[str, Held]
    """By role."""
    n_processes: int
    shared: frozenset[str]
    """Blocks of shared memory that any of the processes has mapped; only Linux can list them."""
    told: dict[str, Any]
    """What the window tells of itself, see ``window.Window.sample``."""
    n_frames: int
    """That were complete, or files that had been shown."""


def sample(pid: int, told: dict[str, Any], began_s: float, n_frames: int) -> Sample:
    """Look at the window's process and at all that it started."""
    window = psutil.Process(pid)
    roles = {pid: "window", **{number: role for role, number in told["pids"].items() if number}}
    held, shared, processes = dict.fromkeys(ROLES, Held()), set[str](), [window, *window.children(recursive=True)]
    for one in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            role = roles.get(one.pid, "others")
            before, now = held[role], held_by(one)
            held[role] = Held(before.memory + now.memory, before.handles + now.handles, before.threads + now.threads)
            shared |= shared_of(one.pid)
    return Sample(time.monotonic() - began_s, held, len(processes), frozenset(shared), told, n_frames)


def held_by(process: psutil.Process) -> Held:
    """Return what one process holds."""
    with process.oneshot():
        memory = process.memory_info()
        own = memory.rss - getattr(memory, "shared", 0)
        handles = process.num_handles() if sys.platform == "win32" else process.num_fds()
        return Held(own, handles, process.num_threads())


def shared_of(pid: int) -> set[str]:
    """Return the blocks of shared memory that a process has mapped."""
    if not sys.platform.startswith("linux"):
        return set()
    try:
        return set(SHARED.findall(Path(f"/proc/{pid}/maps").read_text()))
    except OSError:
        return set()
