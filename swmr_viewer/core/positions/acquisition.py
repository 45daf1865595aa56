"""In which order scan points were visited: by the values of keys that count, or by the times of frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.files import open_object
from swmr_viewer.core.follower import Follower
from swmr_viewer.core.keys import KeyDataset

_SAMPLE = 64


class PointValues:
    """One value per scan point that rises as frames are taken.

    Parameters
    ----------
    dataset : KeyDataset
        What has them: keys, refreshed by whoever follows them, or times.
    are_keys : bool
        Whether they are keys.
    """

    def __init__(self, dataset: KeyDataset, are_keys: bool) -> None:
        self._dataset = dataset
        self.are_keys = are_keys

    @property
    def window(self) -> int:
        """How many values may be read at once."""
        return self._dataset.window

    def refresh(self) -> None:
        """Make visible what was flushed; keys were when they were polled."""
        if not self.are_keys:
            self._dataset.refresh()

    def read(self, scan_shape: tuple[int, ...], start: int, stop: int) -> npt.NDArray[np.float64]:
        """Return the values at the flat indices [start, stop); NaN: there is none (yet)."""
        values = self._dataset.values_in(scan_shape, start, stop)
        if not self.are_keys:
            values[~np.isfinite(values) | (values == 0)] = np.nan
        return values


def acquisition_values(h5file: h5py.File, follower: Follower, time_paths: Iterable[str | None]) -> Iterator[PointValues]:
    """Yield what may tell the order of acquisition, the best first: each key dataset, then the times of each data set.

    Parameters
    ----------
    h5file : h5py.File
        The open file.
    follower : Follower
        Follows its keys.
    time_paths : iterable of str or None
        One time per scan point (``DataFacts.time_path``).
    """
    for keys in follower.keys_with_values:
        yield PointValues(keys, are_keys=True)
    for path in dict.fromkeys(filter(None, time_paths)):
        with suppress(Exception):  # an order is not worth a scan that cannot be followed
            found = open_object(h5file, path)
            if isinstance(found, h5py.Dataset) and not found.is_virtual:
                times = KeyDataset(found, path=path)
                times.flat = found.ndim == 1 and len(follower.scan_shape) > 1
                yield PointValues(times, are_keys=False)


class Counting:
    """Whether keys count frames (1, 2, 3, as these were taken) or are marks that all look the same; told by the first that are seen."""

    def __init__(self) -> None:
        self._seen = np.empty(0)

    def goes_on_with(self, values: npt.NDArray[np.float64]) -> bool:
        """Return whether keys that were not seen before may still be counting: whole numbers, none of them twice."""
        if not (np.isfinite(values).all() and (values >= 0).all() and (values == np.floor(values)).all()):
            return False
        if not np.diff(np.sort(values)).all() or np.isin(values, self._seen).any():
            return False
        self._seen = np.concatenate([self._seen, values[: _SAMPLE - self._seen.size]])
        return True
