"""Whether a worker can do what is asked: its versions, and whether it sees the same file. Looked at there, judged here."""

from __future__ import annotations

import contextlib
import os
import platform
import socket
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import swmr_viewer
from swmr_viewer.core.file_state import is_closed_by_writer
from swmr_viewer.engines.same_file import boot_id

_SAMPLES = 64
_SAMPLE_BYTES = 512
_FEWEST_SAMPLES = 4
"""Of bytes that are not zero; with fewer nothing is said of a file that is being written."""
_NEW_FILE_S, _PAUSE_S = 3.0, 0.25
"""Another host may take a moment to see that a file was made."""


@dataclass(frozen=True)
class FileLook:
    """What one machine sees at a path."""

    error: str = ""
    """Why there is nothing to read."""
    device: int = 0
    inode: int = 0
    size: int = 0
    is_closed: bool = False
    """Its writer closed it."""
    samples: tuple[int | None, ...] = ()
    """Checksums of short pieces at the places that were asked for; None: only zeros, or beyond the end."""


@dataclass(frozen=True)
class Facts:
    """What counts of a process that is to work on a plan."""

    host: str
    boot: str
    """Which start of which machine it is; "": not known."""
    pid: int
    n_threads: int
    program: str
    python: str
    numpy: str
    file: FileLook


def facts_here(path: str, places: Iterable[int], *, n_threads: int = 1, wait_s: float = 0.0) -> Facts:
    """Return the facts of this process."""
    return Facts(
        host=socket.gethostname(),
        boot=boot_id(),
        pid=os.getpid(),
        n_threads=n_threads,
        program=swmr_viewer.__version__,
        python=platform.python_version(),
        numpy=np.__version__,
        file=look_at(path, places, wait_s=wait_s),
    )


def worker_facts(path: str, places: Iterable[int], n_threads: int) -> Facts:
    """Return the facts of a worker, which may see a file late that was only just made."""
    return facts_here(path, places, n_threads=n_threads, wait_s=_NEW_FILE_S)


def places_in(path: str) -> tuple[int, ...]:
    """Return where to take samples of a file: all over what is there of it, but not in its first bytes, which change."""
    try:
        size = os.stat(path).st_size
    except (OSError, ValueError):
        return ()
    return tuple(sorted({_SAMPLE_BYTES + number * max(0, size - 2 * _SAMPLE_BYTES) // _SAMPLES for number in range(_SAMPLES)}))


def look_at(path: str, places: Iterable[int], *, wait_s: float = 0.0) -> FileLook:
    """Return what this machine sees at a path; for ``wait_s`` it may be missing."""
    deadline = time.monotonic() + wait_s
    while True:
        try:
            return _looked(path, places)
        except FileNotFoundError as error:
            if time.monotonic() >= deadline:
                return FileLook(error=error.strerror or str(error))
            with contextlib.suppress(OSError):  # listing the folder makes a network file system forget what was not there
                os.listdir(Path(path).parent)
            time.sleep(_PAUSE_S)
        except (OSError, ValueError) as error:
            return FileLook(error=getattr(error, "strerror", "") or str(error))


def misfit(there: Facts, here: Facts, path: str) -> tuple[str, str] | None:
    """Return what is wrong with a worker, and what to do; None: it fits."""
    if there.program != here.program:
        return (
            f"The workers on {there.host} have swmr_viewer {there.program}, and this is {here.program}.",
            "Install the same version there.",
        )
    if _major(there.numpy) != _major(here.numpy):
        return f"The workers on {there.host} have numpy {there.numpy}, and here it is {here.numpy}.", "Install the same one there."
    if there.file.error:
        return (
            f"The workers on {there.host} do not see {path}: {there.file.error}.",
            "Give it by a path that leads to it there and here, on a file system that both share.",
        )
    if _is_other_file(there, here):
        return (
            f"{path} is another file on {there.host}, where the workers are, than here.",
            "Give it by a path that leads to the same file there and here.",
        )
    return None


def _is_other_file(there: Facts, here: Facts) -> bool:
    one, other = there.file, here.file
    if other.error:
        return False
    if here.boot and there.boot == here.boot and there.host == here.host:
        return (one.device, one.inode) != (other.device, other.inode)
    pairs = [pair for pair in zip(one.samples, other.samples, strict=False) if None not in pair]
    if one.is_closed and other.is_closed:
        return one.size != other.size or any(a != b for a, b in pairs)
    # While it is written, some of it differs between two looks, and zeros are what another host does not see yet.
    return len(pairs) >= _FEWEST_SAMPLES and all(a != b for a, b in pairs)


def _looked(path: str, places: Iterable[int]) -> FileLook:
    with open(path, "rb") as file:
        state = os.fstat(file.fileno())
        samples = tuple(_sample(file.fileno(), place) for place in places)
    return FileLook("", state.st_dev, state.st_ino, state.st_size, is_closed_by_writer(path), samples)


def _sample(descriptor: int, place: int) -> int | None:
    os.lseek(descriptor, place, os.SEEK_SET)
    piece = os.read(descriptor, _SAMPLE_BYTES)
    return zlib.crc32(piece) if any(piece) else None


def _major(version: str) -> str:
    return version.split(".")[0]
