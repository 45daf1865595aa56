"""A table of all scan points as CSV and as NeXus, written block by block: a process of its own does it for the window, which has no HDF5.

``python -m swmr_viewer.core.table_file`` reads one order from its standard input: a line of JSON that describes the table, then blocks,
each a line of JSON that says where it is and its values, float64, column after column; ``{"end": true}`` ends it. It answers with one
line of JSON: how many rows there are, or an error. The files stand where the order says; whoever ordered gives them their names.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import sys
from pathlib import Path
from typing import IO, Any, Protocol
from zlib import crc32

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.new_files import read_back_error, settle
from swmr_viewer.core.nexus_writing import allowed_names, new_group, write_values
from swmr_viewer.core.number_cells import lines_of, number_cells, whole_cells

Values = npt.NDArray[np.float64]
Chunk = tuple[slice | int, ...]
PACKED: dict[str, Any] = {"compression": "gzip", "compression_opts": 2, "shuffle": True}
PACK_FROM = 4096
"""Points; below, the bookkeeping is larger than what is saved."""
_READ_AT_ONCE = 1 << 20
_LINES_AT_ONCE = 1 << 12
"""Whose text lies in the processor's cache."""


class TableFile(Protocol):
    """What takes the blocks of a table."""

    def add(self, start: int, where: Chunk, shape: tuple[int, ...], columns: Values) -> None:
        """Take the values (columns, points) from a flat index on, which are this part of the scan's grid."""

    def close(self) -> None: ...

    def check(self) -> None:
        """Once it is closed, read it back from the storage (OSError: it holds anything else than what was put in)."""


class CsvTable:
    """A line of names with units, then one line per point of which something was measured; what is not known is empty.

    Parameters
    ----------
    path : Path
        The file, which must not be there.
    order : dict
        ``scan_shape`` and ``columns``: of each ``name``, ``unit`` and ``counts`` (whether a point with a value there has a line).
    """

    def __init__(self, path: Path, order: dict[str, Any]) -> None:
        self._shape = tuple(order["scan_shape"])
        self._counts = np.array([bool(column["counts"]) for column in order["columns"]])
        self.n_rows = 0
        names = ["index", *(f"position_{axis}" for axis in range(len(self._shape)))]
        names += [f"{column['name']} ({column['unit']})" if column["unit"] else column["name"] for column in order["columns"]]
        self._path, self._file, self._sum = path, path.open("xb"), 0
        self._write((",".join(map(_quoted, names)) + "\n").encode())

    def _write(self, lines: bytes) -> None:
        self._sum = crc32(lines, self._sum)
        self._file.write(lines)

    def add(self, start: int, where: Chunk, shape: tuple[int, ...], columns: Values) -> None:
        rows = np.flatnonzero(~np.isnan(columns[self._counts]).all(axis=0))
        for first in range(0, rows.size, _LINES_AT_ONCE):
            some = rows[first : first + _LINES_AT_ONCE]
            cells = [whole_cells(numbers) for numbers in (start + some, *np.unravel_index(start + some, self._shape))]
            self._write(lines_of([*cells, *map(number_cells, columns[:, some])]))
        self.n_rows += rows.size

    def close(self) -> None:
        self._file.close()

    def check(self) -> None:
        settle(self._path)
        read = 0
        with self._path.open("rb") as file:
            while piece := file.read(_READ_AT_ONCE):
                read = crc32(piece, read)
        if read != self._sum:
            raise read_back_error(self._path)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if any(c in name for c in ',"\n\r') else name


class _AlongAxis:
    """The values of a position along an axis of the scan, as long as they are the same along the other axes."""

    def __init__(self, shape: tuple[int, ...], axis: int) -> None:
        self.values = np.full(shape[axis], np.nan)
        self._below, self._is_same = int(np.prod(shape[axis + 1 :])), True

    def add(self, start: int, values: Values) -> None:
        known = np.flatnonzero(~np.isnan(values))
        at, told = (start + known) // self._below % len(self.values), values[known]
        before = self.values[at]
        self.values[at] = told
        self._is_same &= bool((np.isnan(before) | (before == told)).all() and (self.values[at] == told).all())

    @property
    def is_one_each(self) -> bool:
        """Whether each place along the axis has a value, and one alone."""
        return self._is_same and not np.isnan(self.values).any()


