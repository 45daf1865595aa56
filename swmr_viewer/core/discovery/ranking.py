"""Candidates for keys and finished flags, best first, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from swmr_viewer.core.discovery.found import Found, Walk
from swmr_viewer.core.discovery.rules import FINISHED_RULES, KEY_RULES, MASK_RULES, Rule
from swmr_viewer.core.inspection import Candidate

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
    is_signal: bool = False
    is_single: bool = False
    """Whether it is one frame as a whole, in a file without keys."""

    @property
    def candidate(self) -> Candidate:
        """What people are told."""
        return Candidate(self.found.node, self.score, self.why)


def rank_keys(walk: Walk) -> list[Ranked]:
    """Return the key datasets: integers, or links that lead nowhere yet, or to what is damaged, with a name that keys have."""
    ranked = []
    for one in walk.objects:
        rule = KEY_RULES.first(one.path) if _may_be_key(one) else None
        if rule:
            late = {"broken link": ", not there yet", "unreadable": ", and cannot be read"}.get(one.node.kind, "")
            ranked.append(Ranked(one, rule.score, f"It is {rule.why}{late}.", rule))
    return best_of_each(ranked)


def _may_be_key(found: Found) -> bool:
    if found.node.cannot_be_opened:
        return "external link" in found.node.note
    return found.kind in ("i", "u") and 0 < len(found.node.shape) <= _MOST_KEY_AXES


def rank_finished(walk: Walk, near: tuple[str, ...]) -> list[Ranked]:
    """Return the finished flags: one number with a name that says so; those in the neighbourhood of the keys first."""
    ranked = []
    for one in walk.objects:
        small = one.kind in ("i", "u", "b", "f") and prod(one.node.shape) <= 1
        rule = FINISHED_RULES.first(one.path) if small else None
        if rule:
            is_near = one.parent in near
            ranked.append(Ranked(one, rule.score + 10 * is_near, f"It is {rule.why}{', beside the keys' if is_near else ''}.", rule))
    return best_of_each(ranked)


def rank_masks(walk: Walk, shown: list[Ranked]) -> list[Ranked]:
    """Return the pixel masks: integer images with a name that says so; those as large as the frames that are shown first."""
    frames = {one.found.node.shape[-2:] for one in shown}
    ranked = []
    for one in walk.objects:
        image = one.kind in ("i", "u", "b") and len(one.node.shape) >= 2
        rule = MASK_RULES.first(one.path) if image else None
        if rule:
            fits = one.node.shape[-2:] in frames
            why = f"It is {rule.why}{', as large as the frames' if fits else '; no data set that is shown has frames of its size'}."
            ranked.append(Ranked(one, rule.score if fits else rule.score / 2, why, rule))
    return best_of_each(ranked)


def best_of_each(ranked: list[Ranked]) -> list[Ranked]:
    """Return the best first, each object once however many paths lead to it."""
    best: dict[tuple[str, int], Ranked] = {}
    for one in sorted(ranked, key=lambda one: -one.score):
        best.setdefault(one.found.identity, one)
    return list(best.values())[:_MOST_CANDIDATES]
