"""The slots as the reader sees them: which are free to be written, and where things lie in one."""

from __future__ import annotations

from math import prod
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import FrameView, preview_factor, preview_shape, resolve_view
from swmr_viewer.core.errors import FrameUnreadableError
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.memory_limit import memory_limit
from swmr_viewer.reader.blocks import attach_block, let_go
from swmr_viewer.reader.messages import UseSlots

FEWEST = 2
"""One that is looked at, one that is written: memory is short where there are no more."""


class ReaderSlots:
    """The blocks that this reader may write; each is free, or its name went out with a ``FrameReady``."""

    def __init__(self) -> None:
        self.size = 0
        self._blocks: dict[str, SharedMemory] = {}
        self._free: list[str] = []

    @property
    def any_free(self) -> bool:
        return bool(self._free)

    @property
    def has_spare(self) -> bool:
        """Whether one may be taken for what can wait: one is left then, or there are no more than are needed."""
        return len(self._free) > 1 or (self.any_free and len(self._blocks) <= FEWEST)

    def use(self, request: UseSlots) -> None:
        self.close()
        self.size = request.size
        for name in request.names:
            self.release(name)

    def release(self, name: str) -> None:
        """Take a slot as free; one that the window still held when this reader started is attached now."""
        if name in self._free:
            return
        if name not in self._blocks:
            try:
                self._blocks[name] = attach_block(name)
            except FileNotFoundError:
                return
        self._free.append(name)

    def take(self) -> SharedMemory:
        """Return the one that came back last: what was never written takes no memory of a process, and a slow scan needs two."""
        return self._blocks[self._free.pop()]

    def close(self) -> None:
        for block in self._blocks.values():
            let_go(block)
        self._blocks.clear()
        self._free.clear()
        self.size = 0


_ALIGNMENT = 64
_MOST_BYTES = 1 << 32
"""Of one slot: several of them must be held in memory, and a frame of more pixels is a shape that was written by mistake."""


@frozen
class SlotLayout:
    """The layout of one frame in a slot."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    view: FrameView
    shown_offset: int
    """Bytes from the slot's start to the shown numbers; 0: they are a view on the frame."""
    preview_factor: int
    preview_shape: tuple[int, ...]
    preview_offset: int
    mask_offset: int
    """To the frame's own mask, one byte per shown pixel; 0: it has none."""
    size: int
    """Bytes of the whole."""


@frozen(eq=False)
class Slot:
    """A slot that is being written; its parts are views on the block."""

    block: SharedMemory
    layout: SlotLayout

    @property
    def frame(self) -> npt.NDArray[Any]:
        return np.ndarray(self.layout.shape, self.layout.dtype, self.block.buf)

    @property
    def shown(self) -> npt.NDArray[Any] | None:
        """Where the shown numbers go, if they have to be computed."""
        view, offset = self.layout.view, self.layout.shown_offset
        return np.ndarray(view.shown_shape, view.shown_dtype(self.layout.dtype), self.block.buf, offset) if offset else None

    @property
    def preview(self) -> npt.NDArray[np.float32]:
        return np.ndarray(self.layout.preview_shape, np.float32, self.block.buf, self.layout.preview_offset)

    @property
    def own_mask(self) -> npt.NDArray[np.bool_] | None:
        """Where the frame's own pixel mask goes, if it has one."""
        offset = self.layout.mask_offset
        return np.ndarray(self.layout.view.shown_shape, np.bool_, self.block.buf, offset) if offset else None


def slot_layout(shape: tuple[int, ...], dtype: np.dtype[Any], view: FrameView | None = None, has_own_mask: bool = False) -> SlotLayout:
    """Return how a frame of this shape and type lies in a slot, shown like this (None: as usual)."""
    view = resolve_view(shape, dtype) if view is None else view
    shown = view.shown_shape
    factor = preview_factor(shown)
    reduced = preview_shape(shown, factor)
    end = prod(shape) * dtype.itemsize
    shown_offset, end = _placed(end, prod(shown) * view.shown_dtype(dtype).itemsize if view.is_computed else 0)
    preview_offset, end = _aligned(end), _aligned(end) + 4 * prod(reduced)
    mask_offset, end = _placed(end, prod(shown) if has_own_mask else 0)
    return SlotLayout(shape, dtype, view, shown_offset, factor, reduced, preview_offset, mask_offset, max(end, _ALIGNMENT))


def _placed(end: int, size: int) -> tuple[int, int]:
    """Return where the next part begins and ends; 0 and the end before where there is none."""
    return (_aligned(end), _aligned(end) + size) if size else (0, end)


def _aligned(offset: int) -> int:
    return max(1, -(-offset // _ALIGNMENT)) * _ALIGNMENT


def refuse_too_large(where: str, layout: SlotLayout) -> None:
    """Raise for frames that no slot can hold; ``where`` names data set and file.

    Raises
    ------
    FrameUnreadableError
        If one frame has more bytes than can be shown.
    """
    limit = memory_limit()
    most = _MOST_BYTES if limit is None else min(_MOST_BYTES, limit // FEWEST)
    if layout.size > most:
        shape = " x ".join(map(str, layout.shape))
        raise FrameUnreadableError(
            f"The frames of {where} have {shape} values of {layout.dtype}, {layout.size / 1e9:,.0f} GB each: more than can be shown.",
            f"Name another data set, or make its frames smaller (up to {most / 1e9:.2g} GB).",
        )
