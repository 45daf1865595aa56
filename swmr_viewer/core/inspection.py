"""What was found in a file, as plain frozen values that cross the process boundary (no h5py here)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from swmr_viewer.core.frozen import frozen


class FileState(StrEnum):
    """The state of a file, from its superblock's bytes alone."""

    MISSING = "missing"
    """There is no file at the path (yet)."""
    NOT_HDF5 = "not HDF5"
    """There is a file, and it is not HDF5 (an empty file may still become one)."""
    EMPTY = "empty"
    """The file has 0 bytes, only zeros, or half a superblock: a writer may have just created it."""
    NO_SWMR = "HDF5 without SWMR"
    """Superblock version 0 or 1: no flag tells whether somebody writes it, and SWMR is impossible."""
    WRITING = "open for writing, not yet in SWMR mode"
    SWMR = "open for SWMR writing"
    CLOSED = "closed"


@frozen
class TreeNode:
    """One object of the file, as the open dialog and ``inspect`` list it."""

    path: str
    kind: str
    """``group``, ``dataset``; ``broken link`` (it leads nowhere, yet), ``unreadable`` (it is there, and is damaged) or ``refused`` (it
    is in another file, and data of other files are not read)."""
    shape: tuple[int, ...] = ()
    maxshape: tuple[int | None, ...] = ()
    dtype: str = ""
    chunks: tuple[int, ...] | None = None
    filters: tuple[str, ...] = ()
    """Human-readable names, in the order applied; a filter that is missing here ends in ``(missing)``."""
    note: str = ""
    """For links: where they lead; for what could not be read: why."""
    files: tuple[str, ...] = ()
    """The other files that it is in, or names as those of its values (of very many the first); absolute paths, there or not."""

    @property
    def cannot_be_opened(self) -> bool:
        """Whether nothing is known of it: a link that leads nowhere yet, or what cannot, or may not, be read."""
        return self.kind in ("broken link", "unreadable", "refused")


@frozen
class Candidate:
    """A dataset that could play a part, with the reason why it was chosen."""

    node: TreeNode
    score: float
    """Higher is likelier; candidates are listed best first."""
    why: str
    """One sentence for people."""


@frozen
class Inspection:
    """Everything that ``inspect`` and the open dialog show of one file."""

    path: str
    state: FileState
    tree: tuple[TreeNode, ...] = ()
    """Every object, depth first, in the file's order; paths are absolute, the root group is left out."""
    keys: tuple[Candidate, ...] = ()
    """Key datasets (or groups of them)."""
    data: tuple[Candidate, ...] = ()
    finished: tuple[Candidate, ...] = ()
    masks: tuple[Candidate, ...] = ()
    """Pixel masks; those that fit the frames that would be shown first."""
    scan_shape: tuple[int, ...] | None = None
    declared_scan_shape: tuple[int, ...] | None = None
    """What the file's own ``scan_shape`` is near the keys, if that can be a scan's."""
    key_paths: tuple[str, ...] = ()
    """The key datasets that would be followed if the user names none."""
    length_paths: tuple[str, ...] = ()
    """Without keys: the data sets whose length and chunks would stand in for them (weaker; see ``core.lengths``)."""
    data_paths: tuple[str, ...] = ()
    """The data sets that would be shown if the user names none: the best first."""
    late_paths: tuple[str, ...] = ()
    """Links that lead nowhere yet, named as a detector's data are: taken up when they lead somewhere."""
    finished_path: str | None = None
    entries: tuple[str, ...] = ()
    """Where the file holds several scans: the groups that hold one each, the one that would be followed first."""
    notes: tuple[str, ...] = ()
    """What people should know: why it cannot be followed live, links that lead nowhere yet, missing filters."""


def entry_of(path: str, entries: Sequence[str]) -> str | None:
    """Return the entry that a path leads into, or None."""
    absolute = f"/{path.strip('/')}/"
    return next((entry for entry in entries if absolute.startswith(f"{entry}/")), None)


def inspection_of_scan(found: Inspection, near: Sequence[str]) -> Inspection:
    """Return what would be found if these paths were named: keys, data and flag of their scan, where the file holds several."""
    entry = next(filter(None, (entry_of(path, found.entries) for path in near)), None)
    if entry is None or entry == found.entries[0]:
        return found

    def there(candidates: tuple[Candidate, ...]) -> list[Candidate]:
        return [candidate for candidate in candidates if entry_of(candidate.node.path, found.entries) == entry]

    keys, data = there(found.keys), tuple(candidate.node.path for candidate in there(found.data)[:1])
    return replace(
        found,
        key_paths=tuple(key.node.path for key in keys if key.why == keys[0].why),
        length_paths=() if keys else data,
        data_paths=data,
        scan_shape=None,
        declared_scan_shape=None,
        finished_path=next((flag.node.path for flag in there(found.finished)), None),
        entries=(entry, *(name for name in found.entries if name != entry)),
    )
