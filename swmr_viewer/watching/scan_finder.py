"""Polls a watched folder: which scan has started since the last poll.

Only names are listed each time; the state of a file is read where it is new, or among the few newest:
in a folder of ten thousand scans on network storage not each of them is read every second.
What detectors write beside a scan's master is skipped while the master can be followed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import islice

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.file_state import read_file_state
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.inspection import FileState
from swmr_viewer.watching.scan_files import Family, FoundFile, WatchRule, family_of, file_at, masters_of, matching, newest_first

N_RECHECKED = 20
"""So many of the newest known files are checked at each poll: a path may be written anew."""
STARTED = (FileState.SWMR, FileState.CLOSED)
"""A scan that was closed between two polls has started as well."""
MAY_START = (FileState.MISSING, FileState.EMPTY, FileState.WRITING)
SAME_SCAN_NS = 12 * 3600 * 10**9
"""A master that was changed last so long before its companion, or after it, is another scan's: one that crashed, say, which looks
as if it were written for ever. Long, because a master may be written once, before its scan."""
PATIENT_POLLS = 10
"""A companion waits for so many polls for a master that may still start."""

StateOf = Callable[[str], FileState]


@frozen
class FolderPoll:
    """What one poll found."""

    rule: WatchRule
    started: str = ""
    """The newest file whose scan started since the last poll; "" for none."""
    preparing: str = ""
    """The newest file that is there and whose scan has not started."""
    n_files: int = 0
    problem: str = ""
    """Why the folder could not be listed."""


class ScanFinder:
    """Finds the scan that starts next; remembers what was in the folder at the last poll.

    Parameters
    ----------
    rule : WatchRule
        Which files.
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

    def poll(self) -> FolderPoll:
        """List the folder once.

        At the first poll a scan that is being written has started, and finished ones are old. A folder that
        appears later holds nothing old.
        """
        try:
            paths = list(matching(self._rule))
        except OSError as error:
            self._is_first = False
            return FolderPoll(self._rule, problem=_problem_text(self._rule.folder, error))
        self._forget_removed(paths)
        family = family_of(paths)
        fresh = self._fresh(paths, family)
        started = self._first_started(newest_first(fresh, self._rule.newest), family)
        self._is_first = False
        waiting = newest_first([self._known[path] for path in self._pending - self._waited.keys()], self._rule.newest)
        return FolderPoll(self._rule, started, waiting[0].path if waiting else "", len(paths))

    def _forget_removed(self, paths: list[str]) -> None:
        for path in self._known.keys() - set(paths):
            del self._known[path]
            self._pending.discard(path)
            self._waited.pop(path, None)

    def _fresh(self, paths: list[str], family: Family) -> list[FoundFile]:
        """Return what is new, was written anew, or had not started at the last poll; remember all of it."""
        newest = newest_first(list(self._known.values()), self._rule.newest)
        masters = islice((file for file in newest if not any(masters_of(file.path, family))), N_RECHECKED)
        again = dict.fromkeys((*newest[:N_RECHECKED], *masters))
        checked = [path for path in paths if path not in self._known or path in self._pending]
        checked += [file.path for file in again if file.path not in self._pending]
        fresh = []
        for now in filter(None, map(file_at, checked)):
            before = self._known.get(now.path)
            if before is None or now.path in self._pending or now.is_another_than(before):
                fresh.append(now)
            self._known[now.path] = now
        return fresh

    def _first_started(self, fresh: list[FoundFile], family: Family) -> str:
        """Return the newest that started; older ones are no longer pending."""
        self._pending = set()
        state_of = cache(self._state)
        for file in fresh:
            if state_of.cache_info().misses >= N_RECHECKED:
                break
            if self._is_companion(file, family, state_of):
                continue
            state = state_of(file.path)
            if state is FileState.SWMR or (state is FileState.CLOSED and not self._is_first):
                return file.path
            if state in STARTED:  # at the first poll: the newest scan is over, and so are all before it
                break
            if state in MAY_START:
                self._pending.add(file.path)
        return ""

    def _is_companion(self, file: FoundFile, family: Family, state_of: StateOf) -> bool:
        """Whether its master is to be followed instead, or is still waited for."""
        for path in masters_of(file.path, family):
            master = self._known.get(path)
            if master is None or abs(master.modified_ns - file.modified_ns) > SAME_SCAN_NS:
                continue
            state = state_of(path)
            if state in STARTED:
                self._waited.pop(file.path, None)
                return True
            if state in MAY_START:
                self._pending.add(path)
                return self._waits_for_master(file.path)
        return False

    def _waits_for_master(self, path: str) -> bool:
        self._waited[path] = self._waited.get(path, 0) + 1
        if self._waited[path] > PATIENT_POLLS:
            return False
        self._pending.add(path)
        return True

    def _state(self, path: str) -> FileState:
        try:
            return self._state_of(path)
        except SwmrViewerError:
            return FileState.MISSING


def _problem_text(folder: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"There is no folder {folder} yet; it is looked for again and again."
    return f"The folder {folder} cannot be listed: {error.strerror or error}."