class NexusTable:
    """One NXdata on the scan's grid: what was measured are its signals, positions its axes; NaN where nothing is known.

    Parameters
    ----------
    path : Path
        The file, which must not be there.
    order : dict
        As of `CsvTable`, and ``title``, ``signal`` (the column to be drawn first), ``axes`` (for each axis of the scan the names of its
        positions, the first the one to be used), ``along`` (those that are the same along the other axes, and are written once),
        ``regions``, ``fits`` and ``origin``.
    """

    def __init__(self, path: Path, order: dict[str, Any]) -> None:
        self._shape = tuple(order["scan_shape"])
        self._columns = order["columns"]
        names = [column["name"] for column in self._columns]
        taken = ("title", *(f"position_{axis}" for axis in range(len(self._shape))))
        self._allowed = dict(zip(names, allowed_names(names, taken, "column"), strict=True))
        self._axis_of = {name: axis for axis, of_axis in enumerate(order["axes"]) for name in of_axis}
        self._axes, self._signal = order["axes"], order["signal"]
        self._once = frozenset(order["along"]) & self._axis_of.keys() & self._allowed.keys()
        self._along = {name: _AlongAxis(self._shape, axis) for name, axis in self._axis_of.items()}
        self._path, self._file = path, h5py.File(path, "x")
        self._sums: dict[str, int] = {}
        self._wheres: list[Chunk] = []
        self._file.attrs.update({"NX_class": "NXroot", "default": "entry", "creator": "swmr_viewer"})
        self._entry = new_group(self._file, "entry", "NXentry")
        self._entry.attrs["default"] = "table"
        self._entry["title"] = order["title"]
        self._group = new_group(self._entry, "table", "NXdata")
        self._group["title"] = order["title"]
        self._datasets = [None if column["name"] in self._once else self._dataset(column) for column in self._columns]
        self._write_regions(order["regions"])
        self._write_fits(order["fits"])
        write_values(self._entry, "origin", order["origin"])

    def _dataset(self, column: dict[str, Any]) -> h5py.Dataset:
        name, n = self._allowed[column["name"]], int(np.prod(self._shape))
        packed = PACKED if n >= PACK_FROM else {}
        dataset = self._group.create_dataset(name, self._shape, np.float64, fillvalue=np.nan, **packed)
        self._describe(dataset, column)
        if not column["counts"]:
            self._group.attrs[f"{name}_indices"] = np.arange(len(self._shape))
        return dataset

    def _describe(self, dataset: h5py.Dataset, column: dict[str, Any]) -> None:
        if column["unit"]:
            dataset.attrs["units"] = column["unit"]
        title = column["title"] or column["name"]
        dataset.attrs["long_name"] = f"{title} ({column['unit']})" if column["unit"] else title
        dataset.attrs["quantity"] = column["name"]

    def add(self, start: int, where: Chunk, shape: tuple[int, ...], columns: Values) -> None:
        self._wheres.append(where)
        for column, dataset, values in zip(self._columns, self._datasets, columns, strict=True):
            if dataset is not None:
                dataset[where] = values.reshape(shape)
                self._sums[dataset.name] = crc32(values, self._sums.get(dataset.name, 0))
            if column["name"] in self._along:
                self._along[column["name"]].add(start, values)

    def close(self) -> None:
        for name in self._once:
            self._write_axis(name, self._allowed[name])
        self._group.attrs["axes"] = [self._axis_name(axis) for axis in range(len(self._shape))]
        names = [column["name"] for column in self._columns if column["counts"]]
        signals = [self._allowed[name] for name in sorted(names, key=lambda name: name != self._signal)]
        if signals:
            self._group.attrs["signal"] = signals[0]
            self._group.attrs["auxiliary_signals"] = signals[1:]
        self._file.close()

    def check(self) -> None:
        settle(self._path)
        try:
            with h5py.File(self._path, "r") as file:
                read = {name: self._sum_of(file[name]) for name in self._sums}
        except (KeyError, RuntimeError) as error:
            raise read_back_error(self._path) from error
        if read != self._sums:
            raise read_back_error(self._path)

    def _sum_of(self, dataset: h5py.Dataset) -> int:
        found = 0
        for where in self._wheres:
            found = crc32(np.ascontiguousarray(dataset[where]).data, found)
        return found

    def _write_axis(self, name: str, allowed: str) -> None:
        self._group[allowed] = self._along[name].values
        self._describe(self._group[allowed], next(column for column in self._columns if column["name"] == name))
        self._group.attrs[f"{allowed}_indices"] = self._axis_of[name]

    def _axis_name(self, axis: int) -> str:
        """Return the position that has one value for each place along an axis; else a count of the places."""
        names: list[str] = [name for name in self._axes[axis] if name in self._allowed]
        for name in names:
            if name in self._once or len(self._shape) == 1:
                return str(self._allowed[name])
        for name in names:
            if self._along[name].is_one_each:
                self._write_axis(name, f"{self._allowed[name]}_axis")
                return f"{self._allowed[name]}_axis"
        self._group[f"position_{axis}"] = np.arange(self._shape[axis])
        self._group.attrs[f"position_{axis}_indices"] = axis
        return f"position_{axis}"

    def _write_regions(self, regions: list[dict[str, Any]]) -> None:
        if regions:
            groups = new_group(self._entry, "regions", "NXcollection")
            for allowed, region in zip(allowed_names([one["name"] for one in regions], (), "region"), regions, strict=True):
                group = new_group(groups, allowed, "NXcollection")
                group["name"], group["kind"] = region["name"], region["kind"]
                group["points"] = np.array(region["points"], np.float64)
                group["points"].attrs["units"] = "pixel"

    def _write_fits(self, fits: list[dict[str, Any]]) -> None:
        if fits:
            groups = new_group(self._entry, "fits", "NXcollection")
            for allowed, fit in zip(allowed_names([one["curve"] for one in fits], (), "fit"), fits, strict=True):
                group = new_group(groups, allowed, "NXcollection")
                for name in ("curve", "against", "model", "span"):
                    if fit.get(name):
                        group[name] = fit[name]
                for name, value in zip(allowed_names([one["name"] for one in fit["values"]], ()), fit["values"], strict=True):
                    group[name] = value["value"]
                    if value["uncertainty"] is not None:
                        group[f"{name}_errors"] = value["uncertainty"]
                    if value["unit"]:
                        group[name].attrs["units"] = value["unit"]


