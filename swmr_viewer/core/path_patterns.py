"""Paths with ``*`` in them: one preset for a beamline, whose scans name their groups a little differently each time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from swmr_viewer.core.inspection import Inspection

_WILD = "*?["


def is_pattern(path: str) -> bool:
    """Whether a path may stand for several."""
    return any(character in path for character in _WILD)


def fits(path: str, pattern: str) -> bool:
    """Whether a path fits a pattern: ``*``, ``?`` and ``[...]`` within one name, ``**`` for any number of names."""
    return _fits(_names(path), _names(pattern))


def expanded(paths: Iterable[str], found: Inspection, *, datasets_only: bool = False) -> tuple[str, ...]:
    """Return the paths with each pattern replaced by what fits it, in the file's order.

    Parameters
    ----------
    paths : iterable of str
        A path that names something in the file is taken as it is, whatever characters are in it.
    found : Inspection
        Of the file.
    datasets_only : bool
        Whether groups do not count.

    Returns
    -------
    tuple of str
        Each path once. A pattern that nothing fits stays as it is: it names nothing (yet).
    """
    there = [node.path for node in found.tree if node.kind == "dataset" or not datasets_only]
    known = {node.path for node in found.tree}
    result: dict[str, None] = {}
    for path in paths:
        fitting = [candidate for candidate in there if fits(candidate, path)] if is_pattern(path) and path not in known else []
        result.update(dict.fromkeys(fitting or [path]))
    return tuple(result)


def _names(path: str) -> list[str]:
    return [name for name in path.split("/") if name]


def _fits(names: Sequence[str], patterns: Sequence[str]) -> bool:
    if not patterns:
        return not names
    if patterns[0] == "**":
        return any(_fits(names[at:], patterns[1:]) for at in range(len(names) + 1))
    return bool(names) and fnmatchcase(names[0], patterns[0]) and _fits(names[1:], patterns[1:])
