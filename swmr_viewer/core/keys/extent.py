"""The scan shape: what the user says, what the file says, or the largest shape that was seen."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import h5py
import numpy as np

from swmr_viewer.core.errors import ShapeError
from swmr_viewer.core.keys.key_dataset import KeyDataset
from swmr_viewer.core.keys.lengths import LengthKeys

_SCAN_SHAPE_NAME = "scan_shape"


class Extent:
    """The scan shape of some key datasets, as it grows.

    Parameters
    ----------
    told : tuple of int or None
        The scan shape that the user, or the file's ``scan_shape``, tells.
    most_axes : int or None
        The number of scan axes, where the data tell it: axes behind them that are 1 long are dropped.
    """

    def __init__(self, told: tuple[int, ...] | None, most_axes: int | None = None) -> None:
        self._told = told
        self._most_axes = most_axes
        self.is_fixed = told is not None
        """Whether the scan can not grow: all its points are known."""

    def shape_of(self, datasets: Sequence[KeyDataset | LengthKeys]) -> tuple[int, ...]:
        """Return the scan shape as of the last refresh of the datasets.

        Raises
        ------
        ShapeError
            If the datasets do not fit one another.
        """
        if not datasets:
            return self._told or (0,)
        for one in datasets:
            one.flat = one.flat or (self._told is not None and len(self._told) > 1 and _is_flat(one, self._told))
        seen = [_cut(_largest(one), self._most_axes) for one in datasets if not one.flat]
        rank = max([len(shape) for shape in seen] + ([len(self._told)] if self._told is not None else []))
        _refuse_misfits([one for one in datasets if not one.flat], seen, rank)
        several = [shape + (1,) * (rank - len(shape)) for shape in (*seen, *([self._told] if self._told is not None else []))]
        self.is_fixed = self._told is not None or all(_is_fixed(one) for one in datasets)
        return tuple(max(lengths) for lengths in zip(*several, strict=True))


def _is_flat(dataset: KeyDataset | LengthKeys, told: tuple[int, ...]) -> bool:
    """Whether a dataset numbers the points of a scan of several axes along one axis (areaDetector's unique ids do).

    Further axes that are 1 long and may grow count only once the first one is longer than the scan's: a scan of
    several axes that grows from (1, 1) looks the same at its beginning.
    """
    if any(n != 1 for n in dataset.full_shape[1:]):
        return False
    return all(most == 1 for most in dataset.maxshape[1:]) or dataset.full_shape[0] > told[0]


def _largest(dataset: KeyDataset | LengthKeys) -> tuple[int, ...]:
    """The shape with every limited axis at its limit; trailing axes that are 1 long for ever are dropped.

    Those that are 1 long by now and may grow stay: a scan that grows from (1, 1) would else lose its second axis, and
    its rows would be taken for frames. That they are a mere tail only the data can tell.
    """
    limits = [n if most is None else most for n, most in zip(dataset.full_shape, dataset.maxshape, strict=True)]
    while len(limits) > 1 and limits[-1] == dataset.maxshape[len(limits) - 1] == 1:
        limits.pop()
    return tuple(limits)


def _cut(shape: tuple[int, ...], most_axes: int | None) -> tuple[int, ...]:
    while most_axes is not None and len(shape) > max(most_axes, 1) and shape[-1] == 1:
        shape = shape[:-1]
    return shape


def _is_fixed(dataset: KeyDataset | LengthKeys) -> bool:
    return all(most is not None for most in dataset.maxshape)


def _refuse_misfits(datasets: Sequence[KeyDataset | LengthKeys], shapes: Sequence[tuple[int, ...]], rank: int) -> None:
    for one, shape in zip(datasets, shapes, strict=True):
        if len(one.full_shape) < rank and prod(max(s[len(one.full_shape) :] or (1,)) for s in shapes if len(s) > len(one.full_shape)) > 1:
            raise _misfit(datasets, shapes)
        for other, other_shape in zip(datasets, shapes, strict=True):
            if _is_fixed(one) and _is_fixed(other) and shape != other_shape:
                raise _misfit(datasets, shapes)


def _misfit(datasets: Sequence[KeyDataset | LengthKeys], shapes: Sequence[tuple[int, ...]]) -> ShapeError:
    said = ", ".join(f"{one.path} {shape}" for one, shape in zip(datasets, shapes, strict=True))
    return ShapeError(
        f"The key datasets in {datasets[0].filename} have different shapes: {said}.", "Name key datasets of one and the same scan."
    )


def told_by_file(h5file: h5py.File, key_paths: Sequence[str]) -> tuple[int, ...] | None:
    """Return the ``scan_shape`` dataset's value from beside the keys or one group further out, if there is a sensible one."""
    for path in key_paths:
        parents = path.rstrip("/").split("/")[:-1]
        for depth in {len(parents), max(len(parents) - 1, 0)}:
            found = h5file.get("/".join([*parents[:depth], _SCAN_SHAPE_NAME]))
            if isinstance(found, h5py.Dataset) and found.dtype.kind in "iu" and found.ndim == 1 and found.size:
                shape = tuple(int(n) for n in np.asarray(found[()]))
                if min(shape) > 0:
                    return shape
    return None
