"""Where data really come from: the other files that a path leads to, found by what is written in the file, without opening them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import h5py

from swmr_viewer.core.data.sequence import numbered_names
from swmr_viewer.core.files import BY_LINKS, BY_MAPPINGS, BY_RAW, as_text, folders_of, found_file, link_out, open_object
from swmr_viewer.core.other_files import MOST_TOLD, NO_OTHERS, OtherFiles

_DEEPEST = 4
"""Virtual data sets whose sources are virtual, in the same file."""

_Named = tuple[str, str, str]
"""(the file that names it, its name there, by which rule HDF5 looks for it)."""
_IS_THERE = ""


def other_files_of(h5file: h5py.File, path: str) -> OtherFiles:
    """Return the other files that a data set, or a group of numbered ones, comes from; none where that cannot be told."""
    with suppress(Exception):  # where data come from is worth no scan that cannot be followed
        return _resolved(str(h5file.filename), dict.fromkeys(_named_at(h5file, path, 0)))
    return NO_OTHERS


def files_named_by(creation: Any, filename: str) -> tuple[str, ...]:
    """Return the files that the creation properties of a data set name, the first of them; ``filename`` is the one that it is in."""
    return _resolved(filename, dict.fromkeys(_named_by(creation, _virtual_names(creation), filename))).names


def _named_at(h5file: h5py.File, path: str, depth: int) -> Iterator[_Named]:
    found = open_object(h5file, path)
    if isinstance(found, h5py.Group):
        for name in numbered_names(found):
            out = link_out(h5file, f"{path.rstrip('/')}/{name}")
            if out is not None:
                yield str(h5file.filename), out.filename, BY_LINKS
    elif isinstance(found, h5py.Dataset):
        home = found.file
        yield str(home.filename), str(home.filename), _IS_THERE
        creation = found.id.get_create_plist()
        names = _virtual_names(creation)
        yield from _named_by(creation, names, str(home.filename))
        if depth < _DEEPEST:
            own = (number for number, name in enumerate(names) if name == ".")
            for inner in dict.fromkeys(creation.get_virtual_dsetname(number).replace("%%", "%") for number in own):
                out = link_out(home, inner)
                yield from [(str(home.filename), out.filename, BY_LINKS)] if out is not None else _named_at(home, inner, depth + 1)


def _named_by(creation: Any, names: list[str], filename: str) -> Iterator[_Named]:
    if creation.get_layout() == h5py.h5d.CONTIGUOUS:
        for number in range(creation.get_external_count()):
            yield filename, as_text(creation.get_external(number)[0]), BY_RAW
    for name in names:
        if name != ".":
            yield filename, name.replace("%%", "%"), BY_MAPPINGS


def _virtual_names(creation: Any) -> list[str]:
    is_virtual = creation.get_layout() == h5py.h5d.VIRTUAL
    return [creation.get_virtual_filename(number) for number in range(creation.get_virtual_count())] if is_virtual else []


def _resolved(home: str, named: dict[_Named, None]) -> OtherFiles:
    own, found, n = os.path.realpath(home), dict[str, None](), 0
    for by, name, rule in named:
        if len(found) < MOST_TOLD:
            path = os.path.realpath(name if rule == _IS_THERE else found_file(name, folders_of(by, rule)))
            if path != own:
                found[path] = None
        else:
            n += 1  # to ask the storage for each of thousands would take its time
    return OtherFiles(tuple(found), len(found) + n)
