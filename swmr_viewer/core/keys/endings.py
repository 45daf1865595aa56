"""Where the signs of a scan's end are read: finished flags and the state of the files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import h5py

from swmr_viewer.core.conditions import ConditionError, ConditionLike, FinishedFlag
from swmr_viewer.core.errors import FileAccessError
from swmr_viewer.core.files.superblock import is_closed_by_writer, read_file_state
from swmr_viewer.core.inspection import FileState
from swmr_viewer.core.keys.flags import FlagDataset, find_flag

_STATE_READ_EVERY_S = 0.2


class FinishedFlags:
    """The finished flags that conditions ask for, each opened once.

    Parameters
    ----------
    h5file : h5py.File
        The open file.
    default_path : str or None
        The flag that a condition without a path means.
    """

    def __init__(self, h5file: h5py.File, default_path: str | None) -> None:
        self.default_path = default_path
        self._h5file = h5file
        self._flags: dict[str, FlagDataset] = {}
        if default_path is not None:
            self._flags[default_path] = FlagDataset(h5file, default_path)

    def prepare(self, conditions: Sequence[ConditionLike]) -> None:
        """Open the flags of these conditions.

        Raises
        ------
        PathNotThereError, PathError
            If a condition names a flag that is not there.
        ConditionError
            If the only condition is a finished flag, and the file has none: it would wait for ever.
        """
        wanted = [one for one in conditions if isinstance(one, FinishedFlag)]
        for path in [one.path for one in wanted if one.path and one.path not in self._flags]:
            self._flags[path] = FlagDataset(self._h5file, path)
        if len(wanted) == len(conditions) == 1 and not wanted[0].path and self.default_path is None:
            raise ConditionError(
                f"No finished flag was found in {self._h5file.filename}, and nothing else would end the wait.",
                "Name the flag's path, or add another condition.",
            )

    def is_set(self, path: str | None) -> bool:
        """Return whether the flag (None: the default one) is non-zero; False if there is none."""
        flag = self._flags.get(path or self.default_path or "")
        return flag is not None and flag.is_set()


def flag_reader(
    h5file: h5py.File, key_paths: tuple[str, ...], finished_path: str | None, conditions: Sequence[ConditionLike]
) -> FinishedFlags:
    """Return the flags of a file: the named one, or the one found near the keys."""
    flags = FinishedFlags(h5file, finished_path or find_flag(h5file, key_paths))
    flags.prepare(conditions)
    return flags


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
