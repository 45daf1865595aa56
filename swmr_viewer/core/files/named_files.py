"""Files that a file names, in links or virtual data sets: where they are found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path


def folders_of(filename: str) -> tuple[Path, ...]:
    """Return the folder of a file, and the one of the file that it is a link to."""
    path = Path(filename).absolute()
    return tuple(dict.fromkeys((path.parent, path.resolve().parent)))


def found_file(name: str, folders: tuple[Path, ...]) -> Path:
    """Return the path of a file as named, or beside the file that names it, as HDF5 looks for it.

    Parameters
    ----------
    name : str
        As it is written; the file need not be there.
    folders : tuple of Path
        Of the file that names it, see :func:`folders_of`.
    """
    places = list(_places(name, folders))
    return next((place for place in places if place.exists()), places[0])


def _places(name: str, folders: tuple[Path, ...]) -> Iterator[Path]:
    path = Path(name)
    if path.is_absolute():
        yield path
        path = Path(path.name)
    for folder in folders:
        yield folder / path
    yield path.absolute()


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
