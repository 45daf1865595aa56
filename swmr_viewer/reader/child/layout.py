"""Where things lie in a slot: the raw frame first, then, 64-byte aligned, its float32 preview."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from swmr_viewer.analysis import preview_factor, preview_shape
from swmr_viewer.core.errors import FrameUnreadableError

_ALIGNMENT = 64
_MOST_BYTES = 1 << 32
"""Of one slot: several of them must be held in memory, and a frame of more pixels is a shape that was written by mistake."""


@dataclass(frozen=True, slots=True)
class SlotLayout:
    """The layout of one frame in a slot."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    preview_factor: int
    """0: there is no preview of such frames."""
    preview_shape: tuple[int, ...]
    preview_offset: int
    """Bytes from the slot's start."""
    size: int
    """Bytes of the whole."""


def slot_layout(shape: tuple[int, ...], dtype: np.dtype[Any]) -> SlotLayout:
    """Return how a frame of this shape and type lies in a slot (frames of more than two axes have no preview)."""
    factor = preview_factor(shape) if len(shape) <= 2 else 0
    reduced = preview_shape(shape, factor) if factor else ()
    offset = -(-prod(shape) * dtype.itemsize // _ALIGNMENT) * _ALIGNMENT
    size = offset + (4 * prod(reduced) if factor else 0)
    return SlotLayout(shape, dtype, factor, reduced, offset, max(size, _ALIGNMENT))


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
