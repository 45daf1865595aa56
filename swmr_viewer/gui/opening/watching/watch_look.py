"""Looking into a watched folder again and again: which scan has started since the last look (pure, no Qt).

Only names are listed each time; new files, and the few newest of the known ones, are asked for more:
a folder of ten thousand scans on network storage is not asked about each of them every second.
What detectors write beside a scan's master is passed over while the master can be followed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import islice

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.files.superblock import read_file_state
from swmr_viewer.core.inspection import FileState
from swmr_viewer.gui.opening.watching.watch_family import Family, family_of, masters_of
from swmr_viewer.gui.opening.watching.watch_rule import FoundFile, WatchRule, found, matching, newest_first

WATCHED_AGAIN = 20
"""So many of the newest known files are looked at again: a path may be written anew."""
STARTED = (FileState.SWMR, FileState.CLOSED)
"""A scan that was closed between two looks has started as well."""
MAY_START = (FileState.MISSING, FileState.EMPTY, FileState.WRITING)
SAME_SCAN_NS = 12 * 3600 * 10**9
"""A master that was changed last so long before its companion, or after it, is another scan's: one that crashed, say, which reads
as being written for ever. Long, because a master may be written once, before its scan."""
PATIENT_LOOKS = 10
"""A companion waits for so many looks for a master that may still start."""

StateOf = Callable[[str], FileState]


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look found."""

    rule: WatchRule
    started: str = ""
    """The newest file whose scan started since the last look; "" for none."""
    preparing: str = ""
    """The newest file that is there and whose scan has not started."""
    n_files: int = 0
    problem: str = ""
    """Why the folder could not be listed."""


class FolderLook:
    """Remembers what was there.

    Parameters
    ----------
    rule : WatchRule
        What to look for.
    state_of : callable
        Returns the ``FileState`` of a path.
    """

    def __init__(self, rule: WatchRule, *, state_of: StateOf = read_file_state) -> None:
        self._rule = rule
        self._state_of = state_of
        self._known: dict[str, FoundFile] = {}
        self._pending: set[str] = set()
        self._waited: dict[str, int] = {}
        self._is_first = True

    def look(self) -> Looked:
        """List the folder once.

        At the first look a scan that is being written has started, and finished ones are old. A folder that
        appears later holds nothing old.
        """
        try:
            paths = list(matching(self._rule))
        except OSError as error:
            self._is_first = False
            return Looked(self._rule, problem=_why_not(self._rule.folder, error))
        self._note_gone(paths)
        family = family_of(paths)
        fresh = self._fresh(paths, family)
        started = self._first_started(newest_first(fresh, self._rule.newest), family)
        self._is_first = False
        waiting = newest_first([self._known[path] for path in self._pending - self._waited.keys()], self._rule.newest)
        return Looked(self._rule, started, waiting[0].path if waiting else "", len(paths))

    def _note_gone(self, paths: list[str]) -> None:
        for path in self._known.keys() - set(paths):
            del self._known[path]
            self._pending.discard(path)
            self._waited.pop(path, None)

    def _fresh(self, paths: list[str], family: Family) -> list[FoundFile]:
        """Return what is new, was written anew, or had not started at the last look; remember all of it."""
        newest = newest_first(list(self._known.values()), self._rule.newest)
        masters = islice((one for one in newest if not any(masters_of(one.path, family))), WATCHED_AGAIN)
        again = dict.fromkeys((*newest[:WATCHED_AGAIN], *masters))
        asked = [path for path in paths if path not in self._known or path in self._pending] + [
            one.path for one in again if one.path not in self._pending
        ]
        fresh = []
        for now in filter(None, map(found, asked)):
            before = self._known.get(now.path)
            if before is None or now.path in self._pending or now.is_another_than(before):
                fresh.append(now)
            self._known[now.path] = now
        return fresh

    def _first_started(self, fresh: list[FoundFile], family: Family) -> str:
        """Return the newest that started; those that are older than it are not waited for any more."""
        self._pending = set()
        state_of = cache(self._state)
        for one in fresh:
            if state_of.cache_info().misses >= WATCHED_AGAIN:
                break
            if self._is_passed_over(one, family, state_of):
                continue
            state = state_of(one.path)
            if state is FileState.SWMR or (state is FileState.CLOSED and not self._is_first):
                return one.path
            if state in STARTED:  # at the first look: the newest scan is over, and so are all before it
                break
            if state in MAY_START:
                self._pending.add(one.path)
        return ""

    def _is_passed_over(self, one: FoundFile, family: Family, state_of: StateOf) -> bool:
        """Whether its master is to be followed instead, or is still waited for."""
        for path in masters_of(one.path, family):
            master = self._known.get(path)
            if master is None or abs(master.modified_ns - one.modified_ns) > SAME_SCAN_NS:
                continue
            state = state_of(path)
            if state in STARTED:
                self._waited.pop(one.path, None)
                return True
            if state in MAY_START:
                self._pending.add(path)
                return self._waits(one.path)
        return False

    def _waits(self, path: str) -> bool:
        self._waited[path] = self._waited.get(path, 0) + 1
        if self._waited[path] > PATIENT_LOOKS:
            return False
        self._pending.add(path)
        return True

    def _state(self, path: str) -> FileState:
        try:
            return self._state_of(path)
        except SwmrViewerError:
            return FileState.MISSING


def _why_not(folder: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"There is no folder {folder} yet; it is looked for again and again."
    return f"The folder {folder} cannot be listed: {error.strerror or error}."
