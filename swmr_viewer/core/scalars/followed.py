"""What is read already because it is followed, whatever name leads to it: a second handle on a dataset of keys would make them stale."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import h5py

from swmr_viewer.core.files import folders_of, found_file

Place = tuple[str, str]
"""A file, and the name of a dataset in it."""


class Followed:
    """The datasets that are followed, and what of them is mapped to others."""

    def __init__(self) -> None:
        self._places: set[Place] = set()

    def add(self, dataset: h5py.Dataset) -> None:
        with suppress(Exception):  # what is wrong with it is told by whoever follows it
            self._places |= _places_of(dataset)

    def __contains__(self, dataset: h5py.Dataset) -> bool:
        """Whether it is followed, or draws on what is."""
        try:
            return not self._places.isdisjoint(_places_of(dataset))
        except Exception:  # it cannot be read either
            return True


def _places_of(dataset: h5py.Dataset) -> set[Place]:
    """Return where a dataset is, and where what it is mapped to is."""
    home = str(dataset.file.filename)
    files, folders = {".": str(Path(home).resolve())}, folders_of(home)
    found = {(files["."], str(dataset.name))}
    for source in dataset.virtual_sources() if dataset.is_virtual else ():
        if source.file_name not in files:
            files[source.file_name] = str(found_file(source.file_name.replace("%%", "%"), folders).resolve())
        found.add((files[source.file_name], "/" + source.dset_name.replace("%%", "%").strip("/")))
    return found
