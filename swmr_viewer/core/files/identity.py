"""Which file a handle reads, and whether that file is still the one at its path: a name that is used again is another scan.

A file is told by its device and inode. A writer that opens it with ``"w"`` keeps both and cuts it to nothing: then its size
falls, or its superblock is gone, or what can only grow while it is written has become less. What grew as long as it was, with as
many keys, while nobody looked, is not told: h5py writes no times into a file. A look comes at least each 50 ms while keys come, or at
the kernel's word that the file was written.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

import h5py

from swmr_viewer.core.errors import FileAccessError, FileReplacedError
from swmr_viewer.core.file_state import Change, FileStamp, read_file_state
from swmr_viewer.core.inspection import FileState

_SHRINKS_AT_CLOSE = 1 << 16
"""Bytes: HDF5 gives back what it had reserved and not used."""


class FileIdentity:
    """Watches one file by its path.

    Parameters
    ----------
    stamp : FileStamp
        The file that is read.
    """

    def __init__(self, stamp: FileStamp) -> None:
        self.stamp = stamp
        self._last: tuple[int, int, int, int] | None = None
        self._change = Change.NONE
        self._looking = threading.Lock()

    def look(self) -> Change:
        """Return what became of the file: one ``stat`` (measured: 2 us), and a read of its first bytes where that looks odd.

        What was written anew stays so; a file that was gone may come back. Several threads may look: one after the other, as a size that
        was asked before another thread's, and judged after it, would be taken for a file that shrank.
        """
        with self._looking:
            return self._look()

    def _look(self) -> Change:
        if self._change.is_replacement:
            return self._change
        try:
            now = os.stat(self.stamp.path)
        except (FileNotFoundError, NotADirectoryError):
            self._change = Change.GONE
            return self._change
        except OSError:  # storage that fails tells nothing
            return self._change
        seen = now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns
        self._change = Change.NONE
        if seen != self._last:
            self._change = self._judged(seen)
            self._last = seen if self._change is Change.NONE else self._last
        return self._change

    def note_rewritten(self) -> None:
        """Take note that its content tells so: keys or extents that were there are not there any more."""
        self._change = Change.REWRITTEN

    def _judged(self, seen: tuple[int, int, int, int]) -> Change:
        stamp, (device, inode, size, _) = self.stamp, seen
        if (device, inode) != stamp.device_and_inode:
            if self._last is None or seen[2:] != self._last[2:]:
                return Change.OTHER
            # Some network file systems number a file anew when they forgot it: nothing else about it changed.
            self.stamp = replace(stamp, device=device, inode=inode)
        if size < stamp.size:
            return self._shrunk(size)
        self.stamp = replace(self.stamp, size=size)
        return Change.NONE

    def _shrunk(self, size: int) -> Change:
        try:
            state = read_file_state(self.stamp.path)
        except FileAccessError:
            return Change.NONE
        is_usual = state in (FileState.CLOSED, FileState.NO_SWMR) and self.stamp.size - size <= _SHRINKS_AT_CLOSE
        return Change.NONE if is_usual else Change.REWRITTEN

    def refuse_mixture(self) -> None:
        """Refuse to read a file that was written anew in place.

        Raises
        ------
        FileReplacedError
            If it was.
        """
        if self.look() is Change.REWRITTEN:
            raise replaced_error(self.stamp.path, Change.REWRITTEN)


def change_at_path(stamp: FileStamp) -> Change:
    """Return what became of a file since it was seen, by its path alone."""
    return FileIdentity(stamp).look()


def replaced_error(path: str, change: Change) -> FileReplacedError:
    """Return the sentence for a file that another scan has the name of now."""
    if change is Change.REWRITTEN:
        return FileReplacedError(
            f"{path} was replaced: it was written anew in place, and what it held before is gone.",
            "Open it again to follow what is in it now.",
        )
    return FileReplacedError(
        f"{path} was replaced: another file has its name now. What is shown is from the one before.",
        "Open it again to follow the new one.",
    )


def refuse_another_file(opened: h5py.File, meant: FileStamp) -> None:
    """Refuse a file that has the path of another one, which was meant, and was opened on this machine before.

    Raises
    ------
    FileReplacedError
        If it is another one.
    """
    if identity_of_file(opened).stamp.device_and_inode != meant.device_and_inode:
        raise replaced_error(meant.path, Change.OTHER)


class FilesRead:
    """The files that frames come from: one that was written anew in place is refused before and after each frame.

    Parameters
    ----------
    h5file : h5py.File
        The file that was opened.
    """

    def __init__(self, h5file: h5py.File) -> None:
        self.home = identity_of_file(h5file)
        """The file that was opened."""
        self._known = {self.home.stamp.path: [self.home]}

    @property
    def files(self) -> tuple[FileIdentity, ...]:
        """The opened one, and those that frames were read from so far."""
        return tuple(identity for several in self._known.values() for identity in several)

    def refuse_mixture(self) -> None:
        """Refuse to touch the opened file if it was written anew in place (FileReplacedError)."""
        self.home.refuse_mixture()

    @contextmanager
    def unmixed(self, datasets: Iterable[h5py.Dataset | None]) -> Iterator[None]:
        """Refuse what is read meanwhile if any of the data sets' files was written anew in place (FileReplacedError).

        The opened file was looked at before, by ``refuse_mixture``.
        """
        files = list(dict.fromkeys(identity_of_file(dataset) for dataset in datasets if dataset is not None))
        for identity in files:
            if identity is not self.home:
                self._note(identity)
                identity.refuse_mixture()
        try:
            yield
        finally:  # whatever else went wrong: this is why
            for identity in files:
                identity.refuse_mixture()

    def _note(self, read: FileIdentity) -> None:
        """A file that was closed to make room, and opened again, is the same one."""
        known, now = self._known.setdefault(read.stamp.path, []), read.stamp
        if not any(now.device_and_inode == identity.stamp.device_and_inode for identity in known):
            known.append(read)


_by_number: WeakValueDictionary[int, FileIdentity] = WeakValueDictionary()
"""One for each file that is open here, by HDF5's number of it."""
_by_dataset: WeakKeyDictionary[h5py.Dataset, FileIdentity] = WeakKeyDictionary()


