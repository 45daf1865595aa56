"""The motors' positions at a scan point, read when they are asked for; whatever cannot be read is left out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import h5py

from swmr_viewer.core.data import SharedSources
from swmr_viewer.core.data_facts import MotorPosition
from swmr_viewer.core.positions.finding import Motor, MotorFinder
from swmr_viewer.core.scan import position_of
from swmr_viewer.core.waiting import Retries

MOST_MOTORS = 4
"""More nobody reads beside a picture."""


class MotorPositions:
    """Where the motors were when the frames of one data set were taken.

    Parameters
    ----------
    h5file : h5py.File
        The open file, under SWMR or not.
    data_path : str
        The data set.
    scan_rank : int
        How many of the data set's leading axes are the scan's; 1 for one that has its frames one after the other.
    clock : callable
        Monotonic seconds: so long is waited until links that lead nowhere yet are looked at again.
    sources : SharedSources, optional
        Where virtual datasets open theirs.

    Examples
    --------
    >>> with h5py.File("scan.nxs", "r", swmr=True, locking=False) as file:
    ...     MotorPositions(file, "/entry/detector/data", 2).at(417, (20, 30))
    (MotorPosition(name='stage_x', value=0.861, unit='mm'), MotorPosition(name='stage_y', value=0.184, unit='mm'))
    """

    def __init__(
        self,
        h5file: h5py.File,
        data_path: str,
        scan_rank: int,
        clock: Callable[[], float] = time.monotonic,
        sources: SharedSources | None = None,
    ) -> None:
        self._h5file, self._data_path, self._scan_rank = h5file, data_path, scan_rank
        self._clock, self._sources = clock, sources
        self._motors: list[Motor] | None = None
        self._others: Iterator[Motor | None] = iter(())
        self._is_waiting = False
        self._first: dict[str, float] = {}
        """The first position that was read of a motor, and is its only one so far."""
        self._moved: set[str] = set()
        self._retries = Retries(clock)

    def at(self, index: int, scan_shape: tuple[int, ...]) -> tuple[MotorPosition, ...]:
        """Return the positions at a scan point: real ones (read back) where the file has them, else those that were asked for.

        Parameters
        ----------
        index : int
            Flat, in C order.
        scan_shape : tuple of int
            What it counts on.

        Returns
        -------
        tuple of MotorPosition
            At most `MOST_MOTORS`: of the scan's axes, the fastest first, then others that were seen to move, once ``look_further``
            found them. Without those that are not known (yet).
        """
        try:
            if self._motors is None:
                self._find()
            position = position_of(index, scan_shape)
        except Exception:  # no position is worth a frame that is not shown
            return ()
        if len(position) != self._scan_rank:
            if self._scan_rank != 1:
                return ()
            position, scan_shape = (index,), (index + 1,)
        found: list[MotorPosition] = []
        for motor in self._motors or ():
            if len(found) < MOST_MOTORS and (read := _read(motor, index, position, scan_shape)) and self._is_worth_telling(motor, read):
                found.append(read)
        return tuple(found)

    def look_further(self, for_s: float = 0.002) -> bool:
        """Look for a short while (s) for other motors, and for those behind links that led nowhere; return whether there is more to do.

        Apart from ``at``, since a file may have hundreds of positioners, and no picture waits for those that may move.
        """
        until = self._clock() + for_s
        with suppress(Exception):
            if self._is_waiting and self._retries.is_due:
                self._find()
            for motor in self._others:
                if motor is not None and self._motors is not None:
                    self._motors.append(motor)
                if self._clock() >= until:
                    return True
        return False

    def _find(self) -> None:
        self._motors = []
        with self._retries.trying():
            finder = MotorFinder(self._h5file, self._data_path, self._scan_rank, self._sources)
            self._motors, self._others = [*finder.motors()], finder.others()
            self._is_waiting = bool(finder.awaited)

    def _is_worth_telling(self, motor: Motor, read: MotorPosition) -> bool:
        if not motor.is_of_scan and read.value != self._first.setdefault(motor.name, read.value):
            self._moved.add(motor.name)
        return motor.is_of_scan or motor.name in self._moved


def _read(motor: Motor, index: int, position: tuple[int, ...], scan_shape: tuple[int, ...]) -> MotorPosition | None:
    for values in motor.values:
        try:
            value = values.at(index, position) if values.is_of(scan_shape) else None
        except Exception:  # as above
            continue
        if value is not None:
            return MotorPosition(motor.name, value, values.unit)
    return None
