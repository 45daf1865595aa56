"""A virtual data set read from its sources: never through HDF5's own virtual layer, which shows fill for what is missing.

Two open handles on one dataset break refreshing, and HDF5's virtual layer opens the sources by itself. So only the
mappings are taken from the virtual data set, and its handle is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from math import prod
from typing import Any
from weakref import WeakSet

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data.mapping import IrregularMappingError, Mapping, mappings_of, plain_name
from swmr_viewer.core.data.pieces import NotThereYetError, PartNotThereYetError, Piece, shape_of
from swmr_viewer.core.data.refreshing import HeldElsewhere
from swmr_viewer.core.data.selections import Box, bounds_table, selection_table, touches
from swmr_viewer.core.data.source_files import SourceFiles
from swmr_viewer.core.data.sources import Source, StoredSource, interpretation_of, refuse_unreadable
from swmr_viewer.core.errors import FrameUnreadableError
from swmr_viewer.core.files import mapped_files

_DEEPEST = 16
_MOST_REASONS = 3


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
    files : SourceFiles, optional
        Where others that are read side by side open their sources; whoever made it closes it.

    Raises
    ------
    IrregularMappingError
        If its mappings cannot be expressed by boxes.
    """

    chunks = None

    def __init__(self, dataset: h5py.Dataset, path: str, depth: int = 0, files: SourceFiles | None = None) -> None:
        refuse_unreadable(dataset, path)
        self.path = path
        self.filename = str(dataset.file.filename)
        self.interpretation = interpretation_of(dataset)
        self.dtype: np.dtype[Any] = dataset.dtype
        self.scan_axes: tuple[int, ...] | None = None
        """The axes that are not the frame's; set by who knows. It decides what belongs to one frame."""
        self._fill = dataset.fillvalue
        self._held_elsewhere = HeldElsewhere(dataset)
        self._depth = depth
        self.mappings = mappings_of(dataset)
        """What it is made of."""
        self._known_mappings: dict[int, tuple[tuple[int, ...], Mapping]] = {}
        """Those that map all of a source, by their id: what that is with a source of this shape."""
        self._static, self.maxshape = declared_extent(dataset)
        self._shape: tuple[int, ...] | None = None
        self._files = SourceFiles(dataset.file, self._opened) if files is None else files
        self._shares_files = files is not None
        self._selections = selection_table([mapping.virtual for mapping in self.mappings])
        self._bounds = bounds_table(self._selections)
        self._plain = [None if mapping.numbered_axis is not None else mapping.plain() for mapping in self.mappings]
        self._plain_ids = {id(mapping) for mapping in self._plain if mapping is not None}
        self._fresh: WeakSet[Source] = WeakSet()
        """Weak: a source keeps its file open."""
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
        self._files.begin()
        self._held_elsewhere.let_go()

    def close(self) -> None:
        """Close the files of the sources, unless they are shared."""
        if not self._shares_files:
            self._files.close()

    @property
    def n_sources(self) -> int:
        """How many sources, or parts of them, it is made of."""
        return len(self.mappings)

    def files(self) -> Iterator[str | None]:
        """Yield its file and those of its mappings, then what these lead to: a source may be virtual, or be missing in its file."""
        yield self.filename
        yield from mapped_files(self.filename, (mapping.file_name for mapping in self.mappings))
        for name, path in dict.fromkeys((plain_name(mapping.file_name), plain_name(mapping.path)) for mapping in self.mappings):
            self._files.begin()  # each is looked into by itself
            yield from self._files.files_behind(name, path)

    def pieces(self, box: Box) -> Iterator[Piece]:
        """Yield what holds a box."""
        if not self._depth:
            self._files.begin()
        found: list[Piece] = []
        absent = [why for mapping in self._touching(box) for why in self._take_pieces(mapping, box, found)]
        missing = prod(shape_of(box)) - sum(prod(shape_of(piece.at)) for piece in found)
        if missing > 0 and not absent and (not self.mappings or missing > self._never_mapped(box)):
            absent = [NotThereYetError(f"no source of {self.path} in {self.filename} reaches it yet")]
        if absent:
            raise self._not_there(box, found, absent)
        if missing > 0:
            yield Piece(box, None, (), self._fill)
        yield from found

    def pieces_there(self, box: Box) -> Iterator[Piece]:
        """Yield what holds those parts of a box that sources reach by now, written or not; nothing for the others."""
        for mapping in self._touching(box):
            if not self._depth:
                self._files.begin()  # each is read before the next one is looked for
            with suppress(NotThereYetError):
                source = self._fresh_source(mapping)
                known = self._known(mapping, source)
                for at, there in known.translate(box):
                    part = tuple((start, min(stop, has)) for (start, stop), has in zip(there, source.shape, strict=True))
                    if all(start < stop for start, stop in part):
                        yield from (piece.moved(_moved(known, at, there, piece.at)) for piece in _reached(source, part))

    def _touching(self, box: Box) -> Iterator[Mapping]:
        for number in np.flatnonzero(self._touched(box)):
            plain = self._plain[number]
            if plain is not None:
                yield plain
            else:
                yield from self.mappings[number].blocks_in(box)

    def _touched(self, box: Box) -> npt.NDArray[np.bool_]:
        if self._bounds is None or not box:
            return touches(self._selections, box)
        (starts, stops), (first, last) = self._bounds, zip(*box, strict=True)
        return np.asarray(((starts < last) & (stops > first)).all(axis=1), np.bool_)

    def _take_pieces(self, mapping: Mapping, box: Box, found: list[Piece]) -> list[NotThereYetError]:
        """Add what holds a mapping's part of a box, as far as it is there, and return why the rest is not."""
        try:
            source = self._fresh_source(mapping)
            mapping = self._known(mapping, source)
        except NotThereYetError as error:
            return [error]
        absent: list[NotThereYetError] = []
        for at, there in mapping.translate(box):
            parts: Iterable[Piece] = ()
            try:
                parts = list(source.pieces(there))
            except PartNotThereYetError as error:
                parts = error.pieces
                absent.append(error)
            except NotThereYetError as error:
                absent.append(error)
            found += (piece.moved(_moved(mapping, at, there, piece.at)) for piece in parts)
        return absent

    def _not_there(self, box: Box, found: list[Piece], absent: list[NotThereYetError]) -> NotThereYetError:
        reasons = list(dict.fromkeys(str(error) for error in absent))
        reason = "; ".join([*reasons[:_MOST_REASONS], *(["..."] if len(reasons) > _MOST_REASONS else [])])
        missing = frozenset[str]().union(*(error.missing for error in absent)) if all(error.missing for error in absent) else ()
        if any(piece.dataset is not None for piece in found):
            return PartNotThereYetError(reason, missing, [Piece(box, None, (), self._fill), *found])
        return NotThereYetError(reason, missing)

    def _fresh_source(self, mapping: Mapping) -> Source:
        source = self._files.source(mapping.file_name, mapping.path)
        if source not in self._fresh:
            source.refresh()
            self._fresh.add(source)
        return source

    def _known(self, mapping: Mapping, source: Source) -> Mapping:
        if mapping.source is not None:
            return mapping
        shape, found = self._known_mappings.get(id(mapping), ((), mapping))
        if found.source is None or shape != source.shape:
            found = mapping.on(source.shape)
            try:
                _ = found.matched
            except IrregularMappingError as error:
                raise NotThereYetError(f"the shape of {source.path} in {source.filename} is {source.shape} so far") from error
            if id(mapping) in self._plain_ids:
                self._known_mappings[id(mapping)] = source.shape, found
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
        for tile in {tuple(mapping.virtual[axis] for axis in frame_axes) for mapping in self.mappings}:
            where = [selection.coordinates(n) for selection, n in zip(tile, lengths, strict=True)]
            ever[np.ix_(*where) if where else ()] = True
        return ever

    def _reached(self) -> tuple[int, ...]:
        lengths = [n if most is not None else 0 for n, most in zip(self._static, self.maxshape, strict=True)]
        for mapping in self.mappings:
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


