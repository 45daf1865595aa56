"""Regions and profile lines, remembered from start to start: stored by place, in the user's settings."""

from __future__ import annotations

from dataclasses import asdict
from math import isfinite
from typing import Any

from swmr_viewer.analysis.regions import Point, Region
from swmr_viewer.gui.measuring.measurements import Measurements
from swmr_viewer.gui.measuring.regions import Line, Marks, next_name
from swmr_viewer.gui.session.place_memory import PlaceMemory, PlaceStore, text_in
from swmr_viewer.gui.session.session import Session

KEY = "regions/places"
KINDS = ("rectangle", "ellipse", "polygon")


class RegionMemory(PlaceMemory[Marks]):
    """Keeps the marks of ``measurements``."""

    def __init__(self, session: Session, measurements: Measurements) -> None:
        super().__init__(session, STORE, measurements.recall, lambda: measurements.kept, measurements.marks_changed, measurements)


def _encoded(marks: Marks) -> dict[str, Any]:
    return {"regions": [asdict(region) for region in marks.regions], "line": marks.line}


def _decoded(entry: dict[str, Any]) -> Marks:
    marks = Marks(line=None if entry.get("line") is None else _line(entry["line"]))
    for region in entry.get("regions", []):
        name = text_in(region["name"]).strip()
        if marks.region(name) is not None or not name:
            name = next_name(marks)
        if region["kind"] not in KINDS:
            raise ValueError(region)
        marks = marks.added(Region(name, region["kind"], _points(region["points"])))
    return marks


def _line(points: Any) -> Line:
    first, last = _points(points)
    return first, last


def _points(points: Any) -> tuple[Point, ...]:
    return tuple((_coordinate(x), _coordinate(y)) for x, y in points)


def _coordinate(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(value)
    return float(value)


STORE = PlaceStore(KEY, _encoded, _decoded, Marks())
