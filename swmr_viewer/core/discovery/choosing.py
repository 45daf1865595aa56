"""The parts that are taken if the user names none: keys that fit one another, and data sets that fit them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import prod

from swmr_viewer.core.discovery.entries import in_entry
from swmr_viewer.core.discovery.objects import FileContents, FileObject
from swmr_viewer.core.discovery.ranking import DATA_RULES, KEY_RULES, SURELY_FINISHED, Ranked
from swmr_viewer.core.fitting import DoesNotFit, KeyShape, Shape, fit_keys, is_stray, trimmed
from swmr_viewer.core.inspection import entry_of

_SURE_KEYS = 80
"""The score from which on a name, with the group that it is in, leaves no doubt that these are keys."""
_NO_FRAMES = -50
"""Data sets whose names say so much against them are masks, corrections or book-keeping, with no frame per point."""
MOST_DATA = 8
_NUMBERED = re.compile(r"data_\d{3,}")


def without_numbers_that_are_no_keys(keys: list[Ranked], contents: FileContents) -> tuple[list[Ranked], list[Ranked]]:
    """Return the candidates that can be keys of some data set, and those that are too few numbers for any.

    A single number is somebody's id or a total, whatever it is called; where the name alone speaks for a key, a few
    numbers for many frames are something else as well. Key datasets of one group are judged together: one that ended early
    is still a key.
    """
    frames = [found for found in contents.objects if _holds_frames(found)]

    def can_number_some(key: Ranked) -> bool:
        if not key.found.node.shape or not frames:
            return True
        siblings = [sibling.found for sibling in keys if (sibling.found.parent, sibling.rule) == (key.found.parent, key.rule)]
        if key.score >= _SURE_KEYS and any(prod(sibling.limits) > 1 for sibling in siblings):
            return True
        return any(_has_key_for_each(sibling, data) for sibling in siblings for data in frames)

    judged = [(key, can_number_some(key)) for key in keys]
    return [key for key, is_key in judged if is_key], [key for key, is_key in judged if not is_key]


def _holds_frames(found: FileObject) -> bool:
    """Whether a dataset certainly holds a frame for each of several points, or will: what keys must be able to number."""
    shape = found.node.shape
    if found.kind not in ("i", "u", "f", "c") or len(shape) < 2 or KEY_RULES.first(found.path):
        return False
    return (len(shape) > 2 or found.node.maxshape[0] is None) and sum(rule.score for rule in DATA_RULES.all(found.path)) > _NO_FRAMES


def choose_keys(keys: list[Ranked], given: Shape | None) -> list[Ranked]:
    """Return the best key dataset, and those that the same rule names beside it and that fit it.

    Keys of other rules are left out: they number the same frames in another way, or belong to another layer.
    """
    if not keys:
        return []
    alike = [key for key in keys if key.rule is keys[0].rule]
    shapes = [_key_shape(key.found) for key in alike]
    real = [key for key, shape in zip(alike, shapes, strict=True) if key.found.node.shape and not is_stray(shape, shapes)]
    chosen = [next(iter(real), keys[0])]
    for key in alike:
        if key is not chosen[0] and _belongs(key.found, [ranked.found for ranked in chosen], given):
            chosen.append(key)
    return sorted(chosen, key=lambda key: key.path)


def _belongs(key: FileObject, chosen: list[FileObject], given: Shape | None) -> bool:
    """Whether a key dataset can be of the scan of those that are chosen.

    Those of one group are, although they end at other lengths: whoever names that group gets them all. Elsewhere
    another fixed length is another scan's, or another detector's that has frames of its own.
    """
    if not key.node.shape:
        return not key.kind  # a link that leads nowhere yet
    shapes = [_key_shape(found) for found in chosen if found.node.shape]
    if not shapes or is_stray(_key_shape(key), shapes):
        return False
    fit = fit_keys([*shapes, _key_shape(key)], given)
    if isinstance(fit, DoesNotFit):
        return False
    first = fit.keys[0]
    lengths = () if first.flat or fit.keys[-1].flat else zip(first.maxshape, key.node.maxshape, strict=False)
    return key.parent == chosen[0].parent or all(a is None or b is None or a == b for a, b in lengths)


def _key_shape(key: FileObject) -> KeyShape:
    return KeyShape(key.path, key.node.shape, key.node.maxshape)


def scan_shape_of(chosen: Iterable[Ranked], given: Shape | None) -> tuple[Shape | None, list[str]]:
    """Return the scan shape as following them would make it, and what does not agree."""
    keys = [key.found for key in chosen if key.found.node.shape]
    if not keys:
        return given, []
    fit = fit_keys([_key_shape(key) for key in keys], given, max(_likely_rank(key, given) for key in keys))
    if isinstance(fit, DoesNotFit):
        return max((key.node.shape for key in keys), key=len), [str(fit.error())]
    return fit.shape, [disagreement.text for disagreement in fit.disagreements]


def _likely_rank(key: FileObject, given: Shape | None = None) -> int:
    """How many scan axes a key dataset has, as long as no data tell: without its trailing axes of 1.

    An axis of length 1 that may grow is the scan's only if the whole dataset is still of length 1 (the scan has just begun).
    """
    shape = key.node.shape
    if given and len(given) <= len(shape) and all(n == 1 for n in shape[len(given) :]):
        return len(given)
    return len(trimmed(shape if any(n > 1 for n in shape) else tuple(2 if most is None else most for most in key.node.maxshape)))


def _has_key_for_each(key: FileObject, data: FileObject) -> bool:
    """Whether a key dataset has, or may get, a value for each frame that a data set has by now.

    One that holds a single number for ever is none where there may be more frames: it is somebody's id, or a total.
    """
    limits = tuple(n for n in key.node.maxshape if n is not None)
    if len(limits) < len(key.node.maxshape):
        return True
    if prod(limits) <= 1:
        return data.node.maxshape[0] == 1
    rank = _likely_rank(key)
    fits = len(data.node.shape) >= rank and all(has <= most for has, most in zip(data.node.shape, limits[:rank], strict=False))
    return fits or (rank > 1 and data.node.shape[0] <= prod(limits))


def choose_data(data: list[Ranked], entries: Sequence[str] = (), *, signals_only: bool = False) -> list[Ranked]:
    """Return the best data set, and those that are another detector's signal; only the latter where the best may come late.

    Where the file holds several scans, all are of the same one.
    """
    fitting = [ranked for ranked in data if ranked.fits and ranked.score > 0]
    entry = entry_of(fitting[0].path, entries) if fitting else None
    of_scan = [ranked for ranked in fitting if in_entry(ranked.path, entry, entries) and ranked.is_single == fitting[0].is_single]
    return [ranked for place, ranked in enumerate(of_scan) if ranked.is_signal or (place == 0 and not signals_only)][:MOST_DATA]


def choose_finished(finished: list[Ranked]) -> Ranked | None:
    """Return the best flag, if its name leaves no doubt."""
    return next((flag for flag in finished if flag.score >= SURELY_FINISHED), None)


def path_of(chosen: Ranked, objects: Iterable[FileObject]) -> str:
    """Return the path to follow for a chosen data set: its group, where it is one of several that follow one another.

    Dectris' file writer makes ``data_000001``, ``data_000002`` ... one after the other, behind links that lead nowhere until then.
    """
    if not _NUMBERED.fullmatch(chosen.found.name):
        return chosen.path
    alike = [found for found in objects if found.parent == chosen.found.parent and _NUMBERED.fullmatch(found.name)]
    return chosen.found.parent if len(alike) > 1 else chosen.path
