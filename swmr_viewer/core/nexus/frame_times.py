"""When frames were taken, as far as the file has it; a time that cannot be one is left out, and reported once."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from math import isfinite, isnan
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data import Numbers, SharedSources
from swmr_viewer.core.files import open_object, text_of, texts_of
from swmr_viewer.core.nexus.quantities import in_seconds

_EPICS_EPOCH_S = 631_152_000.0
"""1990-01-01, from where EPICS counts, in seconds since 1970."""
_EPICS_UNTIL_S = 1.4e9
"""A time stamp below is EPICS' (it will be until 2034), one above is Unix' (it has been since 2014, before SWMR)."""
_STAMPS_SINCE_S = 946_684_800.0
"""2000-01-01: a stamp before it counts from something else, such as the start of the camera."""
_AHEAD_S = 86_400.0
"""By so much the clock of a detector may be ahead of ours."""
_MOST_S = 1e11
"""A stamp without a unit that is larger is not in seconds: its size tells whether it is in ms, us or ns, since 1970."""


class FrameTimes:
    """One time per scan point, each read when it is asked for.

    Parameters
    ----------
    h5file : h5py.File
        The open file.
    path : str or None
        What `read_facts` found; None: there are no times.
    clock : callable
        Seconds since 1970 (UTC), now.
    sources : SharedSources, optional
        Where virtual datasets open theirs.
    """

    def __init__(
        self, h5file: h5py.File, path: str | None, clock: Callable[[], float] = time.time, sources: SharedSources | None = None
    ) -> None:
        self._numbers: Numbers | None = None
        self._path = path
        self._clock = clock
        self._start_s: float | None = None
        self._factor: float | None = None
        self._faults: list[str] = []
        self._is_reported = False
        if path is not None:
            with suppress(Exception):  # a time is not worth a scan that cannot be followed
                self._open(open_object(h5file, path), path, sources)

    def _open(self, dataset: Any, path: str, sources: SharedSources | None) -> None:
        start, unit = text_of(dataset, "start"), " ".join(texts_of(dataset, "units"))
        if start and (began_s := _seconds_of(start)) is None:
            self._report(f"The times in {self._path} count from {start!r}, which is no date")
            return
        if unit and in_seconds(unit) is None:
            self._report(f"The times in {self._path} are in {unit!r}, which is no unit of time")
            return
        self._start_s = began_s if start else None
        self._factor = in_seconds(unit) if unit else None
        self._numbers = Numbers(dataset, path, sources)

    def at(self, index: int, scan_shape: tuple[int, ...]) -> float | None:
        """Return when this frame was taken (s since 1970, UTC), or None where that is not (yet) known, or no time can be so."""
        try:
            value = self._read(index, scan_shape)
        except Exception:  # as above
            return None
        if self._is_unset(value):
            return None
        found = self._since_1970(value)
        if found is None:
            self._report(f"The time of frame {index} in {self._path} ({value:g}) is none at which it can have been taken")
        return found

    # ---- many at once

    @property
    def is_there(self) -> bool:
        """Whether there are times at all."""
        return self._numbers is not None

    def are_dates(self, scan_shape: tuple[int, ...], index: int) -> bool | None:
        """Return whether times can be told in seconds since 1970, by the one of this frame; None: it is not known yet."""
        if self._numbers is None:
            return None
        if self._start_s is not None:
            return True
        value = self._read(index, scan_shape)
        return None if not isfinite(value) or value == 0 else self._since_1970(value) is not None

    @property
    def window(self) -> int:
        """How many times may be read at once: about a millisecond."""
        return 1 if self._numbers is None else self._numbers.window

    def refresh(self) -> None:
        """Make visible what was flushed."""
        if self._numbers is not None:
            self._numbers.refresh()

    @property
    def is_at_rest(self) -> bool:
        """Whether nobody writes to the files that they come from."""
        return self._numbers is None or self._numbers.is_at_rest

    def read(self, scan_shape: tuple[int, ...], start: int, stop: int, *, as_dates: bool) -> npt.NDArray[np.float64]:
        """Return the times (s) of the frames at the flat indices [start, stop); NaN where there is none, or none that can be so.

        ``as_dates``: since 1970 (UTC); otherwise they count from whatever they count from in the file.
        """
        values, factor = self._values_in(scan_shape, start, stop), self._as_seconds
        if self._start_s is None:
            values[values == 0] = np.nan
        if not as_dates:
            return np.asarray(factor * np.where(np.isfinite(values), values, np.nan))
        if self._start_s is not None:
            found, earliest = self._start_s + factor * values, 0.0
        else:
            found, earliest = self._stamps(factor * values), _STAMPS_SINCE_S
        with np.errstate(invalid="ignore"):
            return np.where((earliest <= found) & (found <= self._clock() + _AHEAD_S), found, np.nan)

    def is_fill(self, times: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Return which times, as dates, may not have been written: those that count from a start are the start then."""
        if self._numbers is None or self._start_s is None:
            return np.zeros(times.shape, np.bool_)
        return np.isin(times, [self._start_s + self._as_seconds * fill for fill in self._numbers.fills])

    def _stamps(self, seconds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """As ``_stamp``."""
        from_epics = seconds < _EPICS_UNTIL_S
        unix = seconds.copy()
        for _ in ("ms", "us", "ns") if self._factor is None else ():
            unix = np.where(unix > _MOST_S, unix * 1e-3, unix)
        return np.where(from_epics, seconds + _EPICS_EPOCH_S, unix)

    @property
    def _as_seconds(self) -> float:
        return 1.0 if self._factor is None else self._factor

    def _values_in(self, scan_shape: tuple[int, ...], start: int, stop: int) -> npt.NDArray[np.float64]:
        if self._numbers is None:
            return np.full(stop - start, np.nan)
        is_flat = len(self._numbers.maxshape) == 1 and len(scan_shape) > 1
        return self._numbers.values_in(scan_shape, start, stop, flat=is_flat)

    def take_faults(self) -> list[str]:
        """Return what is wrong with the times: once, and then nothing."""
        taken, self._faults = self._faults, []
        return taken

    def _report(self, what: str) -> None:
        if not self._is_reported:
            self._is_reported = True
            self._faults.append(f"{what}. Such times are left out: the age that is shown is counted from the reading.")

    def _read(self, index: int, scan_shape: tuple[int, ...]) -> float:
        self.refresh()
        return float(self._values_in(scan_shape, index, index + 1)[0])

    def _is_unset(self, value: float) -> bool:
        """Whether nothing was written there yet."""
        return isnan(value) or (value == 0 and self._start_s is None)

    def _since_1970(self, value: float) -> float | None:
        if not isfinite(value):
            return None
        factor = self._as_seconds
        if self._start_s is not None:
            found, earliest = self._start_s + factor * value, 0.0
        else:
            found, earliest = self._stamp(factor * value), _STAMPS_SINCE_S
        return found if earliest <= found <= self._clock() + _AHEAD_S else None

    def _stamp(self, seconds: float) -> float:
        if seconds < _EPICS_UNTIL_S:
            return seconds + _EPICS_EPOCH_S
        for _ in ("ms", "us", "ns"):
            if self._factor is None and seconds > _MOST_S:
                seconds *= 1e-3
        return seconds


def _seconds_of(date: str) -> float | None:
    """Return a date (ISO 8601; without a zone: UTC) in seconds since 1970, or None where it is none."""
    try:
        start = datetime.fromisoformat(date)
    except ValueError:
        return None
    return (start if start.tzinfo else start.replace(tzinfo=UTC)).timestamp()