def write_table(orders: IO[bytes]) -> int:
    """Write the one table that is ordered; return how many rows it has. Where it cannot be, no file is left.

    Raises
    ------
    OSError, ValueError, KeyError
        If a file cannot be written, or the order is none.
    """
    order = json.loads(orders.readline())
    try:
        return _write(orders, order)
    except BaseException:
        for path in filter(None, (order["csv"], order["nxs"])):
            Path(path).unlink(missing_ok=True)
        raise


def _write(orders: IO[bytes], order: dict[str, Any]) -> int:
    n_columns = len(order["columns"])
    csv = CsvTable(Path(order["csv"]), order) if order["csv"] else None
    with contextlib.ExitStack() as closing:
        files: list[TableFile] = [] if csv is None else [csv]
        if csv is not None:
            closing.callback(csv.close)
        if order["nxs"]:
            files.append(nexus := NexusTable(Path(order["nxs"]), order))
            closing.callback(nexus.close)
        n_rows = 0
        counts = np.array([bool(column["counts"]) for column in order["columns"]])
        while "end" not in (block := json.loads(orders.readline() or b'{"end": true, "is_cut": true}')):
            shape = tuple(block["shape"])
            n = int(np.prod(shape))
            columns = np.frombuffer(orders.read(8 * n * n_columns), np.float64).reshape(n_columns, n)
            where = tuple(slice(*one) if isinstance(one, list) else one for one in block["where"])
            n_rows += int((~np.isnan(columns[counts]).all(axis=0)).sum())
            for file in files:
                file.add(block["start"], where, shape, columns)
        if "is_cut" in block:
            raise ValueError("the table ended before its end")
    for file in files:
        file.check()
    return n_rows


def _told(error: Exception) -> str:
    """Return why it could not be written, in words: HDF5 hides them in a long text."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    number = re.search(r"errno = (\d+)", str(error))
    return os.strerror(int(number[1])) if number else f"{type(error).__name__}: {error}"


def main() -> int:
    """Serve the window, which kills this where it changes its mind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal reaches both; the window ends in its own way
    try:
        answer: dict[str, Any] = {"rows": write_table(sys.stdin.buffer)}
    except Exception as error:
        answer = {"error": _told(error)}
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
