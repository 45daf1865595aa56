"""One key dataset: its scan shape as it grows, and which of its values are set in a window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from itertools import takewhile
from math import prod
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data import (
    Box,
    FileEnd,
    IrregularMappingError,
    Piece,
    Refresher,
    VirtualSource,
    boxes_of,
    cost_of_chunks,
    cost_of_sources,
    is_allocated,
    most_open_files,
    read_piece,
    shape_of,
    window_of,
)
from swmr_viewer.core.errors import PathError
from swmr_viewer.core.files import identity_of_file, mapped_files
from swmr_viewer.core.fitting import trimmed
from swmr_viewer.core.keys.raw_chunks import RawChunks, can_read_raw


class KeyDataset:
    """The values of one key dataset, read window by window.

    Parameters
    ----------
    dataset : h5py.Dataset
        The only open handle on it: a second one would leave stale chunks in the cache.
    unset : number, optional
        The value of a key that is not set. By default the fill value where that is not 0, else 0.
    path : str, optional
        The name it goes by, where a link led to it.
    is_over : callable
        Whether nothing more will be written: then a first key of 0 can be told from one that is not set.

    Raises
    ------
    PathError
        If the dataset does not hold numbers.
    """

    def __init__(
        self, dataset: h5py.Dataset, unset: float | None = None, path: str | None = None, is_over: Callable[[], bool] = bool
    ) -> None:
        if not isinstance(dataset, h5py.Dataset) or dataset.dtype.kind not in "iufb":
            raise PathError(
                f"{path or dataset.name} in {dataset.file.filename} does not hold numbers and cannot be a key dataset.",
                "Name a dataset with one number per scan point.",
            )
        self.path = path or str(dataset.name)
        self.flat = False
        """Whether its one axis numbers the points of a scan of several axes."""
        self.filename = str(dataset.file.filename)
        self.identity = identity_of_file(dataset)
        self._dataset: h5py.Dataset | None = dataset
        self.maxshape: tuple[int | None, ...] = tuple(dataset.maxshape)
        """The greatest extent, one entry per axis of the dataset (None: unlimited)."""
        self.full_shape: tuple[int, ...] = tuple(dataset.shape)
        """The extent at the last refresh, with every axis."""
        self._end = FileEnd(dataset)
        self._chunks: tuple[int, ...] | None = dataset.chunks
        self._unset = _unset_value(dataset) if unset is None else unset
        self._dtype, self._fill = dataset.dtype, dataset.fillvalue
        self._refresher = Refresher(dataset)
        self._is_over = is_over
        self._sources = _sources_read_apart(dataset, self.path)
        if self._sources is not None:
            self._dataset = None  # it would hold its sources open beside ours
        self._raw = RawChunks(dataset) if can_read_raw(dataset) else None
        self._counts_from_zero: bool | None = None

    def files(self) -> Iterator[str | None]:
        """Yield the files that its values come from, there or not, and None for what leads nowhere yet."""
        if self._sources is not None:
            yield from self._sources.files()
            return
        yield self.filename
        if self._dataset is None or not self._dataset.is_virtual:
            return
        yield from mapped_files(self.filename, (mapping.file_name for mapping in self._dataset.virtual_sources()))
        # A source may be virtual as well. Only once all others are closed is it looked for: HDF5 reads the values itself,
        # and must not find a source open for long.
        with suppress(IrregularMappingError), closing(VirtualSource(self._dataset, self.path)) as source:
            yield from source.files()

    def named_files(self) -> Iterator[str | None]:
        """Yield the files that its values are written to, as far as its own mapping names them."""
        yield self.filename
        if self._sources is not None:
            yield from mapped_files(self.filename, (mapping.file_name for mapping in self._sources.mappings))
        elif self._dataset is not None and self._dataset.is_virtual:
            yield from mapped_files(self.filename, (mapping.file_name for mapping in self._dataset.virtual_sources()))

    @property
    def shape(self) -> tuple[int, ...]:
        """The extent at the last refresh, trailing axes of 1 dropped."""
        return trimmed(self.full_shape)

    def cost(self, length: int) -> int:
        """Return about what reading ``length`` values costs, in values."""
        if self._sources is not None:
            return length + cost_of_sources(length, self._sources.n_sources, prod(self.full_shape))
        return cost_of_chunks(length, self._chunks)

    @property
    def window(self) -> int:
        """How many values may be read at once: about a millisecond."""
        return window_of(self.cost)

    def refresh(self) -> None:
        """Make what the writer has flushed visible (a dataset that would not survive it is read as it was)."""
        if self._sources is not None:
            self._sources.refresh()
            self.full_shape = self._sources.shape
        elif self._dataset is not None:
            self._refresher.refresh()
            if self._raw is not None:
                self._raw.note_refresh()
            before, self.full_shape = self.full_shape, tuple(self._dataset.shape)
            if self.full_shape != before and any(now < then for now, then in zip(self.full_shape, before, strict=False)):
                self._note_shrunk(self._dataset)

    def _note_shrunk(self, dataset: h5py.Dataset) -> None:
        if not dataset.is_virtual:
            self.identity.note_rewritten()  # extents only grow while a file is written

    def set_in(self, scan_shape: tuple[int, ...], start: int, stop: int) -> npt.NDArray[np.bool_]:
        """Return which keys are set in the flat window [start, stop) of the scan shape, 1-D bool."""
        scan_shape = (prod(scan_shape),) if self.flat else scan_shape
        found = self._set_in_rows(scan_shape, start, stop)
        if start == 0 and stop and not found[0]:
            found[0] = self._first_key_is_zero(scan_shape)
        return found

    def confirm(self) -> bool:
        """Return whether what was read since the refresh may be believed; else it is to be read again."""
        return self._raw is None or self._raw.confirm()

    def values_in(self, scan_shape: tuple[int, ...], start: int, stop: int) -> npt.NDArray[np.float64]:
        """Return the values in the flat window [start, stop) of the scan shape, 1-D; NaN beyond the dataset's extent."""
        scan_shape = (prod(scan_shape),) if self.flat else scan_shape
        found = np.full(stop - start, np.nan)
        for at, box in boxes_of(scan_shape, start, stop):
            shape = shape_of(box)
            there = self._extent_in(box)
            if prod(there):
                part = found[at - start : at - start + prod(shape)].reshape(shape)
                leading = tuple((a, a + n) for (a, _), n in zip(box, there, strict=True))
                part[tuple(slice(n) for n in there)] = self._read(leading).reshape(there)
        return found

    def _set_in_rows(self, scan_shape: tuple[int, ...], start: int, stop: int) -> npt.NDArray[np.bool_]:
        """As ``set_in``; one read of whole rows where they are not much more than was asked for, else a read per box."""
        inner = max(1, prod(scan_shape[1:]))
        first, last = start // inner, -(-stop // inner)
        if len(scan_shape) > 1 and (last - first) * inner <= 2 * (stop - start):
            whole = self._set_in_box(((first, last), *((0, n) for n in scan_shape[1:])))
            return whole[start - first * inner : stop - first * inner].copy()
        found = np.zeros(stop - start, np.bool_)
        for at, box in boxes_of(scan_shape, start, stop):
            length = prod(b - a for a, b in box)
            found[at - start : at - start + length] = self._set_in_box(box)
        return found

    def _set_in_box(self, box: Box) -> npt.NDArray[np.bool_]:
        shape, there = shape_of(box), self._extent_in(box)
        if prod(there) == 0 and box:
            return np.zeros(prod(shape), np.bool_)
        is_set = self._set_there(tuple((a, a + n) for (a, _), n in zip(box, there, strict=True)))
        if there == shape:
            return is_set.reshape(-1)
        padded = np.zeros(shape, np.bool_)
        padded[tuple(slice(n) for n in there)] = is_set
        return padded.reshape(-1)

    def _extent_in(self, box: Box) -> tuple[int, ...]:
        """Return how much of a box lies within the extent, along each of its axes."""
        extent = self.full_shape[: len(box)] + (1,) * (len(box) - len(self.full_shape))
        return tuple(max(0, min(b, n) - a) for (a, b), n in zip(box, extent, strict=True))

    def _set_there(self, box: Box) -> npt.NDArray[np.bool_]:
        """Return which keys of a box within the extent are set.

        What lies behind the end of the file reads as 0: as unset, or else it is looked for whether it is there.
        """
        size = self._end.size() if self._unset != 0 else None
        values = self._read(box).reshape(shape_of(box))
        is_set = self._is_set(values)
        if self._unset != 0 and (is_set & (values == 0)).any():
            is_set &= (values != 0) | self._end.inside(self._stored(box), size).reshape(values.shape)
        return is_set

    def _read(self, leading: Box) -> npt.NDArray[Any]:
        stored = self._stored(leading)
        if self._sources is not None:
            return self._read_sources(self._sources, stored)
        values = np.empty(shape_of(stored), self._dtype)
        if self._raw is not None and self._raw.read_into(values, stored):
            return values
        # Not by dataset[...]: what h5py keeps for that is thrown away at each refresh (measured: 35 us of a poll).
        read_piece(Piece(stored, self._dataset, stored), stored, values)
        if self._raw is not None:
            self._raw.learn(stored)
        return values

    def _stored(self, leading: Box) -> Box:
        """Return the box of the dataset with all its axes, of one with the scan's."""
        rank = len(self.full_shape)
        return (*leading[:rank], *((0, 1) for _ in range(rank - len(leading))))

    def _read_sources(self, sources: VirtualSource, box: Box) -> npt.NDArray[Any]:
        values = np.full(shape_of(box), self._fill, self._dtype)
        for piece in sources.pieces_there(box):
            read_piece(piece, box, values)
        return values

    def _is_set(self, values: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
        if values.dtype.kind == "f" and np.isnan(self._unset):
            return np.asarray(~np.isnan(values), np.bool_)
        return np.asarray(values != self._unset, np.bool_)

    def _first_key_is_zero(self, scan_shape: tuple[int, ...]) -> bool:
        """Whether the writer counts its frames from 0, so that the first key is 0 although it is set.

        The only sign of it are the next keys: 1, 2, 3. One of them alone would not do: keys that are all 1 and come in any
        order look the same. Until they are there, the first frame waits, but not longer than the scan goes on.
        """
        if self._unset != 0 or self._counts_from_zero is not None:
            return bool(self._counts_from_zero)
        sign = [self._value_at(scan_shape, index) for index in range(1, min(4, prod(scan_shape)))]
        if len(sign) > 1 and 0 not in sign:
            self._counts_from_zero = sign == list(range(1, len(sign) + 1))
        elif self._is_over():
            return self._counted_to_the_end(sign)
        return bool(self._counts_from_zero)

    def _counted_to_the_end(self, sign: list[float]) -> bool:
        """Whether the few keys of a scan that is over count from 0; a single one does if it was written at all."""
        counted = [*takewhile(bool, sign)]
        return (bool(counted) or not sign) and counted == list(range(1, len(counted) + 1)) and self._first_is_stored()

    def _first_is_stored(self) -> bool:
        first = tuple((0, min(1, n)) for n in self.full_shape)
        if self._sources is not None:
            return any(piece.dataset is not None for piece in self._sources.pieces_there(first))
        return self._dataset is not None and is_allocated(self._dataset, first)

    def _value_at(self, scan_shape: tuple[int, ...], index: int) -> float:
        _, box = next(boxes_of(scan_shape, index, index + 1))
        if any(b > n for (_, b), n in zip(box, self.full_shape, strict=False)):
            return 0.0
        return float(self._read(box).reshape(-1)[0])


def _sources_read_apart(dataset: h5py.Dataset, path: str) -> VirtualSource | None:
    """Return the sources of a virtual dataset that HDF5 itself cannot read as far as they are there.

    Where all of a source is mapped ([:]) and it is shorter than mapped (it grows, or was cut short), HDF5 fails for any
    read that goes beyond ("insufficient elements in destination selection"). And it holds every source open: where there are more
    files than a process may have, it reads fill for those that it could not open, and nobody else can open one.
    """
    if not dataset.is_virtual:
        return None
    sources = dataset.virtual_sources()
    is_whole_source = any(source.src_space.get_select_type() == h5py.h5s.SEL_ALL for source in sources)
    if not is_whole_source and len({source.file_name for source in sources}) <= most_open_files():
        return None
    try:
        return VirtualSource(dataset, path)
    except IrregularMappingError:
        return None


def _unset_value(dataset: h5py.Dataset) -> float:
    fill: Any = dataset.fillvalue
    return 0 if fill is None else fill if fill != 0 else 0
