"""The slots that frames go through, as their owner sees them: created, lent to the window, taken back, removed."""

from __future__ import annotations

from math import prod
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import ReaderError
from swmr_viewer.reader.blocks import create_block, let_go, unlink
from swmr_viewer.reader.messages import FrameReady
from swmr_viewer.reader.supervision.holdings import Slots

FEWEST = 2
"""One that is looked at, one that is written."""

ENOUGH = 3
"""One more, for the frame that waits while the window draws."""

_ROOM = 1 << 24
_PLENTY = 1 << 28
"""Bytes that all slots together may take, if that leaves enough of them: four of 4371 x 4150 uint32 were 310 MB."""


class SlotPool:
    """All blocks of one supervisor.

    Parameters
    ----------
    n_slots : int
        How many are wanted; fewer of large ones (at least 3), and where shared memory is short (at least 2).
    """

    def __init__(self, n_slots: int = 4) -> None:
        self.size = 0
        self._wanted = max(FEWEST, n_slots)
        self._blocks: dict[str, SharedMemory] = {}
        self._lent: set[str] = set()
        self._retired: dict[str, SharedMemory] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The blocks in use."""
        return tuple(self._blocks)

    @property
    def free_names(self) -> tuple[str, ...]:
        """The blocks in use that the window does not hold."""
        return tuple(name for name in self._blocks if name not in self._lent)

    @property
    def held(self) -> Slots:
        """How many there are, how large, and how many the window holds; retired ones that it still holds count as well."""
        return Slots(len(self._blocks) + len(self._retired), self.size, len(self._lent))

    def provide(self, size: int) -> None:
        """Make sure that there are slots of at least ``size`` bytes; those that still suit are kept.

        Raises
        ------
        ReaderError
            If there is no room for two of them.
        """
        if not self.make_way_for(size):
            self.take_in(self.made(size), size)

    def make_way_for(self, size: int) -> bool:
        """Return whether the slots suit this size (bytes); let go of them where they do not, for memory may be short."""
        suit = bool(self._blocks) and size <= self.size <= 4 * size + _ROOM
        if not suit:
            self._retire()
        return suit

    def made(self, size: int) -> list[SharedMemory]:
        """Return new blocks for ``take_in``; touches nothing of the pool, and takes its time.

        Raises
        ------
        ReaderError
            If there is no room for two of them.
        """
        blocks: list[SharedMemory] = []
        for _ in range(self._number(size)):
            try:
                blocks.append(create_block(size))
            except OSError as error:
                if len(blocks) >= FEWEST:
                    break
                for block in blocks:
                    unlink(block)
                    let_go(block)
                raise _no_room(size) from error
        return blocks

    def _number(self, size: int) -> int:
        """Return how many slots of this size to make: with a third one the next frame is read while one waits to be shown."""
        return min(self._wanted, max(ENOUGH, _PLENTY // max(1, size)))

    def take_in(self, blocks: list[SharedMemory], size: int) -> None:
        """Use these blocks from now on."""
        self._blocks.update((block.name, block) for block in blocks)
        self.size = size

    def _retire(self) -> None:
        for name, block in self._blocks.items():
            unlink(block)
            if name in self._lent:
                self._retired[name] = block
            else:
                let_go(block)
        self._blocks.clear()
        self.size = 0

    def lend(self, name: str) -> None:
        """Note that the window holds this slot."""
        if name in self._blocks:
            self._lent.add(name)

    def take_back(self, name: str) -> bool:
        """Note that the window let go of this slot, and return whether the reader may use it again."""
        was_lent = name in self._lent
        self._lent.discard(name)
        if name in self._retired:
            let_go(self._retired.pop(name))
        return was_lent and name in self._blocks

    def pixels(self, event: FrameReady) -> tuple[npt.NDArray[Any], npt.NDArray[np.float32] | None]:
        """Return the whole raw frame and the preview of what is shown of it as read-only views on the slot."""
        block = self._block(event)
        frame = _view(block, event.shape, np.dtype(event.dtype), 0)
        if not event.preview_factor:
            return frame, None
        return frame, _view(block, event.preview_shape, np.dtype(np.float32), event.preview_offset)

    def shown(self, event: FrameReady) -> npt.NDArray[Any]:
        """Return the shown numbers: a view on the frame, or, where they were computed, on their own place in the slot."""
        view, dtype = event.view, np.dtype(event.dtype)
        if view is None or not event.shown_offset:
            frame = _view(self._block(event), event.shape, dtype, 0)
            return frame if view is None else view.shown(frame)
        return _view(self._block(event), view.shown_shape, view.shown_dtype(dtype), event.shown_offset)

    def own_mask(self, event: FrameReady) -> npt.NDArray[np.bool_] | None:
        """Return the frame's own pixel mask (True: masked), if it has one."""
        if event.view is None or not event.mask_offset:
            return None
        return _view(self._block(event), event.view.shown_shape, np.dtype(np.bool_), event.mask_offset)

    def _block(self, event: FrameReady) -> SharedMemory:
        block = self._blocks.get(event.slot) or self._retired.get(event.slot)
        if block is None:
            raise ReaderError(f"Slot {event.slot} of frame {event.index} was released.", "Copy the pixels before releasing it.")
        return block

    def close(self) -> None:
        """Remove every block; arrays that still look at one stay good."""
        self._lent.clear()
        self._retire()
        for block in self._retired.values():
            let_go(block)
        self._retired.clear()


def _view(block: SharedMemory, shape: tuple[int, ...], dtype: np.dtype[Any], offset: int) -> npt.NDArray[Any]:
    # frombuffer, not ndarray(buffer=...): that one does not keep the mapping alive, and a late look would crash.
    assert block.buf is not None, "a block of the pool is open"
    view: npt.NDArray[Any] = np.frombuffer(block.buf, dtype, prod(shape), offset).reshape(shape)
    view.flags.writeable = False
    return view


def _no_room(size: int) -> ReaderError:
    return ReaderError(
        f"Shared memory has no room for {FEWEST} frames of {size / 1e6:.1f} MB.",
        "Free some of it (on Linux: df -h /dev/shm), or make it larger (mount -o remount,size=1G /dev/shm; docker run --shm-size=1g).",
    )
