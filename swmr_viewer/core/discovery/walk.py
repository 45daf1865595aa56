"""The walk through a file's tree: every object once, no values read, nothing kept open, no bad object fatal."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import h5py

from swmr_viewer.core.discovery.objects import FileContents, FileObject, describe_dataset, describe_group, joined
from swmr_viewer.core.errors import ExternalDataError, FileNotThereError, SwmrViewerError
from swmr_viewer.core.files import (
    BROKEN,
    BY_LINKS,
    damage_text,
    folders_of,
    is_damage,
    limit,
    places_of,
    refuse_links_out,
    refuse_parts_elsewhere,
    state_error,
)
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.inspection import TreeNode

MOST_OBJECTS = 200_000
"""A bound for files that link each other without end, or hold one object per frame."""


@frozen
class _Place:
    """An open group whose children are still to be listed."""

    group: Any
    path: str
    file: str
    """Real path of the file that holds it: HDF5's own file numbers change when a linked file is opened anew."""


_Link = tuple[int, int]
"""Its kind, and where it leads if it is a hard one."""

_Step = tuple[FileObject, _Place | None]
"""What was found, and its open group, if it is one."""


def walk(h5file: h5py.File, at_each: Callable[[], object] = lambda: None) -> FileContents:
    """Return every object of an open file, depth first, in the order that the file lists them.

    Links are followed into other files, which may be written at this moment. ``at_each`` is called at each object: there may be many.
    """
    return _Walker(h5file).walk(at_each)


