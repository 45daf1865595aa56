"""Pieces of what was asked for: where each is stored, reading them, and the errors for what is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data.selections import Box
from swmr_viewer.core.frozen import frozen

if TYPE_CHECKING:
    from swmr_viewer.core.data.sources import StoredSource

Note = Callable[[int, int], object]


class NotThereYetError(LookupError):
    """Some part of what was asked for has not been written, or is not visible yet.

    Parameters
    ----------
    reason : str
        Why, without a full stop.
    missing : iterable of str
        The files that would have to come, where that is the reason.
    """

    def __init__(self, reason: str, missing: Iterable[str] = ()) -> None:
        super().__init__(reason)
        self.missing = frozenset(missing)


@frozen
class Piece:
    """A box of what was asked for, and the stored data set and box that hold it."""

    at: Box
    """In the coordinates of the source that was asked."""
    dataset: h5py.Dataset | None
    """None: nothing will ever be stored here; it is ``fill``."""
    box: Box
    fill: Any = 0
    source: StoredSource | None = None
    """What reads the data set, where that keeps what it has read."""

    def moved(self, at: Box) -> Piece:
        """Return the piece at another place."""
        return Piece(at, self.dataset, self.box, self.fill, self.source)


class PartNotThereYetError(NotThereYetError):
    """Something of what was asked for is there, as ``pieces`` with fill for the rest."""

    def __init__(self, reason: str, missing: Iterable[str], pieces: Sequence[Piece]) -> None:
        super().__init__(reason, missing)
        self.pieces = tuple(pieces)


class Notes:
    """Tells somebody which parts of a frame are final, each once.

    Parameters
    ----------
    note : callable
        Is called with (start, stop) of the flat frame, on any thread.
    """

    def __init__(self, note: Note) -> None:
        self._note = note
        self.have_begun = False
        """Whether any part was told: then another attempt tells nothing."""
        self.are_whole = False
        """Whether every part was, by the last attempt to read the frame."""

    def begin(self) -> None:
        """Note an attempt: what was told of an earlier one is not what is read now."""
        self.are_whole = False

    def __call__(self, start: int, stop: int) -> None:
        self.have_begun = True
        self._note(start, stop)


def shape_of(box: Box) -> tuple[int, ...]:
    """Return the shape of a box."""
    return tuple(stop - start for start, stop in box)


def read_piece(piece: Piece, box: Box, out: npt.NDArray[Any], notes: Notes | None = None) -> None:
    """Read a piece of a box into the box's array, C-contiguous, of the box's shape: no copy on the way.

    ``notes`` are for a piece that is all of the box.
    """
    inside = tuple((start - origin, stop - origin) for (start, stop), (origin, _) in zip(piece.at, box, strict=True))
    if piece.dataset is None:
        out[tuple(slice(*bounds) for bounds in inside)] = piece.fill
    elif piece.source is not None and out.dtype == piece.source.dtype:
        piece.source.read(piece.box, out, inside, notes)
    else:
        read_stored(piece.dataset, piece.box, out, inside)


def read_stored(dataset: h5py.Dataset, box: Box, out: npt.NDArray[Any], inside: Box) -> None:
    """Read a box of a data set into a part of a C-contiguous array, through HDF5."""
    if prod(shape_of(box)):
        dataset.id.read(_space(out.shape, inside), _space(dataset.shape, box), out, _in_memory(out.dtype))


@lru_cache(maxsize=64)
def _in_memory(dtype: np.dtype[Any]) -> h5py.h5t.TypeID:
    return h5py.h5t.py_create(dtype)


@lru_cache(maxsize=64)
def _space(shape: tuple[int, ...], box: Box) -> h5py.h5s.SpaceID:
    """Return the selection of a box, which is not to be changed: polls ask for the same ones, frames for the same room."""
    if not shape:
        return h5py.h5s.create(h5py.h5s.SCALAR)
    space = h5py.h5s.create_simple(shape)
    space.select_hyperslab(tuple(start for start, _ in box), shape_of(box))
    return space
