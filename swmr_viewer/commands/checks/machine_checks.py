"""The computer: Python, memory, shared memory, open files, what else is installed, where the log is."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from swmr_viewer import __version__
from swmr_viewer.commands.checks.finding import Finding, ok, problem, warning
from swmr_viewer.program_log import log_folder
from swmr_viewer.reader.blocks import create_block, let_go, unlink

USUAL_FRAME_BYTES = 4362 * 4148 * 4
"""Of 16 million pixels of 4 bytes: asked for where no file says more."""
SLOTS, FEWEST_SLOTS = 4, 2
SHARED = Path("/dev/shm")
_FRAME_ALONE = 1.3
"""A slot holds a frame, and what is drawn of it."""
_LITTLE_MEMORY = 1 << 30
_FEW_FILES = 1024
_DISTRIBUTION = "swmr-viewer"
_REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+")
_EXTRAS = {"lmfit": "fit", "pyFAI": "pyfai", "distributed": "dask", "fabio": "files"}
"""Distribution, and the extra that installs it."""


def program() -> Finding:
    """Return what runs, and on what."""
    return ok("program", f"swmr-viewer {__version__}, Python {platform.python_version()}, {platform.platform()}.")


def packages(required: Sequence[str] | None = None) -> Finding:
    """Return whether the packages are there that the program cannot do without (``required``: as a distribution's metadata list them)."""
    if required is None:
        try:
            required = requires(_DISTRIBUTION) or ()
        except PackageNotFoundError:
            return ok("packages", "The program is not installed but run from its source, which does not tell what it needs.")
    needed = [_REQUIREMENT.match(line) for line in required if "extra ==" not in line and _is_for_here(line)]
    missing = [found[0] for found in needed if found and not _is_installed(found[0])]
    if missing:
        return problem("packages", f"Not installed: {', '.join(missing)}.", f"Run: pip install {' '.join(missing)}")
    return ok("packages", f"All {len(needed)} that are needed are installed.")


def _is_for_here(requirement: str) -> bool:
    return "sys_platform" not in requirement or sys.platform in requirement


def _is_installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def memory(told: Path = Path("/proc/meminfo")) -> Finding:
    """Return how much memory may still be used."""
    if not told.exists():
        return ok("memory", "This system does not tell.")
    lines = dict(line.partition(":")[::2] for line in told.read_text().splitlines())
    total, free = (1024 * int(lines[name].split()[0]) for name in ("MemTotal", "MemAvailable"))
    found = f"{_size(free)} of {_size(total)} may be used."
    return warning("memory", found, "Close other programs.") if free < _LITTLE_MEMORY else ok("memory", found)


def shared_memory(frame_bytes: int | None = None, folder: Path = SHARED) -> Finding:
    """Return whether frames (of so many bytes; None: of a usual large one) have room on their way to the window."""
    slot = int((frame_bytes or USUAL_FRAME_BYTES) * _FRAME_ALONE)
    try:
        block = create_block(1 << 16)
        unlink(block)
        let_go(block)
    except OSError as error:
        return problem(
            "shared memory", f"None can be had: {error.strerror or error}.", "See that /dev/shm is mounted, and can be written to."
        )
    if not folder.exists():
        return ok("shared memory", "It can be had; this system does not tell how much.")
    usage = shutil.disk_usage(folder)
    found = f"{_size(usage.free)} of {_size(usage.total)} are free; {SLOTS} frames of {_size(slot)} need {_size(SLOTS * slot)}."
    remedy = "Make it larger: mount -o remount,size=1G /dev/shm (in a container: docker run --shm-size=1g)."
    if usage.free < FEWEST_SLOTS * slot:
        return problem("shared memory", found, remedy)
    return warning("shared memory", found, remedy) if usage.free < SLOTS * slot else ok("shared memory", found)


def open_files(limit: int | None = None) -> Finding:
    """Return how many files the reader may have open (``limit``; None: as the system says)."""
    if limit is None:
        if sys.platform == "win32":
            return ok("open files", "This system does not tell.")
        import resource

        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        limit = sys.maxsize if limit == resource.RLIM_INFINITY else limit
    if limit < _FEW_FILES:
        return warning(
            "open files", f"A process may have {limit}: too few for scans with many files.", "Raise the hard limit: ulimit -Hn 65536"
        )
    return ok("open files", f"A process may have {'any number' if limit == sys.maxsize else limit}.")


def extras() -> Iterator[Finding]:
    """Yield which of the optional packages are installed."""
    for name, extra in _EXTRAS.items():
        try:
            yield ok(name, f"{version(name)}.")
        except PackageNotFoundError:
            yield ok(name, f"Not installed, and not needed; for what it does: pip install 'swmr-viewer[{extra}]'")


def log(environment: Mapping[str, str] = os.environ) -> Finding:
    """Return where the window's log is, and whether it can be written."""
    folder = log_folder(environment=environment)
    there = next((place for place in (folder, *folder.parents) if place.exists()), folder)
    if not there.is_dir() or not os.access(there, os.W_OK):
        return warning(
            "log", f"{there} cannot be written to: the window runs without a log.", f"Give yourself the right to write to {there}."
        )
    return ok("log", f"{folder}{'' if folder.exists() else ' (not there yet)'}.")


def _size(n_bytes: int) -> str:
    for factor, unit in ((1e9, "GB"), (1e6, "MB")):
        if n_bytes >= factor:
            return f"{n_bytes / factor:.3g} {unit}" if n_bytes < 1000 * factor else f"{n_bytes / factor:.0f} {unit}"
    return f"{n_bytes / 1e3:.0f} kB"
