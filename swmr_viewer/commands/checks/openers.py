"""Which processes have a file open, where the system tells (Linux; those of other users are told to root alone)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from swmr_viewer.core.frozen import frozen

PROC = Path("/proc")


@frozen
class Opener:
    """A process that has the file open."""

    pid: int
    name: str
    writes: bool


def openers_of(path: str, proc: Path = PROC) -> tuple[Opener, ...]:
    """Return the processes that have a file (an absolute path without links) open; storage is not asked."""
    return tuple(_openers(path, proc))


def _openers(path: str, proc: Path) -> Iterator[Opener]:
    for process in sorted(proc.glob("[0-9]*")):
        with suppress(OSError):  # it ended, or is another user's
            names = [link.name for link in (process / "fd").iterdir() if _leads_to(link) == path]
            if names:
                called = (process / "comm").read_text(errors="replace").strip()
                yield Opener(int(process.name), called, any(_writes(process / "fdinfo" / name) for name in names))


def _leads_to(link: Path) -> str:
    with suppress(OSError):
        return os.readlink(link)
    return ""


def _writes(info: Path) -> bool:
    flags = next((line.split()[1] for line in info.read_text().splitlines() if line.startswith("flags:")), "0")
    return int(flags, 8) & os.O_ACCMODE != os.O_RDONLY
