"""What every NeXus file that is written here needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import h5py


def new_group(parent: h5py.Group, name: str, nx_class: str) -> h5py.Group:
    """Make a group of a class."""
    group = parent.create_group(name)
    group.attrs["NX_class"] = nx_class
    return group


def allowed_names(names: Sequence[str], taken: Iterable[str] = ("data", "title"), other: str = "axis") -> list[str]:
    """Return one name for each, none twice and none that is taken, of the characters that NeXus allows.

    See https://manual.nexusformat.org/datarules.html: with a space in a name, nexusformat looks for two axes.
    """
    found: list[str] = []
    used = set(taken)
    for number, name in enumerate(names):
        allowed = re.sub(r"[^A-Za-z0-9_.]", "_", name).strip(".") or f"{other}_{number}"
        found.append(allowed if allowed not in used else f"{allowed}_{number}")
        used.add(found[-1])
    return found
