"""What is held: shared-memory slots, and the memory of our processes, where the system tells it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from swmr_viewer.core.frozen import frozen

PROC = Path("/proc")


@frozen
class Slots:
    """The shared-memory slots that frames go through."""

    number: int = 0
    size: int = 0
    """Bytes of one; no memory is taken before a frame lies in it."""
    in_use: int = 0
    """How many hold a frame that the window has not given back."""


@frozen
class ProcessMemory:
    """Memory of the processes (bytes); what several share counts for each of them in part (PSS), so that the sum is right."""

    window: int
    """Of the process that asks, which is the window's."""
    reader: int
    others: int
    """Of all other processes that were started by it: fits, watched folders, files that are looked at."""

    @property
    def total(self) -> int:
        return self.window + self.reader + self.others


def process_memory(reader_pid: int | None, proc: Path = PROC) -> ProcessMemory | None:
    """Return the memory of this process, its reader, and the others that it started; None where the system does not tell (not Linux).

    It takes some milliseconds for each process: the system looks at each page.
    """
    own = _pss(os.getpid(), proc)
    if own is None:
        return None
    others = _descendants(os.getpid(), proc) - {reader_pid}
    return ProcessMemory(own, (reader_pid and _pss(reader_pid, proc)) or 0, sum(_pss(pid, proc) or 0 for pid in others))


def _pss(pid: int, proc: Path) -> int | None:
    with suppress(OSError, ValueError, IndexError):
        for line in (proc / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return 1024 * int(line.split()[1])
    return None


def _descendants(pid: int, proc: Path) -> set[int]:
    found: set[int] = set()
    with suppress(OSError, ValueError):  # a thread or a process that ends meanwhile
        for thread in (proc / str(pid) / "task").iterdir():
            for child in map(int, (thread / "children").read_text().split()):
                found |= {child} | _descendants(child, proc)
    return found
