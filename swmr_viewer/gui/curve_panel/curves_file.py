"""What is known of the scan points as one table: which columns it has, and the table as text for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import ExportError
from swmr_viewer.export import TableColumn, table
from swmr_viewer.quantities import INDEX, ORDER, Kind, Quantity, QuantityTable

MOST_COPIED = 100_000
"""Points: a clipboard with more holds up the programs on both of its sides."""
NOTHING_MEASURED = "Nothing was measured yet.", "Draw a region first; then every frame is measured."


def columns_of(quantities: QuantityTable, wanted: Iterable[str] = ()) -> tuple[TableColumn, ...]:
    """Return all of which something is known, in the order of menus, and expressions among what is wanted.

    Positions and the scan's own numbers alone make no line.
    """
    offered = quantities.offered()
    names = {one.name for one in offered}
    more = (quantities.quantity(text) for text in dict.fromkeys(wanted) if text not in names)
    return tuple(
        TableColumn(one.name, one.unit, one.title, counts=one.kind not in (Kind.SCAN, Kind.POSITION))
        for one in (*offered, *(one for one in more if one is not None and one.name not in names))
        if one.name != INDEX and (is_calculated(quantities, one) or quantities.n_known(one.name))
    )


def signal_of(quantities: QuantityTable, columns: Iterable[TableColumn]) -> str:
    """Return which column other programs draw first: an expression, or else of a region, of a reduction, of whole frames."""
    kinds = {column.name: one.kind for column in columns if (one := quantities.quantity(column.name)) is not None and column.counts}
    ranks = (Kind.EXPRESSION, Kind.REGION, Kind.REDUCTION, Kind.FRAME)
    return next((name for rank in ranks for name, kind in kinds.items() if kind is rank), "")


def is_calculated(quantities: QuantityTable, quantity: Quantity) -> bool:
    """Whether values are calculated when they are asked for: the order, the file's axes, expressions. To count them takes long."""
    return (
        quantity.name == ORDER
        or quantity.kind is Kind.EXPRESSION
        or (quantity.kind is Kind.POSITION and not quantities.scan.is_in_file(quantity.name))
    )


def text_for_clipboard(quantities: QuantityTable, wanted: Iterable[str] = ()) -> str:
    """Return the table for a spreadsheet: names with units, then a line per measured point, with tabs between the columns.

    Raises
    ------
    ExportError
        If nothing was measured, or too much.
    """
    if quantities.size > MOST_COPIED:
        raise ExportError("The table is too long for the clipboard.", "Save it to a file.")
    columns = columns_of(quantities, wanted)
    values = {column: quantities.values(column.name) for column in columns}
    known = np.zeros(quantities.size, bool)
    for column, each in values.items():
        if column.counts:
            known |= ~np.isnan(each)
    indices = np.flatnonzero(known)
    if not indices.size:
        raise ExportError(*NOTHING_MEASURED)
    lines: dict[str, npt.NDArray[Any]] = {"index": indices}
    lines |= {f"position_{axis}": where for axis, where in enumerate(np.unravel_index(indices, quantities.scan_shape))}
    lines |= {f"{one.name} ({one.unit})" if one.unit else one.name: _short(each[indices]) for one, each in values.items()}
    return table(lines, "\t").rstrip("\n")


def _short(values: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    """Return whole numbers as integers where all of them are known."""
    is_whole = bool((np.abs(values) < 2**53).all()) and bool((values == np.floor(values)).all())
    return values.astype(np.int64) if is_whole else values
