"""Regions and profile lines, remembered from start to start: stored by place, in the user's settings."""

from __future__ import annotations

from dataclasses import replace

from swmr_viewer.gui.regions.measurements import Measurements
from swmr_viewer.gui.regions.regions import Marks, next_name
from swmr_viewer.gui.session import PlaceMemory, PlaceStore, Session

KEY = "regions/places"


class RegionMemory(PlaceMemory[Marks]):
    """Keeps the marks of ``measurements``."""

    def __init__(self, session: Session, measurements: Measurements) -> None:
        super().__init__(session, STORE, measurements.recall, lambda: measurements.kept, measurements.marks_changed, measurements)


def _checked(marks: Marks) -> Marks:
    """Give names to regions that have none, or another's."""
    checked = replace(marks, regions=()).with_width(marks.line_width)
    for region in marks.regions:
        name = region.name.strip()
        if not name or checked.region(name) is not None:
            name = next_name(checked)
        checked = checked.added(replace(region, name=name))
    return checked


STORE = PlaceStore(KEY, Marks(), _checked)
