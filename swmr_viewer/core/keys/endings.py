"""Where the signs of a scan's end are read: finished flags, the state of the files, and whether they were replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import h5py
import numpy as np

from swmr_viewer.core.conditions import ConditionError, ConditionLike, FinishedFlag
from swmr_viewer.core.data import Refresher
from swmr_viewer.core.errors import FileAccessError, PathError, PathNotThereError
from swmr_viewer.core.file_state import Change, is_closed_by_writer, read_file_state
from swmr_viewer.core.files import FileIdentity, leads_out, open_object
from swmr_viewer.core.inspection import FileState

_STATE_READ_EVERY_S = 0.2


class FinishedFlags:
    """The finished flags that conditions ask for, each opened once.

    A flag that was named must be one. Those that are merely found near the keys never stop following: what cannot be a flag, or
    cannot be read, is reported once.

    Parameters
    ----------
    h5file : h5py.File
        The open file.
    key_paths : tuple of str
        Where to look for a flag.
    named : str or None
        The flag that a condition without a path means; None: the one that is found.
    clock : callable
        Monotonic seconds.

    Raises
    ------
    PathNotThereError, PathError
        If the named one is not there, or cannot be one.
    """

    def __init__(self, h5file: h5py.File, key_paths: tuple[str, ...], named: str | None, clock: Callable[[], float]) -> None:
        self._h5file = h5file
        self._clock = clock
        self._looked_at = clock()
        self._flags: dict[str, FlagDataset] = {}
        self._faults: list[str] = []
        self._reported: set[str] = set()
        self._awaited: str | None = None
        """A link that was found and leads nowhere yet."""
        self.default_path = named or self._found(key_paths)
        """The flag that a condition without a path means."""
        if named is not None:
            self._flags[named] = FlagDataset(h5file, named)

    def _found(self, key_paths: tuple[str, ...]) -> str | None:
        """Return the first that is a flag, else one that may turn out to be one."""
        there = next((path for path in dict.fromkeys(flags_near(self._h5file, key_paths)) if self._take_up(path)), None)
        self._awaited = self._awaited if there is None else None
        return there or self._awaited

    def _take_up(self, path: str) -> bool:
        try:
            self._flags[path] = FlagDataset(self._h5file, path)
        except PathNotThereError:
            self._awaited = self._awaited or path
        except PathError as error:
            self._report(path, f"{error.message.rstrip('.')}, though it is named like a finished flag: it is left alone.")
        return path in self._flags

    def prepare(self, conditions: Sequence[ConditionLike]) -> None:
        """Open the flags of these conditions: all of them, or none.

        Raises
        ------
        PathNotThereError, PathError
            If a condition names a flag that is not there.
        ConditionError
            If the only condition is a finished flag, and the file has none: it would wait for ever.
        """
        wanted = [condition for condition in conditions if isinstance(condition, FinishedFlag)]
        if len(wanted) == len(conditions) == 1 and not wanted[0].path and self.default_path is None:
            raise ConditionError(
                f"No finished flag was found in {self._h5file.filename}, and nothing else would end the wait.",
                "Name the flag's path, or add another condition.",
            )
        self._flags |= {
            path: FlagDataset(self._h5file, path) for path in {condition.path for condition in wanted if condition.path} - {*self._flags}
        }

    def is_set(self, path: str | None) -> bool:
        """Return whether the flag (None: the default one) is non-zero; False if there is none, or if it cannot be read now."""
        self._look_for_awaited()
        flag = self._flags.get(path or self.default_path or "")
        try:
            return flag is not None and flag.is_set()
        except (OSError, RuntimeError, KeyError, ValueError) as error:
            assert flag is not None
            self._report(flag.path, f"The finished flag {flag.path} in {self._h5file.filename} cannot be read: {error}.")
            return False

    def _look_for_awaited(self) -> None:
        """Take up a flag whose link leads somewhere by now."""
        now = self._clock()
        if self._awaited is not None and now - self._looked_at >= _STATE_READ_EVERY_S:
            self._looked_at = now
            path, self._awaited = self._awaited, None
            self._take_up(path)

    def _report(self, path: str, fault: str) -> None:
        if path not in self._reported:
            self._reported.add(path)
            self._faults.append(fault)

    def take_faults(self) -> list[str]:
        """Return what could not be a flag, or could not be read, since the last call."""
        taken, self._faults = self._faults, []
        return taken


class FileWatch:
    """Whether every file that takes part has been closed by its writer, so that nothing can come any more.

    A master is often closed before the first of its sources is made, and a link may lead nowhere until its writer starts:
    what is not there yet counts as open.

    Parameters
    ----------
    files : callable
        Returns the files that take part by now, there or not, and None for a link that leads nowhere yet.
    clock : callable
        Monotonic seconds.
    """

    def __init__(self, files: Callable[[], Iterable[str | None]], clock: Callable[[], float]) -> None:
        self._files = files
        self._clock = clock
        self._read_at: float | None = None
        self._closed: list[str] | None = None
        """All of them, where all are closed."""
        self._open: str | None = None
        """One that was not closed at the last look: where there are thousands, the next look begins with it."""
        self._states: dict[str, tuple[float, FileState]] = {}

    def all_closed(self) -> bool:
        """Return it as of at most 0.2 s ago: a state is a read of the file, which may be far away."""
        now = self._clock()
        if self._read_at is None or now - self._read_at >= _STATE_READ_EVERY_S:
            self._read_at = now
            self._look()
        return self._closed is not None

    def look_again(self) -> None:
        """Look after the last poll. A file that this poll found may have been closed after it was read: then it is not the last."""
        before = self._closed
        if before is not None:
            self._look()
            self._closed = before if self._closed == before else None

    def _look(self) -> None:
        self._closed = None
        if self._open is not None and not is_closed_by_writer(self._open):
            return
        self._open, closed = None, []
        for name in self._files():
            if name is None:
                return
            if not is_closed_by_writer(name):
                self._open = name
                return
            closed.append(name)
        self._closed = closed

    def is_at_rest(self, name: str) -> bool:
        """Return whether nobody writes to a file, as of at most 0.2 s ago; a format without SWMR never says that somebody does."""
        now = self._clock()
        known = self._states.get(name)
        if known is None or now - known[0] >= _STATE_READ_EVERY_S:
            known = self._states[name] = now, _state_of(name)
        return known[1] in (FileState.CLOSED, FileState.NO_SWMR)


def _state_of(name: str) -> FileState:
    try:
        return read_file_state(name)
    except FileAccessError:  # storage that fails tells nothing
        return FileState.MISSING


class ReplacementWatch:
    """Whether the files that are read are still what is at their paths.

    Parameters
    ----------
    identities : callable
        Returns which files are read by now.
    """

    def __init__(self, identities: Callable[[], Iterable[FileIdentity]]) -> None:
        self._identities = identities
        self._faults: list[str] = []
        self.change = Change.NONE
        """The worst of what had become of them at the last look."""

    def look(self) -> Change:
        """Return the worst of what became of them, and take note once that one is gone."""
        worst, path = Change.NONE, ""
        for identity in self._identities():
            change = identity.look()
            if change is not worst and change.value > worst.value:
                worst, path = change, identity.stamp.path
        if worst is Change.GONE and self.change is Change.NONE:
            self._faults.append(f"{path} is gone: it was deleted, or moved away. What is still written to it is followed.")
        self.change = worst
        return worst

    def take_faults(self) -> list[str]:
        """Return what is to be said of them since the last call."""
        taken, self._faults = self._faults, []
        return taken


_FLAG_NAMES = ("scan_finished", "finished")


class FlagDataset:
    """A finished flag as it is now, whatever its shape and layout.

    Parameters
    ----------
    h5file : h5py.File
        The open file.
    path : str
        The dataset.

    Raises
    ------
    PathNotThereError, PathError
        If the path names nothing (yet), or something that is not a dataset of numbers.
    """

    def __init__(self, h5file: h5py.File, path: str) -> None:
        found = open_object(h5file, path)
        if found is None:
            raise PathNotThereError(f"The link {path} in {h5file.filename} leads nowhere yet.", "Wait until its writer has made the file.")
        if not isinstance(found, h5py.Dataset) or found.dtype.kind not in "iufb":
            raise PathError(f"{path} in {h5file.filename} is not a dataset of numbers.", "Name a dataset that turns non-zero at the end.")
        self.path = path
        self._dataset = found
        self._refresher = Refresher(found)

    def is_set(self) -> bool:
        """Return whether any value is non-zero by now; no value at all, and what is not a number, is not set.

        A flag that cannot be refreshed reads as it was when the file was opened, and another condition has to end the scan.
        """
        self._refresher.refresh()
        if self._dataset.shape is None:
            return False
        values = np.asarray(self._dataset[()])
        return bool(np.any((values != 0) & (values == values)))


def flags_near(h5file: h5py.File, key_paths: Iterable[str]) -> Iterator[str]:
    """Yield the paths that are named like a finished flag, beside the key datasets or one group further out, whatever is there."""
    for path in key_paths:
        parents = path.rstrip("/").split("/")[:-1]
        for depth in (len(parents), len(parents) - 1):
            for name in _FLAG_NAMES:
                candidate = "/".join([*parents[:depth], name])
                if depth >= 0 and (leads_out(h5file, candidate) or candidate in h5file):
                    yield candidate
