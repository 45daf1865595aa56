"""HDF5 as it is installed here: versions, filters, locks, and what the environment says to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from swmr_viewer.commands.checks.finding import Finding, ok, problem, warning
from swmr_viewer.core.locking import VARIABLE, forces_locks

PROBE_LIMIT_S = 30.0
_PROBE = "from swmr_viewer.commands.checks.hdf5_probe import main; main()"
PLUGIN_PATH = "HDF5_PLUGIN_PATH"


def hdf5(code: str = _PROBE) -> Iterator[Finding]:
    """Yield what a process of its own found that loaded HDF5 (``code``: what it runs)."""
    command = [sys.executable, "-c", code]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PROBE_LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        yield problem("HDF5", f"It was not loaded within {PROBE_LIMIT_S:g} s.", "Check the storage that Python is installed on.")
        return
    try:
        found = json.loads(done.stdout)
    except ValueError:
        yield problem(
            "HDF5",
            f"It cannot be loaded: {_last_line(done.stderr, done.returncode)}.",
            "Install it again: pip install --force-reinstall h5py hdf5plugin (or all: swmr-viewer)",
        )
        return
    yield from judged(found)


def _last_line(words: str, status: int) -> str:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else f"the process ended with status {status}"


def judged(found: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what the probe's answer means."""
    yield ok("HDF5", f"{found['hdf5']}, h5py {found['h5py']}, hdf5plugin {found['hdf5plugin']}.")
    yield _filters(found["filters"], found["wrong"])
    yield _locks(found["takes_locks"])


def _filters(there: Mapping[str, bool], wrong: list[str]) -> Finding:
    lost = [name for name, is_there in there.items() if not is_there]
    remedy = "Run: pip install --force-reinstall hdf5plugin"
    if wrong:
        return problem("filters", f"A frame does not come back as it was written through {', '.join(wrong)}.", remedy)
    if lost:
        return warning("filters", f"Not to be had: {', '.join(lost)}. Data that are compressed so cannot be shown.", remedy)
    return ok("filters", f"{', '.join(there)}.")


def _locks(taken: bool | None) -> Finding:
    if taken:
        return problem(
            "locks", "The reader takes a lock on the files that it follows, which may end a writer.", f"Unset {VARIABLE}, and start again."
        )
    return ok(
        "locks", "The reader takes none: no writer is held up." if taken is False else "The reader asks for none; not tried on this system."
    )


def environment(variables: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Yield what the environment says to HDF5."""
    value = variables.get(VARIABLE)
    if value is None:
        yield ok(VARIABLE, "It is not set.")
    elif forces_locks(value):
        yield warning(
            VARIABLE,
            f"It is {value}: swmr-viewer takes no lock all the same, but scripts that load h5py first do, and may end a writer.",
            f"Unset {VARIABLE}, or set it to FALSE.",
        )
    else:
        yield ok(VARIABLE, f"It is {value}: no lock is forced.")
    yield _plugin_path(variables.get(PLUGIN_PATH))


def _plugin_path(value: str | None) -> Finding:
    if not value:
        return ok(PLUGIN_PATH, "It is not set; hdf5plugin brings the usual filters.")
    lost = [folder for folder in value.split(os.pathsep) if folder and not os.path.isdir(folder)]
    if lost:
        return warning(PLUGIN_PATH, f"There is no folder {', '.join(lost)}.", f"Correct {PLUGIN_PATH}, or unset it.")
    return ok(PLUGIN_PATH, f"It is {value}.")
