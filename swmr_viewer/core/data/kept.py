"""Blocks of whole chunks that were read last, for the frames in them that are asked for next: no chunk is decoded twice for its frames."""

from __future__ import annotations

import threading
from math import prod
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from swmr_viewer import decoding
from swmr_viewer.core.data.selections import Box
from swmr_viewer.core.frozen import frozen

MOST_BYTES = 64 << 20
"""Kept in this process, of all data sets together."""
_AT_FIRST_BYTES = 8 << 20
"""Larger blocks are kept when they are asked for a second time: jumping about in a scan needs no more than a frame of each."""
_CHEAP_BYTES = 1 << 20
"""Without a filter HDF5 reads a part of a chunk as quickly as memory does, if it is as large as this."""


@frozen(eq=False)
class Block:
    """What a box of whole chunks holds."""

    box: Box
    values: npt.NDArray[Any]

    def holds(self, box: Box) -> bool:
        """Return whether all of a box lies in it."""
        return all(first <= start and stop <= last for (start, stop), (first, last) in zip(box, self.box, strict=True))

    def part(self, box: Box) -> npt.NDArray[Any]:
        """Return a view of a box in it."""
        return self.values[tuple(slice(start - first, stop - first) for (start, stop), (first, _) in zip(box, self.box, strict=True))]


def chunks_around(box: Box, chunks: tuple[int, ...], shape: tuple[int, ...]) -> Box:
    """Return the box of all chunks that a box touches, within the extent."""
    return tuple(
        (start - start % step, min(-(-stop // step) * step, length)) for (start, stop), step, length in zip(box, chunks, shape, strict=True)
    )


class KeptBlocks:
    """The last block of each owner, as long as that lives, within a bound in bytes for all of them."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._blocks: WeakKeyDictionary[object, Block] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def of(self, owner: object) -> Block | None:
        """Return the block that was kept for an owner last, if it still is."""
        return self._blocks.get(owner)

    def keep(self, owner: object, block: Block) -> None:
        """Keep a block instead of the owner's last one, and let go of those that were kept for longest where there are too many."""
        with self._lock:
            self._blocks.pop(owner, None)
            left = self._most_bytes - block.values.nbytes
            for other, kept in reversed([*self._blocks.items()]):
                left -= kept.values.nbytes
                if left < 0:
                    self._blocks.pop(other, None)
            self._blocks[owner] = block

    @property
    def n_bytes(self) -> int:
        """How many bytes are kept by now."""
        return sum(block.values.nbytes for block in [*self._blocks.values()])


kept_blocks = KeptBlocks()
"""Those of this process."""


def kept_bytes() -> int:
    """Return how many bytes this process keeps for the next reads: decoded chunks, and the buffers of decoders."""
    return kept_blocks.n_bytes + decoding.kept_bytes()


class BlockPolicy:
    """Which chunks around a box are worth keeping.

    Parameters
    ----------
    chunks : tuple of int or None
        The shape of a chunk; None: there are none.
    dtype : numpy dtype
        The pixels' type.
    is_filtered : bool
        Whether a chunk has to be decoded.
    """

    def __init__(self, chunks: tuple[int, ...] | None, dtype: np.dtype[Any], is_filtered: bool) -> None:
        self._chunks = chunks if chunks is not None and prod(chunks) > 1 else None
        self._itemsize = dtype.itemsize
        self._most_at_first = _AT_FIRST_BYTES if is_filtered else _CHEAP_BYTES
        self._most = MOST_BYTES if is_filtered else _CHEAP_BYTES
        self._last: Box | None = None

    def block(self, box: Box, shape: tuple[int, ...]) -> Box | None:
        """Return the box to read and to keep for a box, or None: it is read as it is."""
        if self._chunks is None:
            return None
        around = chunks_around(box, self._chunks, shape)
        if around == box:
            return None
        n_bytes = prod(stop - start for start, stop in around) * self._itemsize
        is_second, self._last = around == self._last, around
        return around if n_bytes <= (self._most if is_second else self._most_at_first) else None
