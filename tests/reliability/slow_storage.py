"""Storage that stands still while a switch is on: for this process, where it was loaded, and for those that it starts."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SOURCE = Path(__file__).with_name("slow_storage.c")
_FOLDER, _SWITCH, _LOADED = "SLOW_STORAGE", "SLOW_STORAGE_SWITCH", "LD_PRELOAD"


def compiler() -> str | None:
    """Return a C compiler of this machine, if it has one."""
    return next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)


def environment(folder: Path, build: Path) -> dict[str, str]:
    """Return the environment for a process whose files below ``folder`` can be made to stand still; the library is built into ``build``."""
    library = build / "slow_storage.so"
    found = compiler()
    assert found is not None, "no C compiler"
    subprocess.run([found, "-shared", "-fPIC", "-O1", "-o", str(library), str(_SOURCE), "-ldl"], check=True)
    return {**os.environ, _FOLDER: f"{folder}/", _SWITCH: str(build / "stands-still"), _LOADED: str(library)}


@contextmanager
def standing_still() -> Iterator[None]:
    """While this lasts, every call for a file of that storage waits, in each process that has the library loaded."""
    switch = Path(os.environ[_SWITCH])
    switch.touch()
    try:
        yield
    finally:
        switch.unlink()


@contextmanager
def unloaded() -> Iterator[None]:
    """While this lasts, processes that are started have other storage."""
    library = os.environ.pop(_LOADED, None)
    try:
        yield
    finally:
        if library is not None:
            os.environ[_LOADED] = library
