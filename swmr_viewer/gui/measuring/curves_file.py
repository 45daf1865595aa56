"""What was measured of the frames, as one table in a file: a line per frame, a column per quantity."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import ExportError
from swmr_viewer.export import FrameFileProcess, Snapshot, place_together, stem_of, table

Columns = Mapping[str, npt.NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class CurvesOrder:
    """A table to be written by the thread that writes snapshots."""

    columns: Columns
    """By name, one value per frame index, NaN where unknown; must not change while it is written."""
    scan_shape: tuple[int, ...]
    named: Snapshot
    """What the name is made from."""
    folder: Path
    pattern: str

    @property
    def n_bytes(self) -> int:
        return sum(column.nbytes for column in self.columns.values())

    def write(self, frame_files: FrameFileProcess) -> tuple[Path, ...]:
        """Write the table beside what is there, never in its place; return the file.

        Raises
        ------
        ExportError
            If nothing was measured, or the folder cannot be written to.
        """
        text = measured_table(self.columns, self.scan_shape)
        try:
            return place_together({".csv": text.encode()}, self.folder, f"{stem_of(self.named, self.pattern)}_curves")
        except OSError as error:
            reason = error.strerror or str(error)
            raise ExportError(f"The curves could not be written to {self.folder}: {reason}.", "Choose another folder.") from error


MOST_COPIED = 100_000
"""Frames: a clipboard with more holds up the programs on both of its sides."""


def text_for_clipboard(columns: Columns, scan_shape: tuple[int, ...]) -> str:
    """Return the same table for a spreadsheet, with tabs between its columns.

    Raises
    ------
    ExportError
        If nothing was measured, or too much.
    """
    if max((len(column) for column in columns.values()), default=0) > MOST_COPIED:
        raise ExportError("The table is too long for the clipboard.", "Save it to a file.")
    lines = csv.reader(measured_table(columns, scan_shape).splitlines())
    return "\n".join("\t".join(cells) for cells in lines)


def measured_table(columns: Columns, scan_shape: tuple[int, ...]) -> str:
    """Return the measured frames as CSV: ``index``, one position per scan axis, then each column, empty where unknown.

    Raises
    ------
    ExportError
        If nothing was measured.
    """
    known = np.zeros(max((len(column) for column in columns.values()), default=0), bool)
    for column in columns.values():
        known[: len(column)] |= ~np.isnan(column)
    indices = np.flatnonzero(known)
    if not indices.size:
        raise ExportError("Nothing was measured yet.", "Draw a region first; then every frame is measured.")
    lines: dict[str, npt.NDArray[Any]] = {"index": indices}
    if scan_shape and indices[-1] < np.prod(scan_shape):
        lines.update({f"position_{axis}": where for axis, where in enumerate(np.unravel_index(indices, scan_shape))})
    return table({**lines, **{name: column[indices] for name, column in columns.items()}})
