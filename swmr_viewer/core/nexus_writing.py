"""What every NeXus file that is written here needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count
from typing import Any

import h5py

LONGEST = 1000
"""Characters of a name; HDF5 takes 64 KB, and what is typed may be longer."""


def new_group(parent: h5py.Group, name: str, nx_class: str) -> h5py.Group:
    """Make a group of a class."""
    group = parent.create_group(name)
    group.attrs["NX_class"] = nx_class
    return group


def write_values(parent: h5py.Group, name: str, values: Mapping[str, Any]) -> None:
    """Write texts, numbers and lists of them by their names; what is a mapping itself becomes a group in the group, None is left out."""
    group = new_group(parent, name, "NXcollection")
    for key, value in values.items():
        if isinstance(value, Mapping):
            write_values(group, key, value)
        elif value is not None:
            group[key] = value


def allowed_names(names: Sequence[str], taken: Iterable[str] = ("data", "title"), other: str = "axis") -> list[str]:
    """Return one name for each, none twice and none that is taken, of the characters that NeXus allows.

    See https://manual.nexusformat.org/datarules.html: with a space in a name, nexusformat looks for two axes.
    """
    found: list[str] = []
    used = set(taken)
    for number, name in enumerate(names):
        allowed = re.sub(r"[^A-Za-z0-9_.]", "_", name)[:LONGEST].strip(".") or f"{other}_{number}"
        found.append(next(one for one in chain([allowed], (f"{allowed}_{n}" for n in count(number))) if one not in used))
        used.add(found[-1])
    return found
