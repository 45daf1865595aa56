"""Tells what is there a second time: the positions of one motor stand in the NXdata of every detector, as a link or as a copy."""

from __future__ import annotations

from collections.abc import Collection
from math import prod

import numpy as np

from swmr_viewer.core.positions import ValuesAlong

Identities = Collection[tuple[int, int]]
MOST_COMPARED = 1 << 14
"""Values that are read of each, for less than a millisecond."""


class Repeating:
    """What was found so far of one scan, by the name of the motor.

    Parameters
    ----------
    scan_shape : tuple of int
        Of the scan.
    """

    def __init__(self, scan_shape: tuple[int, ...]) -> None:
        self._scan_shape = scan_shape
        self._found: dict[str, list[tuple[ValuesAlong, frozenset[tuple[int, int]]]]] = {}

    def note(self, name: str, values: ValuesAlong, beside: Identities = ()) -> None:
        """Take note of what is offered; ``beside`` is what else there is of the same motor."""
        self._found.setdefault(name, []).append((values, frozenset(beside)))

    def has(self, name: str, values: ValuesAlong, beside: Identities = ()) -> bool:
        """Return whether the same is offered already: of the same name, unit and shape, and with the same values.

        Where none of these is written yet, a motor is the same if both have another dataset in common (its read-back).
        """
        return any(
            (earlier.unit, earlier.shape) == (values.unit, values.shape)
            and self._are_same(earlier, values, earlier.is_read_back == values.is_read_back and not with_it.isdisjoint(beside))
            for earlier, with_it in self._found.get(name, ())
        )

    def _are_same(self, one: ValuesAlong, other: ValuesAlong, is_known: bool) -> bool:
        stop = min(prod(self._scan_shape), MOST_COMPARED, one.window, other.window)
        first, second = (each.read(self._scan_shape, 0, stop) for each in (one, other))
        is_written = np.isfinite(first) & np.isfinite(second) & ~one.is_fill(first) & ~other.is_fill(second)
        return bool((first == second)[is_written].all()) and (is_known or bool(is_written.any()))
