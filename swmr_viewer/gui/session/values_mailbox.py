"""Values of scan points between the reader's thread and the window: handed out in pieces that cost a few milliseconds each."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from threading import Lock

import numpy as np

from swmr_viewer.quantities import BLOCK
from swmr_viewer.reader import messages as m

Values = m.Measured | m.OrderRead | m.ScalarsRead
PARTS = 100
"""Values are put in parts: of each quantity those that lie in one block. A part costs some 20 microseconds, the first one 100: frames
in no order touch all blocks of a large scan, and a message of a thousand of them took the window's thread up to 0.13 s."""


class ValuesMailbox:
    """What was not taken yet; there is never more than the reader sends before it is acknowledged."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: deque[tuple[Values, bool]] = deque()

    def offer(self, values: Values) -> None:
        """Take a message in, and part it, in the thread that brings it."""
        pieces = list(_pieces(values))
        with self._lock:
            self._waiting.extend((piece, piece is pieces[-1]) for piece in pieces)

    def take(self) -> tuple[Values, bool] | None:
        """Hand out the next piece, and whether it is the last one of its message; None where nothing waits."""
        with self._lock:
            return self._waiting.popleft() if self._waiting else None


def _pieces(values: Values) -> Iterator[Values]:
    """Yield values by intervals of indices where they are measurements in many parts."""
    if not isinstance(values, m.Measured) or values.indices.size * len(values.columns) <= PARTS:
        yield values
        return
    blocks = values.indices // BLOCK
    n_blocks = max(1, PARTS // max(1, len(values.columns)))
    numbers = np.unique(blocks)
    if numbers.size <= n_blocks:
        yield values
        return
    piece_of = np.searchsorted(numbers, blocks) // n_blocks
    for number in range(-(-numbers.size // n_blocks)):
        rows = np.flatnonzero(piece_of == number)
        spectra = None if values.spectra is None else values.spectra[rows]
        yield replace(values, indices=values.indices[rows], values=values.values[rows], spectra=spectra)
