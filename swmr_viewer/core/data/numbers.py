"""Single numbers of data sets, stored or virtual, many at once: NaN for those that nobody has written."""

from __future__ import annotations

import time
from contextlib import suppress
from itertools import islice
from math import prod
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data.pieces import Piece, read_piece, shape_of
from swmr_viewer.core.data.reading_cost import FIRST_WINDOW, LEAST_WINDOW, MOST_WINDOW, cost_of_chunks, window_of
from swmr_viewer.core.data.selections import Box, boxes_of
from swmr_viewer.core.data.source_files import SourceFiles
from swmr_viewer.core.data.sources import Source, StoredSource
from swmr_viewer.core.data.stored import FileEnd, is_allocated
from swmr_viewer.core.data.virtual import VirtualSource, open_source
from swmr_viewer.core.file_state import is_at_rest
from swmr_viewer.core.files import object_id, open_object

Values = npt.NDArray[np.float64]
_MOST_FILES = 64
"""Whose state is looked at."""
_WINDOW_S = 0.002
"""What reading as many values as are read at once should take of a virtual data set: how its sources lie is not known before."""


class SharedSources:
    """The sources of virtual data sets that are read side by side: each is opened once."""

    def __init__(self) -> None:
        self._files: dict[str, SourceFiles] = {}

    def of(self, file: h5py.File) -> SourceFiles:
        """Return those of the virtual data sets in a file."""
        return self._files.setdefault(str(file.filename), SourceFiles(file, _opened))

    def close(self) -> None:
        """Close all files that were opened for them."""
        for files in self._files.values():
            files.close()
        self._files.clear()


def _opened(dataset: h5py.Dataset, path: str) -> Source:
    return open_source(dataset, path, 1)


