"""Buffers that are kept between reads: memory that was touched before is several times faster than new memory."""

from __future__ import annotations

from weakref import WeakSet

import numpy as np

from swmr_viewer.decoding.parts import Bytes

_shelves: WeakSet[Shelf] = WeakSet()


def kept_bytes() -> int:
    """Return how many bytes of buffers this process keeps for the next reads."""
    return sum(shelf.kept_bytes for shelf in list(_shelves))


class Shelf:
    """Buffers of one length; several threads may take and give.

    Parameters
    ----------
    n_bytes : int
        Length of a buffer. The system gives only the pages that are written to.
    most_bytes : int
        How much is kept of them together.
    """

    def __init__(self, n_bytes: int, most_bytes: int) -> None:
        self._n_bytes = n_bytes
        self._most = most_bytes // n_bytes if n_bytes else 0
        self._buffers: list[Bytes] = []
        _shelves.add(self)

    @property
    def kept_bytes(self) -> int:
        """How many bytes lie here."""
        return len(self._buffers) * self._n_bytes

    def take(self) -> Bytes:
        """Return a buffer that nobody else uses; what it holds is left over."""
        try:
            return self._buffers.pop()
        except IndexError:
            return np.empty(self._n_bytes, np.uint8)

    def give(self, buffer: Bytes) -> None:
        """Take back a buffer that nobody uses any more."""
        if len(self._buffers) < self._most:
            self._buffers.append(buffer)