def declared_extent(dataset: h5py.Dataset) -> tuple[tuple[int, ...], tuple[int | None, ...]]:
    """Return shape and greatest shape as declared; asking a virtual data set for its shape would open its sources."""
    properties = dataset.id.get_create_plist()
    if not dataset.is_virtual or not properties.get_virtual_count():
        return tuple(dataset.shape or ()), tuple(dataset.maxshape or ())
    space = properties.get_virtual_vspace(0)
    most = tuple(None if n == h5py.h5s.UNLIMITED else int(n) for n in space.get_simple_extent_dims(True))
    return tuple(int(n) for n in space.get_simple_extent_dims()), most


def _reached(source: Source, box: Box) -> Iterator[Piece]:
    if isinstance(source, StoredSource):
        yield Piece(box, source.dataset, box)
    elif isinstance(source, VirtualSource):
        yield from source.pieces_there(box)


def _moved(mapping: Mapping, at: Box, there: Box, piece_at: Box) -> Box:
    """Return where a piece of a source's box lies in the virtual box that the source's box stands for."""
    found = list(at)
    for v, s in mapping.matched.pairs:
        offset = at[v][0] - there[s][0]
        found[v] = (piece_at[s][0] + offset, piece_at[s][1] + offset)
    return tuple(found)


def open_source(dataset: h5py.Dataset, path: str, depth: int = 0, files: SourceFiles | None = None) -> Source:
    """Return how to read a data set; parameters as of `VirtualSource`.

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
            return VirtualSource(dataset, path, depth, files)
        except IrregularMappingError:
            pass
    return StoredSource(dataset, path)
