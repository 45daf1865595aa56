"""What was known of the scans before this one, for as long as they are worth their memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

from swmr_viewer.core.frozen import frozen
from swmr_viewer.quantities import QuantityTable
from swmr_viewer.reader.messages import NO_CORRECTION, Correction

MOST_KEPT = 3
"""Scans."""
MOST_POINTS_KEPT = 1_000_000
"""A longer scan is not kept: each quantity of a million points takes up to 8 MB."""


@frozen(eq=False)
class EarlierScan:
    """A scan that was followed before the one that is followed now."""

    path: str
    """Of its file."""
    tables: Mapping[str, QuantityTable]
    """What was known of it, by the names of places."""
    corrections: Mapping[str, Correction] = field(default_factory=dict)
    """By which dark and flat frames it was measured."""

    def is_measured_as(self, place: str, correction: Correction) -> bool:
        """Whether its numbers can be held against others that are corrected so."""
        return self.corrections.get(place, NO_CORRECTION) == correction


def with_earlier(
    earlier: tuple[EarlierScan, ...],
    path: str,
    tables: Mapping[str, QuantityTable],
    correction_in: Callable[[str], Correction] = lambda _: NO_CORRECTION,
) -> tuple[EarlierScan, ...]:
    """Return the earlier scans, the newest first, with one more in front, if anything was measured of it and it is not too long."""
    known = {place: table for place, table in tables.items() if table.measured.names or table.reduced.names}
    worth = {place: table for place, table in known.items() if table.size <= MOST_POINTS_KEPT}
    return (EarlierScan(path, worth, {place: correction_in(place) for place in worth}), *earlier)[:MOST_KEPT] if worth else earlier