class Numbers:
    """The numbers of one data set, of which one has one for each scan point.

    Parameters
    ----------
    dataset : h5py.Dataset
        Of integers or floats. A virtual one is not kept: it would hold its sources open.
    path : str
        The path by which it was found.
    sources : SharedSources, optional
        Where a virtual data set opens its sources.

    Raises
    ------
    PathError, FilterMissingError
        If it cannot be read at all.
    """

    def __init__(self, dataset: h5py.Dataset, path: str, sources: SharedSources | None = None) -> None:
        self.path = path
        shared = sources.of(dataset.file) if sources is not None and dataset.is_virtual else None
        self._source = open_source(dataset, path, files=shared)
        self.is_virtual = not isinstance(self._source, StoredSource)
        self.identity = _identity(dataset, self._source)
        """Equal for the same numbers, whatever led to them."""
        self.maxshape: tuple[int | None, ...] = self._source.maxshape
        self.is_written_in_parts = self.is_virtual or self._source.chunks is not None
        """Whether values are there one after the other, and not all at once."""
        self.fills: set[float] = set() if self.is_virtual else set(_fills_of(dataset))
        """What values read as that may not have been written, although there is a chunk for them."""
        self._window = FIRST_WINDOW

    @property
    def shape(self) -> tuple[int, ...]:
        """The extent at the last refresh."""
        return self._source.shape

    def refresh(self) -> None:
        """Make visible what was flushed."""
        self._source.refresh()

    @property
    def window(self) -> int:
        """How many values may be read at once: about a millisecond."""
        if self.is_virtual:
            return self._window
        return window_of(lambda length: cost_of_chunks(length, self._source.chunks))

    @property
    def has_nothing(self) -> bool:
        """Whether nothing at all was written; of a virtual data set that is not known."""
        source = self._source
        return isinstance(source, StoredSource) and source.chunks is not None and source.dataset.id.get_storage_size() == 0

    @property
    def is_at_rest(self) -> bool:
        """Whether nobody writes to the files that it comes from, as far as these are there and tell."""
        return all(is_at_rest(name) for name in islice(self._source.files(), _MOST_FILES) if name is not None and Path(name).exists())

    def values_in(self, scan_shape: tuple[int, ...], start: int, stop: int, *, flat: bool = False) -> Values:
        """Return the values at the flat indices [start, stop) of a scan, 1-D; NaN where there is none (yet).

        Parameters
        ----------
        scan_shape : tuple of int
            On the leading axes; those behind them are of length 1.
        start, stop : int
            Flat indices, in C order.
        flat : bool
            Whether the first axis numbers the points of the scan.
        """
        scan_shape = (prod(scan_shape),) if flat else scan_shape
        found, began_s = np.full(stop - start, np.nan), time.perf_counter()
        for at, box in boxes_of(scan_shape, start, stop):
            found[at - start : at - start + prod(shape_of(box))] = self.read(box).reshape(-1)
        self._note_time(stop - start, time.perf_counter() - began_s)
        return found

    def read(self, box: Box) -> Values:
        """Return the values of a box of the leading axes, of the others the first, float64 of the box's shape; NaN as above."""
        extent, rank = self.shape, len(self.maxshape)
        found = np.full(shape_of(box), np.nan)
        there = tuple(max(0, min(stop, n) - start) for (start, stop), n in zip(box, (*extent, *(1 for _ in box[rank:])), strict=False))
        if prod(there) and prod(extent[len(box) :]):
            stored = tuple((start, start + n) for (start, _), n in zip(box[:rank], there, strict=False))
            values = self._read((*stored, *((0, 1) for _ in extent[len(box) :])))
            found[tuple(map(slice, there))] = values.reshape(there)
        return found

    def is_fill(self, values: Values) -> npt.NDArray[np.bool_]:
        """Return which of these may not have been written: their chunk is there, and they read as fill."""
        return np.isin(values, [*self.fills])

    # ---- reading

    def _read(self, box: Box) -> Values:
        values = np.full(shape_of(box), np.nan)
        if isinstance(self._source, StoredSource):
            self._read_piece(Piece(box, self._source.dataset, box), box, values)
        elif isinstance(self._source, VirtualSource):
            for piece in self._source.pieces_there(box):
                self._read_piece(piece, box, values)
        return values

    def _read_piece(self, piece: Piece, box: Box, values: Values) -> None:
        dataset = piece.dataset
        if dataset is None or not prod(shape_of(piece.box)):
            return
        fill = _fill_of(dataset)
        end = FileEnd(dataset) if fill != 0 else None
        size = end.size() if end is not None else None
        read_piece(piece, box, values)
        part = values[tuple(slice(a - start, b - start) for (a, b), (start, _) in zip(piece.at, box, strict=True))]
        numbers = part.reshape(shape_of(piece.box))
        is_there = np.ones(numbers.shape, np.bool_)
        if fill is not None and (numbers == fill).any():
            self.fills.update(_fills_of(dataset))
            is_there = _is_stored(dataset, piece.box, numbers == fill)
        if end is not None and (numbers == 0).any():  # so does read what lies behind the end of the file
            is_there &= (numbers != 0) | end.inside(piece.box, size)
        if not is_there.all():
            part[~is_there.reshape(part.shape)] = np.nan

    def _note_time(self, n: int, took_s: float) -> None:
        if took_s > _WINDOW_S:
            self._window = max(LEAST_WINDOW, self._window // 2)
        elif n >= self._window and took_s < _WINDOW_S / 4:
            self._window = min(MOST_WINDOW, 2 * self._window)


def _identity(dataset: h5py.Dataset, source: Source) -> tuple[int, int]:
    """Return which dataset it is, or is wholly mapped to; of one that is pieced together: of what."""
    if not isinstance(source, VirtualSource):
        return object_id(dataset)
    mapping = source.mappings[0] if len(source.mappings) == 1 else None
    if mapping is not None and mapping.file_name == ".":
        with suppress(Exception):
            whole = open_object(dataset.file, mapping.path)
            if isinstance(whole, h5py.Dataset) and whole.size == prod(source.shape):
                return object_id(whole)
    return hash((source.filename, source.mappings)), -1


def _fill_of(dataset: h5py.Dataset) -> float | None:
    fill = dataset.fillvalue
    return None if fill is None else float(fill)


def _fills_of(dataset: h5py.Dataset) -> list[float]:
    """Return the fill value of a data set of which a part of a chunk may be written, or a chunk that is there may not be."""
    fill = _fill_of(dataset)
    is_sure = dataset.chunks is None or (
        prod(dataset.chunks) == 1 and dataset.id.get_create_plist().get_alloc_time() != h5py.h5d.ALLOC_TIME_EARLY
    )
    return [] if fill is None or fill != fill or is_sure else [fill]


def _is_stored(dataset: h5py.Dataset, box: Box, asked: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return which values of a box have storage, as far as that is asked; of the others: True."""
    found = np.ones(asked.shape, np.bool_)
    if dataset.chunks is None:
        found[asked] = is_allocated(dataset, box)
        return found
    places = np.argwhere(asked)
    chunks = (places + [start for start, _ in box]) // dataset.chunks
    numbers = np.ravel_multi_index(tuple(chunks.T), tuple(chunks.max(axis=0) + 1))
    _, firsts, which = np.unique(numbers, return_index=True, return_inverse=True)
    corners = [[(at, at + 1) for at in (chunks[first] * dataset.chunks).tolist()] for first in firsts]
    found[asked] = np.array([is_allocated(dataset, tuple(corner)) for corner in corners])[which]
    return found
