"""The place of a data set: what stays the same from scan to scan, though groups are named after the scan (pure, no Qt).

What a person chose for a data set (zoom, levels, regions, ...) is kept by its place, and so goes on with the next scan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import prod

from swmr_viewer.core.files.patterns import fits, is_pattern
from swmr_viewer.reader.messages import DataJoined, FollowRequest, Opened

LEAST_NAMES = 2
"""So many different names at the end of two paths tell a place: ``eiger/data``; every other path ends in ``data``."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a data set was seen, and what its frames are."""

    path: str
    frame_shape: tuple[int, ...]
    dtype: str
    """As ``numpy.dtype(...).str``."""
    pattern: str = ""
    """The pattern of the request that named it; "" where none did."""


def places_in(request: FollowRequest | None, opened: Opened | DataJoined) -> tuple[Place, ...]:
    """Return the places of an open file's data sets, in its order (or of those that came to it later)."""
    patterns = [one for one in request.data_paths if is_pattern(one)] if request is not None else []
    return tuple(
        Place(one.path, one.frame_shape, one.dtype, next((pattern for pattern in patterns if fits(one.path, pattern)), ""))
        for one in opened.data
    )


def same_places(now: Sequence[Place], known: Sequence[Place]) -> dict[Place, Place]:
    """Return which known place each data set stands in; those that stand in none, or in one of several, are left out.

    Frames of another shape are those of another place, always. First the same path counts, then the same pattern, then
    the same last names of the path with the same type of pixels. No known place is given to two data sets.
    """
    result: dict[Place, Place] = {}
    for rule in (_has_same_path, _has_same_pattern, _has_same_end):
        here = [one for one in now if one not in result]
        there = [one for one in known if one not in result.values()]
        result.update(_unambiguous(here, there, rule))
    return result


def _unambiguous(now: Sequence[Place], known: Sequence[Place], rule: Callable[[Place, Place], bool]) -> dict[Place, Place]:
    pairs = [(one, other) for one in now for other in known if _shapes_agree(one.frame_shape, other.frame_shape) and rule(one, other)]
    heres, theres = [one for one, _ in pairs], [other for _, other in pairs]
    return {one: other for one, other in pairs if heres.count(one) == theres.count(other) == 1}


def _has_same_path(one: Place, other: Place) -> bool:
    return one.path == other.path


def _has_same_pattern(one: Place, other: Place) -> bool:
    return bool(one.pattern) and one.pattern == other.pattern


def _has_same_end(one: Place, other: Place) -> bool:
    same = []
    for mine, its in zip(reversed(one.path.split("/")), reversed(other.path.split("/")), strict=False):
        if mine != its:
            break
        same.append(mine)
    return one.dtype == other.dtype and len(set(filter(None, same))) >= LEAST_NAMES


def _shapes_agree(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return one == other or (len(one) == len(other) and not (_is_told(one) and _is_told(other)))


def _is_told(shape: tuple[int, ...]) -> bool:
    """Whether this is the shape of frames; some writers give their data sets one only with the first frame."""
    return not shape or prod(shape) > 1


class Places:
    """Gives each place a name that it keeps, whatever path stands there now."""

    def __init__(self) -> None:
        self._known: dict[str, Place] = {}
        self._names: dict[str, str] = {}
        self._untold: set[str] = set()

    def know(self, place: Place) -> str:
        """Return the name of a place that was known before this file; a new one if there is none."""
        found = same_places([place], list(self._known.values()))
        return self._name(place, found.get(place))

    def enter(self, places: Iterable[Place]) -> None:
        """Another file is open, with these data sets."""
        self._names, self._untold = {}, set()
        self.join(places)

    def join(self, places: Iterable[Place]) -> None:
        """These data sets came to the file that is open."""
        now = tuple(places)
        found = same_places(now, [one for name, one in self._known.items() if name not in self._names.values()])
        self._names |= {one.path: self._name(one, found.get(one)) for one in now}
        self._untold |= {one.path for one in now if not _is_told(one.frame_shape)}

    def saw(self, data_path: str, frame_shape: tuple[int, ...]) -> bool:
        """Take note of the first frame, where the file had not told its shape; return whether it is in another place than was thought."""
        if data_path not in self._untold:
            return False
        self._untold.discard(data_path)
        name = self._names[data_path]
        thought, actual = self._known[name], replace(self._known[name], frame_shape=frame_shape)
        if _shapes_agree(thought.frame_shape, frame_shape):
            self._known[name] = actual
            return False
        others = [one for its, one in self._known.items() if its not in self._names.values()]
        self._names[data_path] = self._name(actual, same_places([actual], others).get(actual))
        return True

    def name_of(self, data_path: str) -> str:
        """Return the name of a data set's place; its path, where it is not in the open file."""
        return self._names.get(data_path, data_path)

    def path_of(self, name: str) -> str:
        """Return the path of the open file's data set that stands in a place, or ""."""
        return next((path for path, its in self._names.items() if its == name), "")

    def place(self, name: str) -> Place | None:
        """Return a place as it was seen last."""
        return self._known.get(name)

    def _name(self, place: Place, before: Place | None) -> str:
        """Return the name, and take note of how the place is seen now."""
        name = next((name for name, one in self._known.items() if one == before), "") or self._free_name(place.path)
        told = place.frame_shape if before is None or _is_told(place.frame_shape) else before.frame_shape
        self._known[name] = replace(place, frame_shape=told)
        return name

    def _free_name(self, path: str) -> str:
        """Return the path, with a number behind it if other frames had it before."""
        taken = (f"{path} ({number})" for number in range(2, len(self._known) + 3))
        return next(name for name in (path, *taken) if name not in self._known)
