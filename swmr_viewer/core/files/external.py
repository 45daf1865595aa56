"""Data of other files: where links lead out of a file, and files of which only what they hold themselves is read.

HDF5 follows external links, virtual sources and raw data outside the file without a word, to wherever the user may read. So whether
something leads out is decided on what is written in the file, before HDF5 is asked to open anything.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import h5py

from swmr_viewer.core.errors import ExternalDataError, SwmrViewerError
from swmr_viewer.core.files.attributes import BROKEN
from swmr_viewer.core.files.explaining import explain
from swmr_viewer.core.files.places import BY_LINKS, BY_MAPPINGS, as_h5py_takes, as_text, folders_of, places_of
from swmr_viewer.core.frozen import frozen

_LONGEST_CHAIN = 16
"""Links that lead to links; HDF5's own limit."""
_DEEPEST = 16
"""Virtual data sets whose sources are virtual."""
ALLOW_EXTERNAL = "Open the file that holds them; or allow it, if you trust this one, by leaving out --no-external, or in the window's menu."

_confined: set[int] = set()
"""HDF5's numbers of the open files that are read without others; it gives none of them twice."""


def confine(h5file: h5py.File) -> None:
    """From now on read nothing for this file that lies in another one."""
    _confined.add(_number_of(h5file))


def is_confined(h5file: h5py.File) -> bool:
    """Return whether nothing of other files is read for this one."""
    return bool(_confined) and _number_of(h5file) in _confined


def _number_of(h5file: h5py.File) -> int:
    return int(h5py.h5o.get_info(h5file.id).fileno)


# ---- links


@frozen
class LinkOut:
    """An external link on the way to an object."""

    path: str
    filename: str
    """The file that it leads to, as it is written there."""
    rest: str
    """Where the way goes on in that file."""

    @property
    def text(self) -> str:
        """Where it leads, in words."""
        return f"an external link to {self.filename}:{self.rest}"


def link_out(h5file: h5py.File, path: str, depth: int = 0) -> LinkOut | None:
    """Return the first external link on the way to a path; no other file is touched for that."""
    parts = [part for part in path.split("/") if part]
    for n in range(1, len(parts) + 1):
        here = "/" + "/".join(parts[:n])
        link = h5file.get(as_h5py_takes(here), getlink=True)
        if isinstance(link, h5py.ExternalLink):
            return LinkOut(here, as_text(link.filename), "/".join([as_text(link.path), *parts[n:]]))
        if isinstance(link, h5py.SoftLink):
            target = as_text(link.path)
            start = "" if target.startswith("/") else "/".join(parts[: n - 1])
            return link_out(h5file, "/".join([start, target, *parts[n:]]), depth + 1) if depth < _LONGEST_CHAIN else None
    return None


def leads_out(h5file: h5py.File, path: str) -> bool:
    """Return whether a link on the way leads to another file: what is behind it may come although this file is closed."""
    try:
        return link_out(h5file, path) is not None
    except BROKEN:
        return False


# ---- what is refused


def refuse_links_out(h5file: h5py.File, path: str) -> None:
    """Do nothing but for a file that is read without others.

    Raises
    ------
    ExternalDataError
        If a link on the way to this path leads to another file. One that leads back to the file itself is none.
    """
    if not is_confined(h5file):
        return
    way = path
    for _ in range(_LONGEST_CHAIN + 1):
        try:
            found = link_out(h5file, way)
        except BROKEN as error:  # nobody knows where it leads
            raise explain(error, h5file.filename) from error
        if found is None:
            return
        if not _is_itself(h5file, found.filename, BY_LINKS):
            raise _refusal(h5file, path, f"{'' if found.path == path else f'behind {found.path}, '}{found.text}")
        way = found.rest
    raise _refusal(h5file, path, "behind links without an end")


