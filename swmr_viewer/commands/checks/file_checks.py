"""The file: its state and its writer from its first bytes and the system; what it holds, from a reader process."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from typing import TypeVar

import numpy as np

from swmr_viewer.commands.checks.finding import Finding, ok, problem, warning
from swmr_viewer.commands.checks.openers import openers_of
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.core.file_state import read_file_state
from swmr_viewer.core.inspection import FileState, Inspection, TreeNode
from swmr_viewer.reader.messages import Event, FollowRequest, Inspected, Previewed
from swmr_viewer.reader.supervision import Supervisor

STUCK_AFTER_S = 10.0
LIMIT_S = 60.0
_QUIET_S = 60.0
_MISSING = "(missing)"
Answer = TypeVar("Answer", bound=Event)


def state(path: str) -> Iterator[Finding]:
    """Yield the state of the file, the age of its last change and who has it open; neither HDF5 nor a lock is used."""
    found = read_file_state(path)
    age_s = None if found is FileState.MISSING else max(0.0, time.time() - os.stat(path).st_mtime)
    yield state_judged(path, found, age_s)
    if age_s is not None and sys.platform.startswith("linux"):
        yield _opened_by(os.path.realpath(path), found)


def state_judged(path: str, found: FileState, age_s: float | None) -> Finding:
    """Return what a state means; ``age_s`` are the seconds since the last change."""
    changed = "" if age_s is None else f", changed {_ago(age_s)} ago"
    if found is FileState.MISSING:
        return problem("file", f"There is no file {path}.", "Check the path, or wait for its writer to create it.")
    if found is FileState.NOT_HDF5:
        what = "a folder, not an HDF5 file" if os.path.isdir(path) else "not an HDF5 file"
        return problem("file", f"{path} is {what}.", "Name an HDF5 file (.h5, .hdf5, .nxs).")
    if found is FileState.SWMR and age_s is not None and age_s > _QUIET_S:
        return warning(
            "file", f"{found}{changed}: its writer waits, or was killed; the file cannot tell which.", "See that its writer runs."
        )
    if found is FileState.WRITING:
        remedy = f"Wait for the writer to start SWMR; if it is gone, free the file with: h5clear --status {path}"
        return warning("file", f"{found[:1].upper()}{found[1:]}{changed}: nothing can be read yet.", remedy)
    if found is FileState.EMPTY:
        return warning("file", f"It is empty{changed}.", "Wait for its writer.")
    if found is FileState.NO_SWMR:
        remedy = "Write it with libver='latest' (or 'v110') and swmr_mode=True to follow it live."
        return warning("file", f"Its format has no SWMR mode{changed}: it can be read once its writer has closed it.", remedy)
    return ok("file", f"{found[:1].upper()}{found[1:]}{changed}.")


def _opened_by(path: str, found: FileState) -> Finding:
    named = [f"{one.name} {one.pid}{' (writes)' if one.writes else ''}" for one in openers_of(path)]
    if named:
        return ok("opened by", f"{', '.join(named)}.")
    if found in (FileState.SWMR, FileState.WRITING):
        return ok("opened by", "No process that can be seen here: its writer is another user's, on another computer, or gone.")
    return ok("opened by", "No process that can be seen here.")


def content(path: str, limit_s: float = LIMIT_S) -> tuple[list[Finding], int | None]:
    """Return what a reader process finds in the file, and the bytes of the largest frame (None: not known)."""
    until = time.monotonic() + limit_s
    with closing(Supervisor(stuck_after_s=STUCK_AFTER_S)) as supervisor:
        supervisor.inspect(path)
        answer = _answer(supervisor, Inspected, until)
        if answer is None:
            return [problem("content", f"HDF5 does not get done with it in {limit_s:g} s.", "Check the file and its storage.")], None
        if answer.inspection is None:
            return [problem("content", answer.message, answer.remedy)], None
        findings = list(content_judged(answer.inspection))
        if answer.inspection.data_paths:
            supervisor.preview(_first_frame(path, answer.inspection))
            findings.append(frame_judged(_answer(supervisor, Previewed, until)))
        return findings, largest_frame(answer.inspection)


def _answer(supervisor: Supervisor, kind: type[Answer], until: float) -> Answer | None:
    while (left := until - time.monotonic()) > 0:
        for event in supervisor.wait(left):
            if isinstance(event, kind):
                return event
    return None


def _first_frame(path: str, found: Inspection) -> FollowRequest:
    return FollowRequest(path, found.key_paths, found.data_paths[:1], found.finished_path, length_paths=found.length_paths)


def content_judged(found: Inspection) -> Iterator[Finding]:
    """Yield what an inspection means for those who want to follow the file."""
    if found.key_paths:
        yield ok("keys", f"{', '.join(found.key_paths)}.")
    else:
        instead = f" The length of {', '.join(found.length_paths)} stands in for them." if found.length_paths else ""
        yield warning("keys", f"None were found.{instead}", "Name them if you know them: --keys PATH")
    if found.data_paths:
        yield ok("data", f"{', '.join(found.data_paths)}.")
    else:
        yield problem("data", "No data set was found that has a frame for each scan point.", "Name it if you know it: --data PATH")
    lost = [node for node in found.tree if any(name.endswith(_MISSING) for name in node.filters)]
    if lost:
        yield _filter_finding(lost, found)
    bad = [node for node in found.tree if node.kind == "unreadable"]
    remedy = "See swmr-viewer inspect for all of it."
    for note in found.notes:
        if not any(note.startswith(f"{node.path} ") for node in lost):  # said above
            yield (problem if any(node.path in note for node in bad) else warning)("content", note, remedy)


def _filter_finding(lost: list[TreeNode], found: Inspection) -> Finding:
    names = dict.fromkeys(name.removesuffix(_MISSING).strip() for node in lost for name in node.filters if name.endswith(_MISSING))
    worst = problem if any(node.path in (*found.data_paths, *found.key_paths) for node in lost) else warning
    return worst(
        "filters of the file",
        f"Not installed here: {', '.join(names)}, needed for {', '.join(node.path for node in lost[:5])}.",
        "Install it as an HDF5 plugin, and point HDF5_PLUGIN_PATH to its folder.",
    )


def frame_judged(answer: Previewed | None) -> Finding:
    """Return what came of reading the first complete frame."""
    if answer is None:
        return problem("first frame", "It was not read in time.", "Check the file and its storage.")
    if answer.kind is None:
        return ok("first frame", f"Frame {answer.index} of {answer.data_path} can be read.")
    if answer.kind in (FailureKind.FRAME_NOT_WRITTEN, FailureKind.FRAME_DOUBTFUL):
        return warning("first frame", answer.message, answer.remedy)
    return problem("first frame", answer.message, answer.remedy)


def largest_frame(found: Inspection) -> int | None:
    """Return the bytes of the largest frame of the data sets that would be shown; None: not known."""
    rank = len(found.scan_shape or (0,))
    sizes = [_bytes_of(node, rank) for node in found.tree if node.path in found.data_paths]
    return max(filter(None, sizes), default=None)


def _bytes_of(node: TreeNode, rank: int) -> int | None:
    try:
        return int(np.prod(node.shape[rank:], dtype=np.int64)) * np.dtype(node.dtype).itemsize
    except TypeError:  # no plain numbers
        return None


def _ago(seconds: float) -> str:
    for length, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
