"""Which files of a folder belong to one scan, by their names: its master, and what detectors write beside it (pure, no Qt).

The names are those of the field: Diamond's ``i22-7.nxs`` beside ``i22-7-saxs.h5``, nexgen's ``run.nxs`` and Dectris' ``run_master.h5``
beside ``run_data_000001.h5``, odin-data's ``run_vds.h5`` beside ``run_000001.h5`` and ``run_meta.h5``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

MASTER = ".nxs"
MASTER_FORMS = ("_master", "_vds", "")
_PARTS = re.compile(r"(?P<base>.+?)_(?:meta|data_\d{6}|\d{6})")

Family = dict[tuple[str, str], list[str]]
"""Paths by folder and stem."""


def family_of(paths: Iterable[str]) -> Family:
    """Return the files of a look, ready to be asked for masters."""
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
        yield from (one for one in family.get((folder, shorter), ()) if one.endswith(MASTER))
    part = _PARTS.fullmatch(stem)
    if part is None:
        return
    base = part["base"]
    for form in MASTER_FORMS:
        yield from (one for one in family.get((folder, base + form), ()) if not one.endswith(MASTER))
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
