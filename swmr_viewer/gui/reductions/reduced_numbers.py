"""Numbers that a run makes become quantities of the scan: maps, curves, fits, tables and alarms have them as any others."""

from __future__ import annotations

import numpy as np

from swmr_viewer.gui.session import Session
from swmr_viewer.quantities import Kind, Quantity
from swmr_viewer.reducing.messages import Prepared, Reduced


def quantities_of(prepared: Prepared) -> tuple[Quantity, ...]:
    """Return what the outputs that are numbers are as quantities: ``NAME.OUTPUT``."""
    name = prepared.reduction
    return tuple(
        Quantity(f"{name}.{one.name}", Kind.REDUCTION, one.unit, f"{one.words}, {name}" if one.words else "")
        for one in prepared.outputs
        if not one.shape
    )


def take_numbers(session: Session, place: str, reduction: str, reduced: Reduced) -> None:
    """Give the scan the numbers of some frames of the data set in a place."""
    if reduced.numbers:
        names = tuple(f"{reduction}.{one}" for one in reduced.numbers)
        values = np.stack([*reduced.numbers.values()], axis=1)
        session.take_reduced(place, names, reduced.indices, values, reduced.scan_shape)
