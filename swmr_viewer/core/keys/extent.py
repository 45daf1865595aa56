"""The scan shape as it grows: what is given, and what the key datasets have by now; and where a file declares it."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import h5py
import numpy as np

from swmr_viewer.core.files import is_refused
from swmr_viewer.core.fitting import DoesNotFit, KeyShape, fit_keys
from swmr_viewer.core.keys.key_dataset import KeyDataset
from swmr_viewer.core.keys.lengths import LengthKeys

SCAN_SHAPE_NAME = "scan_shape"
BOOK_KEEPING = frozenset({SCAN_SHAPE_NAME, "scan_rank"})
"""Datasets that stand beside keys, or among them, and are none."""


class Extent:
    """The scan shape of some key datasets, as it grows.

    Parameters
    ----------
    given : tuple of int or None
        The scan shape from the user, or from the file's ``scan_shape``.
    most_axes : int or None
        The number of scan axes, where the data tell it: axes behind them that are 1 long are dropped.
    """

    def __init__(self, given: tuple[int, ...] | None, most_axes: int | None = None) -> None:
        self._given = given
        self._most_axes = most_axes
        self._reported: set[str] = set()
        self._faults: list[str] = []
        self.is_fixed = given is not None
        """Whether the scan can not grow: all its points are known."""

    def shape_of(self, datasets: Sequence[KeyDataset | LengthKeys]) -> tuple[int, ...]:
        """Return the scan shape as of the last refresh of the datasets.

        Raises
        ------
        ShapeError
            If the datasets do not fit one another, or are larger than any scan.
        """
        if not datasets:
            return self._given or (0,)
        fit = fit_keys([_key_shape(dataset) for dataset in datasets], self._given, self._most_axes)
        if isinstance(fit, DoesNotFit):
            raise fit.error(datasets[0].filename)
        for dataset, key in zip(datasets, fit.keys, strict=True):
            dataset.flat = key.flat
        self.is_fixed = fit.is_fixed
        self._faults += [found.text for found in fit.disagreements if found.about not in self._reported]
        self._reported.update(found.about for found in fit.disagreements)
        return fit.shape

    def note_end(self, datasets: Sequence[KeyDataset | LengthKeys]) -> None:
        """Take note that the scan has ended: lengths that differ now will not become equal any more."""
        text = "" if "lengths" in self._reported else _differing_lengths(datasets)
        if text:
            self._reported.add("lengths")
            self._faults.append(text)

    def take_faults(self) -> list[str]:
        """Return what does not agree and was not reported before."""
        taken, self._faults = self._faults, []
        return taken


def _key_shape(dataset: KeyDataset | LengthKeys) -> KeyShape:
    return KeyShape(dataset.path, dataset.full_shape, dataset.maxshape, dataset.flat)


def _differing_lengths(datasets: Sequence[KeyDataset | LengthKeys]) -> str:
    """Return a sentence on key datasets that end before others, now that none will grow; "" if none does."""
    lengths = {dataset.path: prod(dataset.full_shape) for dataset in datasets}
    if not lengths or min(lengths.values()) == max(lengths.values()):
        return ""
    shortest, longest = (choose(lengths, key=lambda path: lengths[path]) for choose in (min, max))
    text = f"{shortest} has {lengths[shortest]}, {longest} has {lengths[longest]}"
    return f"The key datasets have different lengths: {text}. Frames without all of their keys are not complete."


def declared_scan_shape(h5file: h5py.File, key_paths: Sequence[str]) -> tuple[int, ...] | None:
    """Return the ``scan_shape`` dataset's value from beside the keys or one group further out, if there is a sensible one."""
    for path in key_paths:
        parents = path.rstrip("/").split("/")[:-1]
        for depth in {len(parents), max(len(parents) - 1, 0)}:
            named = "/".join([*parents[:depth], SCAN_SHAPE_NAME])
            found = None if is_refused(h5file, named) else h5file.get(named)
            if isinstance(found, h5py.Dataset) and found.dtype.kind in "iu" and found.ndim == 1 and found.size:
                shape = tuple(int(n) for n in np.asarray(found[()]))
                if min(shape) > 0:
                    return shape
    return None
