"""The file system that a file is on, and whether the kernel tells of what is written."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from swmr_viewer.commands.checks.finding import Finding, ok, problem, warning
from swmr_viewer.core.file_wakeup import LOCAL, MOUNTS, FileWakeup, file_system_of, wait_readable

PARALLEL = frozenset({"gpfs", "lustre", "beegfs", "ceph", "fuse.ceph", "pvfs2", "orangefs", "wekafs"})
"""Written by other computers, and in the order in which they write."""
NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "glusterfs", "fuse.glusterfs", "fuse.sshfs", "fuse.s3fs"})
_LIMITS = Path("/proc/sys/fs/inotify")
_FEW_INSTANCES, _FEW_WATCHES = 16, 1024
_TOLD_WITHIN_S = 1.0


def file_system(path: str, mounts: Iterable[str] | None = None, system: str = sys.platform) -> Finding:
    """Return on which file system a path is (there or not), and what that means for following a file.

    Parameters
    ----------
    path : str
        The file, or the folder.
    mounts : iterable of str, optional
        The lines of ``/proc/self/mountinfo``; None: those of this process.
    system : str
        As ``sys.platform``.
    """
    if not system.startswith("linux"):
        return ok("file system", "This system does not tell; the file is looked at again and again.")
    if mounts is None:
        mounts = Path(MOUNTS).read_text(encoding="utf-8", errors="replace").splitlines()
    return _judged(file_system_of(os.path.realpath(path), mounts))


def _judged(kind: str) -> Finding:
    if kind in LOCAL:
        return ok("file system", f"{kind}, on this computer: the kernel tells when a file is written.")
    if kind in PARALLEL:
        return ok("file system", f"{kind}, over a network: nothing tells when a file is written, so it is looked at again and again.")
    if kind in NETWORK:
        return warning(
            "file system",
            f"{kind}, over a network: nothing tells when a file is written, and news may come late. HDF5 promises nothing for SWMR there.",
            "If frames come late or doubtful, run this program where the file is local, or on a parallel file system.",
        )
    return ok("file system", f"{kind or 'not told'}: nothing is known of it, so files are looked at again and again.")


def notification(system: str = sys.platform, limits: Path = _LIMITS) -> Iterator[Finding]:
    """Yield whether the kernel tells of writes, tried on a file of its own, and how many may be asked for."""
    if not system.startswith("linux"):
        yield ok("inotify", "This system has none: files are looked at again and again.")
        return
    yield _tried()
    yield from _limits_judged(limits)


def _tried() -> Finding:
    try:
        told = _is_told()
    except OSError as error:
        return warning(
            "inotify",
            f"It cannot be used: {error.strerror or error}. Files are looked at again and again, and keys seen a little later.",
            "Raise fs.inotify.max_user_instances (sysctl), or install inotify_simple.",
        )
    if told:
        return ok("inotify", "The kernel tells of a write, tried in the folder for temporary files.")
    return warning("inotify", "The kernel does not tell of a write to a temporary file.", "Nothing: files are looked at again and again.")


def _is_told() -> bool:
    with tempfile.NamedTemporaryFile() as file, closing(FileWakeup()) as wakeup:
        if not wakeup.watch([file.name]):
            return False
        file.write(b"1")
        file.flush()
        return bool(wait_readable([wakeup.fileno()], _TOLD_WITHIN_S))


def _limits_judged(limits: Path) -> Iterator[Finding]:
    try:
        instances, watches = (int((limits / name).read_text()) for name in ("max_user_instances", "max_user_watches"))
    except (OSError, ValueError):
        yield ok("inotify limits", "This system does not tell.")
        return
    found = f"{instances} instances and {watches} watches for each user."
    if instances < _FEW_INSTANCES or watches < _FEW_WATCHES:
        yield warning("inotify limits", found, "Raise them: sysctl fs.inotify.max_user_instances=128 fs.inotify.max_user_watches=8192")
    else:
        yield ok("inotify limits", found)


def temporary_folder() -> Finding:
    """Return whether something can be written to the folder for temporary files."""
    try:
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"1")
            file.flush()
            return ok("temporary files", f"They go to {os.path.dirname(file.name)}.")
    except OSError as error:
        return problem("temporary files", f"None can be written: {error.strerror or error}.", "Make room, or set TMPDIR to another folder.")