class _Walker:
    def __init__(self, h5file: h5py.File) -> None:
        self._h5file = h5file
        self._start = _Place(h5py.h5g.open(h5file.id, b"/"), "", os.path.realpath(h5file.filename))
        self._links = _link_access()
        self._seen: dict[tuple[str, int], FileObject] = {}
        self._notes: list[str] = []

    def walk(self, at_each: Callable[[], object]) -> FileContents:
        identity = (self._start.file, int(h5py.h5o.get_info(self._start.group).addr))
        root = describe_group(self._start.group, "", "", identity)
        self._seen[identity] = replace(root, node=replace(root.node, path="/"))
        objects: list[FileObject] = []
        pending = [self._children(self._start)]
        while pending:
            at_each()
            step = next(pending[-1], None)
            if step is None:
                pending.pop()
                continue
            found, inside = step
            objects.append(found)
            if len(objects) >= MOST_OBJECTS:
                self._notes.append(f"Only the first {MOST_OBJECTS} objects were looked at.")
                break
            if inside is not None:
                pending.append(self._children(inside))
        return FileContents(tuple(objects), root, tuple(self._notes))

    def _children(self, place: _Place) -> Iterator[_Step]:
        for name, link in self._links_in(place):
            path = f"{place.path}/{name.decode(errors='surrogateescape')}"
            try:
                step = self._step(place, name, path, link)
            except ExternalDataError as error:
                step = _refused(path, error)
            except SwmrViewerError as error:
                step = _broken(path, error.message)
            except BROKEN as error:  # a hard link leads somewhere
                step = _unreadable(path, damage_text(error))
            if step is not None:
                yield step

    def _links_in(self, place: _Place) -> list[tuple[bytes, _Link]]:
        links: list[tuple[bytes, _Link]] = []

        def note(name: bytes, info: Any) -> None:
            links.append((name, (info.type, int(info.u))))  # h5py fills the same info anew for each link

        try:
            place.group.links.iterate(note, info=True)
        except BROKEN as error:
            self._notes.append(f"The group {place.path or '/'} cannot be listed: it is {damage_text(error)}.")
        return links

    def _step(self, place: _Place, name: bytes, path: str, link: _Link) -> _Step | None:
        kind, address = link
        if kind == h5py.h5l.TYPE_HARD:
            return self._step_to(place, name, path, address)
        refuse_links_out(self._h5file, path)
        if kind == h5py.h5l.TYPE_SOFT:
            return self._step_along_soft_link(place, name, path)
        if kind == h5py.h5l.TYPE_EXTERNAL:
            return self._step_along_external_link(place, name, path)
        return _broken(path, "a link of a kind that HDF5 does not know")

    def _step_to(self, place: _Place, name: bytes, path: str, address: int) -> _Step | None:
        identity = (place.file, address)
        if identity in self._seen:
            return self._again(identity, path, ""), None
        return self._take(h5py.h5o.open(place.group, name), identity, path, "")

    def _step_along_soft_link(self, place: _Place, name: bytes, path: str) -> _Step | None:
        text = f"soft link to {place.group.links.get_val(name).decode(errors='surrogateescape')}"
        return self._take_linked(place, name, path, text, lambda _: "which is not there")

    def _step_along_external_link(self, place: _Place, name: bytes, path: str) -> _Step | None:
        filename, inner = (os.fsdecode(part) for part in place.group.links.get_val(name))
        text = f"external link to {filename}:{inner}"
        # Whether HDF5 may touch the file is decided on its bytes: half a file would hang it.
        folders = folders_of(os.fsdecode(h5py.h5f.get_name(place.group)), BY_LINKS)
        refusals = [state_error(str(target)) for target in places_of(filename, folders)]
        if all(refusals):
            why = next((error.message for error in refusals if error and not isinstance(error, FileNotThereError)), "no such file yet")
            return _broken(path, f"{text}: {why}")
        return self._take_linked(place, name, path, text, lambda error: f"which cannot be opened (yet): {' '.join(str(error).split())}")

    def _take_linked(self, place: _Place, name: bytes, path: str, note: str, why_not: Callable[[Exception], str]) -> _Step | None:
        try:
            opened = self._open_linked(place, name)
            identity = (os.path.realpath(os.fsdecode(h5py.h5f.get_name(opened))), int(h5py.h5o.get_info(opened).addr))
            if identity in self._seen:
                return self._again(identity, path, note), None
            return self._take(opened, identity, path, note)
        except BROKEN as error:
            return _unreadable(path, f"{note}, {damage_text(error)}") if is_damage(error) else _broken(path, f"{note}, {why_not(error)}")

    def _open_linked(self, place: _Place, name: bytes) -> Any:
        try:
            return h5py.h5o.open(place.group, name, self._links)
        except BROKEN:
            # A file that this process has open plainly can only be opened so again.
            return h5py.h5o.open(place.group, name)

    def _take(self, opened: Any, identity: tuple[str, int], path: str, note: str) -> _Step | None:
        refuse_parts_elsewhere(self._h5file, opened, path)
        inside = None
        if isinstance(opened, h5py.h5d.DatasetID):
            found = describe_dataset(opened, path, note, identity)
            if identity[0] != self._start.file:
                found = replace(found, node=replace(found.node, files=(identity[0], *found.node.files)))
        elif isinstance(opened, h5py.h5g.GroupID):
            found = describe_group(opened, path, note, identity)
            inside = _Place(opened, path, identity[0])
        else:
            return None  # a named data type
        self._seen[identity] = found
        return found, inside

    def _again(self, identity: tuple[str, int], path: str, note: str) -> FileObject:
        first = self._seen[identity]
        return replace(first, node=replace(first.node, path=path, note=joined(note, f"the same object as {first.path}")))


def _broken(path: str, why: str) -> _Step:
    return FileObject(TreeNode(path, "broken link", note=why), (path, -1)), None


def _unreadable(path: str, why: str) -> _Step:
    return FileObject(TreeNode(path, "unreadable", note=why), (path, -1)), None


def _refused(path: str, error: ExternalDataError) -> _Step:
    return FileObject(TreeNode(path, "refused", note=error.what), (path, -1)), None


def _link_access() -> Any:
    """How linked files are opened: for reading beside their writer, and without a lock."""
    file_access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    file_access.set_file_locking(False, ignore_when_disabled=False)
    limit(file_access)  # a damaged file behind a link would hang the walk for good
    links = h5py.h5p.create(h5py.h5p.LINK_ACCESS)
    links.set_elink_acc_flags(h5py.h5f.ACC_RDONLY | h5py.h5f.ACC_SWMR_READ)
    links.set_elink_fapl(file_access)
    return links
