"""Draws the map a piece at a time, between everything else that the window does, and not while nobody sees it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from math import log, prod

import numpy as np
from PySide6.QtCore import QObject, Signal

from swmr_viewer.core.number_text import position_text
from swmr_viewer.core.progress import COMPLETE
from swmr_viewer.core.ranges import blocks_of
from swmr_viewer.core.scan import index_of
from swmr_viewer.gui.look.turns import Later
from swmr_viewer.gui.quantity_map.map_settings import MapSettingsOwner
from swmr_viewer.gui.scan_map import MapPages, ScanGaps
from swmr_viewer.gui.session import Session
from swmr_viewer.quantities import (
    BLOCK,
    Fate,
    Fates,
    Kind,
    MapDrawing,
    MapNames,
    Page,
    Quantity,
    QuantityTable,
    View,
    motors_of_line,
    page_of,
)
from swmr_viewer.reader.messages import KeysChanged

INTERVAL_MS = 85
"""The map is drawn at most this often (ms), however fast values come."""
CATCH_UP_MS = 25
"""The same while a large map is drawn piece by piece."""
BUDGET_S = 0.008
"""The longest stretch of pieces at a time."""
PURPOSE = "map"
SET = "_set"
"""Behind the name of a motor that is read back as well: where it was sent."""
TENTHS = 1 / log(1.1)
_END = object()
MOST_MOTORS = 8
"""So many positions of a scan of one axis are looked at for those that move."""


class MapWork(QObject):
    """What is drawn of which points, and when.

    Parameters
    ----------
    session : Session
        Whose quantities.
    gaps : ScanGaps
        Which points are missing.
    pages : MapPages
        Which page of a scan with three axes or more.
    choices : MapSettingsOwner
        What is drawn.
    purpose : str
        Under which it has quantities measured and read.
    """

    drawn = Signal()
    """There is more to be seen of ``drawing``."""

    def __init__(
        self,
        session: Session,
        gaps: ScanGaps,
        pages: MapPages,
        choices: MapSettingsOwner,
        parent: QObject | None = None,
        *,
        purpose: str = PURPOSE,
    ) -> None:
        super().__init__(parent)
        self._session, self._gaps, self._pages, self._choices = session, gaps, pages, choices
        self._purpose = purpose
        self._is_seen = self._is_stale = False
        self._view: View | None = None
        self._steps: Iterator[None] | None = None
        self._key: tuple[object, ...] = ()
        self._over = False
        self._looked_at: tuple[object, ...] = ()
        self._found: tuple[str, ...] = ()
        self.drawing: MapDrawing | None = None
        """None while no map can be drawn."""
        self.line_name = ""
        """What a scan of one axis is drawn against, as a curve; "" while it is a map."""
        self._later = Later(self._go_on, self, interval_ms=INTERVAL_MS)
        session.keys_changed.connect(self._on_keys)
        for signal in (session.quantities_changed, session.opened, session.request_changed, session.data_changed):
            signal.connect(self.draw_soon)
        for signal in (session.state_changed, session.finished, session.file_replaced):
            signal.connect(self._on_state)
        for signal in (pages.changed, choices.changed):
            signal.connect(self.draw_soon)

    # ---- what is drawn

    @property
    def table(self) -> QuantityTable:
        """What is known of the shown data set."""
        return self._session.scan.quantities

    @property
    def quantity(self) -> Quantity | None:
        """What is drawn; None where there is no such quantity."""
        return self.table.quantity(self._choices.settings.quantity)

    @property
    def lack(self) -> str:
        """Why nothing can be drawn, as a sentence; "" where something can."""
        why_not = self.table.why_not(self._choices.settings.quantity) if self.table.size else ""
        if why_not or self.line_name or (self.drawing is not None and self.drawing.placing is not None):
            return why_not
        return "Known once the file is open" if not self.table.size else "Where the points are is not known yet"

    def counted_name(self, side: str) -> str:
        """Return what the scan's axis to the ``right``, or ``upwards``, is called where its points are counted, or ""."""
        data = self._session.scan.data
        axes = data.facts.scan_axes if data is not None else ()
        is_of_scan = len(axes) == len(self.table.scan_shape) > 1
        return axes[-1 if side == "right" else -2].name if is_of_scan else ""

    @property
    def page(self) -> Page:
        """The points that are drawn."""
        lengths = self._pages.lengths
        return page_of(self.table.scan_shape, index_of(self._pages.position, lengths) if lengths else 0)

    @property
    def page_text(self) -> str:
        """Which page of a scan of three axes or more is drawn."""
        return f"page {position_text(self._pages.position)}" if self._pages.lengths else ""

    @property
    def names(self) -> MapNames:
        """What is drawn, and where."""
        settings, page = self._choices.settings, self.page
        chosen = MapNames(settings.quantity, settings.x, settings.y)
        if settings.x and settings.y:
            return chosen
        found = self._moving if page.is_line else self._axes
        x, y = (*found, "", "")[:2]
        return replace(chosen, x=settings.x or x, y=settings.y or y)

    @property
    def _moving(self) -> tuple[str, ...]:
        """The motors of a scan of one axis that move; in long ones they are looked for anew once a tenth more is known."""
        table, motors = self.table, self.motors
        is_long = table.size > BLOCK
        known = (int(TENTHS * log(1 + table.n_known(name))) if is_long else table.version(name) for name in motors)
        key = (id(table), motors, *known)
        if key != self._looked_at:
            self._looked_at, self._found = key, motors_of_line(table, motors)
        return self._found

    @property
    def _axes(self) -> tuple[str, ...]:
        """The positions of the two axes of a page, the fast one first."""
        shape = self.table.scan_shape
        slow, fast = [axis for axis, length in enumerate(shape) if length != 1][-2:]
        names = self.table.scan.names_of_axis
        return tuple((*names(axis), "")[0] for axis in (fast, slow))

    @property
    def motors(self) -> tuple[str, ...]:
        """The positions that a scan of one axis may be drawn at."""
        names = [quantity.name for quantity in self.table.offered() if quantity.kind is Kind.POSITION]
        return tuple(name for name in names if not (name.endswith(SET) and name.removesuffix(SET) in names))[:MOST_MOTORS]

    def view(self, view: View) -> None:
        """Draw this part from now on."""
        if view != self._view:
            self._view, self._steps = view, None
            if self.drawing is not None:
                self.drawing.set_view(view)
            self.draw_soon(CATCH_UP_MS)

    def set_seen(self, seen: bool) -> None:
        """Have what is drawn read and measured, and draw it, only while somebody sees it."""
        self._is_seen = seen
        if not seen:
            self._session.want_quantities(self._purpose, ())
        self.draw_soon()

    # ---- when

    @property
    def is_current(self) -> bool:
        """Whether all that is known is drawn."""
        return not (self._later.is_active or self._is_stale or self._steps)

    def draw_soon(self, interval_ms: int = INTERVAL_MS) -> None:
        """Draw a little later what is known by then."""
        self._is_stale = True
        if self._is_seen and not self._later.is_active:
            self._later.start(interval_ms)

    def _on_keys(self, keys: KeysChanged) -> None:
        if self.drawing is not None:
            for added in keys.added:
                for number in blocks_of(added, BLOCK):
                    self.drawing.note_fates(number * BLOCK, (number + 1) * BLOCK)
        self.draw_soon()

    def _on_state(self) -> None:
        if self.drawing is not None and self._gaps.scan_is_over != self._over:
            self.drawing.note_fates(0, self.table.size)
        self._over = self._gaps.scan_is_over
        self.draw_soon()

    def _go_on(self) -> None:
        if not self._is_seen:
            return
        chosen = self._choices.settings
        if not self.table.prepare(filter(None, (chosen.quantity, chosen.x, chosen.y))):
            self._later.start(CATCH_UP_MS)
            return
        if self._steps is None:
            self._is_stale = False
            self._begin()
        until = time.perf_counter() + BUDGET_S
        while self._steps is not None:
            if next(self._steps, _END) is _END:
                self._steps = None
            elif time.perf_counter() >= until:
                break
        self.drawn.emit()
        if self._steps is not None:
            self._later.start(CATCH_UP_MS)
        elif self._is_stale and not self._later.is_active:
            self._later.start()

    def _begin(self) -> None:
        table = self.table
        if not prod(table.scan_shape) or not table.scan_shape:
            self.drawing, self.line_name, self._key = None, "", ()
            return
        names, page = self.names, self.page
        self._want(names)
        self.line_name = (names.x or names.y or "index") if page.is_line and not (names.x and names.y) else ""
        key = (self._session.scan.generation, self._session.scan.place, page, names)
        if self.line_name:
            self.drawing = None
        elif key != self._key or self.drawing is None:
            self.drawing = MapDrawing(table, page, names, self.fates)
            if self._view is not None:
                self.drawing.set_view(self._view)
        self._key = key
        self._steps = self.drawing.work() if self.drawing is not None else None

    def _want(self, names: MapNames) -> None:
        looked_at = self.motors if self.page.is_line and not (self._choices.settings.x and self._choices.settings.y) else ()
        self._session.want_quantities(self._purpose, filter(None, dict.fromkeys((names.value, names.x, names.y, *looked_at))))

    def fates(self, start: int, stop: int) -> Fates:
        """Return what became of the points from one flat index up to another, values apart."""
        progress = self._session.scan.progress
        found = np.full(stop - start, Fate.TO_COME, np.uint8)
        if progress is None:
            return found
        known = found[: max(0, min(stop, progress.total) - start)]
        is_complete = progress.state_codes(start, start + known.size) == COMPLETE
        is_over, passed = self._gaps.scan_is_over, self._gaps.passed
        lost = [(start, stop)] if is_over else passed or ()
        for first, last in lost:
            known[max(0, first - start) : max(0, last - start)] = Fate.MISSING
        known[is_complete] = Fate.UNMEASURED
        return found