def identity_of_file(opened: h5py.File | h5py.Dataset) -> FileIdentity:
    """Return the identity of the file that an open object lies in, whatever link led there."""
    if isinstance(opened, h5py.Dataset):
        known = _by_dataset.get(opened)
        if known is None:
            known = _by_dataset[opened] = _shared(opened)
        return known
    return _shared(opened)


def _shared(opened: h5py.File | h5py.Dataset) -> FileIdentity:
    number = int(h5py.h5o.get_info(opened.id).fileno)
    known = _by_number.get(number)
    if known is None:
        known = _by_number[number] = FileIdentity(_stamp_of(opened))
    return known


def _stamp_of(opened: h5py.File | h5py.Dataset) -> FileStamp:
    path = os.path.abspath(os.fsdecode(h5py.h5f.get_name(opened.id)))
    try:
        status = _status(opened, path)
    except OSError:  # gone already: nothing that comes to this path is it
        return FileStamp(path, -1, -1, 0)
    return FileStamp(path, status.st_dev, status.st_ino, status.st_size)


def _status(opened: Any, path: str) -> os.stat_result:
    """The status of what the handle reads; another file may be at its path already."""
    if sys.platform == "win32":  # HDF5's descriptors are not Python's there
        return os.stat(path)
    try:
        read = os.fstat(h5py.h5i.get_file_id(opened.id).get_vfd_handle())
    except (OSError, ValueError, RuntimeError, NotImplementedError, TypeError):
        return os.stat(path)  # a driver that reads no plain file
    return _by_path_if_same(read, path)


def _by_path_if_same(read: os.stat_result, path: str) -> os.stat_result:
    """Take the path's numbers where only these differ: layered file systems number a file and its handle apart."""
    try:
        now = os.stat(path)
    except OSError:
        return read
    return now if (now.st_size, now.st_mtime_ns) == (read.st_size, read.st_mtime_ns) else read
