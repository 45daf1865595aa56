"""How a data set's axes divide into scan axes and frame axes."""

from __future__ import annotations

from dataclasses import dataclass

import h5py

from swmr_viewer.core.errors import ShapeError

_FRAME_RANK = {"image": 2, "spectrum": 1, "scalar": 0, "vertex": 1, "scaler": 0}
"""NeXus ``interpretation`` to frame rank (nexusformat.org, NXdata)."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which leading axes are the scan's."""

    scan_rank: int
    """How many leading axes of the data set number the scan points."""
    is_flat: bool = False
    """True: one leading axis numbers the points of a scan of several axes, in C order."""


def layout_of(dataset: h5py.Dataset, scan_shape: tuple[int, ...] | None, scan_rank: int | None) -> Layout:
    """Return the division of a data set's axes.

    Parameters
    ----------
    dataset : h5py.Dataset
        The data.
    scan_shape : tuple of int or None
        The scan's extent, where it is known.
    scan_rank : int or None
        The number of scan axes, where it is known.

    Raises
    ------
    ShapeError
        If the data set has fewer axes than the scan, or axes of other lengths.
    """
    if scan_shape is not None:
        return _layout_on(dataset, scan_shape)
    if scan_rank is None:
        return Layout(_guessed_rank(dataset))
    if scan_rank > dataset.ndim:
        raise _misfit(dataset, f"a scan of {scan_rank} axes")
    return Layout(scan_rank)


def _layout_on(dataset: h5py.Dataset, scan_shape: tuple[int, ...]) -> Layout:
    rank = len(scan_shape)
    fits, fits_flat = _fits(dataset, scan_shape), rank > 1 and dataset.ndim >= 1 and _fits_flat(dataset, scan_shape)
    if fits and fits_flat:
        return Layout(1, True) if dataset.ndim - 1 == _frame_rank_told(dataset, 2) and dataset.ndim - rank != 2 else Layout(rank)
    if fits:
        return Layout(rank)
    if fits_flat:
        return Layout(1, True)
    raise _misfit(dataset, f"the scan shape {scan_shape} of the keys")


def _fits(dataset: h5py.Dataset, scan_shape: tuple[int, ...]) -> bool:
    """Whether the leading axes can be the scan's: each as long as it, or able to become so."""
    if dataset.ndim < len(scan_shape):
        return False
    leading = zip(dataset.shape, dataset.maxshape, scan_shape, strict=False)
    return all(most is None or most >= wanted or (has == 1 == wanted) for has, most, wanted in leading)


def _fits_flat(dataset: h5py.Dataset, scan_shape: tuple[int, ...]) -> bool:
    total = 1
    for length in scan_shape:
        total *= length
    return dataset.maxshape[0] is None or dataset.maxshape[0] >= total


def _frame_rank_told(dataset: h5py.Dataset, otherwise: int) -> int:
    told = dataset.attrs.get("interpretation", b"")
    word = told.decode(errors="replace") if isinstance(told, bytes) else str(told)
    return _FRAME_RANK.get(word, otherwise)


def _guessed_rank(dataset: h5py.Dataset) -> int:
    """Without keys: NeXus' ``interpretation``, else images where there are three axes or more, else one scan axis."""
    frame_rank = _frame_rank_told(dataset, -1)
    if 0 <= frame_rank <= dataset.ndim:
        return int(dataset.ndim) - frame_rank
    return int(dataset.ndim) - 2 if dataset.ndim > 2 else min(1, int(dataset.ndim))


def _misfit(dataset: h5py.Dataset, what: str) -> ShapeError:
    return ShapeError(
        f"The data set {dataset.name} in {dataset.file.filename} has shape {dataset.shape} and does not fit {what}.",
        "Name a data set whose leading axes are the scan's, or other keys.",
    )
