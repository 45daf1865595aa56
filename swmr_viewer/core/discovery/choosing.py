"""The parts that are taken if the user names none: keys that fit one another, and data sets that fit them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import prod

from swmr_viewer.core.discovery.entries import in_entry
from swmr_viewer.core.discovery.fitting import could_number, key_shape_of, keys_fit, scan_rank_of
from swmr_viewer.core.discovery.found import Found, Shape, Walk
from swmr_viewer.core.discovery.ranking import Ranked
from swmr_viewer.core.discovery.rules import DATA_RULES, KEY_RULES, SURELY_FINISHED
from swmr_viewer.core.errors import ShapeError
from swmr_viewer.core.inspection import entry_of
from swmr_viewer.core.scan_extent import extent_of, is_stray, numbered

_SURE_KEYS = 80
"""The score from which on a name, with the group that it is in, leaves no doubt that these are keys."""
_NO_FRAMES = -50
"""Data sets whose names say so much against them are masks, corrections or book-keeping, with no frame per point."""
MOST_DATA = 8
_NUMBERED = re.compile(r"data_\d{3,}")


def without_numbers_that_are_no_keys(keys: list[Ranked], walk: Walk) -> tuple[list[Ranked], list[Ranked]]:
    """Return the candidates that can be keys of some data set, and those that are too few numbers for any.

    A single number is somebody's id or a total, whatever it is called; where the name alone speaks for a key, a few
    numbers for many frames are something else as well. Key datasets of one group are judged together: one that ended early
    is still a key.
    """
    refused = {id(one) for one in keys if one.found.node.shape}
    frames = [one for one in walk.objects if _holds_frames(one)]
    for one in keys:
        siblings = [other for other in keys if (other.found.parent, other.rule) == (one.found.parent, one.rule)]
        enough = one.score >= _SURE_KEYS and any(prod(other.found.limits) > 1 for other in siblings)
        if not frames or enough or any(could_number(other.found, data) for other in siblings for data in frames):
            refused.discard(id(one))
    return [one for one in keys if id(one) not in refused], [one for one in keys if id(one) in refused]


def _holds_frames(found: Found) -> bool:
    """Whether a dataset certainly holds a frame for each of several points, or will: what keys must be able to number."""
    shape = found.node.shape
    if found.kind not in ("i", "u", "f", "c") or len(shape) < 2 or KEY_RULES.first(found.path):
        return False
    return (len(shape) > 2 or found.node.maxshape[0] is None) and sum(rule.score for rule in DATA_RULES.all(found.path)) > _NO_FRAMES


def choose_keys(keys: list[Ranked], told: Shape | None) -> list[Ranked]:
    """Return the best key dataset, and those that the same rule names beside it and that fit it.

    Keys of other rules are left out: they number the same frames in another way, or belong to another layer.
    """
    if not keys:
        return []
    alike = [one for one in keys if one.rule is keys[0].rule]
    shapes = [key_shape_of(one.found) for one in alike]
    real = [one for one, shape in zip(alike, shapes, strict=True) if one.found.node.shape and not is_stray(shape, shapes)]
    first = next(iter(real), keys[0])
    return sorted((one for one in alike if one is first or keys_fit(first.found, one.found, told)), key=lambda one: one.found.path)


def misfits(keys: list[Ranked], chosen: list[Ranked]) -> list[Ranked]:
    """Return the key datasets that the same rule names and that do not fit the chosen ones."""
    return [one for one in keys if chosen and one.rule is chosen[0].rule and one not in chosen]


def scan_shape_of(chosen: Iterable[Ranked], told: Shape | None) -> tuple[Shape | None, list[str]]:
    """Return the scan shape as following them would make it, and what does not agree."""
    keys = [one.found for one in chosen if one.found.node.shape]
    if not keys:
        return told, []
    shapes = numbered([key_shape_of(key) for key in keys], told)
    try:
        extent = extent_of(shapes, told, max(scan_rank_of(key, told) for key in keys))
    except ShapeError as error:
        return max((shape.shape for shape in shapes), key=len), [str(error)]
    return extent.shape, [one.text for one in extent.disagreements]


def choose_data(data: list[Ranked], entries: Sequence[str] = (), *, signals_only: bool = False) -> list[Ranked]:
    """Return the best data set, and those that are another detector's signal; only the latter where the best may come late.

    Where the file holds several scans, all are of the same one.
    """
    fitting = [one for one in data if one.fits and one.score > 0]
    entry = entry_of(fitting[0].found.path, entries) if fitting else None
    of_scan = [one for one in fitting if in_entry(one.found, entry, entries) and one.is_single == fitting[0].is_single]
    return [one for place, one in enumerate(of_scan) if one.is_signal or (place == 0 and not signals_only)][:MOST_DATA]


def choose_finished(finished: list[Ranked]) -> Ranked | None:
    """Return the best flag, if its name leaves no doubt."""
    return next((one for one in finished if one.score >= SURELY_FINISHED), None)


def path_of(chosen: Ranked, objects: Iterable[Found]) -> str:
    """Return the path to follow for a chosen data set: its group, where it is one of several that follow one another.

    Dectris' file writer makes ``data_000001``, ``data_000002`` ... one after the other, behind links that lead nowhere until then.
    """
    if not _NUMBERED.fullmatch(chosen.found.name):
        return chosen.found.path
    alike = [one for one in objects if one.parent == chosen.found.parent and _NUMBERED.fullmatch(one.name)]
    return chosen.found.parent if len(alike) > 1 else chosen.found.path
