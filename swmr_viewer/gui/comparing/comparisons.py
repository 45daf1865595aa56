"""Which scans are compared with the one that is followed: the one before, and the files that were added."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from swmr_viewer.analysis import Region
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.comparing.other_scan import N_SLOTS, EndableSupervisor, OtherScan
from swmr_viewer.gui.session import Session
from swmr_viewer.quantities import QuantityTable

if TYPE_CHECKING:
    from swmr_viewer.reader.supervision import Supervisor

MOST_ADDED = 4
"""Each has a process of its own."""
SETTLE_MS = 200
"""News of other scans are told at most so often."""
END_S = 5.0


@frozen(eq=False)
class ComparedScan:
    """A scan that is drawn beside the one that is followed."""

    path: str
    table: QuantityTable
    is_added: bool = False
    """A file that was added; otherwise a scan that was followed before."""

    @property
    def name(self) -> str:
        """Of its file, without folders and ending."""
        return plain(PurePath(self.path).stem)


class Comparisons(QObject):
    """The scan before, unless it is switched off, and up to four files; ``close`` ends their readers."""

    changed = Signal()
    """Another scan is compared with, or more is known of one."""
    scans_changed = Signal()
    """Which ones they are, only."""

    def __init__(
        self, session: Session, parent: QObject | None = None, *, make_reader: Callable[[], EndableSupervisor] | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._make_reader = make_reader or _new_reader
        self._others: list[OtherScan] = []
        self._ending: list[threading.Thread] = []
        self._regions: tuple[Region, ...] = ()
        self.shows_before = True
        """Whether the scan before is compared with."""
        self._later = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._later.timeout.connect(self.changed)
        for signal in (session.request_changed, session.data_changed):
            signal.connect(self._on_other_data)

    # ---- facts

    @property
    def scans(self) -> tuple[ComparedScan, ...]:
        """What is drawn beside the scan that is followed, the scan before first."""
        added = (ComparedScan(other.path, table, True) for other in self._others if (table := other.table) is not None)
        before = self.before if self.shows_before else None
        return (*((before,) if before is not None else ()), *added)

    @property
    def before(self) -> ComparedScan | None:
        """The last scan of which the same data set was measured, and corrected as now, shown or not."""
        now, place = self._session.scan, self._session.scan.place
        correction = now.preparation.correction_in(place)
        alike = (scan for scan in now.earlier if place in scan.tables and scan.is_measured_as(place, correction))
        return next((ComparedScan(scan.path, scan.tables[place]) for scan in alike), None)

    @property
    def added(self) -> tuple[OtherScan, ...]:
        """The files that were added, the first one first."""
        return tuple(self._others)

    # ---- intents

    def add(self, path: str) -> None:
        """Compare with this file as well, or say why not."""
        path = os.path.abspath(os.path.expanduser(path))
        why_not = self._why_not(path)
        if why_not:
            self._session.note(why_not)
            return
        other = OtherScan(path, self._session, self._make_reader, self)
        other.changed.connect(self._change_soon)
        other.measure(self._regions)
        self._others.append(other)
        self._emit()

    def remove(self, path: str) -> None:
        """Compare with this file no more."""
        for other in [other for other in self._others if other.path == path]:
            self._others.remove(other)
            self._end(other)
        self._emit()

    def show_before(self, on: bool) -> None:
        if on != self.shows_before:
            self.shows_before = on
            self._emit()

    def measure(self, regions: Sequence[Region]) -> None:
        """Have these regions measured of each, as they are of the scan that is followed."""
        if tuple(regions) != self._regions:
            self._regions = tuple(regions)
            for other in self._others:
                other.measure(self._regions)

    def close(self, timeout_s: float = END_S) -> bool:
        """End all readers, and wait for them within a bound; False if that took too long."""
        self._later.stop()
        while self._others:
            self._end(self._others.pop())
        for thread in self._ending:
            thread.join(timeout_s)
        return not any(thread.is_alive() for thread in self._ending)

    # ---- helpers

    def _why_not(self, path: str) -> str:
        request = self._session.scan.request
        if request is None:
            return "Open a scan first, to compare it with another"
        if path == request.path:
            return "This file is the one that is followed"
        if any(other.path == path for other in self._others):
            return "This file is compared with already"
        if len(self._others) >= MOST_ADDED:
            return f"No more than {MOST_ADDED} files can be added: remove one first"
        return ""

    def _end(self, other: OtherScan) -> None:
        self._ending = [thread for thread in self._ending if thread.is_alive()]
        self._ending.append(other.end())
        other.deleteLater()

    def _on_other_data(self) -> None:
        for other in self._others:
            other.measure(self._regions)
        self._emit()

    def _change_soon(self) -> None:
        if not self._later.isActive():
            self._later.start()

    def _emit(self) -> None:
        self.scans_changed.emit()
        self.changed.emit()


def _new_reader() -> Supervisor:
    from swmr_viewer.reader.supervision import Supervisor

    return Supervisor(n_slots=N_SLOTS)
