"""Saving the table of all scan points: what the file has is read first, then blocks are taken from turn to turn of the event loop."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from math import prod
from pathlib import Path, PurePath
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from swmr_viewer import __version__
from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.export import TableBlock, TableLayout, blocks_of
from swmr_viewer.gui.curve_panel import NOTHING_MEASURED, columns_of, is_calculated, signal_of
from swmr_viewer.gui.session import Session
from swmr_viewer.gui.snapshots.snapshot_writer import SnapshotWriter
from swmr_viewer.gui.snapshots.table_order import TableGivenUpError, TableOrder
from swmr_viewer.quantities import Kind, QuantityTable
from swmr_viewer.reader.messages import correction_origin
from swmr_viewer.scan_model import Problem

PURPOSE = "table"
LOOK_MS, PAUSE_MS = 100, 20
QUIET_S = 1.0
"""If no value came for so long, those of the file that are not known are not waited for any more."""
TELL_S = 0.5


class TableSaving(QObject):
    """Writes one table at a time; asked again meanwhile, it gives up."""

    written = Signal(object)
    """Its files, as a tuple of Path."""
    ended = Signal()
    """There is none being saved any more."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._order: TableOrder | None = None
        self._blocks: Iterator[TableBlock] = iter(())
        self._next: TableBlock | None = None
        self._about: tuple[Any, ...] = ()
        self._waiting: tuple[Path, str, tuple[str, ...], list[dict[str, Any]], list[dict[str, Any]]] | None = None
        self._n_known, self._changed_s, self._told_s = -1, 0.0, 0.0
        self.writer = SnapshotWriter(self)
        self.writer.written.connect(self._on_written)
        self.writer.refused.connect(self._on_refused)
        self._step = QTimer(self, singleShot=True)
        self._step.timeout.connect(self._go_on)

    @property
    def is_saving(self) -> bool:
        """Whether there is a table that is not complete yet."""
        return self._waiting is not None or self._order is not None

    def save(
        self,
        folder: Path,
        stem: str,
        endings: tuple[str, ...],
        regions: Sequence[dict[str, Any]] = (),
        fits: Sequence[dict[str, Any]] = (),
    ) -> None:
        """Save all that is known of the shown data set, once what the file has for each scan point is read.

        Parameters
        ----------
        folder, stem : Path, str
            Where the files go, and their name without ending.
        endings : tuple of str
            Of ``.csv`` and ``.nxs``.
        regions, fits : sequence of dict
            As of `TableLayout`.
        """
        self._waiting = folder, stem, endings, list(regions), list(fits)
        self._about = self._about_now()
        self._n_known, self._changed_s = -1, time.monotonic()
        self._step.start(0)

    def give_up(self) -> None:
        """Save no more, and leave nothing."""
        if self._order is not None:
            self._order.give_up()
        elif self._waiting is not None:
            self._end("The table was not saved")

    def close(self, within_s: float = 10.0) -> bool:
        """End at once; return whether the thread ended in time."""
        self._step.stop()
        if self._order is not None:
            self._order.give_up()
        return self.writer.close(within_s)

    # ---- from turn to turn

    def _go_on(self) -> None:
        if self._about != self._about_now():
            self._session.note("The table was not saved: another scan, or another shape of it, is shown now")
            self.give_up()
        elif self._order is None:
            self._wait_for_values()
        else:
            self._give_blocks(self._order)

    def _about_now(self) -> tuple[Any, ...]:
        """What must not change meanwhile; a scan may grow at its end."""
        scan = self._session.scan
        return scan.generation, scan.data_path, scan.scan_shape[1:]

    def _wait_for_values(self) -> None:
        """Begin once what the file has is known of each complete frame, or no more of it comes."""
        if self._waiting is None:
            return
        scan, table, now = self._session.scan, self._session.scan.quantities, time.monotonic()
        in_file = [one.name for one in table.offered() if table.scan.is_in_file(one.name)]
        self._session.want_quantities(PURPOSE, in_file)
        known = [table.n_known(name) for name in in_file]
        if sum(known) != self._n_known:
            self._n_known, self._changed_s = sum(known), now
        complete = scan.progress.n_complete if scan.progress is not None else 0
        is_known = table.scan.is_file_looked_through and all(one >= complete for one in known)
        is_sorted = table.prepare([one.name for one in table.offered() if one.kind is Kind.SCAN])
        if is_sorted and (is_known or now - self._changed_s > QUIET_S):
            self._begin(table)
        else:
            self._tell("Reading what the file has for each scan point")
            self._step.start(LOOK_MS)

    def _begin(self, table: QuantityTable) -> None:
        assert self._waiting is not None
        folder, stem, endings, regions, fits = self._waiting
        shape = self._session.scan.scan_shape
        columns = columns_of(table, self._session.scan.wanted_names)
        layout = TableLayout(
            scan_shape=shape,
            columns=columns,
            signal=signal_of(table, columns),
            axes=tuple(table.scan.names_of_axis(axis) for axis in range(len(shape))),
            along=tuple(one.name for one in table.offered() if one.kind is Kind.POSITION and is_calculated(table, one)),
            title=f"{PurePath(self._file).name} {self._session.scan.data_path}",
            regions=tuple(regions),
            fits=tuple(fits),
            origin=self.origin,
        )
        if not any(column.counts for column in layout.columns):
            self._session.report(Problem(*NOTHING_MEASURED, severity="note"))
            self._end("")
            return
        self._waiting = None
        self._order = TableOrder(layout, folder, stem, endings)
        self._blocks = blocks_of(shape)
        self._next = next(self._blocks, None)
        self.writer.put(self._order)
        self._step.start(0)

    def _give_blocks(self, order: TableOrder) -> None:
        """Give one block away, if there is room for it."""
        if order.is_over:
            return
        block, table = self._next, self._session.scan.quantities
        if block is None:
            if not order.end():
                self._step.start(PAUSE_MS)
            return
        names = [column.name for column in order.layout.columns]
        if not table.prepare(names):  # many points came meanwhile
            self._step.start(PAUSE_MS)
            return
        columns = np.array([table.part(name, block.start, block.stop) for name in names])
        if order.put(block, columns):
            self._next = next(self._blocks, None)
            self._step.start(0)
        else:
            self._step.start(PAUSE_MS)
        self._tell(f"Saving the table: {100 * block.start // max(1, prod(order.layout.scan_shape))} %; save again to stop")

    def _tell(self, words: str) -> None:
        if time.monotonic() - self._told_s > TELL_S and time.monotonic() - self._changed_s > TELL_S:
            self._told_s = time.monotonic()
            self._session.note(words)

    # ---- the end

    def _on_written(self, paths: tuple[Path, ...]) -> None:
        endings = ", ".join(path.suffix.lstrip(".") for path in paths)
        self._end(f"Table: {paths[0].with_suffix('')} ({endings})")
        self.written.emit(paths)

    def _on_refused(self, error: Exception) -> None:
        if isinstance(error, TableGivenUpError):
            self._end("The table was not saved")
            return
        self._end("")
        message, remedy = (error.message, error.remedy) if isinstance(error, SwmrViewerError) else (f"{error}", "Choose another folder.")
        self._session.report(Problem(message, remedy, severity="note"))

    def _end(self, words: str) -> None:
        self._step.stop()
        self._waiting = self._order = self._next = None
        self._session.want_quantities(PURPOSE, ())
        if words:
            self._session.note(words)
        self.ended.emit()

    # ---- what is said of it

    @property
    def _file(self) -> str:
        request = self._session.scan.request
        return "" if request is None else request.path

    @property
    def origin(self) -> dict[str, Any]:
        """Where the values come from, as `TableLayout` has it."""
        scan = self._session.scan
        origin = {
            "file": self._file,
            "data_path": scan.data_path,
            "key_paths": list(scan.description.key_paths) if scan.description is not None else [],
            "corrected": {} if scan.shown is None else correction_origin(scan.shown.made),
            "program": "swmr_viewer",
            "version": __version__,
        }
        return {name: value for name, value in origin.items() if value}
