"""The datasets that may hold one number per scan point, the likeliest places first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import h5py

from swmr_viewer.core.files import as_text, object_id, text_of
from swmr_viewer.core.nexus import NexusFile

MOST_OBJECTS = 8192
"""What is looked at in a file: about a tenth of a millisecond each."""
_DEEPEST = 4
"""Groups within groups of the entry."""
_MOST_AWAITED = 32


class Walk:
    """Goes through the groups round a data set, each once.

    Parameters
    ----------
    file : NexusFile
        The open file.
    starts : list of str
        Groups to look at first, then whole trees of them; the last one is the entry.
    """

    def __init__(self, file: NexusFile, starts: list[str]) -> None:
        self._file = file
        self._queue: deque[tuple[str, int]] = deque((path, 0) for path in starts)
        self._seen: set[tuple[int, int]] = set()
        self._n_left = MOST_OBJECTS
        self.awaited: list[str] = []
        """Links that lead nowhere yet."""

    def datasets(self) -> Iterator[tuple[str, h5py.Dataset, str] | None]:
        """Yield (path, dataset, class of the group that it is in); None in between, that somebody else may have a turn."""
        while self._queue and self._n_left > 0:
            path, depth = self._queue.popleft()
            group = self._file.at(path)
            if not isinstance(group, h5py.Group) or not self._is_new(group):
                continue
            nx_class = text_of(group, "NX_class")
            for name in map(as_text, group):
                yield self._look_at(f"{path.rstrip('/')}/{name}", depth, nx_class)
                self._n_left -= 1

    def _look_at(self, path: str, depth: int, nx_class: str) -> tuple[str, h5py.Dataset, str] | None:
        found = self._file.at(path)
        if isinstance(found, h5py.Group) and depth < _DEEPEST:
            self._queue.append((path, depth + 1))
        if found is None and len(self.awaited) < _MOST_AWAITED and self._file.is_broken_link(path):
            self.awaited.append(path)
        return (path, found, nx_class) if isinstance(found, h5py.Dataset) and self._is_new(found) else None

    def _is_new(self, found: h5py.Group | h5py.Dataset) -> bool:
        which = object_id(found)
        is_new = which not in self._seen
        self._seen.add(which)
        return is_new
