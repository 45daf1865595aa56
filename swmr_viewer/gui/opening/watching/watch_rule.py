"""Which files a folder watch waits for, and which of two is the newer one (pure, no Qt)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Literal

Newest = Literal["time", "name"]

SEPARATOR = ";"
USUAL_PATTERN = "*.nxs; *.h5; *.hdf5"


@dataclass(frozen=True, slots=True)
class WatchRule:
    """What to wait for."""

    folder: str
    pattern: str = USUAL_PATTERN
    """Patterns as in a shell, separated by semicolons; ``*/*.nxs`` looks one folder deeper."""
    newest: Newest = "time"
    """``time``: by when they were changed last; ``name``: by name, numbers in it compared as numbers."""

    @property
    def patterns(self) -> tuple[str, ...]:
        return tuple(filter(None, map(str.strip, self.pattern.split(SEPARATOR)))) or ("*",)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file that fits, as it was at one look."""

    path: str
    modified_ns: int
    size: int
    inode: int

    def is_another_than(self, before: FoundFile) -> bool:
        """Whether the path was given to a new file since: replaced, or emptied and written again."""
        return self.inode != before.inode or self.size < before.size


def matching(rule: WatchRule) -> Iterator[str]:
    """Yield the paths that fit, each once, in no order.

    Raises
    ------
    OSError
        If the folder itself cannot be listed; what cannot be listed inside it is passed over.
    """
    seen: set[str] = set()
    for pattern in rule.patterns:
        parts = [part for part in pattern.replace("\\", "/").split("/") if part]
        for path in _below(rule.folder, parts):
            if path not in seen:
                seen.add(path)
                yield path


def _below(folder: str, parts: list[str]) -> Iterator[str]:
    with os.scandir(folder) as entries:
        fitting = [entry for entry in entries if fnmatch(entry.name, parts[0]) and not entry.name.startswith(".")]
    for entry in fitting:
        if len(parts) == 1:
            yield entry.path
        elif entry.is_dir():
            try:
                yield from _below(entry.path, parts[1:])
            except OSError:
                continue


def fits_rule(path: str, rule: WatchRule) -> bool:
    """Return whether a path is one of those that are waited for, without a look at the folder."""
    parts = os.path.relpath(path, rule.folder).replace("\\", "/").split("/")
    for pattern in rule.patterns:
        wanted = [part for part in pattern.replace("\\", "/").split("/") if part]
        if len(wanted) == len(parts) and all(map(fnmatch, parts, wanted)):
            return True
    return False


def found(path: str) -> FoundFile | None:
    """Return a file as it is now; None where there is none (any more)."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return FoundFile(path, status.st_mtime_ns, status.st_size, status.st_ino)


def natural(path: str) -> tuple[tuple[int, int | str], ...]:
    """Return a key to sort paths by, so that ``9.nxs`` comes before ``10.nxs``."""
    parts = re.split(r"(\d+)", path.casefold())
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts if part)


def newest_first(files: list[FoundFile], newest: Newest) -> list[FoundFile]:
    """Return the files sorted, the newest first; names decide between files of one time."""
    if newest == "name":
        return sorted(files, key=lambda one: natural(one.path), reverse=True)
    return sorted(files, key=lambda one: (one.modified_ns, natural(one.path)), reverse=True)
