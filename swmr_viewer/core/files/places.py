"""Where the files are that a file names, as HDF5 looks for them; and names as h5py takes and lists them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path


def as_h5py_takes(path: str) -> str | bytes:
    """Return the path as h5py looks it up: as bytes where these are no UTF-8 (h5py lists such names, and refuses them as text)."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return path.encode(errors="surrogateescape")
    return path


def as_text(name: str | bytes) -> str:
    """Return a name that h5py lists as text; bytes that are no UTF-8 are kept as single surrogates."""
    return name.decode(errors="surrogateescape") if isinstance(name, bytes) else name


BY_LINKS, BY_MAPPINGS, BY_RAW = "HDF5_EXT_PREFIX", "HDF5_VDS_PREFIX", "HDF5_EXTFILE_PREFIX"
"""The environment variables with the folders in which HDF5 looks first: for external links, virtual sources and raw data."""


def folders_of(filename: str, prefix: str = BY_MAPPINGS) -> tuple[Path, ...]:
    """Return the folders in which HDF5 looks for the files that a file names, in its order.

    Where the environment says; beside the file by the name that it was opened by; in the working folder; and at last beside
    the file that this name is a symbolic link to (``H5F_prefix_open_file``, measured with HDF5 2.0.0).
    """
    path = Path(filename).absolute()
    told = os.environ.get(prefix, "").replace("${ORIGIN}", str(path.parent)).split(os.pathsep)
    return tuple(dict.fromkeys((*(Path(one).absolute() for one in told if one), path.parent, Path.cwd(), path.resolve().parent)))


def found_file(name: str, folders: tuple[Path, ...]) -> Path:
    """Return the path of a file as HDF5 finds it; where there is none yet, the one beside the file that names it.

    Parameters
    ----------
    name : str
        As it is written; the file need not be there.
    folders : tuple of Path
        Of the file that names it, see ``folders_of``.
    """
    places = list(places_of(name, folders))
    return next((place for place in places if place.exists()), places[0])


def places_of(name: str, folders: tuple[Path, ...]) -> Iterator[Path]:
    """Yield where a file may be: an absolute path as it is, then its last part in each folder; a relative one in each folder."""
    path = Path(name)
    if path.is_absolute():
        yield path
        path = Path(path.name)
    for folder in folders:
        yield folder / path


def mapped_files(filename: str, names: Iterable[str]) -> Iterator[str | None]:
    """Yield the path of each file that a virtual data set names, there or not; None for a numbered name, which has no end.

    Parameters
    ----------
    filename : str
        The file that the virtual data set is in.
    names : iterable of str
        As they are written in its mappings: "." for the file itself, ``%b`` where a number goes, ``%%`` for a percent sign.
    """
    folders = folders_of(filename)
    for name in dict.fromkeys(names):
        if "%b" in name.replace("%%", ""):
            yield None
        elif name != ".":
            yield str(found_file(name.replace("%%", "%"), folders))
