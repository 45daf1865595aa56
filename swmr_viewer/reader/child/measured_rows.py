"""Rows of the table of measurements: what a frame gives, and what waits until the window has taken the rows before. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import FrameStatistics, preview_shape, region_statistics, spectrum_factor, write_preview
from swmr_viewer.core.scan import moved
from swmr_viewer.reader.messages import FRAME_COLUMNS, REGION_COLUMNS, Measure, Measured

_MOST_ROWS = 1024
_MOST_SPECTRA = 256
"""1 MB of them: what a message holds, and what waits for the window at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """What was measured of one frame."""

    index: int
    values: tuple[float, ...]
    spectrum: npt.NDArray[np.float32] | None = None
    n_channels: int = 0


def columns_of(wish: Measure) -> tuple[str, ...]:
    """Return the names of the values."""
    return (*FRAME_COLUMNS, *(f"{region.name}.{what}" for region in wish.regions for what in REGION_COLUMNS))


def row_of(wish: Measure, index: int, frame: npt.NDArray[Any], statistics: FrameStatistics) -> Row:
    """Measure a frame whose masked pixels are told by their value."""
    nan = float("nan")
    of_frame = (statistics.total, statistics.maximum, statistics.hottest_x, statistics.hottest_y)
    values = [nan if one is None else float(one) for one in of_frame]
    values += [float(statistics.n_masked), float(statistics.n_saturated)]
    for region in wish.regions:
        found = region_statistics(frame, region)
        values += [found.sum, found.mean, found.maximum, found.std]
    if not wish.spectra or frame.ndim != 1:
        return Row(index, tuple(values))
    return Row(index, tuple(values), _reduced(frame), frame.size)


def row_of_nothing(wish: Measure, index: int, frame_shape: tuple[int, ...]) -> Row:
    """Return the row of a frame that cannot be read."""
    nothing = Row(index, (float("nan"),) * len(columns_of(wish)))
    if not wish.spectra or len(frame_shape) != 1:
        return nothing
    bins = np.full(preview_shape(frame_shape, spectrum_factor(*frame_shape)), np.nan, np.float32)
    return replace(nothing, spectrum=bins, n_channels=frame_shape[0])


def _reduced(spectrum: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    factor = spectrum_factor(spectrum.size)
    bins = np.empty(preview_shape(spectrum.shape, factor), np.float32)
    write_preview(spectrum, factor, bins)
    return bins


class RowsToSend:
    """Rows that the window has not been sent: merged, and never more than one message holds."""

    def __init__(self) -> None:
        self._rows: list[Row] = []

    def __len__(self) -> int:
        """How many wait."""
        return len(self._rows)

    @property
    def is_full(self) -> bool:
        """Whether nothing more should be measured until the window has taken these."""
        bring_spectra = bool(self._rows) and self._rows[-1].spectrum is not None
        return len(self._rows) >= (_MOST_SPECTRA if bring_spectra else _MOST_ROWS)

    def add(self, row: Row) -> None:
        self._rows.append(row)

    def move(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """Take note that the scan shape grew."""
        indices = moved(np.array([row.index for row in self._rows], np.int64), before, after)
        self._rows = [replace(row, index=int(index)) for row, index in zip(self._rows, indices, strict=True)]

    def clear(self) -> None:
        self._rows.clear()

    def take(self, generation: int, wish: Measure, scan_shape: tuple[int, ...]) -> Measured:
        """Return all of them as one message; where spectra became longer, those up to there."""
        length = self._rows[0].n_channels
        rows = list(takewhile(lambda row: row.n_channels == length, self._rows))
        del self._rows[: len(rows)]
        spectra = [row.spectrum for row in rows if row.spectrum is not None]
        return Measured(
            generation,
            wish.revision,
            wish.data_path,
            np.array([row.index for row in rows], np.int64),
            columns_of(wish),
            np.array([row.values for row in rows], np.float64),
            scan_shape,
            np.stack(spectra) if spectra else None,
            length,
        )
