"""What it costs to read values of a data set, and how many may be read at once for that."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

_CHUNK_COST = 400
"""Reading one more chunk costs as much as reading this many values (measured: 3.7 us against 10 ns)."""
FIRST_WINDOW, LEAST_WINDOW, MOST_WINDOW = 256, 16, 1 << 16


def cost_of_chunks(length: int, chunks: tuple[int, ...] | None) -> int:
    """Return about what reading ``length`` values costs, in values, of a data set in such chunks (None: in one piece)."""
    return length if chunks is None else length + _CHUNK_COST * (1 + length // max(1, prod(chunks)))


def window_of(cost: Callable[[int], int], budget: float = MOST_WINDOW) -> int:
    """Return how many values may be read at once for about this much, where reading some has this cost; by default a millisecond."""
    return max(LEAST_WINDOW, int(budget * FIRST_WINDOW / cost(FIRST_WINDOW)))
