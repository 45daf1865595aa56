"""The files that a virtual or joined data set draws on: opened when they are there, one handle each."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import h5py

from swmr_viewer.core.data.pieces import NotThereYetError
from swmr_viewer.core.data.sources import Source, StoredSource
from swmr_viewer.core.errors import FrameUnreadableError, PathNotThereError, SwmrViewerError
from swmr_viewer.core.file_state import Change, FileStamp
from swmr_viewer.core.files import (
    change_at_path,
    folders_of,
    found_file,
    identity_of_file,
    is_confined,
    open_object,
    open_swmr,
    replaced_error,
)

_SHARE_OF_FILES = 4
"""Several data sets are read at once, each from as many files."""
_SOURCE_COST = 8000
"""Looking into one more source costs as much as reading this many keys (measured: 0.15 ms where it is open, 0.4 ms where it is
not, against 10 ns)."""


def most_open_files() -> int:
    """Return how many files one data set may hold open."""
    try:
        import resource
    except ImportError:  # Windows: the limit is in the thousands
        return 1024
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return max(8, soft // _SHARE_OF_FILES) if soft != resource.RLIM_INFINITY else 10_000


def cost_of_sources(length: int, n_sources: int, n_points: int) -> int:
    """Return about what it costs, in values that are read, to look at ``length`` of ``n_points`` points in several sources."""
    return _SOURCE_COST * min(n_sources, 1 + length * n_sources // max(1, n_points))


class SourceFiles:
    """Sources by file and path, as far as they are there by now.

    Parameters
    ----------
    home : h5py.File
        The file that names the others. It stays its owner's.
    opened : callable
        Makes a source of a dataset and its path.
    """

    def __init__(self, home: h5py.File, opened: Callable[[h5py.Dataset, str], Source]) -> None:
        self.home = home
        self._opened = opened
        self._folders = folders_of(str(home.filename))
        self._home_names = {Path(home.filename).name, Path(home.filename).resolve().name}
        self._files: dict[str, h5py.File] = {}
        self._stamps: dict[str, FileStamp] = {}
        """What each name led to when frames were found there first."""
        self._sources: dict[tuple[str, str], Source] = {}
        self._in_use: defaultdict[int, set[str]] = defaultdict(set)
        """By thread: one that decodes has given back its lock, and what it still has to read stays open."""
        self._most_open = most_open_files()
        self._stored: set[tuple[str, str]] = set()
        """Those that were seen to lead to no further file."""

    def source(self, name: str, path: str) -> Source:
        """Return what reads a dataset of another file (or of the same one, ".").

        Raises
        ------
        NotThereYetError
            If the file or the dataset is not there yet.
        FrameUnreadableError
            If the file is there, and waiting will not make it readable.
        """
        self._in_use[threading.get_ident()].add(name)
        known = self._sources.get((name, path))
        if known is not None and known.is_open:
            if name in self._files:
                self._files[name] = self._files.pop(name)  # the last to be closed
            return known
        found = self._opened(self._find(name, path), path)
        self._stamps.setdefault(name, identity_of_file(self._file(name)).stamp)
        self._sources[name, path] = found
        if isinstance(found, StoredSource):
            self._stored.add((name, path))
        return found

    def files_behind(self, name: str, path: str) -> Iterator[str | None]:
        """Yield the files that a source comes from beyond its own one; None if its dataset is not there yet.

        What waiting will not make readable is left out: nothing comes from there.
        """
        if (name, path) not in self._stored:
            try:
                yield from self.source(name, path).files()
            except NotThereYetError:
                yield None
            except SwmrViewerError:
                return

    def _find(self, name: str, path: str) -> h5py.Dataset:
        file = self._file(name)
        try:
            found = open_object(file, path)
        except PathNotThereError:
            found = None
        if not isinstance(found, h5py.Dataset):
            self._forget(name)
            raise NotThereYetError(f"{path} is not in {name} yet", [name])
        return found

    def _file(self, name: str) -> h5py.File:
        if self._is_home(name):
            return self.home
        known = self._files.get(name)
        if known is not None and known.id.valid:
            return known
        self._refuse_another(name)
        self._close_old_ones()
        try:
            self._files[name] = open_swmr(self.where(name), external=not is_confined(self.home))
        except SwmrViewerError as error:
            if error.retryable:
                raise NotThereYetError(f"its source is not there yet: {error.message.rstrip('.')}", [name]) from error
            raise FrameUnreadableError(f"A source cannot be opened: {error.message}", error.remedy) from error
        return self._files[name]

    def begin(self) -> None:
        """Something else is read from here on: files that it does not need may be closed to make room."""
        self._in_use[threading.get_ident()].clear()

    def _close_old_ones(self) -> None:
        """Keep the number of open files within a part of what the process may have; a closed one is opened again when needed."""
        too_many = len(self._files) + 1 - self._most_open
        if too_many > 0:
            in_use = set[str]().union(*self._in_use.values())
            for name in [name for name in self._files if name not in in_use][:too_many]:
                self._drop(name)

    def _drop(self, name: str) -> None:
        """Close a file by letting go of all that was opened of it: ``close`` looks through all that is open (measured: 7 ms behind 256)."""
        file = self._files.pop(name)
        sources = [self._sources.pop(key) for key in [*self._sources] if key[0] == name]
        if not all(isinstance(source, StoredSource) for source in sources):  # virtual ones hold on to their file
            for source in sources:
                source.close()
            file.close()

    def _refuse_another(self, name: str) -> None:
        """Let a file that was closed meanwhile be opened again only if it is still the same."""
        stamp = self._stamps.get(name)
        change = change_at_path(stamp) if stamp is not None else Change.NONE
        if stamp is not None and change.is_replacement:
            raise replaced_error(stamp.path, change)

    def _is_home(self, name: str) -> bool:
        """Whether it is the file that names the others: it is open already, perhaps in another way."""
        return name == "." or (Path(name).name in self._home_names and self.where(name).samefile(self.home.filename))

    def where(self, name: str) -> Path:
        """Return the path of another file: as named, or beside the file that names it, as HDF5 looks for it."""
        return found_file(name, self._folders)

    def _forget(self, name: str) -> None:
        """Close a file that lacks a dataset: what is made after SWMR began is seen by a new open only."""
        in_use = any(other == name and source.is_open for (other, _), source in self._sources.items())
        if not in_use and name in self._files:
            self._files.pop(name).close()

    def close(self) -> None:
        """Close every file that was opened here."""
        for source in self._sources.values():
            source.close()
        self._sources.clear()
        while self._files:
            self._files.popitem()[1].close()
