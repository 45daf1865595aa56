"""Which files of a folder a watch looks for, which of two is the newer one, and which belong to one scan."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from typing import Literal

from swmr_viewer.core.frozen import frozen

Newest = Literal["time", "name"]

SEPARATOR = ";"
USUAL_PATTERN = "*.nxs; *.h5; *.hdf5"


@frozen
class WatchRule:
    """What to wait for."""

    folder: str
    pattern: str = USUAL_PATTERN
    """Patterns as in a shell, separated by semicolons; ``*/*.nxs``: one folder deeper."""
    newest: Newest = "time"
    """``time``: by when they were changed last; ``name``: by name, numbers in it compared as numbers."""

    @property
    def patterns(self) -> tuple[str, ...]:
        return tuple(filter(None, map(str.strip, self.pattern.split(SEPARATOR)))) or ("*",)


@frozen
class FoundFile:
    """One file that fits, as it was at one poll."""

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
    """Return whether a path is one of those that are waited for, without listing the folder."""
    parts = os.path.relpath(path, rule.folder).replace("\\", "/").split("/")
    for pattern in rule.patterns:
        wanted = [part for part in pattern.replace("\\", "/").split("/") if part]
        if len(wanted) == len(parts) and all(map(fnmatch, parts, wanted)):
            return True
    return False


def file_at(path: str) -> FoundFile | None:
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
        return sorted(files, key=lambda file: natural(file.path), reverse=True)
    return sorted(files, key=lambda file: (file.modified_ns, natural(file.path)), reverse=True)


# What detectors write beside a scan's master: Diamond's ``i22-7.nxs`` beside ``i22-7-saxs.h5``, nexgen's ``run.nxs`` and Dectris'
# ``run_master.h5`` beside ``run_data_000001.h5``, odin-data's ``run_vds.h5`` beside ``run_000001.h5`` and ``run_meta.h5``.
MASTER = ".nxs"
MASTER_FORMS = ("_master", "_vds", "")
_PARTS = re.compile(r"(?P<base>.+?)_(?:meta|data_\d{6}|\d{6})")

Family = dict[tuple[str, str], list[str]]
"""Paths by folder and stem."""


def family_of(paths: Iterable[str]) -> Family:
    """Return the files by folder and stem, as `masters_of` takes them."""
    family: Family = {}
    for path in paths:
        folder, name = os.path.split(path)
        family.setdefault((folder, os.path.splitext(name)[0]), []).append(path)
    return family


def masters_of(path: str, family: Family) -> Iterator[str]:
    """Yield the files that this one would be a companion of, the likeliest master first; none for most files.

    A companion lies beside its master. Below a ``.nxs`` it has its stem with anything behind a ``-``, ``_`` or ``.``; below an
    HDF5 file, it is named as odin-data and Dectris name parts. Without a master, odin's parts belong to the first of them:
    a ``_meta`` beside them tells odin's parts from scans that are numbered.
    """
    folder, name = os.path.split(path)
    stem, suffix = os.path.splitext(name)
    if suffix == MASTER:
        return
    for shorter in _shorter(stem):
        yield from (master for master in family.get((folder, shorter), ()) if master.endswith(MASTER))
    part = _PARTS.fullmatch(stem)
    if part is None:
        return
    base = part["base"]
    for form in MASTER_FORMS:
        yield from (master for master in family.get((folder, base + form), ()) if not master.endswith(MASTER))
    first = _first_part(folder, base, family)
    if first and first != path:
        yield first


def _shorter(stem: str) -> Iterator[str]:
    """Yield the stem and what is before each of its separators, the longest first."""
    yield stem
    for at in range(len(stem) - 1, 0, -1):
        if stem[at] in "-_.":
            yield stem[:at]


def _first_part(folder: str, base: str, family: Family) -> str:
    """Return the first of odin's files of data, or "" where these are none."""
    if (folder, f"{base}_meta") not in family:
        return ""
    for number in ("000001", "000000"):
        if found := family.get((folder, f"{base}_{number}")):
            return found[0]
    return ""
