"""What is known of the scan that is followed and shown, and by which names its changes go; without Qt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import Any

from swmr_viewer.core.conditions import Condition, Timeout, default_conditions
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.number_text import count_text
from swmr_viewer.core.pixel_geometry import PixelGeometry
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.quantities import QuantityTable, ScanColumns
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model.acquisition_order import AcquisitionOrder
from swmr_viewer.scan_model.earlier_scans import EarlierScan, with_earlier
from swmr_viewer.scan_model.frame_preparation import FramePreparation, combined_text, exact_text, points_text
from swmr_viewer.scan_model.live_frame import LiveFrame
from swmr_viewer.scan_model.made_text import compared_text, corrected_text
from swmr_viewer.scan_model.places import Places
from swmr_viewer.scan_model.rates import FrameCounts
from swmr_viewer.scan_model.state import Facts, SessionState, is_finished, is_incomplete, resolve_state


class Changed(StrEnum):
    """What changed: the names of the session's signals, where the values that come with them are described."""

    REQUEST = "request_changed"
    OPENED = "opened"
    KEYS = "keys_changed"
    COMPLETED = "frames_completed"
    PROGRESS = "progress_changed"
    FRAME = "frame_changed"
    DATA = "data_changed"
    DATA_JOINED = "data_joined"
    FILE_REPLACED = "file_replaced"
    PIXEL_MASK = "pixel_mask_read"
    AWAITED_BESIDE = "frame_awaited_beside"
    MEASURED = "measured"
    QUANTITIES = "quantities_changed"
    WANTED = "wanted_changed"
    GEOMETRY = "geometry_changed"
    ORDER = "order_changed"
    MODE = "mode_changed"
    LIVE_MODE = "live_mode_changed"
    STATE = "state_changed"
    CONDITIONS = "conditions_changed"
    PROBLEM = "problem_reported"
    PROBLEM_SOLVED = "problem_solved"
    FINISHED = "finished"


Changes = list[tuple[Changed, Any]]
"""In their order: what changed, and the value that its signal brings (None: it brings none)."""


def each_once(changes: Changes) -> Changes:
    """Return what changed without what is told again later, in the same words."""
    kept, told = Changes(), set[Changed]()
    for changed, value in reversed(changes):
        if value is not None or changed not in told:
            kept.append((changed, value))
        if value is None:
            told.add(changed)
    return kept[::-1]


