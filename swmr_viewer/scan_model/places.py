"""The place of a data set: what stays the same from scan to scan, though groups are named after the scan (pure, no Qt).

What a person chose for a data set (zoom, levels, regions, ...) is kept by its place, and so goes on with the next scan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import takewhile
from math import prod

from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.path_patterns import fits, is_pattern
from swmr_viewer.reader.messages import DataJoined, FollowRequest, Opened

LEAST_NAMES = 2
"""So many different names at the end of two paths make them one place: ``eiger/data``; every other path ends in ``data``."""


@frozen
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
    patterns = [path for path in request.data_paths if is_pattern(path)] if request is not None else []
    return tuple(
        Place(dataset.path, dataset.frame_shape, dataset.dtype, next((pattern for pattern in patterns if fits(dataset.path, pattern)), ""))
        for dataset in opened.data
    )


def same_places(now: Sequence[Place], known: Sequence[Place]) -> dict[Place, Place]:
    """Return which known place each data set stands in; those that stand in none, or in one of several, are left out.

    Frames of another shape are those of another place, always. First the same path counts, then the same pattern, then
    the same last names of the path with the same type of pixels. No known place is given to two data sets.
    """
    result: dict[Place, Place] = {}
    for rule in (_has_same_path, _has_same_pattern, _has_same_end):
        left = [place for place in now if place not in result]
        free = [place for place in known if place not in result.values()]
        result.update(_unambiguous(left, free, rule))
    return result


def _unambiguous(now: Sequence[Place], known: Sequence[Place], rule: Callable[[Place, Place], bool]) -> dict[Place, Place]:
    pairs = [(new, old) for new in now for old in known if _shapes_agree(new.frame_shape, old.frame_shape) and rule(new, old)]
    news, olds = [new for new, _ in pairs], [old for _, old in pairs]
    return {new: old for new, old in pairs if news.count(new) == olds.count(old) == 1}


def _has_same_path(new: Place, old: Place) -> bool:
    return new.path == old.path


def _has_same_pattern(new: Place, old: Place) -> bool:
    return bool(new.pattern) and new.pattern == old.pattern


def _has_same_end(new: Place, old: Place) -> bool:
    pairs = zip(reversed(new.path.split("/")), reversed(old.path.split("/")), strict=False)
    same = {name for name, _ in takewhile(lambda pair: pair[0] == pair[1], pairs) if name}
    return new.dtype == old.dtype and len(same) >= LEAST_NAMES


def _shapes_agree(new: tuple[int, ...], old: tuple[int, ...]) -> bool:
    return new == old or (len(new) == len(old) and not (_is_declared(new) and _is_declared(old)))


def _is_declared(shape: tuple[int, ...]) -> bool:
    """Whether this is the shape of frames; some writers give their data sets one only with the first frame."""
    return not shape or prod(shape) > 1


class Places:
    """Gives each place a name that it keeps, whatever path stands there now."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}
        """By name, as they were seen last."""
        self._names: dict[str, str] = {}
        """By the path of the open file's data sets."""
        self._undeclared: set[str] = set()
        """Paths whose frame shape only the first frame brings."""

    def name_for(self, place: Place) -> str:
        """Return the name of a place that was known before this file; a new one if there is none."""
        return self._name(place, same_places([place], list(self._places.values())).get(place))

    def enter(self, places: Iterable[Place]) -> None:
        """Another file is open, with these data sets."""
        self._names, self._undeclared = {}, set()
        self.join(places)

    def join(self, places: Iterable[Place]) -> None:
        """These data sets came to the file that is open."""
        now = tuple(places)
        found = same_places(now, self._elsewhere())
        self._names |= {place.path: self._name(place, found.get(place)) for place in now}
        self._undeclared |= {place.path for place in now if not _is_declared(place.frame_shape)}

    def note_frame_shape(self, data_path: str, frame_shape: tuple[int, ...]) -> bool:
        """Take note of the first frame, where the file had not declared its shape; return whether it makes it another place."""
        if data_path not in self._undeclared:
            return False
        self._undeclared.discard(data_path)
        name = self._names[data_path]
        place = replace(self._places[name], frame_shape=frame_shape)
        if _shapes_agree(self._places[name].frame_shape, frame_shape):
            self._places[name] = place
            return False
        self._names[data_path] = self._name(place, same_places([place], self._elsewhere()).get(place))
        return True

    def name_of(self, data_path: str) -> str:
        """Return the name of a data set's place; its path, where it is not in the open file."""
        return self._names.get(data_path, data_path)

    def path_of(self, name: str) -> str:
        """Return the path of the open file's data set that stands in a place, or ""."""
        return next((path for path, named in self._names.items() if named == name), "")

    def place(self, name: str) -> Place | None:
        """Return a place as it was seen last."""
        return self._places.get(name)

    def _elsewhere(self) -> list[Place]:
        """Return the places where none of the open file's data sets stands."""
        return [place for name, place in self._places.items() if name not in self._names.values()]

    def _name(self, place: Place, before: Place | None) -> str:
        """Return the name, and take note of how the place is seen now."""
        name = next((name for name, known in self._places.items() if known == before), "") or self._free_name(place.path)
        shape = place.frame_shape if before is None or _is_declared(place.frame_shape) else before.frame_shape
        self._places[name] = replace(place, frame_shape=shape)
        return name

    def _free_name(self, path: str) -> str:
        """Return the path, with a number behind it if other frames had it before."""
        taken = (f"{path} ({number})" for number in range(2, len(self._places) + 3))
        return next(name for name in (path, *taken) if name not in self._places)
