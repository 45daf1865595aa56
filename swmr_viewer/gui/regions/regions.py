"""What the user has drawn on a data set: named regions and one profile line, as a value (pure, no Qt)."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from string import ascii_uppercase

from swmr_viewer.analysis import LONGEST_NAME, Point, Region
from swmr_viewer.core.frozen import frozen

Line = tuple[Point, Point]

WIDEST = 200
"""Pixels across the line of the profile."""
LEAST_SIDE = 0.5
"""Regions with a side below this (pixels) are slips of the mouse."""


@frozen
class Marks:
    """Regions in the order they were drawn, and the line of the profile; every change gives another value."""

    regions: tuple[Region, ...] = ()
    line: Line | None = None
    line_width: int = 1
    """Pixels across the line."""
    line_sums: bool = False
    """Whether the pixels across the line are summed; their mean is shown otherwise."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is drawn."""
        return not self.regions and self.line is None

    def region(self, name: str) -> Region | None:
        """Return the region of this name, or None."""
        return next((region for region in self.regions if region.name == name), None)

    def added(self, region: Region) -> Marks:
        return replace(self, regions=(*self.regions, region))

    def moved(self, name: str, points: tuple[Point, ...]) -> Marks:
        return replace(self, regions=tuple(replace(region, points=points) if region.name == name else region for region in self.regions))

    def renamed(self, name: str, new_name: str) -> Marks:
        """Return them with a region renamed; unchanged where the new name is empty or taken."""
        if why_not_named(self, name, new_name):
            return self
        new_name = new_name.strip()
        return replace(self, regions=tuple(replace(region, name=new_name) if region.name == name else region for region in self.regions))

    def removed(self, name: str) -> Marks:
        return replace(self, regions=tuple(region for region in self.regions if region.name != name))

    def with_line(self, line: Line | None) -> Marks:
        return replace(self, line=line)

    def with_width(self, width: int) -> Marks:
        """Return them with a line so wide, of at least one pixel."""
        return replace(self, line_width=max(1, min(width, WIDEST)))


def next_name(marks: Marks) -> str:
    """Return the first of A, B, ... Z, AA, AB, ... that no region has."""
    taken = {region.name for region in marks.regions}
    return next(name for name in map(_letters, count()) if name not in taken)


def why_not_named(marks: Marks, name: str, new_name: str) -> str:
    """Say why a region cannot have this name; nothing where it can."""
    wanted = new_name.strip()
    if not wanted:
        return "A region needs a name."
    if len(wanted) > LONGEST_NAME:
        return f"A region's name has up to {LONGEST_NAME} characters: shorten it."
    if wanted != name and marks.region(wanted) is not None:
        return f"There is a region {wanted} already."
    return ""


def is_large_enough(points: tuple[Point, ...]) -> bool:
    """Whether these points span a region at all."""
    if len(points) < 2:
        return False
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(max(xs) - min(xs), max(ys) - min(ys)) >= LEAST_SIDE


def differing(before: Marks, after: Marks) -> set[str]:
    """Return the names whose pixels are not the same in both: what was measured for them no longer holds."""
    old, new = ({region.name: (region.kind, region.points) for region in marks.regions} for marks in (before, after))
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def _letters(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, len(ascii_uppercase))
        letters = ascii_uppercase[rest] + letters
    return letters
