"""One scalar of a scan: what it is, and its values, many at once."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data_facts import ScalarFact
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.nexus import FrameTimes

Values = npt.NDArray[np.float64]


class PointSource(Protocol):
    """What the values of a scalar are read from."""

    @property
    def window(self) -> int:
        """How many values may be read at once: about a millisecond."""

    @property
    def has_nothing(self) -> bool:
        """Whether nothing at all was written: all that is read is fill."""

    @property
    def is_at_rest(self) -> bool:
        """Whether nobody writes to the files that they come from: these may be others than those of frames and keys."""

    def refresh(self) -> None:
        """Make visible what was flushed."""

    def read(self, scan_shape: tuple[int, ...], start: int, stop: int) -> Values:
        """Return the values at the flat indices [start, stop); NaN: there is none."""

    def is_fill(self, values: Values) -> npt.NDArray[np.bool_]:
        """Return which of these may not have been written yet."""


@frozen(eq=False)
class Scalar:
    """One number per scan point."""

    fact: ScalarFact
    source: PointSource


class TimeSource:
    """The times of frames, in seconds."""

    def __init__(self, times: FrameTimes, are_dates: bool) -> None:
        self._times, self._are_dates = times, are_dates

    @property
    def window(self) -> int:
        return self._times.window

    @property
    def has_nothing(self) -> bool:
        return False

    @property
    def is_at_rest(self) -> bool:
        return self._times.is_at_rest

    def refresh(self) -> None:
        self._times.refresh()

    def read(self, scan_shape: tuple[int, ...], start: int, stop: int) -> Values:
        return self._times.read(scan_shape, start, stop, as_dates=self._are_dates)

    def is_fill(self, values: Values) -> npt.NDArray[np.bool_]:
        return self._times.is_fill(values) if self._are_dates else np.zeros(values.shape, np.bool_)
