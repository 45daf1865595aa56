"""What the curves show and against what, as it was chosen for the data set: a companion of the session, without a widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from swmr_viewer.analysis import Region
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.curve_panel.curve_plan import ALONG, Part, Plan
from swmr_viewer.gui.curve_panel.curve_settings import EVERY, CurveSettings
from swmr_viewer.gui.session import Session
from swmr_viewer.quantities import INDEX, MOST_POINTS, OF_REGION, ORDER, Kind, QuantityTable, quoted

MOST_ORDERED = 1_000_000
"""Points of a scan: the values of more would be put in order for longer than a window may stand still."""
USUAL = CurveSettings()


@frozen
class ShownCurve:
    """One curve that is shown."""

    chosen: str
    """As it stands in the settings."""
    name: str
    """Of the quantity, or the expression, that is drawn."""
    region: str = ""
    """Of which it is measured."""
    on_right: bool = False


class CurveChoice(QObject):
    """Until somebody chooses, what fits the scan.

    Parameters
    ----------
    session : Session
        Whose scan.
    regions : callable
        Returns the regions now.
    usual : CurveSettings
        As long as nothing is chosen.
    lines_first : bool
        Whether scans of several axes begin with the shown line, else with all frames by their index.
    """

    changed = Signal()
    """Something else is drawn, or elsewhere."""
    settings_changed = Signal()

    def __init__(
        self,
        session: Session,
        regions: Callable[[], tuple[Region, ...]] = tuple,
        usual: CurveSettings = USUAL,
        *,
        lines_first: bool = False,
    ) -> None:
        super().__init__(session)
        self._session, self._regions, self._usual, self._lines_first = session, regions, usual, lines_first
        self._kept: dict[str, CurveSettings] = {}
        self._about: tuple[object, ...] = ()
        self.is_seen: Callable[[], bool] = lambda: True
        """Whether somebody sees it: else no frame changes anything, until ``look``."""
        session.settled.connect(self._look_if_seen)
        for signal in (session.opened, session.data_changed, session.request_changed, session.quantities_changed):
            signal.connect(self.look)

    # ---- facts

    @property
    def settings(self) -> CurveSettings:
        """Of the data set that is shown."""
        return self._kept.get(self._session.scan.place, self._usual)

    @property
    def kept(self) -> Mapping[str, CurveSettings]:
        """What was chosen, by the names of places."""
        return self._kept

    @property
    def table(self) -> QuantityTable:
        return self._session.scan.quantities

    @property
    def curves(self) -> tuple[ShownCurve, ...]:
        """What is drawn, each region's curves in the order of the regions."""
        settings, found = self.settings, []
        for chosen in settings.shown:
            on_right = chosen in settings.right
            if chosen.startswith(EVERY):
                what = chosen.removeprefix(EVERY)
                names = [(f"{region.name}.{what}", region.name) for region in self._regions()]
            else:
                names = [(chosen, self._region_of(chosen))]
            found += [ShownCurve(chosen, self._divided(chosen, name), region, on_right) for name, region in names]
        is_one_sided = all(curve.on_right for curve in found)  # then it is the left one
        return tuple(replace(curve, on_right=False) if is_one_sided else curve for curve in found)

    @property
    def against(self) -> str:
        """The quantity to the right."""
        settings, table = self.settings, self.table
        if settings.against and table.quantity(settings.against) is not None and self._can_be_ordered(settings.against):
            return settings.against
        prefers_line = self._lines_first or settings.part == Part.LINE or len(table.scan_shape) == 1
        names = self._axis_names if prefers_line and not settings.against else ()
        return next((name for name in names if self._tells_places(name)), INDEX)

    @property
    def parts(self) -> dict[str, str]:
        """Which parts of the scan can be drawn: key and words."""
        plan = self.plan
        if len(plan.scan_shape) < 2:
            return {}
        shown = self._shown_point(plan.scan_shape)
        words = {part: replace(plan, part=part, shown=shown).part_text for part in (Part.LINE, Part.MEAN)}
        return {Part.LINE: f"{words[Part.LINE]}, of the shown frame", Part.ALL: "all frames", Part.MEAN: words[Part.MEAN]}

    @property
    def plan(self) -> Plan:
        """Which points are drawn now."""
        shape, against, settings = self.table.scan_shape, self.against, self.settings
        if not shape or not prod(shape):
            return Plan(shape, against)
        index = self._shown_point(shape)
        part = Part(settings.part) if settings.part and len(shape) > 1 else self._fitting_part(against, shape)
        axis = next((axis for axis in range(len(shape)) if against in self.table.scan.names_of_axis(axis)), len(shape) - 1)
        plan = Plan(shape, against, part, axis, index, settings.as_taken and self._can_be_ordered(ORDER))
        return plan if part is Part.LINE else replace(plan, shown=0)  # else it would be another with each frame

    @property
    def shown_line(self) -> int:
        """The first point of the line of the shown frame: a mean stands for that line's frames where one is clicked."""
        plan = self.plan
        return replace(plan, shown=self._shown_point(plan.scan_shape)).first if self.table.size else 0

    @property
    def wanted(self) -> tuple[str, ...]:
        """Which quantities have to be known for it."""
        order = (ORDER,) if self.settings.as_taken and self._can_be_ordered(ORDER) else ()
        preferred = self.settings.against or next(iter(self._axis_names), "")
        return tuple(dict.fromkeys((*(curve.name for curve in self.curves), self.against, *((preferred,) if preferred else ()), *order)))

    def can_be_against(self, name: str) -> bool:
        """Whether curves can be drawn against a quantity: its values can be put in order in the time that there is."""
        return self._can_be_ordered(name)

    # ---- words

    def title(self, name: str) -> str:
        """Return what the window says of a quantity, an expression, or of what is measured of every region."""
        if name.startswith(EVERY):
            what = name.removeprefix(EVERY)
            return OF_REGION.get(what, what)
        found = self.table.quantity(name)
        return plain(found.title if found is not None else name)

    @property
    def shown_title(self) -> str:
        """What the curves show: ``sum``, ``sum / I0``."""
        titles = ", ".join(dict.fromkeys(map(self.title, self.settings.shown)))
        return f"{titles} / {self.title(self.settings.over)}" if self.settings.over else titles

    def axis_label(self, *, on_right: bool) -> tuple[str, str]:
        """Return name and unit of an axis of values; the unit where all that is drawn on it has the same."""
        curves = [curve for curve in self.curves if curve.on_right is on_right]
        title = ", ".join(dict.fromkeys(self.title(curve.chosen) for curve in curves))
        found = {quantity.unit if (quantity := self.table.quantity(curve.name)) is not None else "" for curve in curves}
        over = f" / {self.title(self.settings.over)}" if self.settings.over and title else ""
        return title + over, found.pop() if len(found) == 1 else ""

    @property
    def against_label(self) -> tuple[str, str]:
        """Return name and unit of what the curves are drawn against."""
        plan, found = self.plan, self.table.quantity(self.against)
        if plan.part is Part.MEAN and plan.x in ALONG:
            return "position along the line", ""
        return (found.title, found.unit) if found is not None else (self.against, "")

    # ---- intents

    def recall(self, place: str, settings: CurveSettings) -> None:
        """Have these settings for the data set that stands in a place."""
        self._kept[place] = settings

    def put(self, settings: CurveSettings) -> None:
        """Have these settings for the shown data set."""
        if settings != self.settings:
            self._kept[self._session.scan.place] = settings
            self.settings_changed.emit()
            self.look()

    def change(self, **changes: Any) -> None:
        """Change some of them."""
        self.put(replace(self.settings, **changes))

    def choose(self, against: str) -> None:
        """Draw against this from now on."""
        self.change(against=against)

    def look(self) -> None:
        """Tell where something else is drawn; where nothing that it hangs on changed, this costs next to nothing."""
        scan = self._session.scan
        about = (scan.generation, scan.data_path, self.plan, self.settings, self.curves)
        if about != self._about:
            self._about = about
            self.changed.emit()

    # ---- helpers

    def _look_if_seen(self) -> None:
        if self.is_seen():
            self.look()

    @property
    def _axis_names(self) -> tuple[str, ...]:
        shape = self.table.scan_shape
        return self.table.scan.names_of_axis(len(shape) - 1) if shape else ()

    def _tells_places(self, name: str) -> bool:
        """Whether a position is known, and not the same at the end: what is not written yet is no place."""
        size = self.table.scan_shape[-1]
        first, last = self.table.part(name, 0, min(size, MOST_POINTS)), self.table.part(name, max(0, size - 2), size)
        return bool(np.isfinite(first).any()) and not (last.size == 2 and last[0] == last[1])

    def _shown_point(self, shape: tuple[int, ...]) -> int:
        index = shown_index(self._session)
        return index if index is not None and index < prod(shape) else 0

    def _can_be_ordered(self, name: str) -> bool:
        return name != ORDER or self.table.size <= MOST_ORDERED

    @staticmethod
    def _fitting_part(against: str, shape: tuple[int, ...]) -> Part:
        return Part.ALL if against in ALONG or len(shape) < 2 else Part.LINE

    def _divided(self, chosen: str, name: str) -> str:
        over = self.settings.over
        if not over or name == over:
            return name
        found = None if chosen.startswith(EVERY) else self.table.quantity(name)
        is_expression = not chosen.startswith(EVERY) and (found is None or found.kind is Kind.EXPRESSION)
        return f"{f'({name})' if is_expression else quoted(name)} / {quoted(over)}"

    def _region_of(self, name: str) -> str:
        """Return the region of which a quantity is, or of which alone an expression is made."""
        bases = self.table.base_names([name])
        found = {region.name for region in self._regions() for base in bases if base.startswith(f"{region.name}.")}
        return found.pop() if len(found) == 1 else ""


def shown_index(session: Session) -> int | None:
    """Return the index of the frame that is shown, or None."""
    return session.scan.shown.index if session.scan.shown is not None else None
