"""A table of all scan points, written block by block by a process of its own: the window gives blocks away as it comes to them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, field
from itertools import product
from math import prod
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import ExportError
from swmr_viewer.core.frozen import frozen

MODULE = "swmr_viewer.core.table_file"
BLOCK_POINTS = 1 << 16
ENDING_S = 5.0


@frozen
class TableColumn:
    """One quantity."""

    name: str
    unit: str = ""
    title: str = ""
    """What the window calls it."""
    counts: bool = True
    """Whether it was measured: a point without any such value has no line. Positions are not."""


@frozen
class TableLayout:
    """What stands in a table, without its values."""

    scan_shape: tuple[int, ...]
    columns: tuple[TableColumn, ...]
    axes: tuple[tuple[str, ...], ...] = ()
    """For each axis of the scan the columns that say where a point is along it, the first the one to be used."""
    along: tuple[str, ...] = ()
    """Those of them that are the same wherever a point is along the other axes."""
    signal: str = ""
    """The column that other programs draw first; "": the first that was measured."""
    title: str = ""
    regions: tuple[dict[str, Any], ...] = ()
    """``name``, ``kind`` and ``points`` of each."""
    fits: tuple[dict[str, Any], ...] = ()
    """As `swmr_viewer.quantities.fit_description` returns them."""
    origin: dict[str, Any] = field(default_factory=dict)
    """Where the values come from: texts, lists of texts or numbers, and dicts of these."""

    @property
    def plain(self) -> dict[str, Any]:
        """The same, ready for JSON."""
        return asdict(self)


@frozen
class TableBlock:
    """A part of the scan's grid whose points follow one another."""

    start: int
    """Flat index of its first point."""
    where: tuple[int | tuple[int, int], ...]
    """Its place: an index, or first and last (exclusive), for each axis."""
    shape: tuple[int, ...]

    @property
    def stop(self) -> int:
        """One beyond the flat index of its last point."""
        return self.start + prod(self.shape)


def blocks_of(scan_shape: Sequence[int], most: int = BLOCK_POINTS) -> Iterator[TableBlock]:
    """Return blocks of at most so many points that make up the whole grid, one after the other."""
    split = next((axis for axis in range(len(scan_shape)) if prod(scan_shape[axis + 1 :]) <= most), 0)
    inner = prod(scan_shape[split + 1 :])
    step = max(1, most // max(1, inner))
    start = 0
    for lead in product(*map(range, scan_shape[:split])):
        for first in range(0, scan_shape[split], step):
            last = min(first + step, scan_shape[split])
            where: tuple[int | tuple[int, int], ...] = (*lead, (first, last), *((0, size) for size in scan_shape[split + 1 :]))
            block = TableBlock(start, where, (last - first, *scan_shape[split + 1 :]))
            yield block
            start = block.stop


class TableProcess:
    """Writes one table to files that are not there yet; all but ``kill`` are called by one thread.

    Parameters
    ----------
    layout : TableLayout
        What stands in it.
    csv, nxs : Path or None
        Where it is written as CSV, and as NeXus.
    """

    def __init__(self, layout: TableLayout, csv: Path | None, nxs: Path | None) -> None:
        self._lock = Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", MODULE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        files = {"csv": None if csv is None else str(csv), "nxs": None if nxs is None else str(nxs)}
        self._send({**layout.plain, **files})

    def add(self, block: TableBlock, columns: npt.NDArray[np.float64]) -> None:
        """Write a block; blocks come in order. ``columns`` is float64 (columns, points)."""
        where = [list(one) if isinstance(one, tuple) else one for one in block.where]
        self._send({"start": block.start, "where": where, "shape": block.shape}, np.ascontiguousarray(columns))

    def finish(self) -> int:
        """Return how many lines were written, once the files are complete.

        Raises
        ------
        ExportError
            If they could not be written.
        """
        self._send({"end": True})
        assert self._process.stdout is not None
        answer = json.loads(self._process.stdout.readline() or b'{"error": "it ended early"}')
        if "error" in answer:
            raise ExportError(f"The table could not be written: {answer['error']}.", "Choose another folder, with room for it.")
        return int(answer["rows"])

    def kill(self) -> None:
        """End it now, from any thread."""
        with self._lock:
            self._process.kill()

    def close(self) -> None:
        """End it and wait for its end."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what it did not take any more
                    self._process.kill()
        try:
            self._process.wait(ENDING_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _send(self, line: dict[str, Any], content: npt.NDArray[np.float64] | None = None) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(line).encode() + b"\n")
            if content is not None:
                self._process.stdin.write(content.data)
            self._process.stdin.flush()
        except OSError as error:
            raise ExportError(f"The table could not be written: {self._why(error)}.", "Choose another folder, with room for it.") from error

    def _why(self, error: OSError) -> str:
        """Return what the process says of its end, or else what was seen of it."""
        assert self._process.stdout is not None
        try:
            return str(json.loads(self._process.stdout.readline())["error"])
        except (OSError, ValueError, KeyError):
            return str(error)
