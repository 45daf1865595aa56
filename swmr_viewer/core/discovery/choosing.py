"""The parts that are taken if the user names none: keys that fit one another, and data sets that fit them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from swmr_viewer.core.discovery.fitting import keys_fit, scan_rank_of
from swmr_viewer.core.discovery.found import Found, Shape
from swmr_viewer.core.discovery.ranking import Ranked
from swmr_viewer.core.discovery.rules import SURELY_FINISHED

MOST_DATA = 8
_NUMBERED = re.compile(r"data_\d{3,}")


def choose_keys(keys: list[Ranked], told: Shape | None) -> list[Ranked]:
    """Return the best key dataset, and those that the same rule names beside it and that fit it.

    Keys of other rules are left out: they number the same frames in another way, or belong to another layer.
    """
    if not keys:
        return []
    alike = [one for one in keys if one.rule is keys[0].rule]
    first = next((one for one in alike if one.found.node.shape), keys[0])
    return sorted((one for one in alike if keys_fit(first.found, one.found, told)), key=lambda one: one.found.path)


def misfits(keys: list[Ranked], chosen: list[Ranked]) -> list[Ranked]:
    """Return the key datasets that the same rule names and that do not fit the chosen ones."""
    return [one for one in keys if chosen and one.rule is chosen[0].rule and one not in chosen]


def scan_shape_of(chosen: Iterable[Ranked], told: Shape | None) -> Shape | None:
    """Return the scan shape: what the file tells, else the largest that the keys have or are limited to."""
    if told:
        return told
    shapes = [one.found.limits[: scan_rank_of(one.found, None)] for one in chosen if one.found.node.shape]
    if not shapes:
        return None
    rank = max(map(len, shapes))
    return tuple(max(lengths) for lengths in zip(*(shape + (1,) * (rank - len(shape)) for shape in shapes), strict=True))


def choose_data(data: list[Ranked], signals_only: bool = False) -> list[Ranked]:
    """Return the best data set, and those that are another detector's signal; only the latter where the best may come late."""
    fitting = [one for one in data if one.fits and one.score > 0]
    return [one for place, one in enumerate(fitting) if one.is_signal or (place == 0 and not signals_only)][:MOST_DATA]


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
