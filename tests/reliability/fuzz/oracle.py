"""What h5py alone reads of a file, asked of a process that may end or hang over it."""

from __future__ import annotations

import multiprocessing
from contextlib import suppress
from math import prod
from multiprocessing.connection import Connection
from pathlib import Path

import h5py
import hdf5plugin  # noqa: F401  the filters
import numpy as np

from swmr_viewer.decoding import ChunkReader
from tests.reliability.fuzz.cases import open_as_is

_PATIENCE_S = 20.0
_MOST_PIXELS = 1 << 26

Question = tuple[str, str, tuple[int, ...], tuple[int, ...], tuple[int, ...]]
"""(file, data set, position, scan shape, shape of a frame)."""


def read(question: Question) -> tuple[np.ndarray, bool]:
    """Return a frame by h5py, and whether HDF5 alone decodes it, in the program as well."""
    file, path, position, scan_shape, frame_shape = question
    if prod(frame_shape) > _MOST_PIXELS:
        raise ValueError("too large")
    with open_as_is(Path(file)) as opened:
        thing = opened[path]
        index = int(np.ravel_multi_index(position, scan_shape)) if position else 0
        if isinstance(thing, h5py.Group):
            return _of_parts(thing, index)
        is_alone = _is_alone(thing, Path(file).parent)
        if thing.ndim - len(frame_shape) == len(position):
            return np.asarray(thing[position]), is_alone
        if thing.ndim - len(frame_shape) == 1:
            return np.asarray(thing[index]), is_alone
        return np.asarray(thing[position]).reshape(frame_shape), is_alone


def _is_alone(dataset: h5py.Dataset, folder: Path) -> bool:
    if not dataset.is_virtual:
        return dataset.id.get_create_plist().get_nfilters() > 0 and not ChunkReader(dataset).is_usable
    for name, path in {(one.file_name, one.dset_name) for one in dataset.virtual_sources()}:
        with suppress(OSError, KeyError, ValueError, RuntimeError), open_as_is(folder / name) as source:
            if not source[path].is_virtual and _is_alone(source[path], folder):
                return True
    return False


def _of_parts(group: h5py.Group, index: int) -> tuple[np.ndarray, bool]:
    for name in sorted(name for name in group if name.startswith("data_")):
        part = group[name]
        if index < len(part):
            return np.asarray(part[index]), _is_alone(part, Path(part.file.filename).parent)
        index -= len(part)
    raise IndexError(index)


def _answer(connection: Connection) -> None:
    with suppress(EOFError, KeyboardInterrupt):
        while True:
            question = connection.recv()
            try:
                connection.send(read(question))
            except Exception as error:
                connection.send(f"{type(error).__name__}: {error}")


class Oracle:
    """The process, replaced when it ends or does not answer."""

    def __init__(self) -> None:
        self._process: multiprocessing.process.BaseProcess | None = None
        self._connection: Connection | None = None
        self.last_words = ""
        self.was_alone = False
        """Whether the program leaves to HDF5 what was asked for last: then it trusts what HDF5 makes of damage."""

    def ask(self, question: Question) -> np.ndarray | None:
        """Return what h5py reads; None: it cannot, or it did not survive."""
        answer = self._asked(question)
        self.last_words = answer if isinstance(answer, str) else "another"
        frame, self.was_alone = (None, False) if isinstance(answer, str) else answer
        return frame

    def _asked(self, question: Question) -> tuple[np.ndarray, bool] | str:
        if self._process is None:
            context = multiprocessing.get_context("spawn")
            self._connection, theirs = context.Pipe()
            self._process = context.Process(target=_answer, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()
        assert self._connection is not None
        with suppress(EOFError, OSError):
            self._connection.send(question)
            if self._connection.poll(_PATIENCE_S):
                answer: tuple[np.ndarray, bool] | str = self._connection.recv()
                return answer
        self.close()
        return "the process was lost"

    def close(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None
