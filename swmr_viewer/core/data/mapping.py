"""One mapping of a virtual data set: which box of which source holds a box of the virtual one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import prod

import h5py

from swmr_viewer.core.data.selections import AxisSelection, Box, runs, whole_axis
from swmr_viewer.core.frozen import frozen

_UNLIMITED: int = h5py.h5s.UNLIMITED
_BLOCK_NUMBER = re.compile(r"%[%b]")

Axes = tuple[int, ...]
Selections = tuple[AxisSelection, ...]


class IrregularMappingError(ValueError):
    """A mapping that boxes cannot express; only HDF5 itself can read it."""


@frozen
class MatchedAxes:
    """Which axis of the source is which axis of the virtual data set."""

    pairs: tuple[tuple[int, int], ...]
    """(virtual axis, source axis) with equally many points each."""
    virtual_rest: Axes
    source_rest: Axes
    """The points of these axes belong together by their C-order rank."""


def match_axes(virtual: Sequence[int | None], source: Sequence[int | None]) -> MatchedAxes:
    """Match the axes of two selections with the same number of points, fastest axis first.

    Parameters
    ----------
    virtual, source : sequence of int or None
        How many coordinates are selected on each axis; None: unlimited.

    Raises
    ------
    IrregularMappingError
        If the selections do not hold equally many points, or an unlimited axis is not the slowest of those left over.
    """
    pairs: list[tuple[int, int]] = []
    i, j = len(virtual) - 1, len(source) - 1
    while i >= 0 and j >= 0:
        if virtual[i] == source[j]:
            pairs.append((i, j))
            i, j = i - 1, j - 1
        elif virtual[i] == 1:
            i -= 1
        elif source[j] == 1:
            j -= 1
        else:
            break
    paired = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    rests = [
        tuple(axis for axis in range(len(selections)) if axis not in done)
        for selections, done in zip((virtual, source), paired, strict=True)
    ]
    if _n_points([virtual[axis] for axis in rests[0]]) != _n_points([source[axis] for axis in rests[1]]):
        raise IrregularMappingError(f"{tuple(virtual)} points of the virtual data set are mapped to {tuple(source)} of the source.")
    return MatchedAxes(tuple(reversed(pairs)), *rests)


def _n_points(lengths: Sequence[int | None]) -> int | None:
    if all(n is not None for n in lengths):
        return prod(n for n in lengths if n is not None)
    slowest = next((n for n in lengths if n != 1), 1)
    if slowest is not None or sum(n is None for n in lengths) > 1:
        raise IrregularMappingError("An unlimited axis is not the slowest one.")
    return None


@dataclass(frozen=True)
class Mapping:
    """A regular part of a virtual data set, and where it lies in a source."""

    file_name: str
    """As written: "." for the virtual data set's own file; may contain %b, see ``blocks_in``."""
    path: str
    virtual: Selections
    source: Selections | None
    """None: all of the source, whatever its shape."""

    @cached_property
    def numbered_axis(self) -> int | None:
        """The unlimited axis along which each block has a source of its own (%b in its name), if it is such a mapping."""
        axes = [axis for axis, selection in enumerate(self.virtual) if selection.length is None]
        limited = self.source is None or all(selection.length is not None for selection in self.source)
        return axes[0] if axes and limited and self.virtual[axes[0]].block is not None else None

    @cached_property
    def matched(self) -> MatchedAxes:
        """Which axis is which; only for a mapping whose source selection is known.

        Raises
        ------
        IrregularMappingError
            If the axes cannot be matched.
        """
        assert self.source is not None
        return match_axes([selection.length for selection in self.virtual], [selection.length for selection in self.source])

    @cached_property
    def shifts(self) -> tuple[tuple[int, int, int], ...] | None:
        """(shift to the source, start, stop) along each axis, where a box of the source is mapped as it is; None: it is not."""
        if self.source is None or self.matched.pairs != tuple((axis, axis) for axis in range(len(self.virtual))):
            return None
        if len(self.source) != len(self.virtual):
            return None
        found = []
        for here, there in zip(self.virtual, self.source, strict=True):
            length = here.length
            if not length or here.contiguous_from(0) != length or there.contiguous_from(0) != length:
                return None
            found.append((there.start - here.start, here.start, here.start + length))
        return tuple(found)

    def on(self, source_shape: tuple[int, ...]) -> Mapping:
        """Return the mapping with the source's selection known, now that its shape is.

        Where all of a source is mapped, points belong together in C order, and the source may be shorter than mapped (it
        grows, or was cut short) or longer. So what is selected of its first axis is as much as there are points for.
        """
        if self.source is not None:
            return self
        n_points, per_row = prod(selection.length or 0 for selection in self.virtual), prod(source_shape[1:])
        if source_shape and per_row and n_points and n_points % per_row == 0:
            source_shape = (n_points // per_row, *source_shape[1:])
        return replace(self, source=tuple(whole_axis(n) for n in source_shape))

    def block(self, number: int) -> Mapping:
        """Return what one block of a numbered mapping is."""
        axis = self.numbered_axis
        assert axis is not None
        one = self.virtual[axis]
        at = AxisSelection(one.start + number * one.stride, one.stride, 1, one.block)
        virtual = (*self.virtual[:axis], at, *self.virtual[axis + 1 :])
        return Mapping(_numbered(self.file_name, number), _numbered(self.path, number), virtual, self.source)

    def plain(self) -> Mapping:
        """Return the mapping with the names that it stands for, of one that is not numbered."""
        return replace(self, file_name=plain_name(self.file_name), path=plain_name(self.path))

    def blocks_in(self, box: Box) -> Iterator[Mapping]:
        """Yield the mapping itself, or those blocks of a numbered one that a box touches."""
        axis = self.numbered_axis
        if axis is None:
            yield self.plain()
            return
        (start, stop), one = box[axis], self.virtual[axis]
        assert one.block is not None
        number = one.first_from(start) // one.block
        while one.start + number * one.stride < stop:
            yield self.block(number)
            number += 1

    def translate(self, box: Box) -> Iterator[tuple[Box, Box]]:
        """Yield (box of the virtual data set, box of the source) for all of this box that the mapping covers."""
        assert self.source is not None
        if self.shifts is not None:  # as most are: a tenth of what the general way takes
            yield from self._shifted(box, self.shifts)
            return
        for points in product(*(_points(self.virtual[axis], *box[axis]) for axis in self.matched.virtual_rest)):
            yield from self._at_point(box, points)

    @staticmethod
    def _shifted(box: Box, shifts: tuple[tuple[int, int, int], ...]) -> Iterator[tuple[Box, Box]]:
        here = tuple((max(start, first), min(stop, last)) for (start, stop), (_, first, last) in zip(box, shifts, strict=True))
        if all(start < stop for start, stop in here):
            yield here, tuple((start + shift, stop + shift) for (start, stop), (shift, _, _) in zip(here, shifts, strict=True))

    def _at_point(self, box: Box, points: tuple[int, ...]) -> Iterator[tuple[Box, Box]]:
        assert self.source is not None
        axes = self.matched
        here, there = list(box), [(0, 0)] * len(self.source)
        for axis, ordinal in zip(axes.virtual_rest, points, strict=True):
            at = self.virtual[axis].at(ordinal)
            here[axis] = (at, at + 1)
        for axis, ordinal in zip(axes.source_rest, self._same_rank(points), strict=True):
            at = self.source[axis].at(ordinal)
            there[axis] = (at, at + 1)
        for parts in product(*(runs(self.virtual[v], self.source[s], *box[v]) for v, s in axes.pairs)):
            for (v, s), (at, source_at, length) in zip(axes.pairs, parts, strict=True):
                here[v], there[s] = (at, at + length), (source_at, source_at + length)
            yield tuple(here), tuple(there)

    def _same_rank(self, points: tuple[int, ...]) -> tuple[int, ...]:
        """Return the source's ordinals of the point that has the same C-order rank."""
        assert self.source is not None
        rank = 0
        for axis, ordinal in zip(self.matched.virtual_rest, points, strict=True):
            rank = rank * (self.virtual[axis].length or 0) + ordinal
        ordinals: list[int] = []
        for axis in reversed(self.matched.source_rest):
            length = self.source[axis].length
            rank, at = (0, rank) if length is None else divmod(rank, length)
            ordinals.append(at)
        return tuple(reversed(ordinals))

    def reach(self, axis: int, source_shape: tuple[int, ...]) -> int:
        """Return how far a mapping that is unlimited along an axis reaches, with a source as long as this."""
        assert self.source is not None
        grows = next(number for number, selection in enumerate(self.source) if selection.length is None)
        there = self.source[grows]
        n_points = len(there.coordinates(source_shape[grows]))
        if grows in self.matched.source_rest:
            n_points *= prod(self.source[other].length or 1 for other in self.matched.source_rest)
            n_points //= prod(self.virtual[other].length or 1 for other in self.matched.virtual_rest)
        return self.virtual[axis].at(n_points - 1) + 1 if n_points else 0


def _points(selection: AxisSelection, start: int, stop: int) -> range:
    first, last = selection.first_from(start), selection.first_from(stop)
    return range(first, last if selection.length is None else min(last, selection.length))


def _numbered(name: str, number: int) -> str:
    return _BLOCK_NUMBER.sub(lambda found: "%" if found[0] == "%%" else str(number), name)


def plain_name(name: str) -> str:
    """Return what a name that is not numbered stands for: a percent sign is written twice."""
    return name.replace("%%", "%")


def mappings_of(dataset: h5py.Dataset) -> tuple[Mapping, ...]:
    """Return the mappings of a virtual data set, from its creation properties: no source is opened.

    Raises
    ------
    IrregularMappingError
        If one of them is not a regular box pattern on both sides.
    """
    return tuple(_mapping(*found) for found in dataset.virtual_sources())


def _mapping(vspace: h5py.h5s.SpaceID, file_name: str, path: str, src_space: h5py.h5s.SpaceID) -> Mapping:
    virtual, source = _selections(vspace), _selections(src_space)
    if virtual is None:
        virtual = tuple(whole_axis(int(n)) for n in vspace.get_simple_extent_dims())
    found = Mapping(file_name, path, virtual, source)
    if source is not None and found.numbered_axis is None:
        _ = found.matched  # refuse now what cannot be matched later
    return found


def _selections(space: h5py.h5s.SpaceID) -> Selections | None:
    """Return what is selected on each axis, or None where everything is."""
    if space.get_select_type() == h5py.h5s.SEL_ALL:
        return None
    if space.get_select_type() != h5py.h5s.SEL_HYPERSLABS or not space.is_regular_hyperslab():
        raise IrregularMappingError("A selection is not a regular hyperslab.")
    per_axis = zip(*space.get_regular_hyperslab(), strict=True)
    return tuple(_selection(int(start), int(stride), _limit(count), _limit(block)) for start, stride, count, block in per_axis)


def _selection(start: int, stride: int, count: int | None, block: int | None) -> AxisSelection:
    # HDF5 does not care about the stride of a single block: it may be shorter than that.
    return AxisSelection(start, stride if count != 1 or block is None else block, count, block)


def _limit(number: int) -> int | None:
    return None if number == _UNLIMITED else int(number)
