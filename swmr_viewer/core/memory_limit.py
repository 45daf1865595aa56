"""How much memory a process that reads files may take: a file that asks for more costs it an error, and never the machine its memory."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

VARIABLE = "SWMR_VIEWER_READER_MEMORY"
"""The environment variable that says it, for this process and those that it starts: ``8G``, ``500M``, ``none``."""
_SHARE = 2
"""Of the machine's memory, half."""
_LEAST = 256 << 20
"""Python, numpy and HDF5 take a good part of that."""
_UNITS = {"M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_GROUPS = Path("/sys/fs/cgroup")


def add_memory_argument(parser: argparse.ArgumentParser) -> None:
    """Add ``--reader-memory``; what is given counts for every process that is started from here on."""
    about = "memory that each process which reads files may take, such as 8G, or none for no limit (default: half of the machine's)"
    parser.add_argument("--reader-memory", type=_set_limit, metavar="SIZE", help=about)


def _set_limit(text: str) -> str:
    try:
        parsed(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    os.environ[VARIABLE] = text
    return text


def parsed(text: str) -> int | None:
    """Return a size in bytes; None: no limit.

    Raises
    ------
    ValueError
        If it is no size, or too small for anything to be read.
    """
    if text.strip().lower() == "none":
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([MGT])i?B?", text.strip(), re.IGNORECASE)
    if found is None or float(found[1]) * _UNITS[found[2].upper()] < _LEAST:
        raise ValueError(f"{text!r} is no size of memory: give {_LEAST >> 20}M or more, as in 8G, or none.")
    return int(float(found[1]) * _UNITS[found[2].upper()])


def memory_limit() -> int | None:
    """Return the bytes that a process which reads files may take; None: there is no limit."""
    told = os.environ.get(VARIABLE, "")
    try:
        if told:
            return parsed(told)
    except ValueError:
        pass  # the default is the safer one
    there = machine_memory()
    return None if there is None else max(_LEAST, there // _SHARE)


def machine_memory() -> int | None:
    """Return the bytes that this machine has, or what the job that this process belongs to may take; None: nothing tells."""
    try:
        has = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None
    return min(has, _group_limit(has)) if has > 0 else None


def _group_limit(otherwise: int) -> int:
    """Return the least that the control groups of this process allow (Linux: batch systems and containers set them)."""
    try:
        own = Path("/proc/self/cgroup").read_text(encoding="utf-8").rpartition("::")[2].strip().strip("/")
    except OSError:
        return otherwise
    limits = [otherwise]
    for folder in (_GROUPS / own, *(_GROUPS / own).parents):
        try:
            limits.append(int((folder / "memory.max").read_text(encoding="utf-8")))
        except (OSError, ValueError):
            continue
    return min(limits)


def limit_memory() -> None:
    """Let this process, and those that it starts, take so much and no more, where the system holds them to it (Linux).

    What counts are its own data (``RLIMIT_DATA``). Under a limit of all addresses (``RLIMIT_AS``) shared memory, files that are
    mapped and the room that each thread reserves count too: under one of 1.5 GB, two slots of 600 MB left none for a thread.
    """
    limit = memory_limit()
    if limit is None or not sys.platform.startswith("linux"):
        return
    import resource

    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    wanted = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))
