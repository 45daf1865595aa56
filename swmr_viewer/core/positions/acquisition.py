"""In which order scan points were visited: by the values of keys that count, or by the times of frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data import Numbers, SharedSources
from swmr_viewer.core.files import open_object
from swmr_viewer.core.follower import Follower
from swmr_viewer.core.keys import KeyDataset

_SAMPLE = 64


class PointValues:
    """One value per scan point that rises as frames are taken.

    Parameters
    ----------
    values : KeyDataset or Numbers
        What has them: keys, refreshed by whoever follows them, or times.
    """

    def __init__(self, values: KeyDataset | Numbers) -> None:
        self._values = values
        self.are_keys = isinstance(values, KeyDataset)

    @property
    def window(self) -> int:
        """How many values may be read at once."""
        return self._values.window

    def refresh(self) -> None:
        """Make visible what was flushed; keys were when they were polled."""
        if isinstance(self._values, Numbers):
            self._values.refresh()

    def read(self, scan_shape: tuple[int, ...], start: int, stop: int) -> npt.NDArray[np.float64]:
        """Return the values at the flat indices [start, stop); NaN: there is none (yet)."""
        if isinstance(self._values, KeyDataset):
            return self._values.values_in(scan_shape, start, stop)
        is_flat = len(self._values.maxshape) == 1 and len(scan_shape) > 1
        times = self._values.values_in(scan_shape, start, stop, flat=is_flat)
        return np.where(np.isfinite(times) & (times != 0), times, np.nan)


def acquisition_values(
    h5file: h5py.File, follower: Follower, time_paths: Iterable[str | None], sources: SharedSources | None = None
) -> Iterator[PointValues]:
    """Yield what may tell the order of acquisition, the best first: each key dataset, then the times of each data set.

    Parameters
    ----------
    h5file : h5py.File
        The open file.
    follower : Follower
        Follows its keys.
    time_paths : iterable of str or None
        One time per scan point (``DataFacts.time_path``).
    sources : SharedSources, optional
        Where virtual datasets open theirs.
    """
    for keys in follower.keys_with_values:
        yield PointValues(keys)
    for path in dict.fromkeys(filter(None, time_paths)):
        with suppress(Exception):  # an order is not worth a scan that cannot be followed
            yield PointValues(Numbers(open_object(h5file, path), path, sources))


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
