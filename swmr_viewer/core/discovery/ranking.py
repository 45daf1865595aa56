"""Candidates for each part, best first, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2, prod

from swmr_viewer.core.discovery.filters import MISSING
from swmr_viewer.core.discovery.fitting import frame_shape_on
from swmr_viewer.core.discovery.found import Found, Shape, Walk
from swmr_viewer.core.discovery.nexus import default_signals, group_class, is_axis, is_signal
from swmr_viewer.core.discovery.rules import (
    DATA_RULES,
    FINISHED_RULES,
    FRAME_SCORES,
    FRAME_WORDS,
    INTERPRETATIONS,
    KEY_RULES,
    Rule,
    all_rules,
    first_rule,
)
from swmr_viewer.core.inspection import Candidate

_MISFIT_SCORE = -200
_MOST_CANDIDATES = 200
_MOST_KEY_AXES = 6


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with what it was judged by."""

    found: Found
    score: float
    why: str
    rule: Rule | None = None
    fits: bool = True
    frame_shape: Shape = ()
    is_signal: bool = False

    @property
    def candidate(self) -> Candidate:
        """What people are told."""
        return Candidate(self.found.node, self.score, self.why)


def rank_keys(walk: Walk) -> list[Ranked]:
    """Return the key datasets: integers, or links that lead nowhere yet, with a name that keys have."""
    ranked = []
    for one in walk.objects:
        rule = first_rule(KEY_RULES, one.path) if _may_be_key(one) else None
        if rule:
            late = ", not there yet" if one.node.kind == "broken link" else ""
            ranked.append(Ranked(one, rule.score, f"It is {rule.why}{late}.", rule))
    return _best_of_each(ranked)


def _may_be_key(found: Found) -> bool:
    if found.node.kind == "broken link":
        return "external link" in found.node.note
    return found.kind in ("i", "u") and 0 < len(found.node.shape) <= _MOST_KEY_AXES


def rank_finished(walk: Walk, near: tuple[str, ...]) -> list[Ranked]:
    """Return the finished flags: one number with a name that says so; those in the neighbourhood of the keys first."""
    ranked = []
    for one in walk.objects:
        small = one.kind in ("i", "u", "b", "f") and prod(one.node.shape) <= 1
        rule = first_rule(FINISHED_RULES, one.path) if small else None
        if rule:
            is_near = one.parent in near
            ranked.append(Ranked(one, rule.score + 10 * is_near, f"It is {rule.why}{', beside the keys' if is_near else ''}.", rule))
    return _best_of_each(ranked)


def rank_data(walk: Walk, scan: Shape | None, keys: list[Ranked], told: dict[str, dict[str, tuple[str, ...]]]) -> list[Ranked]:
    """Return the data sets: numbers with a frame per scan point, the likeliest to be looked at first.

    Parameters
    ----------
    walk : Walk
        What was found.
    scan : tuple of int or None
        The scan shape; None if there are no keys, and then only what grows or has three axes can be a scan's.
    keys : list of Ranked
        Key datasets: they are not shown.
    told : dict
        NeXus attributes of data sets, by path.
    """
    not_data = {one.found.identity for one in keys}
    groups, defaults = group_class(walk), default_signals(walk)
    ranked = [
        _judged(one, scan, groups.get(one.parent), defaults, told.get(one.path, {}))
        for one in walk.objects
        if _may_be_data(one, scan) and one.identity not in not_data
    ]
    return _best_of_each([one for one in ranked if one.fits] or ranked)


def _may_be_data(found: Found, scan: Shape | None) -> bool:
    shape = found.node.shape
    if found.kind not in ("i", "u", "f", "b", "c") or not shape or first_rule(FINISHED_RULES, found.path):
        return False
    if scan is not None:
        return True
    return len(shape) >= 3 or found.node.maxshape[0] is None


def _judged(found: Found, scan: Shape | None, parent: Found | None, defaults: tuple[str, ...], told: dict[str, tuple[str, ...]]) -> Ranked:
    reasons: list[tuple[float, str]] = []
    signal = is_signal(found, parent) or told.get("signal", ("",))[0] in ("1", "1.0")
    if found.path in defaults:
        reasons.append((100 - 5 * defaults.index(found.path), "the file's default signal (NeXus)"))
    elif signal:
        reasons.append((45, f"the signal of {found.parent or '/'}"))
    if parent is not None and parent.attribute("NX_class") == "NXdetector":
        reasons.append((20, "in an NXdetector"))
    if is_axis(found, parent):
        reasons.append((-60, "an axis of its group"))
    frame_shape, reason = _frames(found, scan, told.get("interpretation", ("",))[0])
    reasons += [reason, *((rule.score, rule.why) for rule in all_rules(DATA_RULES, found.path))]
    if any(name.endswith(MISSING) for name in found.node.filters):
        reasons.append((0, "but its filter is missing here"))
    why = "; ".join(dict.fromkeys(text for _, text in reasons))
    score = sum(score for score, _ in reasons) + log2(1 + prod(frame_shape or ())) / 10
    return Ranked(found, round(score, 2), f"It is {why}.", fits=frame_shape is not None, frame_shape=frame_shape or (), is_signal=signal)


def _frames(found: Found, scan: Shape | None, interpretation: str) -> tuple[Shape | None, tuple[float, str]]:
    shape = found.node.shape
    if scan is None:
        rank = INTERPRETATIONS.get(interpretation, 2 if len(shape) > 2 else max(len(shape) - 1, 0))
        frame_shape: Shape | None = shape[max(len(shape) - rank, 0) :]
    else:
        frame_shape = frame_shape_on(shape, found.node.maxshape, scan)
    if frame_shape is None:
        return None, (_MISFIT_SCORE, f"of shape {shape}, which does not fit the scan")
    real = tuple(n for n in frame_shape if n != 1)
    rank = min(len(real), 2)
    size = " x ".join(map(str, frame_shape))
    words = f"{FRAME_WORDS[rank]} of {size}" if real else FRAME_WORDS[0]
    return frame_shape, (FRAME_SCORES[rank] + 20 * (interpretation in INTERPRETATIONS and rank == INTERPRETATIONS[interpretation]), words)


def _best_of_each(ranked: list[Ranked]) -> list[Ranked]:
    """Best first, each object once however many paths lead to it."""
    best: dict[tuple[str, int], Ranked] = {}
    for one in sorted(ranked, key=lambda one: -one.score):
        best.setdefault(one.found.identity, one)
    return list(best.values())[:_MOST_CANDIDATES]