class ScanFacts:
    """What is followed, what is known about it, what is shown: read by everybody, written by ``ScanModel`` alone.

    Parameters
    ----------
    clock : callable
        Monotonic seconds, the same clock as the reader's.
    send : callable
        Takes a request to the reader, when frames are to be prepared in another way.
    """

    def __init__(self, clock: Callable[[], float], send: Callable[[m.Request], None]) -> None:
        self._clock = clock
        self.request: m.FollowRequest | None = None
        self.conditions: tuple[Condition, ...] = default_conditions()
        self.every_frame = False
        """Whether each complete frame is shown in turn, also where the window then falls behind the scan; kept from file to file."""
        self.looks_on = True
        """Whether keys are looked for after a timeout as well; kept from file to file."""
        self.walks_in_order = False
        """Whether one goes from frame to frame as they were taken, not by their index; kept from file to file."""
        self.wants_order = False
        """Whether the reader is asked in which order frames were taken; kept from file to file."""
        self.places = Places()
        """By these names what was chosen for a data set is kept from scan to scan."""
        self.preparation = FramePreparation(send, self.places.name_of)
        self.wanted: dict[str, tuple[str, ...]] = {}
        """Which quantities are wanted, and by whom; kept from file to file."""
        self.own_geometry: dict[str, PixelGeometry] = {}
        """What the user gave of the geometry of each data set, by the names of places; the file's counts for the rest."""
        self.earlier: tuple[EarlierScan, ...] = ()
        """The scans before this one, the newest first."""
        self.forget()
        self.state: SessionState = self.resolved()

    def forget(self) -> None:
        """Start anew, with another file."""
        self.generation = 0
        self.description: m.Opened | None = None
        self.progress: KeyProgress | None = None
        self.columns = ScanColumns()
        """Quantities that all data sets of the scan share."""
        self.tables: dict[str, QuantityTable] = {}
        """What is known of the scan points of each data set, by the names of places."""
        self.order = AcquisitionOrder()
        """In which order the complete frames were taken: what the file says of it once that is wanted, else as they came."""
        self.awaited: tuple[tuple[str, str], ...] = ()
        """(path, why) of the data sets that are not there yet."""
        self.replaced: m.FileReplaced | None = None
        self.wanted_data_path = ""
        self.shown: LiveFrame | None = None
        self.wanted_index: int | None = None
        """The pinned frame."""
        self.wanted_points: m.ShowPoints | None = None
        """The scan points whose frames are shown as one, in place of a pinned frame or the newest."""
        self.wanted_is_unreadable = False
        self.last_key_at_s: float | None = None
        self.last_key_came = False
        """Whether the last key came while it was looked for; else it was there before."""
        self.following_since_s: float | None = None
        self.counts = FrameCounts()
        self.ended: m.Ended | None = None
        self.failed: m.Failed | None = None
        self.phase: m.Phase | None = None
        self.phase_text = self.doing = ""
        self.stuck_s = 0.0

    @property
    def now_s(self) -> float:
        """Monotonic seconds, of the clock of ages and rates."""
        return self._clock()

    @property
    def is_live(self) -> bool:
        """Whether the newest frame is shown as it comes (otherwise ``wanted_index`` is pinned, or ``wanted_points`` are shown)."""
        return self.wanted_index is None and self.wanted_points is None

    @property
    def index(self) -> int | None:
        """The frame that is asked for, or else the one that is shown."""
        return self.wanted_index if self.wanted_index is not None else self.shown.index if self.shown is not None else None

    def nearest(self, index: int, direction: int) -> int | None:
        """Return the complete frame after (> 0) or before (< 0) this one, in the order in which one goes from frame to frame."""
        if self.progress is None:
            return None
        return self.order.nearest(index, direction) if self.walks_in_order else self.progress.nearest_complete(index, direction)

    @property
    def first(self) -> int | None:
        """The first complete frame, in the order in which one goes from frame to frame."""
        return self.order.first() if self.walks_in_order else self.nearest(-1, +1)

    @property
    def last(self) -> int | None:
        """The last complete frame, in the same order."""
        if self.walks_in_order:
            return self.order.last()
        return self.progress.newest if self.progress is not None else None

    def table_of(self, place: str) -> QuantityTable:
        """Return what is known of the scan points of the data set that stands in a place."""
        return self.tables.setdefault(place, QuantityTable(self.columns))

    def settle_values(self, seconds: float) -> bool:
        """Go on for so long (s), at the most, with moving values to where an axis that grew put them; return whether all are there."""
        stop_s = perf_counter() + seconds
        for values in (self.columns.read, *(values for table in self.tables.values() for values in (table.measured, table.reduced))):
            values.settle_on(self.scan_shape)
            if not values.settle(stop_s - perf_counter()):
                return False
        return True

    @property
    def quantities(self) -> QuantityTable:
        """What is known of the scan points of the shown data set."""
        return self.table_of(self.place)

    @property
    def wanted_names(self) -> tuple[str, ...]:
        """Which quantities, and expressions of some, are wanted by anybody, each once."""
        return tuple(dict.fromkeys(name for names in self.wanted.values() for name in names))

    def keep_earlier(self, next_path: str) -> None:
        """Keep what is known of this scan, as the one before the next; the same file again is the same scan."""
        if self.request is not None and (self.request.path != next_path or self.replaced is not None):
            self.earlier = with_earlier(self.earlier, self.request.path, self.tables, self.preparation.correction_in)

    @property
    def scan_shape(self) -> tuple[int, ...]:
        return self.progress.scan_shape if self.progress is not None else ()

    @property
    def folder(self) -> str:
        """Where the file is that is followed, or nothing without one."""
        return "" if self.request is None else str(Path(self.request.path).parent)

    @property
    def data_path(self) -> str:
        """The data set that is shown, or nothing before the file is open."""
        paths = self.description.data_paths if self.description is not None else ()
        return self.wanted_data_path if self.wanted_data_path in paths else paths[0] if paths else ""

    @property
    def place(self) -> str:
        """The name of the place of the data set that is shown."""
        return self.places.name_of(self.data_path)

    @property
    def data(self) -> m.DataDescription | None:
        """What is known of the data set that is shown."""
        datasets = self.description.data if self.description is not None else ()
        return next((dataset for dataset in datasets if dataset.path == self.data_path), None)

    @property
    def data_facts(self) -> DataFacts:
        """What the file holds about the data set that is shown, with those axes alone that are shown of its frames."""
        facts = self.data.facts if self.data is not None else DataFacts()
        return facts if self.shown is None else facts.of_axes(self.shown.view.axes)

    @property
    def geometry(self) -> PixelGeometry:
        """Where the shown data set's detector stands: as the user gave it, for the rest as the file says."""
        return self.own_geometry.get(self.place, PixelGeometry()).over(self.data_facts.geometry)

    @property
    def combine(self) -> m.Combine:
        """How the shown data set's frames are combined."""
        return self.preparation.of(self.data_path).combine

    @property
    def composition_text(self) -> str:
        """Which frames the shown picture is made of: ``mean of frames 341-360``; nothing for a single frame."""
        frame = self.shown
        if frame is not None and frame.of_points is not None:
            return points_text(frame.of_points, frame.combined)
        return "" if frame is None else exact_text(self.preparation.of(frame.data_path).combine, frame.combined, frame.index, frame.run)

    @property
    def combined_text(self) -> str:
        """What the shown picture is made of, whichever frames: ``mean of 20 frames``; nothing for a single frame."""
        if self.shown is None or self.shown.of_points is not None:
            return self.composition_text
        return combined_text(self.preparation.of(self.shown.data_path).combine, self.shown.combined)

    @property
    def combined_how(self) -> str:
        """How the frames of the shown picture are combined: sum, mean or maximum; nothing for a single frame."""
        if self.shown is None or (self.shown.combined == 1 and self.shown.of_points is None):
            return ""
        return self.shown.of_points.how if self.shown.of_points is not None else self.preparation.of(self.shown.data_path).combine.how

    @property
    def corrected_text(self) -> str:
        """Whether the shown numbers are corrected, and by what: ``dark, flat corrected``; nothing for the file's."""
        return "" if self.shown is None else corrected_text(self.shown.made)

    @property
    def compared_text(self) -> str:
        """What is drawn in place of the shown frame: ``frame 341 - reference frame 12``; nothing where it is the frame."""
        if self.shown is None:
            return ""
        what = self.composition_text or f"frame {count_text(self.shown.index)}"
        return compared_text(self.shown.made, self.preparation.of(self.shown.data_path).compare, what)

    @property
    def made_text(self) -> str:
        """What was made of the shown frame, wherever a number of it stands; nothing for the file's numbers."""
        return ", ".join(filter(None, (self.compared_text, self.corrected_text)))

    @property
    def frames_per_second(self) -> float | None:
        """How many frames become complete per second, over recent seconds."""
        return self.counts.arriving.per_second(self._clock())

    @property
    def key_age_s(self) -> float | None:
        """Seconds since the newest key was seen, or None before the first."""
        return None if self.last_key_at_s is None else max(0.0, self._clock() - self.last_key_at_s)

    @property
    def frame_read_s(self) -> float | None:
        """Seconds since the shown frame was read: no age of the frame, which may have been there for years."""
        return None if self.shown is None else max(0.0, self._clock() - self.shown.received_at_s)

    @property
    def is_over(self) -> bool:
        """Whether following ended or failed; a timeout is no end as long as keys are looked for."""
        return self.failed is not None or (self.ended is not None and not self.ended.still_following)

    @property
    def is_still_following(self) -> bool:
        """Whether no key came for the timeout, and following goes on by itself when one comes."""
        return self.ended is not None and self.ended.still_following and self.failed is None

    @property
    def can_resume(self) -> bool:
        """Whether going on makes sense: it ended, something may still come, and it is still this file."""
        if self.ended is None or not self.is_over or self.failed is not None or self.replaced is not None:
            return False
        return is_incomplete(self.ended) or not is_finished(self.ended)

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the timeout ends it if nothing comes; None where no timeout counts."""
        limits = [condition.seconds for condition in self.conditions if isinstance(condition, Timeout)]
        since = [at for at in (self.last_key_at_s, self.following_since_s) if at is not None]
        if not limits or not since or self.ended is not None or self.is_over or self.phase is not m.Phase.FOLLOWING:
            return None
        return max(0.0, max(since) + min(limits) - self._clock())

    @property
    def shows_stale_picture(self) -> bool:
        """Whether a pinned frame was asked for and is not on the screen yet."""
        return self.wanted_index is not None and (self.shown is None or self.shown.index != self.wanted_index)

    def resolved(self) -> SessionState:
        """Return the state that these facts make now."""
        return resolve_state(
            Facts(
                self.request is not None, self.phase, self.stuck_s, self.doing, self.key_age_s, self.frames_per_second,
                self.ended, self.failed, self.phase_text, self.awaited, self.replaced, self.last_key_came, datetime.now(),
            )
        )  # fmt: skip
