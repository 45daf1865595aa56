"""The one thread that writes snapshots, in the order in which they were taken."""

from __future__ import annotations

from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from typing import Protocol

from PySide6.QtCore import QObject, QThread, Signal

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.frozen import frozen
from swmr_viewer.export import FrameFileProcess, Snapshot, fitting, stem_of, write_snapshot


@frozen(eq=False)
class Order:
    """One snapshot to be written."""

    snapshot: Snapshot
    folder: Path
    pattern: str
    formats: tuple[str, ...]

    @property
    def n_bytes(self) -> int:
        return self.snapshot.pixels.nbytes + len(self.snapshot.png or b"")

    def write(self, frame_files: FrameFileProcess) -> tuple[Path, ...]:
        """Write what fits; return the files."""
        snapshot = self.snapshot
        formats = fitting(tuple(name for name in self.formats if name != "png" or snapshot.png is not None), snapshot.pixels)
        return write_snapshot(snapshot, self.folder, stem_of(snapshot, self.pattern), formats, frame_files=frame_files)


class Writable(Protocol):
    """Anything that can be written."""

    @property
    def n_bytes(self) -> int: ...

    def write(self, frame_files: FrameFileProcess) -> tuple[Path, ...]: ...


class SnapshotWriter(QThread):
    """Starts with the first order; its HDF5 process lives as long as there is something to write."""

    written = Signal(object)
    """The files of one snapshot, as a tuple of Path."""
    refused = Signal(object)
    """The SwmrViewerError or OSError that says why not."""
    done = Signal()
    """Behind each of them: there is less to do."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._orders: SimpleQueue[Writable | None] = SimpleQueue()
        self._lock = Lock()
        self._waiting_bytes = 0

    @property
    def waiting_bytes(self) -> int:
        """How much memory the snapshots take that are not written yet."""
        return self._waiting_bytes

    def put(self, order: Writable) -> None:
        """Have a snapshot written."""
        self._count(order.n_bytes)
        self._orders.put(order)
        if not self.isRunning():
            self.start()

    def close(self, bound_s: float = 30.0) -> bool:
        """Write what was ordered and end; return whether that took less than ``bound_s``."""
        if not self.isRunning():
            return True
        self._orders.put(None)
        return self.wait(round(1000 * bound_s))

    def run(self) -> None:
        with FrameFileProcess() as frame_files:
            while (order := self._orders.get()) is not None:
                self._write(order, frame_files)
                self._count(-order.n_bytes)
                if not self._waiting_bytes:
                    frame_files.close()
                self.done.emit()

    def _write(self, order: Writable, frame_files: FrameFileProcess) -> None:
        try:
            self.written.emit(order.write(frame_files))
        except (SwmrViewerError, OSError) as error:
            self.refused.emit(error)

    def _count(self, n_bytes: int) -> None:
        with self._lock:
            self._waiting_bytes += n_bytes
