"""The kernel's word that a file was written, on local file systems of Linux: wakes a wait sooner, and is never taken for the truth."""

from __future__ import annotations

import os
import select
import sys
import threading
import weakref
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

LOCAL = frozenset({"ext2", "ext3", "ext4", "xfs", "btrfs", "tmpfs", "zfs", "f2fs", "jfs", "bcachefs", "overlay"})
"""Of others (NFS, GPFS, Lustre, CIFS, FUSE ...) the kernel does not tell what another computer writes, or nobody knows."""
_MOST_FILES = 64
MOUNTS = "/proc/self/mountinfo"
_MOST_SELECTED = 1024
_ALL_AT_ONCE = 1 << 20


class FileWakeup:
    """Becomes readable when one of some files was written, replaced or deleted. It is closed with `close`, or when nobody has it any more.

    Raises
    ------
    OSError
        If there is none: another system, or the limit of such watches is used up.
    """

    def __init__(self) -> None:
        if not sys.platform.startswith("linux"):
            raise OSError("Only Linux tells of files that were written.")
        try:
            from inotify_simple import INotify, flags
        except ImportError as error:
            raise OSError("inotify_simple is not installed.") from error
        self._inotify: Any = INotify(nonblocking=True)
        self._mask = flags.MODIFY | flags.CLOSE_WRITE | flags.ATTRIB | flags.DELETE_SELF | flags.MOVE_SELF
        self._close = weakref.finalize(self, self._inotify.close)

    def fileno(self) -> int:
        """Return what to wait for."""
        return int(self._inotify.fileno())

    def watch(self, paths: Iterable[str | None]) -> bool:
        """Watch these files (as well); return whether each of them is there and the kernel tells of all that is written to it.

        None stands for a file whose name is not known yet.
        """
        watched = 0
        for path in paths:
            watched += 1
            if path is None or watched > _MOST_FILES or not is_local(path):
                return False
            try:
                self._inotify.add_watch(path, self._mask)
            except OSError:
                return False
        return watched > 0

    def take(self) -> bool:
        """Return whether anything was written since the last call."""
        try:
            return bool(os.read(self.fileno(), _ALL_AT_ONCE))
        except BlockingIOError:
            return False

    def close(self) -> None:
        """Stop watching."""
        self._close()


def is_local(path: str) -> bool:
    """Return whether a path (there or not) is on a file system of which the kernel tells all that is written; only on Linux."""
    try:
        with open(MOUNTS, encoding="utf-8", errors="replace") as file:
            return file_system_of(os.path.realpath(path), file) in LOCAL
    except OSError:
        return False


def file_system_of(path: str, mounts: Iterable[str]) -> str:
    """Return the type of the file system that an absolute path is on, by the lines of ``/proc/self/mountinfo``; "": not told."""
    best, kind = "", ""
    for line in mounts:
        before, _, after = line.partition(" - ")
        fields = before.split()
        if len(fields) > 4 and after:
            point = fields[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
            if (path == point or path.startswith(point.rstrip("/") + "/")) and len(point) >= len(best):  # of two, the later covers
                best, kind = point, after.split()[0]
    return kind


class Alarm:
    """Lets any thread end the wait of another: `ring` makes ``fileno`` readable for good, until `reset`. Linux only."""

    def __init__(self) -> None:
        self._descriptor = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._lock = threading.Lock()
        self._close = weakref.finalize(self, os.close, self._descriptor)

    def fileno(self) -> int:
        return self._descriptor

    def ring(self) -> None:
        with self._lock:
            if self._close.alive:
                os.eventfd_write(self._descriptor, 1)

    def reset(self) -> None:
        with self._lock, suppress(BlockingIOError):
            if self._close.alive:
                os.eventfd_read(self._descriptor)

    def close(self) -> None:
        with self._lock:
            self._close()


def wait_readable(descriptors: Sequence[int], timeout_s: float) -> list[int]:
    """Return which of these can be read, after waiting up to so long for one (to the microsecond where the system can)."""
    if max(descriptors, default=0) < _MOST_SELECTED:
        return select.select(descriptors, [], [], timeout_s)[0]
    poller = select.poll()
    for descriptor in descriptors:
        poller.register(descriptor, select.POLLIN)
    return [descriptor for descriptor, _ in poller.poll(1000 * timeout_s)]
