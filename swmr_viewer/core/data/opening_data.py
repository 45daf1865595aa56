"""From what a caller names to what reads it: one data set of any kind, a numbered group, or several in turn."""

from __future__ import annotations

import os
from functools import partial
from typing import TypeAlias

import h5py

from swmr_viewer.core.data.joined import InterleavedSource, OpenPart
from swmr_viewer.core.data.pieces import NotThereYetError
from swmr_viewer.core.data.sequence import SequenceSource, numbered_names
from swmr_viewer.core.data.source_files import SourceFiles
from swmr_viewer.core.data.sources import Source
from swmr_viewer.core.data.virtual import open_source
from swmr_viewer.core.errors import PathError, PathNotThereError
from swmr_viewer.core.files import open_object, path_named

DataPath: TypeAlias = str | tuple[str | os.PathLike[str], str] | h5py.Dataset
"""A path in the open file, an open data set of it, or (file, path): a relative file is looked for beside the open one."""


def open_data(h5file: h5py.File, paths: DataPath | list[DataPath] | list[str], block: int = 1) -> tuple[Source, SourceFiles | None]:
    """Return what reads the data, and the other files that were opened for it (to be closed), if any.

    Parameters
    ----------
    h5file : h5py.File
        The open file.
    paths : str, h5py.Dataset or (file, path), or list of them
        A data set, a group with numbered data sets (Dectris), or several data sets with blocks of frames in turn (odin).
    block : int
        How many frames on end each of several data sets gets.

    Raises
    ------
    PathNotThereError, PathError, FilterMissingError, ShapeError
        If there is nothing there (yet) to read frames from.
    """
    paths = path_named(h5file, paths)
    if isinstance(paths, str):
        return open_one(h5file, paths), None
    several: list[DataPath] = [paths] if isinstance(paths, tuple) else [path_named(h5file, path) for path in paths]
    files = SourceFiles(h5file, open_source)
    parts = [_part(h5file, files, part) for part in several]
    name = ", ".join(part if isinstance(part, str) else f"{part[0]}:{part[1]}" for part in several)
    try:
        return InterleavedSource(name, str(h5file.filename), parts, block), files
    except BaseException:
        files.close()
        raise


def open_one(h5file: h5py.File, path: str) -> Source:
    """Return what reads one data set, or a group with numbered ones.

    Raises
    ------
    PathNotThereError, PathError, FilterMissingError
        If there is nothing there (yet) to read frames from.
    """
    found = open_object(h5file, path)
    if found is None:
        raise PathNotThereError(f"The link {path} in {h5file.filename} leads nowhere yet.", "Wait until its writer has made the file.")
    if isinstance(found, h5py.Group) and numbered_names(found):
        return SequenceSource(h5file, path, open_source)
    return open_source(found, path)


def _part(h5file: h5py.File, files: SourceFiles, one: DataPath) -> OpenPart:
    if isinstance(one, str):
        return partial(_part_here, h5file, one)
    if len(one) != 2:
        raise PathError(f"{one!r} is not a data set.", "Give a path, or (file, path).")
    return partial(files.source, str(os.fspath(one[0])), one[1])


def _part_here(h5file: h5py.File, path: str) -> Source:
    try:
        return open_one(h5file, path)
    except PathNotThereError as error:
        raise NotThereYetError(error.message) from error
