"""Several scans in one file: which entry each object belongs to, and which of them is being written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import prod

import h5py
import numpy as np

from swmr_viewer.core.discovery.objects import FileContents, FileObject
from swmr_viewer.core.discovery.ranking import Ranked
from swmr_viewer.core.files import BROKEN
from swmr_viewer.core.inspection import entry_of

_NAMED_AS_ENTRY = re.compile(r"(?=.)(entry|scan|run|measurement)?[ _-]?\d*(\.\d+)?", re.IGNORECASE)
_NUMBERS = re.compile(r"(\d+)")
_MOST_KEYS_READ = 1 << 20


def entries_of(contents: FileContents) -> tuple[str, ...]:
    """Return the paths of the groups that each hold a scan, as people count them; empty where there are not several."""
    groups = [found for found in contents.objects if found.node.kind == "group"]
    declared = [group.path for group in groups if group.attribute("NX_class") == "NXentry"]
    named = [group.path for group in groups if not group.parent and _NAMED_AS_ENTRY.fullmatch(group.name)]
    outermost: list[str] = []
    for path in sorted({*declared, *named}, key=len):
        if entry_of(path, outermost) is None:
            outermost.append(path)
    return tuple(sorted(outermost, key=_as_counted)) if len(outermost) > 1 else ()


def _as_counted(path: str) -> list[tuple[int, str]]:
    """Entry 10 comes after entry 9."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in _NUMBERS.split(path)]


def in_entry(path: str, entry: str | None, entries: Sequence[str]) -> bool:
    """Return whether an object is the entry's, or no entry's (None: any will do)."""
    return entry is None or entry_of(path, entries) in (entry, None)


def entry_to_follow(
    h5file: h5py.File, entries: Sequence[str], keys: Iterable[Ranked], default: str | None, is_written: bool, near: Iterable[str]
) -> str | None:
    """Return the entry to follow: the one that was asked for, else the one that runs; None where there is no choice.

    What is asked for are the paths in ``near``; ``default`` is the path that the file's own ``default`` leads to, ``entries`` are in
    the order in which people count them.
    """
    named = [entry for entry in (entry_of(path, entries) for path in near) if entry is not None]
    if named or not entries:
        return next(iter(named), None)
    with_keys: dict[str, list[FileObject]] = {}
    for key in keys:
        entry = entry_of(key.path, entries)
        if entry is not None:
            with_keys.setdefault(entry, []).append(key.found)
    declared = entry_of(default or "", entries)
    if declared in with_keys and not is_written:
        return declared
    runs = [entry for entry in with_keys if any(_is_unfinished(h5file, key, is_written) for key in with_keys[entry])]
    return max(runs or with_keys, key=entries.index, default=None)


def last_that_grows(data: Iterable[Ranked], entries: Sequence[str]) -> str | None:
    """Return the last entry with a data set that may grow: the one that runs, in a file that is being written and has no keys."""
    grows = {entry_of(ranked.path, entries) for ranked in data if ranked.found.node.shape != ranked.found.node.maxshape}
    return max((entry for entry in grows if entry is not None), key=entries.index, default=None)


def _is_unfinished(h5file: h5py.File, key: FileObject, is_written: bool) -> bool:
    """Whether its scan has begun and has points to come; in a file that is being written, whether any may come."""
    if is_written and (not key.node.shape or key.node.shape != key.node.maxshape):
        return True
    try:
        n_set, n_unset = _counts(h5file, key)
    except BROKEN:
        return False
    return n_unset > 0 and (is_written or n_set > 0)


def _counts(h5file: h5py.File, key: FileObject) -> tuple[int, int]:
    """How many keys are set and unset (of very many: among the last ones)."""
    if not prod(key.node.shape):
        return 0, 0
    dataset = h5file[key.path]
    rows = max(1, _MOST_KEYS_READ // max(1, prod(dataset.shape[1:])))
    values = np.asarray(dataset[-rows:] if dataset.shape else dataset[()])
    unset = dataset.fillvalue or 0
    n_unset = int(np.count_nonzero(values == unset))
    return values.size - n_unset, n_unset
