"""Where decoded bytes go: the caller's array, and whom it tells that a piece of it is final."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.decoding.crew import Unit, share
from swmr_viewer.decoding.overlaps import Overlap
from swmr_viewer.decoding.parts import PIECE_BYTES, Bytes, Part, UnknownDataError, address_of, piece_bytes

Note = Callable[[int, int], None]
_NOTED_AT_ONCE_BYTES = 2 * PIECE_BYTES
"""Longer ones have left the cache: they are noted piece by piece, on all threads."""


class Target:
    """An array that is being filled.

    Parameters
    ----------
    out : numpy.ndarray
        In C order.
    dtype : numpy.dtype
        The data set's: where its bytes have another order than those of ``out`` they are swapped.
    note : callable, optional
        See `ChunkReader.read`.
    in_runs : bool
        Whether every chunk fills elements in a row, which are final at once.
    """

    def __init__(self, out: npt.NDArray[Any], dtype: np.dtype[Any], note: Note | None, in_runs: bool) -> None:
        self.out = out
        self._flat = out.reshape(-1)
        self._address = address_of(out)
        self._swaps = out.dtype != dtype
        self._note = note
        self._in_runs = in_runs
        self._late: list[tuple[int, int]] = [] if in_runs else [(0, out.size)]

    def fill(self, shift: int, part: Part, first: int, last: int) -> None:
        """Decode a part of a chunk to ``shift`` bytes behind where it stands in the chunk, as far as it lies between two bytes of it."""
        start, stop = max(part.start, first), min(part.stop, last)
        if start == part.start and stop == part.stop:
            if not part.decode(self._address + shift + start):
                raise UnknownDataError
        else:
            whole = np.empty(part.stop - part.start, np.uint8)
            if not part.decode(address_of(whole)):
                raise UnknownDataError
            self._flat.view(np.uint8)[shift + start : shift + stop] = whole[start - part.start : stop - part.start]
        self.finish((shift + start) // self.out.itemsize, (shift + stop) // self.out.itemsize)

    def copy(self, overlap: Overlap, chunk: npt.NDArray[Any]) -> None:
        """Copy what a chunk holds of the array; numpy swaps bytes."""
        self.out[overlap.target] = chunk[overlap.source]

    def bytes_of(self, start: int, stop: int) -> Bytes:
        """Return the memory of some elements."""
        return self._flat[start:stop].view(np.uint8)

    def finish(self, start: int, stop: int) -> None:
        """Swap the bytes of elements that were written, if need be, and note them."""
        if self._swaps:
            self._flat[start:stop].byteswap(inplace=True)
        if self._note is None or not self._in_runs:
            return
        if (stop - start) * self.out.itemsize <= _NOTED_AT_ONCE_BYTES:
            self._note(start, stop)
        else:
            self._late.append((start, stop))

    def note_the_rest(self) -> None:
        """Note what is final and was not noted yet."""
        if self._note is not None and self._late:
            share(self._late_notes(self._note), self.out.nbytes // piece_bytes(self.out.nbytes) - 1)

    def _late_notes(self, note: Note) -> Iterator[Unit]:
        step = max(1, piece_bytes(self.out.nbytes) // self.out.itemsize)
        for first, last in self._late:
            for start in range(first, last, step):
                yield partial(note, start, min(start + step, last))
