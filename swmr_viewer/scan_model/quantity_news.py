"""What the reader tells of quantities, and which are wanted of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model.acquisition_order import order_column
from swmr_viewer.scan_model.scan_facts import Changed, ScanFacts


class QuantityNews:
    """Takes messages into the tables of the scan.

    Parameters
    ----------
    scan : ScanFacts
        Whose tables they are.
    note : callable
        Takes what changed, and the value that comes with it.
    """

    def __init__(self, scan: ScanFacts, note: Callable[..., None]) -> None:
        self._scan, self._note = scan, note
        self._measured_for = 0
        """The number of the last request to measure."""
        self.handlers: dict[type, Callable[[Any], None]] = {m.Measure: self._on_measure, m.Measured: self._on_measured}

    def want(self, who: str, names: Iterable[str]) -> None:
        """Have these quantities known from now on, and no others for this purpose."""
        wanted = tuple(dict.fromkeys(names))
        if wanted != self._scan.wanted.get(who, ()):
            self._scan.wanted[who] = wanted
            self._note(Changed.WANTED)

    def note_data(self) -> None:
        """Take note of what the open file tells of the scan's axes, and of the units of pixels."""
        scan, columns = self._scan, self._scan.columns
        datasets = scan.description.data if scan.description is not None else ()
        columns.grow(scan.scan_shape)
        columns.note_order(order_column(scan.order, columns))
        columns.note_axes(next((dataset.facts.scan_axes for dataset in datasets if dataset.facts.scan_axes), ()))
        for dataset in datasets:
            scan.table_of(scan.places.name_of(dataset.path)).unit = dataset.facts.unit
        self._note(Changed.QUANTITIES)

    def _on_measure(self, request: m.Measure) -> None:
        """Take note of what is asked for: what answers an earlier request is dropped."""
        self._measured_for = request.revision
        table = self._scan.table_of(self._scan.places.name_of(request.data_path))
        table.regions, table.region_columns = tuple(region.name for region in request.regions), m.REGION_COLUMNS
        self._note(Changed.QUANTITIES)

    def _on_measured(self, measured: m.Measured) -> None:
        if measured.revision != self._measured_for:
            return
        table = self._scan.table_of(self._scan.places.name_of(measured.data_path))
        table.take(measured.columns, measured.indices, measured.values, measured.scan_shape)
        self._note(Changed.MEASURED, measured)
        self._note(Changed.QUANTITIES)