def refuse_parts_elsewhere(h5file: h5py.File, found: Any, path: str) -> None:
    """Do nothing but for a file that is read without others.

    Parameters
    ----------
    h5file : h5py.File
        The file.
    found : h5py.Dataset, h5py.Group, or the identifier of one
        What was opened at ``path`` there.
    path : str
        For the message.

    Raises
    ------
    ExternalDataError
        If it lies in another file, or HDF5 would read another one for its values: virtual sources, nested ones included, and raw data
        outside of the file.
    """
    if not is_confined(h5file):
        return
    identifier = found.id if isinstance(found, h5py.HLObject) else found
    if int(h5py.h5o.get_info(identifier).fileno) != _number_of(h5file):  # a link was turned while we looked
        raise _refusal(h5file, path, "in another file")
    elsewhere = next(_elsewhere(h5file, identifier, 0), "") if isinstance(identifier, h5py.h5d.DatasetID) else ""
    if elsewhere:
        raise _refusal(h5file, path, elsewhere)


def is_refused(h5file: h5py.File, path: str) -> bool:
    """Return whether opening this would be refused; nothing of another file is touched for that."""
    if not is_confined(h5file):
        return False
    try:
        refuse_links_out(h5file, path)
        found = h5file.get(as_h5py_takes(path))
        if found is not None:
            refuse_parts_elsewhere(h5file, found, path)
    except ExternalDataError:
        return True
    except (SwmrViewerError, *BROKEN):
        return False
    return False


def _refusal(h5file: h5py.File, path: str, what: str) -> ExternalDataError:
    return ExternalDataError(f"{path} in {h5file.filename} is {what}, and data of other files are not read here.", ALLOW_EXTERNAL, what)


def _elsewhere(h5file: h5py.File, dataset: Any, depth: int) -> Iterator[str]:
    """Yield in words what of a data set lies outside of its file."""
    creation = dataset.get_create_plist()
    layout = creation.get_layout()
    if layout == h5py.h5d.CONTIGUOUS and creation.get_external_count():
        yield f"stored outside of it, in {os.fsdecode(creation.get_external(0)[0])}"
    if layout != h5py.h5d.VIRTUAL:
        return
    if depth >= _DEEPEST:
        yield "virtual without an end"
        return
    numbers = range(creation.get_virtual_count())
    others = [name for name in dict.fromkeys(map(creation.get_virtual_filename, numbers)) if not _is_own_source(h5file, name)]
    if others:
        yield f"virtual, with sources in {others[0]}" + (f" and {len(others) - 1} more" if len(others) > 1 else "")
        return
    for path in dict.fromkeys(map(creation.get_virtual_dsetname, numbers)):
        yield from _elsewhere_at(h5file, path, depth + 1)


def _elsewhere_at(h5file: h5py.File, path: str, depth: int) -> Iterator[str]:
    """Yield what lies outside behind a source within the file: that may be a link, or be virtual itself."""
    if "%b" in path.replace("%%", ""):
        yield f"virtual, with numbered sources {path}, of which nobody knows where they lead"
        return
    path = path.replace("%%", "%")
    try:
        refuse_links_out(h5file, path)
        found = h5file.get(as_h5py_takes(path))
    except ExternalDataError as error:
        yield f"virtual, and its source {path} is {error.what}"
        return
    except (SwmrViewerError, *BROKEN):  # nothing is read there
        return
    if isinstance(found, h5py.Dataset):
        yield from _elsewhere(h5file, found.id, depth)


def _is_own_source(h5file: h5py.File, name: str) -> bool:
    """Return whether the file that a virtual data set names is its own."""
    return name == "." or ("%b" not in name.replace("%%", "") and _is_itself(h5file, name.replace("%%", "%"), BY_MAPPINGS))


def _is_itself(h5file: h5py.File, name: str, prefix: str) -> bool:
    """Return whether wherever HDF5 may look for a file that is named in this one there is this one, or none."""
    found = [place for place in places_of(name, folders_of(str(h5file.filename), prefix)) if os.path.lexists(place)]
    try:
        return bool(found) and all(os.path.samefile(place, str(h5file.filename)) for place in found)
    except (OSError, ValueError):
        return False
