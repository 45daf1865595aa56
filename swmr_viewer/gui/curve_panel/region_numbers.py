"""Sum, mean, maximum and standard deviation of the regions in the picture that is shown: as measured, or measured here."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from swmr_viewer.analysis import Region, region_mask, statistics_of, valid_mask
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.regions import Measurements
from swmr_viewer.gui.session import Session
from swmr_viewer.reader.messages import REGION_COLUMNS

MOST_PIXELS = 1 << 20
"""Larger regions are left to the reader: the window must not stall."""
_EXACT_BELOW = 2.0**53
"""What was measured travels as float64, which loses the last digits of larger integers."""


class RegionNumbers(QObject):
    """Sum, mean, maximum and standard deviation of each region now."""

    changed = Signal()

    def __init__(self, session: Session, measurements: Measurements, display: Display) -> None:
        super().__init__(measurements)
        self._session = session
        self._measurements = measurements
        self._display = display
        self._here: dict[Region, tuple[float, ...] | None] = {}
        session.frame_changed.connect(self._here.clear)
        session.frame_settled.connect(self.changed)
        measurements.marks_changed.connect(self._forget)
        display.changed.connect(self._forget)
        measurements.values_changed.connect(self.changed)

    def of(self, region: Region) -> tuple[float, ...] | None:
        """Return (sum, mean, maximum, standard deviation) in the picture, of several frames combined as well; None before they are known.

        Sum and maximum of integers are exact.
        """
        measured = self._measured(region)
        if measured is not None and max(map(abs, measured)) < _EXACT_BELOW:
            return measured
        if region not in self._here:
            self._here[region] = self._measure(region)
        return self._here[region] or measured

    def _measured(self, region: Region) -> tuple[float, ...] | None:
        frame = self._session.scan.shown
        if frame is None or frame.combined != 1:
            return None
        values = tuple(self._measurements.of_shown(f"{region.name}.{what}") for what in REGION_COLUMNS)
        known = tuple(value for value in values if value is not None)
        return known if len(known) == len(values) else None

    def _measure(self, region: Region) -> tuple[float, ...] | None:
        frame, rules, mask = self._session.scan.shown, self._display.settings.mask, self._display.pixel_mask
        if frame is None or frame.raw.ndim not in (1, 2) or not self._display.knows_mask or frame.made.compared != "none":
            return None  # regions are of the frame, and a difference or a ratio does not have its numbers
        rules = frame.rules(rules)
        box, inside = region_mask(region, frame.raw.shape)
        part = np.asarray(frame.raw[box])
        if part.size > MOST_PIXELS:
            return None
        good = valid_mask(part, rules, mask[box] if mask is not None and mask.shape == frame.raw.shape else None)
        found = statistics_of(part[good if inside is None else good & inside])
        return (found.sum, found.mean, found.maximum, found.std)

    def _forget(self) -> None:
        self._here.clear()
        self.changed.emit()
