"""What NeXus groups declare: which data to show by default, the signal of a group, and the axes along it.

See https://manual.nexusformat.org/classes/base_classes/NXdata.html, and .../NXroot.html for ``default``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import h5py
import numpy as np

from swmr_viewer.core.data import declared_extent
from swmr_viewer.core.files import BROKEN, as_text, object_id, open_object, refuse_links_out, text_of, texts_of

Attributes = Mapping[str, Sequence[str]]
GROUP_ATTRIBUTES = ("NX_class", "default", "signal", "axes")
"""What is to be read of a group for the functions here."""
_USUAL_SIGNAL = "data"
"""What NXdata and NXdetector call it where they declare none."""


def default_chain(attributes_at: Callable[[str], Attributes | None], start: str = "") -> Iterator[str]:
    """Yield the paths that ``default`` leads to, one after the other, from a group on ("": the root); the last may lead nowhere.

    ``attributes_at`` returns the attributes of the group at a path, or None where there is no group.
    """
    path, seen = start, {start}
    while default := next(iter((attributes_at(path) or {}).get("default", ())), "").rstrip("/"):
        path = default if default.startswith("/") else f"{path}/{default}"
        if path in seen:
            return
        seen.add(path)
        yield path


def signal_of(attributes: Attributes) -> str:
    """Return the name of the signal in a group."""
    return next(iter(attributes.get("signal", ())), _USUAL_SIGNAL)


def axis_names_of(attributes: Attributes) -> list[str]:
    """Return the axes of a group's signal, slowest first; "." is one that has none."""
    names = list(attributes.get("axes", ()))
    # Old files have all names in one text, with colons between them.
    return names[0].strip("[]").split(":") if len(names) == 1 else names


class NexusFile:
    """An open file, read softly: whatever cannot be opened or read is not there."""

    def __init__(self, h5file: h5py.File) -> None:
        self._h5file = h5file

    def at(self, path: str) -> Any:
        """Return the object at a path, or None."""
        with suppress(Exception):
            return self._h5file["/"] if path in ("", "/") else open_object(self._h5file, path)
        return None

    def is_broken_link(self, path: str) -> bool:
        """Return whether there is a link to another file or place, and nothing behind it yet."""
        with suppress(Exception):
            refuse_links_out(self._h5file, path)
            link = self._h5file.get(path, getlink=True)
            return isinstance(link, h5py.ExternalLink | h5py.SoftLink) and self.at(path) is None
        return False

    def attributes_at(self, path: str) -> Attributes | None:
        """Return the attributes of a group that are read here, or None."""
        group = self.at(path)
        return {name: texts_of(group, name) for name in GROUP_ATTRIBUTES} if isinstance(group, h5py.Group) else None

    def children(self, path: str) -> list[str]:
        """Return the paths directly in a group that lie in this file."""
        group = self.at(path)
        if not isinstance(group, h5py.Group):
            return []
        direct = (name for name in group if isinstance(group.get(name, getlink=True), h5py.HardLink | h5py.SoftLink))
        return [f"{path.rstrip('/')}/{as_text(name)}" for name in direct]

    def has_class(self, path: str, nx_class: str, usual_name: str = "") -> bool:
        """Return whether this is a group of a class; where it declares none, its name decides."""
        group = self.at(path)
        if not isinstance(group, h5py.Group):
            return False
        declared = text_of(group, "NX_class")
        return declared == nx_class if declared else bool(usual_name) and path.rsplit("/", 1)[-1] == usual_name

    def instruments_in(self, entry: str) -> list[str]:
        """Return the paths of an entry's instruments."""
        return [child for child in self.children(entry) if self.has_class(child, "NXinstrument", "instrument")]

    def is_same(self, path: str, data: Any) -> bool:
        """Return whether this is a data set by another name."""
        found = self.at(path)
        with suppress(*BROKEN):
            return isinstance(found, h5py.Dataset) and isinstance(data, h5py.Dataset) and object_id(found) == object_id(data)
        return False

    def axes_group_of(self, data_path: str) -> str | None:
        """Return the path of the group that names the axes of a data set: where it is the signal, else the one that holds it."""
        parent, _, name = data_path.rstrip("/").rpartition("/")
        parent = parent or "/"
        beside = self.attributes_at(parent) or {}
        if beside.get("axes") and signal_of(beside) == name:
            return parent
        entry, data = "/" + data_path.strip("/").split("/")[0], self.at(data_path)
        for path in self.children(entry):
            attributes = self.attributes_at(path) or {}
            if attributes.get("axes") and self.is_same(f"{path}/{signal_of(attributes)}", data):
                return path
        return parent if beside.get("axes") else None

    def default_axes_group(self) -> str | None:
        """Return the path of the first group with axes that the file's ``default`` leads to."""
        return next((path for path in default_chain(self.attributes_at) if (self.attributes_at(path) or {}).get("axes")), None)

    def axes_in(self, path: str) -> Iterator[tuple[str, Any, tuple[int, ...]]]:
        """Yield the axes of a group by name: what is there of this name, and along which axes of the signal it lies."""
        group, names = self.at(path), axis_names_of(self.attributes_at(path) or {})
        along: dict[str, tuple[int, ...]] = {name: (axis,) for axis, name in enumerate(names) if name != "."}
        if self._is_scatter(path, names):
            along = dict.fromkeys(along, (0,))
        for attribute in group.attrs:
            if attribute.endswith("_indices"):
                with suppress(*BROKEN):
                    along[attribute.removesuffix("_indices")] = tuple(int(n) for n in np.atleast_1d(group.attrs[attribute]))
        for name, axes in along.items():
            yield name, self.at(f"{path.rstrip('/')}/{name}"), axes

    def _is_scatter(self, path: str, names: list[str]) -> bool:
        """Return whether a signal of one axis has several positions for each of its points, as BLISS draws its meshes."""
        signal = self.at(f"{path.rstrip('/')}/{signal_of(self.attributes_at(path) or {})}")
        return len(names) > 1 and isinstance(signal, h5py.Dataset) and len(declared_extent(signal)[0]) == 1
