"""The results of a reduction as a file with keys of its own, which others can follow while it grows; taken up again after any end."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import ExportError, FileAccessError
from swmr_viewer.core.file_state import read_file_state
from swmr_viewer.core.files import BROKEN
from swmr_viewer.core.inspection import FileState
from swmr_viewer.reducing.output.content import FLAG, OutputContent
from swmr_viewer.reducing.output.done_points import DonePoints
from swmr_viewer.reducing.output.from_source import FromSource
from swmr_viewer.reducing.output.layout import write_content
from swmr_viewer.reducing.output.lock import OutputLock
from swmr_viewer.reducing.output.opening import make, take_up
from swmr_viewer.reducing.output.pending_runs import PendingRuns
from swmr_viewer.reducing.output.run_writer import RunWriter
from swmr_viewer.reducing.output.source_facts import facts_of
from swmr_viewer.reducing.output.taking_up import difference
from swmr_viewer.reducing.output.unwritable import descriptor_of, let_go
from swmr_viewer.reductions import Output

Position = tuple[int, ...]
_HDF5_SAID = re.compile(r"error message = '([^']*)'")


class OutputFile:
    """Results at the positions of a scan: made, or taken up where an earlier run of the very same reduction ended, however it did.

    Parameters
    ----------
    path : str or path
        Of the output. What is there and is no output of the same reduction, values and data is never touched.
    h5file : h5py.File
        The source, open.
    data_path : str
        What of it is reduced.
    scan_shape : tuple of int
        As far as it is known; the output grows with what is written.
    reduction : str
        Its name.
    values : mapping
        Its parameters, as JSON has them.
    outputs : tuple of Output
        What it makes of each frame.
    flush_s : float
        At most so long (s) is a result kept back before readers can see it; 0: not at all.
    clock : callable
        Monotonic seconds.

    Raises
    ------
    ExportError
        If another run writes it, it is there and something else, or it cannot be written.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        h5file: h5py.File,
        data_path: str,
        scan_shape: tuple[int, ...],
        reduction: str,
        values: Mapping[str, Any],
        outputs: tuple[Output, ...],
        flush_s: float = 0.2,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = Path(os.path.abspath(path))
        self._source = h5file
        self._content = OutputContent(reduction, values, outputs, facts_of(h5file, data_path))
        self._flush_s, self._clock = flush_s, clock
        self._pending = PendingRuns()
        self._h5file: h5py.File | None = None
        self._failure: ExportError | None = None
        self._lock = OutputLock(self.path)
        try:
            with self._writing():
                self._open(self._take_up() if os.path.lexists(self.path) else self._make(scan_shape or (1,)))
        except BaseException:
            self._lock.release()
            raise
        self._flushed_at = clock()

    @property
    def n_done(self) -> int:
        """How many points have a result, those of earlier runs too."""
        return self._done.n

    @property
    def scan_shape(self) -> tuple[int, ...]:
        """As large as the output is."""
        return self._done.shape

    def undone(self, first: Position, n: int) -> list[tuple[Position, int]]:
        """Return which of ``n`` points along the last axis have no result yet, as runs: the position of the first, and how many."""
        first = first or (0,)
        runs = self._done.undone(first, n)
        return [((*first[:-1], first[-1] + start), stop - start) for start, stop in runs]

    def read(self, first: Position, n: int, names: Iterable[str]) -> dict[str, npt.NDArray[Any]]:
        """Return results of points along the last axis that are done, each (n, *shape), by the names of outputs."""
        first = first or (0,)
        where = (*first[:-1], slice(first[-1], first[-1] + n))
        assert self._h5file is not None
        group = self._h5file[self._content.group_path]
        with self._writing():
            return {name: group[name][where] for name in names}

    def write(self, batch_first: Position, outputs: Mapping[str, npt.NDArray[Any]], is_reduced: npt.NDArray[np.bool_]) -> int:
        """Write the results of points along the last axis, only those that are not there yet.

        Parameters
        ----------
        batch_first : tuple of int
            The position of the first of them.
        outputs : mapping of str to ndarray
            By name, each (n, *shape).
        is_reduced : bool ndarray (n,)
            Which of them have a result.

        Returns
        -------
        int
            How many results were new.

        Raises
        ------
        ExportError
            If they cannot be written; nothing more can be, then.
        ValueError
            If they are not what the reduction announced.
        """
        first, n = batch_first or (0,), len(is_reduced)
        values = {one.name: _fitting(outputs[one.name], (n, *one.shape), one) for one in self._content.outputs}
        runs = list(self._done.undone(first, n, is_reduced))
        if not runs:
            return 0
        with self._writing():
            self._grow((*(at + 1 for at in first[:-1]), first[-1] + runs[-1][1]))
            for start, stop in runs:
                run = (*first[:-1], first[-1] + start)
                for name, dataset in self._datasets.items():
                    dataset.write(run, values[name][start:stop])
                self._pending.add(run, stop - start)
                self._done.add(first, start, stop)
        self.flush_if_due()
        return sum(stop - start for start, stop in runs)

    def grow(self, scan_shape: tuple[int, ...]) -> None:
        """Make the output as large as the scan is known to be: points without a result are seen to be missing."""
        with self._writing():
            self._grow(scan_shape)

    def flush_if_due(self) -> None:
        """Flush what was kept back for long enough."""
        if self._pending and self._clock() - self._flushed_at >= self._flush_s:
            self.flush()

    def flush(self) -> None:
        """Make everything visible to readers: the axes and the results, then their keys (ExportError if it cannot be)."""
        self._flushed_at = self._clock()
        if not self._pending:
            return
        with self._writing():
            self._refuse_if_gone()
            self._from_source.update(self._pending)
            for dataset in self._datasets.values():
                dataset.flush()
            if self._is_flagged:
                self._set_flag(0)
            for first, n in self._pending:
                self._keys.write(first, np.ones(n, np.int32))
            self._keys.flush()
            self._pending.clear()

    def finish(self) -> None:
        """All is there: bring the axes up to date, set ``scan_finished``, and close."""
        self._end(is_finished=True)

    def close(self) -> None:
        """Leave it unfinished, everything flushed; after ``finish``, or where nothing could be written any more, nothing is done."""
        self._end(is_finished=False)

    # ----

    def _make(self, scan_shape: tuple[int, ...]) -> h5py.File:
        return make(self.path, lambda made: write_content(made, self._content, scan_shape, self._source))

    def _take_up(self) -> h5py.File:
        return take_up(self.path, lambda there: difference(there, self._content, self._source))

    def _open(self, h5file: h5py.File) -> None:
        self._descriptor = descriptor_of(h5file)
        self._h5file, content = h5file, self._content
        group, keys = h5file[content.group_path], h5file[content.keys_path]
        self._datasets = {one.name: RunWriter(group[one.name], keys.ndim) for one in content.outputs}
        self._keys = RunWriter(keys, keys.ndim)
        self._flag = h5file[FLAG]
        self._is_flagged = bool(self._flag[0])
        self._from_source = FromSource(self._source, h5file, content, keys.ndim)
        self._done = DonePoints(keys[()] != 0)
        self._status = os.stat(self.path)

    def _grow(self, shape: tuple[int, ...]) -> None:
        self._done.grow(shape)
        for dataset in (*self._datasets.values(), self._keys):
            dataset.grow(self._done.shape)

    def _refuse_if_gone(self) -> None:
        """Another file, or none, at the path is an end, and so is one that was written anew: HDF5 may hang on what is left of it.

        Storage that does not answer tells nothing.
        """
        try:
            now = os.stat(self.path)
            is_ours = (now.st_dev, now.st_ino) == (self._status.st_dev, self._status.st_ino) and now.st_size >= self._status.st_size
            is_ours = is_ours and read_file_state(self.path) is FileState.SWMR
        except (FileNotFoundError, NotADirectoryError):
            is_ours = False
        except (OSError, FileAccessError):
            return
        if is_ours:
            self._status = now
        else:
            raise ExportError(f"{self.path} was deleted, moved or replaced while it was written.", "Run the same command again.")

    def _set_flag(self, value: int) -> None:
        self._flag[0] = value
        self._flag.flush()
        self._is_flagged = bool(value)

    def _settle(self, h5file: h5py.File) -> None:
        """Have the storage take all of it before it is said to be finished: one that is full, or fails, may tell only then."""
        h5file.flush()
        if self._descriptor is not None:
            os.fsync(self._descriptor)

    def _end(self, *, is_finished: bool) -> None:
        if not self._h5file:  # h5py: closed
            return
        self.flush()
        with self._writing():
            self._refuse_if_gone()
            self._from_source.update_all(self._done.shape)
            if is_finished:
                self._settle(self._h5file)
                self._set_flag(1)
            self._h5file.close()
        self._lock.release()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Say in a sentence what HDF5 cannot write, and let go of the file: nothing more could be."""
        if self._failure is not None:
            raise self._failure
        try:
            yield
        except ExportError as error:
            self._let_go(error)
            raise
        except (FileExistsError, *BROKEN) as error:
            said = _HDF5_SAID.search(str(error))
            why = said.group(1) if said else getattr(error, "strerror", None) or str(error)
            failure = ExportError(
                f"{self.path} cannot be written: {why}.", "Once that is put right, the same command goes on where this one ended."
            )
            self._let_go(failure)
            raise failure from error

    def _let_go(self, why: ExportError) -> None:
        self._failure = why
        if self._h5file is not None:
            let_go(self._h5file, self._descriptor)
        self._lock.release()


def _fitting(values: npt.NDArray[Any], shape: tuple[int, ...], output: Output) -> npt.NDArray[Any]:
    if np.shape(values) != shape:
        raise ValueError(f"{output.name} has the shape {np.shape(values)}, and not {shape}.")
    return np.asarray(values)
