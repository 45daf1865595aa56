"""What the reader tells of quantities, and which are wanted of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from swmr_viewer.core.ranges import IndexArray, indices_of
from swmr_viewer.quantities import ORDER, FileQuantity, Kind, Quantity, Values
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
    send : callable
        Takes a request to the reader: what is to be read from the file.
    """

    def __init__(self, scan: ScanFacts, note: Callable[..., None], send: Callable[[m.Request], None]) -> None:
        self._scan, self._note, self._send = scan, note, send
        self._measured_for = 0
        """The number of the last request to measure."""
        self._asked: tuple[int, tuple[str, ...]] = (0, ())
        """The generation of the file of which values were asked for last, and their names."""
        self.handlers: dict[type, Callable[[Any], None]] = {
            m.Measure: self._on_measure, m.Measured: self._on_measured,
            m.ScalarsFound: self._on_found, m.ScalarsRead: self._on_read,
        }  # fmt: skip

    def want(self, who: str, names: Iterable[str]) -> None:
        """Have these quantities known from now on, and no others for this purpose."""
        wanted = tuple(dict.fromkeys(names))
        if wanted != self._scan.wanted.get(who, ()):
            self._scan.wanted[who] = wanted
            self.ask()
            self._note(Changed.WANTED)

    def ask(self) -> None:
        """Ask the reader for what is wanted of the file; once the file is open, to begin with, for what there is."""
        scan = self._scan
        scan.columns.expressions = scan.wanted_names
        if scan.description is None:
            return
        wanted = scan.quantities.base_names(scan.wanted_names)
        names = tuple(sorted(name for name in wanted if scan.columns.is_in_file(name)))
        if ORDER in wanted and not scan.wants_order:
            scan.wants_order = True
            self._send(m.SendOrder(scan.generation))
        if (scan.generation, names) != self._asked:
            self._asked = scan.generation, names
            self._send(m.SendScalars(scan.generation, names))

    def note_data(self) -> None:
        """Take note of what the open file tells of the scan's axes, and of the units of pixels."""
        scan, columns = self._scan, self._scan.columns
        datasets = scan.description.data if scan.description is not None else ()
        columns.grow(scan.scan_shape)
        columns.note_order(order_column(scan.order, columns))
        columns.note_axes(next((dataset.facts.scan_axes for dataset in datasets if dataset.facts.scan_axes), ()))
        for dataset in datasets:
            scan.table_of(scan.places.name_of(dataset.path)).unit = dataset.facts.unit
        self.ask()
        self._note(Changed.QUANTITIES)

    def begin_reduction(self, place: str, name: str, quantities: tuple[Quantity, ...]) -> None:
        """Take note that a reduction begins which makes these numbers of the frames in a place."""
        self._scan.table_of(place).begin_reduction(name, quantities)
        self._note(Changed.QUANTITIES)

    def take_reduced(self, place: str, names: tuple[str, ...], indices: IndexArray, values: Values, scan_shape: tuple[int, ...]) -> None:
        """Take numbers that a reduction made, as `QuantityTable.take` takes what was measured."""
        self._scan.table_of(place).reduced.take_on(scan_shape, names, indices, values)
        self._note(Changed.QUANTITIES)

    def _on_measure(self, request: m.Measure) -> None:
        """Take note of what is asked for: what answers an earlier request is dropped."""
        self._measured_for = request.revision
        table = self._scan.table_of(self._scan.places.name_of(request.data_path))
        table.regions, table.region_columns = tuple(region.name for region in request.regions), self._region_columns(request.data_path)
        self._note(Changed.QUANTITIES)

    def _region_columns(self, data_path: str) -> tuple[str, ...]:
        """Return what is measured of regions; as long as nobody knows what frames are shown as, of those of any kind."""
        shown = self._scan.shown
        return m.region_columns(shown.raw.ndim) if shown is not None and shown.data_path == data_path else m.REGION_COLUMNS

    def _on_measured(self, measured: m.Measured) -> None:
        if measured.revision != self._measured_for:
            return
        table = self._scan.table_of(self._scan.places.name_of(measured.data_path))
        told = {column.removeprefix(f"{table.regions[0]}.") for column in measured.columns} if table.regions else set()
        table.region_columns = tuple(column for column in m.ALL_REGION_COLUMNS if column in told) or table.region_columns
        table.take(measured.columns, measured.indices, measured.values, measured.scan_shape)
        self._note(Changed.MEASURED, measured)
        self._note(Changed.QUANTITIES)

    def _on_found(self, found: m.ScalarsFound) -> None:
        self._scan.columns.note_found([_file_quantity(fact) for fact in found.scalars])
        self.ask()
        self._note(Changed.QUANTITIES)

    def _on_read(self, read: m.ScalarsRead) -> None:
        columns = self._scan.columns
        if read.whole:
            columns.read.clear()
        columns.take(read.names, indices_of(read.frames), read.values, read.scan_shape)
        self._note(Changed.QUANTITIES)


_KINDS = {m.ScalarKind.TIME: Kind.SCAN, m.ScalarKind.POSITION: Kind.POSITION, m.ScalarKind.SCALAR: Kind.SCALAR}


def _file_quantity(fact: m.ScalarFact) -> FileQuantity:
    return FileQuantity(Quantity(fact.name, _KINDS[fact.kind], fact.unit), fact.axis, fact.is_read_back)
