"""Another file beside the one that is followed: a reader of its own measures the same of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from swmr_viewer.analysis import Region
from swmr_viewer.core.conditions import default_conditions
from swmr_viewer.gui.session import FollowThread, Session, SupervisorLike
from swmr_viewer.quantities import QuantityTable
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model import same_places

COMPARE = "compare"
N_SLOTS = 2
"""Its frames are not shown: no more than it cannot do without."""


class EndableSupervisor(SupervisorLike, Protocol):
    """What is needed of ``reader.supervision.Supervisor`` by whoever also ends it."""

    def close(self) -> None: ...


class OtherScan(QObject):
    """Has the same quantities measured of the same data set of another file as of the one that is followed.

    Parameters
    ----------
    path : str
        The other file, from which the keys and data are taken that are followed, or else what inspection finds.
    session : Session
        What is followed.
    make_reader : callable
        Returns a supervisor, which this ends.
    """

    changed = Signal()
    """More is known of it, or it cannot be read."""

    def __init__(self, path: str, session: Session, make_reader: Callable[[], EndableSupervisor], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self._main = session
        self._regions: tuple[Region, ...] = ()
        self._requested: object = None
        self._prepared: object = None
        self._revision = 0
        self._supervisor = make_reader()
        self._thread = FollowThread(self._supervisor)
        self._session = Session(self._thread)
        self._connect()
        self._thread.start()
        self._open()

    # ---- facts

    @property
    def table(self) -> QuantityTable | None:
        """What is known of it; None as long as it is not known which of its data sets is meant."""
        return self._session.scan.table_of(self._session.scan.place) if self._data_path else None

    @property
    def problem(self) -> str:
        """Why nothing is known of it, as a sentence; "" where something is, or will be."""
        scan = self._session.scan
        if scan.failed is not None:
            return scan.failed.message
        if scan.description is not None and not self._data_path:
            return "It has no data set that stands in the same place."
        return ""

    @property
    def n_complete(self) -> int:
        """How many of its frames are complete."""
        progress = self._session.scan.progress
        return 0 if progress is None else progress.n_complete

    # ---- intents

    def measure(self, regions: Sequence[Region]) -> None:
        """Have these regions measured, and whatever is wanted of the scan that is followed."""
        self._regions = tuple(regions)
        self._request()

    def end(self) -> threading.Thread:
        """Let its reader end; return the thread that waits for it."""
        self._main.wanted_changed.disconnect(self._request)
        self._main.frame_settled.disconnect(self._look_at_preparation)
        self._session.close()
        ending = threading.Thread(target=self._end, name="comparing ends")
        ending.start()
        return ending

    # ---- helpers

    def _connect(self) -> None:
        self._main.wanted_changed.connect(self._request)
        self._main.frame_settled.connect(self._look_at_preparation)
        self._session.opened.connect(self._request)
        for signal in (self._session.quantities_changed, self._session.progress_settled, self._session.finished):
            signal.connect(self.changed)

    def _end(self) -> None:
        self._thread.stop()
        self._supervisor.close()

    def _open(self) -> None:
        request = self._main.scan.request or m.FollowRequest(self.path)
        self._session.external = self._main.external
        self._session.open(replace(request, path=self.path, conditions=default_conditions(), wait_s=0.0, every_frame=False))

    @property
    def _data_path(self) -> str:
        """Its data set that stands where the one stands that is shown."""
        ours, theirs = self._main.scan, self._session.scan
        place = ours.places.place(ours.place)
        paths = theirs.description.data_paths if theirs.description is not None else ()
        places = {path: found for path in paths if (found := theirs.places.place(theirs.places.name_of(path))) is not None}
        if place is None:
            return ""
        fits = same_places(list(places.values()), [place])
        return next((path for path, found in places.items() if found in fits), "")

    def _look_at_preparation(self) -> None:
        """Have it measured anew where frames of the scan that is followed are masked, or corrected, otherwise than before."""
        setting = self._main.scan.preparation.of(self._main.scan.data_path)
        prepared = (setting.mask, setting.view, setting.correction)
        if prepared != self._prepared:
            self._prepared = prepared
            self._request()

    def _request(self) -> None:
        """Ask its reader for what is measured of the scan that is followed."""
        path, ours, theirs = self._data_path, self._main.scan, self._session.scan
        if not path:
            return
        self._session.show_data(path)
        setting = ours.preparation.of(ours.data_path)
        mask = replace(setting.mask, mask_path=theirs.preparation.of(path).mask.mask_path)
        self._session.prepare(path, mask=mask, view=setting.view, correction=setting.correction)
        requested = (theirs.generation, path, self._regions, setting.mask, setting.view, setting.correction)
        if requested != self._requested:
            self._requested = requested
            self._revision += 1
            self._session.send(m.Measure(theirs.generation, self._revision, path, self._regions))
        self._session.want_quantities(COMPARE, ours.wanted_names)
