"""Where things lie in a slot: the whole raw frame first, then, each 64-byte aligned, what is shown of it and its float32 preview."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from swmr_viewer.analysis import FrameView, frame_view, preview_factor, preview_shape
from swmr_viewer.core.errors import FrameUnreadableError

_ALIGNMENT = 64
_MOST_BYTES = 1 << 32
"""Of one slot: several of them must be held in memory, and a frame of more pixels is a shape that was written by mistake."""


@dataclass(frozen=True, slots=True)
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


def slot_layout(shape: tuple[int, ...], dtype: np.dtype[Any], view: FrameView | None = None, has_own_mask: bool = False) -> SlotLayout:
    """Return how a frame of this shape and type lies in a slot, shown like this (None: as usual)."""
    view = frame_view(shape, dtype) if view is None else view
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


def refuse_too_large(path: str, layout: SlotLayout) -> None:
    """Raise for frames that no slot can hold.

    Raises
    ------
    FrameUnreadableError
        If one frame has more bytes than can be shown.
    """
    if layout.size > _MOST_BYTES:
        said = " x ".join(map(str, layout.shape))
        raise FrameUnreadableError(
            f"The frames of {path} have {said} values of {layout.dtype}, {layout.size / 1e9:,.0f} GB each: more than can be shown.",
            f"Name another data set, or make its frames smaller (up to {_MOST_BYTES / 1e9:.0f} GB).",
        )
