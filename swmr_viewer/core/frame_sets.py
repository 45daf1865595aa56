"""FrameSet: what all followed data sets show at one scan point, row or chunk; and scan points gathered into rows and chunks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class FrameSet(Mapping[str, npt.NDArray[Any]]):
    """Frames that belong together; a mapping of data set path (or its last part, where that is unique) to array.

    Each array is what ``dataset[frame_set.slices]`` would be: one frame; or the frames of a row, shape (points,
    frame axes ...); or those of a chunk, shape (points along each scan axis ..., frame axes ...).
    """

    index: int
    """Flat C-order index on ``scan_shape`` of the (first) scan point."""
    position: tuple[int, ...]
    """Position of the (first) scan point."""
    slices: tuple[int | slice, ...]
    """One per scan axis: where this is on the scan, and in a data set that has the scan's axes."""
    scan_shape: tuple[int, ...]
    """The scan's extent as far as it was known at this moment."""
    frames: Mapping[str, npt.NDArray[Any]]
    """By path, in the order in which the data sets were named."""

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        if name in self.frames:
            return self.frames[name]
        fitting = [path for path in self.frames if path.rsplit("/", 1)[-1] == name]
        if len(fitting) == 1:
            return self.frames[fitting[0]]
        raise KeyError(f"{name!r} is {'the name of several' if fitting else 'none'} of the data sets {', '.join(self.frames)}")

    def __iter__(self) -> Iterator[str]:
        return iter(self.frames)

    def __len__(self) -> int:
        return len(self.frames)


Block = tuple[slice, ...]
"""A box of scan points: one slice per scan axis."""
Number = tuple[int, ...]
"""Which block along each scan axis."""


class Gatherer:
    """Gathers positions into blocks of one shape, on a scan that may still grow.

    Parameters
    ----------
    block_shape : tuple of int or None
        Points along each scan axis; None: as many as there are along that axis.
    """

    def __init__(self, block_shape: tuple[int | None, ...]) -> None:
        self._block_shape = block_shape
        self._seen: dict[Number, set[tuple[int, ...]]] = {}
        self._furthest: Number = ()

    def add(self, position: tuple[int, ...], scan_shape: tuple[int, ...], is_final: bool) -> Iterator[Block]:
        """Note a scan point and yield the blocks that are whole now.

        Parameters
        ----------
        position : tuple of int
            Where it is on the scan.
        scan_shape : tuple of int
            The scan's extent by now.
        is_final : bool
            Whether the scan can not grow. Otherwise a block at its rim waits until a later one has begun.
        """
        yield from self.add_run(position, 1, scan_shape, is_final)

    def add_run(self, position: tuple[int, ...], n: int, scan_shape: tuple[int, ...], is_final: bool) -> Iterator[Block]:
        """As ``add`` for ``n`` scan points side by side along the last axis."""
        outer, at, stop = position[:-1], position[-1], position[-1] + n
        step = self._block_shape[-1] or stop
        while at < stop:
            end = min(stop, at - at % step + step)
            yield from self._add(self._number((*outer, at)), [(*outer, last) for last in range(at, end)], scan_shape, is_final)
            at = end

    def _add(self, number: Number, positions: list[tuple[int, ...]], scan_shape: tuple[int, ...], is_final: bool) -> Iterator[Block]:
        self._seen.setdefault(number, set()).update(positions)
        has_gone_on = number > self._furthest
        self._furthest = max(self._furthest, number)
        for block_number in sorted(self._seen) if has_gone_on else [number]:
            if is_final or block_number < self._furthest or not self._may_grow(block_number, scan_shape):
                yield from self._take_if_whole(block_number, scan_shape)

    @property
    def rank(self) -> int:
        """The number of scan axes."""
        return len(self._block_shape)

    def take_over(self, other: Gatherer) -> None:
        """Note what another one has gathered, before the scan turned out to have more axes."""
        for seen in other._seen.values():
            for position in seen:
                whole = (*position, *(0 for _ in range(self.rank - len(position))))
                self._seen.setdefault(self._number(whole), set()).add(whole)
        self._furthest = max(self._seen, default=())

    def _number(self, position: tuple[int, ...]) -> Number:
        return tuple(0 if step is None else at // step for at, step in zip(position, self._block_shape, strict=True))

    def rest(self, scan_shape: tuple[int, ...]) -> Iterator[Block]:
        """Yield the blocks that turn out to be whole now that the scan has ended."""
        for number in sorted(self._seen):
            yield from self._take_if_whole(number, scan_shape)

    @property
    def n_begun(self) -> int:
        """How many blocks have begun and are not whole."""
        return len(self._seen)

    def clear(self) -> None:
        """Start again."""
        self._seen.clear()
        self._furthest = ()

    def _may_grow(self, number: Number, scan_shape: tuple[int, ...]) -> bool:
        lengths = (axis.stop - axis.start for axis in self._block(number, scan_shape))
        return any(step is None or length < step for length, step in zip(lengths, self._block_shape, strict=True))

    def _block(self, number: Number, scan_shape: tuple[int, ...]) -> Block:
        return tuple(
            slice(0, n) if step is None else slice(at * step, min((at + 1) * step, n))
            for at, step, n in zip(number, self._block_shape, scan_shape, strict=True)
        )

    def _take_if_whole(self, number: Number, scan_shape: tuple[int, ...]) -> Iterator[Block]:
        block = self._block(number, scan_shape)
        if len(self._seen[number]) == prod(axis.stop - axis.start for axis in block):
            del self._seen[number]
            yield block
