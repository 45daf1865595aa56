"""In how many columns panes stand, so that their pictures are largest (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt

BESIDE_PX, ABOVE_PX = 120, 55
"""What a pane needs beside its picture (ticks, colour bar), and above and below (name, ticks)."""
LEAST_GAIN = 1.15
"""By so much the pictures are larger before panes move."""


def columns_for(size: tuple[int, int], shapes: Sequence[tuple[int, ...]], now: int = 0) -> int:
    """Return the number of columns.

    Parameters
    ----------
    size : tuple of int
        Width and height of the room for all panes (pixels).
    shapes : sequence of tuple of int
        Of each frame: (..., rows, columns), or (channels,), whose curves take whatever room there is.
    now : int
        The number of columns by now, which stays unless another one is clearly better; 0: there is none.
    """
    choices = [n for n in range(1, len(shapes) + 1) if ceil(len(shapes) / n) * n - len(shapes) < 2] or [1]
    now = now if now in choices else min(2, len(choices))
    sides = {n: sum(_seen(size, n, len(shapes), shape) for shape in shapes) for n in choices}
    best = max(choices, key=lambda n: sides[n])
    return now if sides[best] < LEAST_GAIN * sides[now] else best


def _seen(size: tuple[int, int], n_columns: int, n: int, shape: tuple[int, ...]) -> float:
    """Return how large a picture is drawn: the side of a square as large (pixels of the screen)."""
    if len(shape) < 2:
        return 0.0
    width = max(1.0, size[0] / n_columns - BESIDE_PX)
    height = max(1.0, size[1] / ceil(n / n_columns) - ABOVE_PX)
    rows, columns = max(1, shape[-2]), max(1, shape[-1])
    return min(width / columns, height / rows) * sqrt(rows * columns)
