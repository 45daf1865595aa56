"""When frames were taken, as far as the file tells."""

from __future__ import annotations

from datetime import UTC, datetime
from math import isfinite
from typing import Any

import h5py
import numpy as np

from swmr_viewer.core.data.refreshing import can_refresh
from swmr_viewer.core.files.links import open_object
from swmr_viewer.core.nexus.fact_reading import words_of
from swmr_viewer.core.nexus.units import in_seconds
from swmr_viewer.core.scan import position_of

_EPICS_EPOCH_S = 631_152_000.0
"""1990-01-01, from where EPICS counts, in seconds since 1970."""
_EPICS_UNTIL_S = 1.4e9
"""A time stamp below is EPICS' (it will be until 2034), one above is Unix' (it has been since 2014, before SWMR)."""


class FrameTimes:
    """One time per scan point, read one by one.

    Parameters
    ----------
    h5file : h5py.File
        The open file.
    path : str or None
        What `read_facts` found; None: there are no times.
    """

    def __init__(self, h5file: h5py.File, path: str | None) -> None:
        self._dataset: Any = None
        self._start_s: float | None = None
        self._factor = 1.0
        if path is None:
            return
        try:
            found = open_object(h5file, path)
            self._start_s = _start_of(found)
            self._factor = in_seconds(" ".join(words_of(found, "units")))
            self._dataset = found
        except Exception:  # a time is not worth a scan that cannot be followed
            self._dataset = None

    def at(self, index: int, scan_shape: tuple[int, ...]) -> float | None:
        """Return when this frame was taken (s since 1970, UTC), or None where that is not (yet) known."""
        if self._dataset is None:
            return None
        try:
            value = self._read(index, scan_shape)
        except Exception:  # as above
            return None
        if not isfinite(value) or (value == 0 and self._start_s is None):
            return None
        if self._start_s is not None:
            return self._start_s + self._factor * value
        return value + (_EPICS_EPOCH_S if value < _EPICS_UNTIL_S else 0.0)

    def _read(self, index: int, scan_shape: tuple[int, ...]) -> float:
        if can_refresh(self._dataset):
            self._dataset.refresh()
        rank = self._dataset.ndim
        at = position_of(index, scan_shape)
        where = (index,) if rank == 1 else (*at, *(0,) * (rank - len(at)))
        return float(np.asarray(self._dataset[where]))


def _start_of(dataset: Any) -> float | None:
    """Return the attribute ``start`` (ISO 8601; without a zone: UTC) in seconds since 1970."""
    told = words_of(dataset, "start")
    if not told:
        return None
    start = datetime.fromisoformat(told[0])
    return (start if start.tzinfo else start.replace(tzinfo=UTC)).timestamp()
