"""Whether a worker opens the file that is followed: its name may have been used again since, for another scan."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

from swmr_viewer.core.file_state import FileStamp
from swmr_viewer.core.frozen import frozen

if TYPE_CHECKING:
    import h5py


@frozen
class OpenedFile:
    """Which file was opened where a plan was made."""

    machine: tuple[str, str]
    """Its name, and which start of it: elsewhere device and inode may be other numbers of the same file."""
    stamp: FileStamp


def opened_file(h5file: h5py.File) -> OpenedFile:
    """Return which file is open here."""
    from swmr_viewer.core.files import identity_of_file

    return OpenedFile(this_machine(), identity_of_file(h5file).stamp)


def refuse_another(h5file: h5py.File, meant: OpenedFile | None) -> None:
    """Refuse a file that was opened by the path of a plan, if it is another one than the plan was made of.

    Raises
    ------
    FileReplacedError
        If it is, as far as that can be told.
    """
    from swmr_viewer.core.files import refuse_another_file

    if meant is not None and this_machine() == meant.machine:
        refuse_another_file(h5file, meant.stamp)


def this_machine() -> tuple[str, str]:
    """Return its name, and which start of it this is."""
    return socket.gethostname(), boot_id()


def boot_id() -> str:
    """Return which start of this machine it is; "": not known."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
