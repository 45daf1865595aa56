"""Everything that is known of the scan points of one data set, by the names of quantities."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

import numpy as np

from swmr_viewer.quantities.column import Column, NoColumn
from swmr_viewer.quantities.decimation import Values
from swmr_viewer.quantities.expression_column import ExpressionColumn
from swmr_viewer.quantities.expression_text import ExpressionError
from swmr_viewer.quantities.expressions import Expression, expression
from swmr_viewer.quantities.measured_values import MeasuredValues
from swmr_viewer.quantities.quantity import OF_FRAME, Kind, Quantity, of_frame, of_region
from swmr_viewer.quantities.scan_columns import ScanColumns

_MOST_EXPRESSIONS = 32
"""Whose columns are kept, by their texts: each knows what was drawn of it."""


class QuantityTable:
    """Columns by name: those of the scan, which all of its data sets share, and those that were measured of this one's frames.

    Parameters
    ----------
    scan : ScanColumns
        Index, time, order, positions, and what else the file has for each scan point.
    """

    def __init__(self, scan: ScanColumns) -> None:
        self.scan = scan
        self.measured = MeasuredValues()
        """What the reader measured of the frames."""
        self.reduced = MeasuredValues()
        """Numbers that reductions made of the frames."""
        self.reductions: tuple[Quantity, ...] = ()
        """What these are."""
        self.unit = ""
        """Of the pixels."""
        self.frame_columns: tuple[str, ...] = tuple(OF_FRAME)
        """What is measured of whole frames."""
        self.regions: tuple[str, ...] = ()
        """What is measured of regions is offered of these, by name, in this order."""
        self.region_columns: tuple[str, ...] = ()
        """What is measured of each."""
        self._expressions: dict[str, ExpressionColumn] = {}
        self._known: tuple[tuple[object, ...], dict[str, Quantity]] = (), {}

    @property
    def scan_shape(self) -> tuple[int, ...]:
        return self.scan.scan_shape

    # ---- which quantities there are

    def offered(self) -> tuple[Quantity, ...]:
        """Return what can be asked for by name, in the order for menus; any expressions of them can be asked for as well."""
        of_scan = {quantity.name for quantity in self.scan.named()}
        measured = (quantity for name, quantity in self._named().items() if name not in of_scan)
        return (*self.scan.offered(), *measured, *self._calculated())

    def quantity(self, name: str) -> Quantity | None:
        """Return the quantity of this name, or of this expression; None where there is none (yet)."""
        named = self._named()
        if name in named:
            return named[name]
        with suppress(ExpressionError):
            return self._quantity_of(expression(name))
        return None

    def why_not(self, text: str) -> str:
        """Return why this text names no quantity and no expression of some, as a sentence; "" where it does."""
        try:
            return "" if text in self._named() else expression(text).why_not(self._named())
        except ExpressionError as error:
            return str(error)

    def _named(self) -> dict[str, Quantity]:
        """Return all that has a name, by it; it is asked for at each turn, and seldom another."""
        scan = self.scan.named()
        made_of = (scan, self.unit, self.frame_columns, self.regions, self.region_columns, self.reductions)
        if made_of != self._known[0]:
            of_frames = (of_frame(column, self.unit) for column in self.frame_columns)
            of_regions = (of_region(f"{region}.{what}", self.unit) for region in self.regions for what in self.region_columns)
            known: dict[str, Quantity] = {}
            for quantity in (*scan, *of_frames, *of_regions, *self.reductions):
                known.setdefault(quantity.name, quantity)
            self._known = made_of, known
        return self._known[1]

    def _calculated(self) -> tuple[Quantity, ...]:
        """Return the wanted expressions that can be calculated."""
        found = {}
        for text in self.scan.expressions:
            with suppress(ExpressionError):
                quantity = self._quantity_of(expression(text))
                if quantity is not None and quantity.kind is Kind.EXPRESSION:
                    found[quantity.name] = quantity
        return tuple(found.values())

    def _quantity_of(self, found: Expression) -> Quantity | None:
        named = self._named()
        if found.only_name is not None:
            return named.get(found.only_name)
        if any(name not in named for name in found.names):
            return None
        return Quantity(found.text, Kind.EXPRESSION, found.unit(lambda name: named[name].unit))

    def position_names(self) -> tuple[str, ...]:
        """Return the quantities that say where a point is, of the scan's axes, the fastest first; () where the file does not tell."""
        return self.scan.position_names()

    def base_names(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return which quantities must be known for these, each once: of expressions those that stand in them."""
        known = self._named()
        wanted = (base for name in names for base in ((name,) if name in known else self._names_in(name)))
        return tuple(dict.fromkeys(name for name in wanted if name in known))

    def _names_in(self, text: str) -> tuple[str, ...]:
        with suppress(ExpressionError):
            return expression(text).names
        return ()

    def is_measured(self, name: str) -> bool:
        """Whether a quantity is measured of frames."""
        found = self.quantity(name)
        return found is not None and found.kind in (Kind.FRAME, Kind.REGION)

    # ---- values

    def column(self, name: str) -> Column:
        """Return the values as they are kept, or as they are calculated; of what is not known, a column without any."""
        return self._named_column(name) or self._expression_column(name) or NoColumn(self._forgotten_at)

    def _named_column(self, name: str) -> Column | None:
        """Return what has this name: of the scan before of frames, as `_named` has it."""
        for values in (self.measured, self.reduced):
            values.settle_on(self.scan_shape)
        of_frames = None if self.scan.is_in_file(name) else self.measured.stored(name) or self.reduced.stored(name)
        return self.scan.column(name) or of_frames

    def _expression_column(self, text: str) -> Column | None:
        kept = self._expressions.get(text)
        if kept is None:
            try:
                found = expression(text)
            except ExpressionError:
                return None
            if found.only_name is not None:
                return self._named_column(found.only_name)
            if len(self._expressions) >= _MOST_EXPRESSIONS:
                del self._expressions[next(iter(self._expressions))]
            kept = self._expressions[text] = ExpressionColumn(found, lambda name: self._named_column(name) or NoColumn(self._forgotten_at))
        return kept

    @property
    def _forgotten_at(self) -> int:
        return max(self.measured.forgotten_at, self.reduced.forgotten_at, self.scan.read.forgotten_at)

    def at(self, name: str, index: int) -> float | None:
        """Return the value at a scan point, or None."""
        return self.column(name).at(index)

    def part(self, name: str, start: int, stop: int) -> Values:
        """Return the values from one index up to another as a new float64 array; NaN where nothing is known."""
        return self.column(name).part(start, stop)

    def values(self, name: str) -> Values:
        """Return the values at all scan points as a new float64 array (n,), in C order; NaN where nothing is known."""
        return self.part(name, 0, self.size)

    @property
    def size(self) -> int:
        """How many scan points there are."""
        return self.scan.size

    def block_numbers(self, name: str) -> list[int]:
        """Return which blocks hold values, ascending, for those who take them piece by piece."""
        return self.column(name).block_numbers

    def block(self, name: str, number: int) -> Values:
        """Return the values of a block, float64 (BLOCK,), which are not to be written to."""
        return self.column(name).block(number)

    def version(self, name: str, number: int | None = None) -> int:
        """Return a number that is another after a block, or any block, changed."""
        return self.column(name).version(number)

    def n_known(self, name: str) -> int:
        """Return for how many points there is a value."""
        return self.column(name).n_known

    def prepare(self, names: Iterable[str]) -> bool:
        """Return whether the values of all of these are there at once; those that are not are worked on aside.

        To sort ten million points in their order of acquisition takes a second: whoever asks for values before waits for it.
        """
        return all(self.column(name).prepare() for name in names)

    def prepare_curve(self, name: str, seconds: float = 0.02) -> bool:
        """Look at values of a long curve for so long, at the most; once it returns True, ``curve`` is done at once.

        Of ten million calculated values ``curve`` alone may take 0.3 s: call this from turn to turn of the event loop before.
        """
        return self.column(name).prepare_curve(seconds)

    def curve(self, name: str) -> tuple[Values, Values]:
        """Return x (the index) and y of the quantity over the scan, few enough points to draw; NaN where nothing is known."""
        return self.column(name).curve(self.size)

    # ---- what is told

    def take(self, columns: tuple[str, ...], indices: np.ndarray, values: Values, scan_shape: tuple[int, ...]) -> None:
        """Take what was measured of some frames.

        Parameters
        ----------
        columns : tuple of str
            Names.
        indices : int64 array (n,)
            Flat indices on ``scan_shape``, each once.
        values : float64 array (n, len(columns))
            NaN: there is none.
        scan_shape : tuple of int
            What the indices count on; what was told before moves where an inner axis grew.
        """
        self.measured.take_on(scan_shape, columns, indices, values)

    def begin_reduction(self, name: str, quantities: tuple[Quantity, ...]) -> None:
        """Offer the numbers of a reduction that begins; what an earlier run of it made, perhaps with other parameters, is forgotten.

        Parameters
        ----------
        name : str
            Of the reduction.
        quantities : tuple of Quantity
            Each named ``NAME.OUTPUT``.
        """
        before = {one.name for one in self.reductions if one.name.startswith(f"{name}.")}
        self.reductions = (*(one for one in self.reductions if one.name not in before), *quantities)
        self.reduced.forget(before)
