"""All checks in their order: what the window needs, what HDF5 needs, this computer, and the file."""

from __future__ import annotations

import os
from collections.abc import Iterator

from swmr_viewer.commands.checks import hdf5_checks, machine_checks, storage_checks, window_checks
from swmr_viewer.commands.checks.finding import Finding, Level, within_time
from swmr_viewer.commands.display_check import PROBE_LIMIT_S

_MORE_S = 5.0
"""What bounds itself gets so much longer."""


def findings(path: str | None) -> Iterator[Finding]:
    """Yield what each check finds, as soon as it has; ``path``: the file in question, None: the working folder."""
    yield from within_time("program", machine_checks.program)
    yield from within_time("packages", machine_checks.packages)
    yield from _of_the_window()
    hdf5 = within_time("HDF5", hdf5_checks.hdf5, hdf5_checks.PROBE_LIMIT_S + _MORE_S)
    yield from hdf5
    yield from within_time("environment", hdf5_checks.environment)
    yield from _of_the_machine()
    place = path or os.getcwd()
    storage = within_time("file system", lambda: storage_checks.file_system(place))
    yield from storage
    frame_bytes = None
    if path is not None and hdf5[0].level is not Level.PROBLEM:
        from swmr_viewer.commands.checks import file_checks  # needs numpy, which may be what is wrong

        state = within_time("file", lambda: file_checks.state(path))
        yield from state
        if all(found.level is not Level.PROBLEM for found in (*state, *storage)):
            found, frame_bytes = file_checks.content(path)
            yield from found
    yield from within_time("shared memory", lambda: machine_checks.shared_memory(frame_bytes))


def _of_the_window() -> Iterator[Finding]:
    yield from within_time("display", window_checks.display, PROBE_LIMIT_S + _MORE_S)
    yield from within_time("Qt libraries", window_checks.qt_libraries)
    yield from within_time("Qt", window_checks.qt)
    yield from within_time("fonts", window_checks.fonts)


def _of_the_machine() -> Iterator[Finding]:
    yield from within_time("memory", machine_checks.memory)
    yield from within_time("open files", machine_checks.open_files)
    yield from within_time("temporary files", storage_checks.temporary_folder)
    yield from within_time("inotify", storage_checks.notification)
    yield from within_time("extras", machine_checks.extras)
    yield from within_time("log", machine_checks.log)
