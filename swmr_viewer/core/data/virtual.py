"""A virtual data set read from its sources: never through HDF5's own virtual layer, which shows fill for what is missing.

Two open handles on one dataset break refreshing, and HDF5's virtual layer opens the sources by itself. So only the
mappings are taken from the virtual data set, and its handle is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data.boxes import Box
from swmr_viewer.core.data.mapping import IrregularMappingError, Mapping, mappings_of, plain_name
from swmr_viewer.core.data.selections import AxisSelection
from swmr_viewer.core.data.source_files import SourceFiles
from swmr_viewer.core.data.sources import NotThereYetError, Piece, Source, StoredSource, interpretation_of, refuse_unreadable, shape_of
from swmr_viewer.core.errors import FrameUnreadableError
from swmr_viewer.core.files.named_files import mapped_files

_FAR = 1 << 62
_DEEPEST = 16


class VirtualSource:
    """A virtual data set, nested ones included.

    Parameters
    ----------
    dataset : h5py.Dataset
        The virtual data set; its handle is not kept.
    path : str
        The path by which it was found.
    depth : int
        How many virtual data sets led here.

    Raises
    ------
    IrregularMappingError
        If its mappings cannot be expressed by boxes.
    """

    chunks = None

    def __init__(self, dataset: h5py.Dataset, path: str, depth: int = 0) -> None:
        refuse_unreadable(dataset, path)
        self.path = path
        self.filename = str(dataset.file.filename)
        self.interpretation = interpretation_of(dataset)
        self.dtype: np.dtype[Any] = dataset.dtype
        self.scan_axes: tuple[int, ...] | None = None
        """The axes that are not the frame's; set by who knows. It decides what belongs to one frame."""
        self._fill = dataset.fillvalue
        self._depth = depth
        self._mappings = mappings_of(dataset)
        self._static, self.maxshape = _extent(dataset)
        self._shape: tuple[int, ...] | None = None
        self._files = SourceFiles(dataset.file, self._opened)
        self._bounds = _bounds(self._mappings)
        self._fresh: set[Source] = set()
        self._ever: npt.NDArray[np.bool_] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The extent at the last refresh: as declared, or as long as the sources of unlimited mappings are."""
        if None not in self.maxshape:
            return self._static
        if self._shape is None:
            self._shape = self._reached()
        return self._shape

    @property
    def is_open(self) -> bool:
        """Whether its file has not been closed."""
        return bool(self._files.home.id.valid)

    def refresh(self) -> None:
        """Look anew at the sources; each is refreshed when it is first asked after this."""
        self._shape = None
        self._fresh.clear()

    def close(self) -> None:
        """Close the files of the sources."""
        self._files.close()

    def files(self) -> Iterator[str | None]:
        """Yield its file and those of its mappings, then what these lead to: a source may be virtual, or be missing in its file."""
        yield self.filename
        yield from mapped_files(self.filename, (mapping.file_name for mapping in self._mappings))
        for name, path in dict.fromkeys((plain_name(mapping.file_name), plain_name(mapping.path)) for mapping in self._mappings):
            yield from self._files.files_behind(name, path)

    def pieces(self, box: Box) -> Iterator[Piece]:
        """Yield what holds a box."""
        found = [piece for mapping in self._touching(box) for piece in self._pieces_of(mapping, box)]
        missing = prod(shape_of(box)) - sum(prod(shape_of(piece.at)) for piece in found)
        if missing > 0:
            if not self._mappings or missing > self._never_mapped(box):
                raise NotThereYetError(f"no source of {self.path} in {self.filename} reaches it yet")
            yield Piece(box, None, (), self._fill)
        yield from found

    def _touching(self, box: Box) -> Iterator[Mapping]:
        for number in np.flatnonzero(_touches(self._bounds, box)):
            yield from self._mappings[number].blocks_in(box)

    def _pieces_of(self, mapping: Mapping, box: Box) -> Iterator[Piece]:
        source = self._fresh_source(mapping)
        mapping = self._known(mapping, source)
        for at, there in mapping.translate(box):
            for piece in source.pieces(there):
                yield piece.moved(_moved(mapping, at, there, piece.at))

    def _fresh_source(self, mapping: Mapping) -> Source:
        source = self._files.source(mapping.file_name, mapping.path)
        if source not in self._fresh:
            source.refresh()
            self._fresh.add(source)
        return source

    def _known(self, mapping: Mapping, source: Source) -> Mapping:
        found = mapping.on(source.shape)
        try:
            _ = found.matched
        except IrregularMappingError as error:
            raise NotThereYetError(f"the shape of {source.path} in {source.filename} is {source.shape} so far") from error
        return found

    def _opened(self, dataset: h5py.Dataset, path: str) -> Source:
        found = open_source(dataset, path, self._depth + 1)
        if isinstance(found, VirtualSource) and self.scan_axes is not None:
            n_frame_axes = len(self.maxshape) - len(self.scan_axes)
            found.scan_axes = tuple(range(max(0, len(found.maxshape) - n_frame_axes)))
        return found

    def _never_mapped(self, box: Box) -> int:
        """Return how many points of a box no mapping covers for any scan point: gaps between the tiles of a detector."""
        scan_axes = self.scan_axes if self.scan_axes is not None else ()
        frame_axes = [axis for axis in range(len(box)) if axis not in scan_axes]
        if self._ever is None:
            self._ever = self._ever_mapped(frame_axes)
        part = self._ever[tuple(slice(*box[axis]) for axis in frame_axes)]
        return int(part.size - np.count_nonzero(part)) * prod(box[axis][1] - box[axis][0] for axis in scan_axes)

    def _ever_mapped(self, frame_axes: list[int]) -> npt.NDArray[np.bool_]:
        lengths = [self.shape[axis] for axis in frame_axes]
        ever = np.zeros(lengths, np.bool_)
        for tile in {tuple(mapping.virtual[axis] for axis in frame_axes) for mapping in self._mappings}:
            where = [one.coordinates(n) for one, n in zip(tile, lengths, strict=True)]
            ever[np.ix_(*where) if where else ()] = True
        return ever

    def _reached(self) -> tuple[int, ...]:
        lengths = [n if most is not None else 0 for n, most in zip(self._static, self.maxshape, strict=True)]
        for mapping in self._mappings:
            for axis, most in enumerate(self.maxshape):
                if most is None:
                    lengths[axis] = max(lengths[axis], self._reach(mapping, axis))
        return tuple(lengths)

    def _reach(self, mapping: Mapping, axis: int) -> int:
        """Return how far a mapping reaches along an axis by now."""
        stop = mapping.virtual[axis].stop
        if stop is not None:
            return stop
        try:
            if mapping.numbered_axis is not None:
                return self._reach_of_numbered(mapping, axis)
            return mapping.reach(axis, self._fresh_source(mapping).shape)
        except NotThereYetError:
            return 0

    def _reach_of_numbered(self, mapping: Mapping, axis: int) -> int:
        number = 0
        while self._files.where(mapping.block(number).file_name).exists():
            number += 1
        return (mapping.block(number - 1).virtual[axis].stop or 0) if number else 0


def _extent(dataset: h5py.Dataset) -> tuple[tuple[int, ...], tuple[int | None, ...]]:
    """Return shape and greatest shape as declared; asking the data set for its shape would open its sources."""
    sources = dataset.virtual_sources()
    if not sources:
        return tuple(dataset.shape), tuple(dataset.maxshape)
    space = sources[0].vspace
    most = tuple(None if n == h5py.h5s.UNLIMITED else int(n) for n in space.get_simple_extent_dims(True))
    return tuple(int(n) for n in space.get_simple_extent_dims()), most


def _moved(mapping: Mapping, at: Box, there: Box, piece_at: Box) -> Box:
    """Return where a piece of a source's box lies in the virtual box that the source's box stands for."""
    found = list(at)
    for v, s in mapping.matched.pairs:
        offset = at[v][0] - there[s][0]
        found[v] = (piece_at[s][0] + offset, piece_at[s][1] + offset)
    return tuple(found)


def _bounds(mappings: tuple[Mapping, ...]) -> npt.NDArray[np.int64]:
    """Return start, stride, count, block of each axis of each mapping, int64, shape (4, n_mappings, n_axes)."""
    rows = [[_numbers(one) for one in mapping.virtual] for mapping in mappings]
    return np.moveaxis(np.array(rows, np.int64).reshape(len(rows), -1, 4), -1, 0)


def _numbers(one: AxisSelection) -> tuple[int, int, int, int]:
    if one.block is None:
        return one.start, _FAR, 1, _FAR
    return one.start, one.stride, _FAR if one.count is None else one.count, one.block


def _touches(bounds: npt.NDArray[np.int64], box: Box) -> npt.NDArray[np.bool_]:
    """Return which mappings select anything in a box (looking at all at once: there may be one per frame)."""
    touches = np.ones(bounds.shape[1], np.bool_)
    for axis, (lowest, stop) in enumerate(box):
        start, stride, count, block = bounds[:, :, axis]
        blocks, rest = np.divmod(np.maximum(lowest - start, 0), stride)
        inside = rest < block
        blocks = blocks + ~inside
        first = start + blocks * stride + np.where(inside, rest, 0)
        touches &= (blocks < count) & (first < stop)
    return touches


def open_source(dataset: h5py.Dataset, path: str, depth: int = 0) -> Source:
    """Return how to read a data set.

    Raises
    ------
    PathError, FilterMissingError
        If it cannot be read at all.
    FrameUnreadableError
        If virtual data sets lead to one another without an end.
    """
    if isinstance(dataset, h5py.Dataset) and dataset.is_virtual:
        if depth > _DEEPEST:
            raise FrameUnreadableError(f"{path} in {dataset.file.filename} is virtual without an end.", "Mend the file that it is in.")
        try:
            return VirtualSource(dataset, path, depth)
        except IrregularMappingError:
            pass
    return StoredSource(dataset, path)
