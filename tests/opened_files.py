"""Which files of a folder anybody opens while something runs, as the kernel tells it (Linux)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def opened_in(folder: Path) -> Iterator[list[str]]:
    """Yield a list that has the names of all files in a folder that were opened meanwhile, once this ends."""
    from inotify_simple import INotify, flags

    opened: list[str] = []
    with INotify() as watch:
        watch.add_watch(folder, flags.OPEN)
        yield opened
        opened += [event.name for event in watch.read(timeout=0) if event.name]
