"""What all data sets of a scan share: index, order of acquisition, positions, and what the file has for each scan point."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from swmr_viewer.core.data_facts import ScanAxis
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.quantities.column import Column, next_version
from swmr_viewer.quantities.computed_column import ComputedColumn
from swmr_viewer.quantities.decimation import Values
from swmr_viewer.quantities.measured_values import MeasuredValues
from swmr_viewer.quantities.quantity import INDEX, ORDER, Kind, Quantity


@frozen
class FileQuantity:
    """One quantity that the file has a number of for each scan point."""

    quantity: Quantity
    axis: int | None = None
    """The axis of the scan of which it is the position."""
    is_read_back: bool = False


class ScanColumns:
    """Columns by name; told by whoever follows the scan."""

    def __init__(self) -> None:
        self.scan_shape: tuple[int, ...] = ()
        self.read = MeasuredValues()
        """What was read from the file."""
        self.expressions: tuple[str, ...] = ()
        """Those that are wanted: they are offered as well."""
        self.is_file_looked_through = False
        """Whether it is known what the file has."""
        self._found: dict[str, FileQuantity] = {}
        self._axes: tuple[ScanAxis, ...] = ()
        self._computed: dict[str, Column] = {
            INDEX: ComputedColumn(lambda: self.size, lambda indices: indices.astype(np.float64), lambda: 0),
        }
        self._named: tuple[Quantity, ...] = ()
        self._axis_values: list[Values] = []
        self._axes_version = 0

    @property
    def size(self) -> int:
        """How many points the scan has by now."""
        return prod(self.scan_shape) if self.scan_shape else 0

    # ---- what is told

    def grow(self, scan_shape: tuple[int, ...]) -> None:
        """Take note of the scan shape by now."""
        if scan_shape[1:] != self.scan_shape[1:]:
            self._axes_version = next_version()  # indices are those of other positions now
        self.scan_shape = scan_shape

    def note_axes(self, axes: Sequence[ScanAxis]) -> None:
        """Take note of the axes that the file declares, one for each axis of the scan, slowest first."""
        self._named = ()
        self._axes = tuple(axes)
        self._axis_values = [np.array(axis.values or (), np.float64) for axis in self._axes]
        self._axes_version = next_version()
        for number, axis in enumerate(self._axes):
            if axis.name and axis.values is not None:
                self._computed[axis.name] = ComputedColumn(lambda: self.size, _AxisValues(self, number), lambda: self._axes_version)

    def note_order(self, column: Column) -> None:
        """Take note of what says in which order the points were taken."""
        self._named = ()
        self._computed[ORDER] = column

    def note_found(self, found: Sequence[FileQuantity]) -> None:
        """Take note of all that the file has."""
        self._named = ()
        self._found = {each.quantity.name: each for each in found}
        self.is_file_looked_through = True

    def axis_value(self, number: int, indices: IndexArray) -> Values:
        """Return the values of an axis of the scan at some points; NaN where the file has none."""
        if len(self._axes) != len(self.scan_shape):
            return np.full(indices.size, np.nan)
        at = indices // prod(self.scan_shape[number + 1 :]) % self.scan_shape[number]
        values = self._axis_values[number]
        found = np.full(indices.size, np.nan)
        inside = at < len(values)
        found[inside] = values[at[inside]]
        return found

    # ---- which quantities there are

    def offered(self) -> tuple[Quantity, ...]:
        """Return what can be asked for, in the order for menus; a declared axis only where no motor is found along it."""
        has_motor = {each.axis for each in self._found.values()}
        covered = {axis.name for number, axis in enumerate(self._axes) if number in has_motor} - self._found.keys()
        return tuple(quantity for quantity in self.named() if quantity.name not in covered)

    def named(self) -> tuple[Quantity, ...]:
        """Return all that has a name, whether it is offered or not; the same tuple until there is something else."""
        if not self._named:
            self._named = self._find_named()
        return self._named

    def _find_named(self) -> tuple[Quantity, ...]:
        scan = [Quantity(INDEX, Kind.SCAN, words="frame")]
        if ORDER in self._computed:
            scan.append(Quantity(ORDER, Kind.SCAN, words="order of acquisition"))
        found = {name: each.quantity for name, each in self._found.items()}
        for axis in reversed(self._axes):
            if axis.name in self._computed and axis.name not in found:
                found[axis.name] = Quantity(axis.name, Kind.POSITION, axis.unit)
        ranks = list(Kind)
        return (*scan, *sorted(found.values(), key=lambda quantity: ranks.index(quantity.kind)))

    def position_names(self) -> tuple[str, ...]:
        """Return the quantities that say where a point is, of each axis of the scan, the fastest first; read back rather than set."""
        firsts = (self.names_of_axis(number)[:1] for number in reversed(range(len(self.scan_shape))))
        return tuple(name for names in firsts for name in names if self.column(name) is not None)

    def names_of_axis(self, number: int) -> tuple[str, ...]:
        """Return the positions that there are of an axis of the scan, read back before set, whether they were read yet or not."""
        found = sorted((each for each in self._found.values() if each.axis == number), key=lambda each: not each.is_read_back)
        declared = self._axes[number].name if number < len(self._axes) else ""
        names = (*(each.quantity.name for each in found), *((declared,) if declared in self._computed else ()))
        return tuple(dict.fromkeys(names))

    def is_in_file(self, name: str) -> bool:
        """Whether the file has a number of this name for each scan point, as far as is known."""
        return name in self._found

    def column(self, name: str) -> Column | None:
        """Return the values, or None where nothing is known."""
        self.read.settle_on(self.scan_shape)
        return self.read.stored(name) or self._computed.get(name)

    def take(self, names: tuple[str, ...], indices: IndexArray, values: Values, scan_shape: tuple[int, ...]) -> None:
        """Take what was read, as `QuantityTable.take`."""
        self.read.take_on(scan_shape, names, indices, values)


@frozen
class _AxisValues:
    """Where points are along one axis of the scan."""

    columns: ScanColumns
    number: int

    def __call__(self, indices: IndexArray) -> Values:
        return self.columns.axis_value(self.number, indices)
