"""Shared-memory blocks with room that is really there, closed whoever still looks at them."""

from __future__ import annotations

import errno
import os
import sys
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

_LINUX_FOLDER = Path("/dev/shm")


def create_block(size: int) -> SharedMemory:
    """Create a block whose pages are reserved.

    Without the reservation Linux hands out more than it has, and the process that touches the first missing
    page is killed by SIGBUS.

    Raises
    ------
    OSError
        If there is not enough room.
    """
    block = SharedMemory(create=True, size=size)
    try:
        _reserve(block.name, size)
    except BaseException:
        block.close()
        block.unlink()
        raise
    return block


def _reserve(name: str, size: int) -> None:
    if not sys.platform.startswith("linux") or not (_LINUX_FOLDER / name).exists():
        return
    handle = os.open(_LINUX_FOLDER / name, os.O_RDWR)
    try:
        os.posix_fallocate(handle, 0, size)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):
            raise
    finally:
        os.close(handle)


def attach_block(name: str) -> SharedMemory:
    """Open a block that another process owns, without becoming answerable for it.

    Python before 3.13 registers an attached block with the tracker that this process shares with its parent, and
    one that the owner unlinks at that moment would be reported as leaked.
    """
    if sys.version_info >= (3, 13):
        return SharedMemory(name=name, track=False)
    register = resource_tracker.register
    resource_tracker.register = lambda *_: None
    try:
        return SharedMemory(name=name)
    finally:
        resource_tracker.register = register


def let_go(block: SharedMemory) -> None:
    """Close this process's view of a block; arrays that still look at it stay good and free the memory with the last of them."""
    try:
        block.close()
    except BufferError:
        # Its __del__ would try again and complain; the mapping lives as long as the arrays that hold it.
        block._buf = block._mmap = None  # type: ignore[attr-defined]
        block.close()


def unlink(block: SharedMemory) -> None:
    """Remove the block's name; what is mapped stays mapped."""
    try:
        block.unlink()
    except FileNotFoundError:
        resource_tracker.unregister(f"/{block.name}", "shared_memory")
