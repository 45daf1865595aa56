"""Quantities for scripts: what a file has one number of for each scan point, and expressions of them, while it is written."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import Region
from swmr_viewer.core.data import SharedSources
from swmr_viewer.core.data_facts import ScalarKind
from swmr_viewer.core.follower import Follower
from swmr_viewer.core.keys import KeyPaths
from swmr_viewer.core.nexus import read_facts
from swmr_viewer.core.positions import acquisition_values
from swmr_viewer.core.scalars import FollowedScan, ScalarFinder
from swmr_viewer.core.scan import index_of
from swmr_viewer.quantities import (
    INDEX,
    ORDER,
    ComputedColumn,
    ExpressionError,
    FileQuantity,
    Kind,
    Quantity,
    QuantityTable,
    ScanColumns,
    Values,
    expression,
)
from swmr_viewer.scripting.followed_data import axes_of, what_is_followed
from swmr_viewer.scripting.frame_measures import measures_of_frame, measures_of_regions
from swmr_viewer.scripting.known_points import CompletePoints, ScalarValues
from swmr_viewer.scripting.taken_order import TakenOrder

_LOOKING_S = 0.1
_KINDS = {ScalarKind.TIME: Kind.SCAN, ScalarKind.POSITION: Kind.POSITION, ScalarKind.SCALAR: Kind.SCALAR}


class Quantities:
    """Quantities of a scan by name: positions, monitors, temperatures, times, and expressions of them such as ``I1 / I0``.

    A quantity is one number per scan point, with a unit. Whatever the file has one number of for each point is found, by
    NeXus and by shape. Its values are those of the points that were complete at the last ``update``, NaN elsewhere; the index
    and the positions that a file declares for a whole axis are known everywhere.

    Parameters
    ----------
    h5file : h5py.File
        The open file. It stays the caller's to close.
    data_path : str or h5py.Dataset, optional
        Frames of the scan, near which is looked; by default the data set that the viewer would show.
    key_paths : str, h5py.Dataset or h5py.Group, or iterable of them, optional
        As for ``Follower``; by default the keys that the viewer would follow.
    follower : Follower, optional
        In place of keys: one that the script iterates over (``DataSource.follower``), which alone polls them. The keys of a file are
        not to be opened twice.
    clock : callable
        Monotonic seconds.

    Raises
    ------
    PathNotThereError, PathError, NoKeysError, ShapeError
        If keys and data make no sense for this file, or none are found.

    Examples
    --------
    While a scan runs (or afterwards)::

        with open_swmr("scan.h5") as f:
            quantities = Quantities(f, "/entry/detector/data")
            print(quantities.names)                    # ('index', 'stage_x', 'stage_y', 'I0', ...)
            while quantities.update(wait_s=10):
                transmission = quantities["It / I0"]   # float64, of the scan's shape, NaN where nothing is known
    """

    def __init__(
        self,
        h5file: h5py.File,
        data_path: str | h5py.Dataset = "",
        key_paths: KeyPaths | None = None,
        *,
        follower: Follower | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        path, self._follower = what_is_followed(h5file, data_path, key_paths, follower, clock)
        self._polls = follower is None
        self._points = CompletePoints(self._follower, clock)
        self._data_path, self._scan_rank, frame_shape = path, *axes_of(h5file, path, self._follower.scan_shape)
        self._facts = read_facts(h5file, path, self._scan_rank, frame_shape)
        self._sources = SharedSources()
        self._table = QuantityTable(ScanColumns())
        self._table.frame_columns = ()
        self._table.scan.note_axes(self._facts.scan_axes)
        self._finder = ScalarFinder(h5file, self._followed_scan, (INDEX, ORDER), clock, self._sources)
        self._finder.begin()
        times = [self._facts.time_path]
        self._order = TakenOrder(acquisition_values(h5file, self._follower, times, self._sources), self._points)
        self._table.scan.note_order(ComputedColumn(lambda: self._table.scan.size, self._order.at, lambda: self._order.version))
        self._values: dict[str, ScalarValues] = {}
        self._found: dict[str, FileQuantity] = {}
        self._own: dict[str, FileQuantity] = {}
        self._faults: deque[str] = deque(maxlen=1000)
        self.update()

    def close(self) -> None:
        """Close the files that were opened here, those that virtual datasets are mapped to; the caller's stays open."""
        self._sources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # ---- what there is

    @property
    def scan_shape(self) -> tuple[int, ...]:
        """The scan's axes, slowest first, as far as they were known at the last ``update``: the shape of every array."""
        return self._table.scan_shape

    @property
    def names(self) -> tuple[str, ...]:
        """What can be asked for: the index, the order of acquisition, positions, what else the file has, the time, and what the script
        put in.
        """  # noqa: D205
        return tuple(quantity.name for quantity in self._table.offered())

    @property
    def position_names(self) -> tuple[str, ...]:
        """Which of them say where a point is: of each of the scan's axes, the fastest first; read back rather than set.

        Of a scan of one axis they are all that move along it: the two motors of a spiral.
        """
        of_axes = [self._table.scan.names_of_axis(number) for number in reversed(range(len(self.scan_shape)))]
        if len(of_axes) != 1:
            return tuple(name for names in of_axes for name in names[:1])
        read_back = tuple(name for name in of_axes[0] if name in self._found and self._found[name].is_read_back)
        return read_back or of_axes[0]

    def unit(self, name: str) -> str:
        """Return the unit of a quantity, or of an expression where it is plain; "" where there is none.

        Raises
        ------
        ExpressionError
            If there is no such quantity, saying what to do.
        """
        return self._quantity(name).unit

    # ---- values

    def update(self, wait_s: float = 0.0) -> bool:
        """Look at what there is and which points are complete by now; all values until the next call are those of these points.

        Parameters
        ----------
        wait_s : float
            How long to wait (s) for another complete point; not where the scan is over, or where the script's own follower polls.

        Returns
        -------
        bool
            Whether more points are complete than before.
        """
        until = self._clock() + wait_s
        has_more = self._look()
        while self._polls and not has_more and not self._is_over and self._clock() < until:
            time.sleep(min(max(0.001, self._follower.suggest_poll_s()), max(0.0, until - self._clock())))
            has_more = self._look()
        self._table.scan.grow(self._points.scan_shape)
        while not self._finder.look(_LOOKING_S):
            pass
        for scalar in self._finder.scalars:
            fact = scalar.fact
            if fact.name not in self._found:
                self._found[fact.name] = FileQuantity(Quantity(fact.name, _KINDS[fact.kind], fact.unit), fact.axis, fact.is_read_back)
                self._values[fact.name] = ScalarValues(scalar, self._points)
        self._note_found()
        return has_more

    def _look(self) -> bool:
        if self._polls:
            self._follower.refresh()
        return self._points.look()

    @property
    def _is_over(self) -> bool:
        return (
            self._follower.all_keys_set or self._follower.is_finished() or self._follower.file_is_closed() or self._follower.flag_is_set()
        )

    def __getitem__(self, name: str) -> Values:
        """Return the values of a quantity, or of an expression of some, as a new float64 array of the scan's shape.

        Raises
        ------
        ExpressionError
            If there is no such quantity, or the expression makes no sense, saying what to do.
        """
        self._quantity(name)
        for base in self._table.base_names([name]):
            self._read(base)
        return self._table.values(name).reshape(self.scan_shape or (0,))

    def _read(self, name: str) -> None:
        if name == ORDER:
            self._order.update()
        values = self._values.get(name)
        if values is None or name in self._own:
            return
        try:
            indices, read = values.read()
        except Exception as error:  # one scalar is worth no scan; what is being written now can be read later
            self._faults.append(f"{name} could not be read: {error}")
            return
        self._table.scan.take((name,), indices, read[:, np.newaxis], self.scan_shape)

    def _quantity(self, name: str) -> Quantity:
        found = self._table.quantity(name)
        if found is None:
            expression(name).check(quantity.name for quantity in self._table.offered())
            raise ExpressionError(self._table.why_not(name), 0)
        return found

    def take_faults(self) -> list[str]:
        """Return what could not be read since the last call."""
        taken = [*self._faults, *(self._follower.take_faults() if self._polls else ())]
        self._faults.clear()
        return taken

    # ---- what the script puts in

    def put(self, name: str, where: int | tuple[int, ...] | npt.NDArray[np.int64], values: npt.ArrayLike, unit: str = "") -> None:
        """Put in values of the script's own, which expressions may name from then on.

        Parameters
        ----------
        name : str
            Of the quantity; one of the file with this name is covered.
        where : int, tuple of int, or int64 array
            An index, a position, or indices, each once.
        values : array_like of float
            One for each.
        unit : str
            Of the values.
        """
        self._put(Quantity(name, Kind.REDUCTION, unit), where, values)

    def measure(self, where: int | tuple[int, ...], frame: npt.NDArray[Any], regions: Iterable[Region] = (), *, whole: bool = True) -> None:
        """Put in what the window measures of a frame.

        Of the whole frame: ``total``, ``maximum``, its place ``hottest_x`` and ``hottest_y``, ``n_masked`` and ``n_saturated``. Of a
        region A ``A.sum``, ``A.mean``, ``A.maximum`` and ``A.std``, of images ``A.centre_x`` and ``A.centre_y`` as well, of spectra
        ``A.centre`` and ``A.width``.

        Parameters
        ----------
        where : int or tuple of int
            Index or position of the frame.
        frame : ndarray
            Its pixels, of any numeric type; what this type marks as no measurement is masked, and left out.
        regions : iterable of Region
            What to measure beside.
        whole : bool
            Whether the whole frame is measured.
        """
        unit, saturation = self._facts.unit, self._facts.saturation_value
        if whole:
            for quantity, value in measures_of_frame(frame, unit, saturation):
                self._put(quantity, where, value)
        for quantity, value in measures_of_regions(frame, regions, unit):
            self._put(quantity, where, value)

    def _put(self, quantity: Quantity, where: int | tuple[int, ...] | npt.NDArray[np.int64], values: npt.ArrayLike) -> None:
        name = quantity.name
        indices = np.array([index_of(where, self.scan_shape)] if isinstance(where, tuple) else where, np.int64).reshape(-1)
        numbers = np.asarray(values, np.float64).reshape(-1, 1)
        if name not in self._own:
            self._table.scan.read.forget({name})
            self._own[name] = FileQuantity(quantity)
            self._note_found()
        self._table.scan.take((name,), indices, np.broadcast_to(numbers, (indices.size, 1)), self.scan_shape)

    # ---- helpers

    def _note_found(self) -> None:
        self._table.scan.note_found([*({**self._found, **self._own}).values()])

    def _followed_scan(self) -> FollowedScan:
        follower, facts = self._follower, self._facts
        keys = [key.path for key in follower.keys_with_values]
        return FollowedScan(
            follower.scan_shape,
            not (follower.extent_is_fixed or follower.file_is_closed()),
            ((self._data_path, self._scan_rank),),
            tuple(filter(None, [facts.time_path])),
            (*keys, *filter(None, [follower.finished_path, facts.mask_path])),
            follower.first_complete,
        )
