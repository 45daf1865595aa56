"""Candidates for keys, finished flags and masks by the names that the field gives them, best first, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from math import prod

from swmr_viewer.core.discovery.objects import FileContents, FileObject
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.inspection import Candidate
from swmr_viewer.core.keys import BOOK_KEEPING

_MOST_CANDIDATES = 200
_MOST_KEY_AXES = 6


@frozen
class Rule:
    """A pattern on the path (any case), its score, and the reason for people."""

    pattern: re.Pattern[str]
    score: float
    why: str


class Rules:
    """Several rules, and one pattern for the many paths that none of them fits (several times quicker than each in turn)."""

    def __init__(self, *rules: tuple[str, float, str]) -> None:
        self._rules = [Rule(re.compile(pattern, re.IGNORECASE), score, why) for pattern, score, why in rules]
        self._any_of = re.compile("|".join(f"(?:{pattern})" for pattern, _, _ in rules), re.IGNORECASE)

    def first(self, path: str) -> Rule | None:
        """Return the first rule that fits a path."""
        return next(iter(self.all(path)), None)

    def all(self, path: str) -> list[Rule]:
        """Return every rule that fits a path."""
        return [rule for rule in self._rules if rule.pattern.search(path)] if self._any_of.search(path) else []


KEY_RULES = Rules(
    (r"/diamond_scan/keys/[^/]+$", 100, "in diamond_scan/keys, where Diamond's scans put their keys"),
    (r"/uniquekeys?$", 95, "named like the keys of a Diamond scan"),
    (r"/keys/[^/]+$", 90, "in a group named keys"),
    (r"/[^/]*_keys/[^/]+$", 85, "in a group of keys"),
    (r"/ndarrayuniqueid$", 80, "areaDetector's number of each frame"),
    (r"/(uid|uniqueid|unique_id)$", 75, "named like the frame numbers that odin-data and Malcolm write"),
    (r"/(key|unique_?key)(_?\d+)?$", 70, "named as a key"),
    (r"^/frame$", 65, "named like odin-data's list of frames"),
    (r"/index/trainid$", 60, "European XFEL's train numbers"),
    (r"/frame[ _]?numbers?$", 50, "named like a list of frame numbers"),
)
"""Which integer datasets say that a frame is complete; the first rule that fits a path counts."""

FINISHED_RULES = Rules(
    (r"/scan_finished$", 100, "named scan_finished, as in Diamond's scans"),
    (r"/finished$", 80, "named finished"),
    (r"/(scan_|acquisition_)?(complete|completed|done|ended)$", 40, "named like a flag of the end"),
)
"""Which one-element datasets turn non-zero when the scan ends."""

SURELY_FINISHED = 80
"""The score from which on a name leaves no doubt."""

MASK_RULES = Rules(
    (r"/pixel_?mask$", 100, "named as NeXus names a detector's pixel mask"),
    (r"/(bad_?pixels?|mask)$", 60, "named as a mask"),
)
"""Which integer images say which pixels are good."""

DATA_RULES = Rules(
    (r"/(ndattributes|attributes|performance|_?meta(data)?|history)/", -80, "among the attributes of frames"),
    (r"/diamond_scan/", -80, "part of the scan's book-keeping"),
    (r"(pixel_?mask|/mask|flat_?field|dark|bad_?pixel|gain_?map)[^/]*$", -90, "a mask or a correction"),
    (r"(time_?stamps?|/time|_time|/epoch|frame_time|duration)[^/]*$", -70, "times"),
    (r"(_set|setpoint|/value_set|_demand|/axis_\d+)$", -50, "a setting"),
    (r"/(x|y|z|energy|angle|omega|phi|chi|kappa|depends_on)[^/]*$", -30, "an axis"),
    (r"/(sum|total|roi_?sum|max_val|min_val|mean)[^/]*$", -15, "a sum"),
    (r"(eiger|pilatus|excalibur|merlin|tristan|lambda|jungfrau|mythen|xspress|percival|medi?pix|timepix)", 15, "of a known detector"),
    (r"(det|cam|image|frames|ccd|cmos)[^/]*/[^/]+$", 10, "in a group named as a detector"),
    (r"/(data|image|images|frames|detector|data_\d+)$", 10, "named as data"),
)
"""What the name of a data set tells; all rules that fit are added up."""

FRAME_WORDS = {2: "images", 1: "spectra", 0: "one value per scan point"}
FRAME_SCORES = {2: 40, 1: 15, 0: 0}
"""What is looked at first: images, then spectra, then scalars."""


@frozen
class Ranked:
    """A candidate with what it was judged by."""

    found: FileObject
    score: float
    why: str
    rule: Rule | None = None
    fits: bool = True
    is_signal: bool = False
    is_single: bool = False
    """Whether it is one frame as a whole, in a file without keys."""

    @property
    def path(self) -> str:
        """Of the object."""
        return self.found.path

    @property
    def candidate(self) -> Candidate:
        """What is reported of it."""
        return Candidate(self.found.node, self.score, self.why)


def rank_keys(contents: FileContents) -> list[Ranked]:
    """Return the key datasets: integers, or links that lead nowhere yet, or to what is damaged, with a name that keys have."""
    late = {"broken link": ", not there yet", "unreadable": ", and cannot be read"}
    named = _named(contents, KEY_RULES, _may_be_key)
    return best_of_each([Ranked(found, rule.score, f"It is {rule.why}{late.get(found.node.kind, '')}.", rule) for found, rule in named])


def rank_finished(contents: FileContents, near: tuple[str, ...]) -> list[Ranked]:
    """Return the finished flags: one number named so; those in the neighbourhood of the keys first."""
    ranked = []
    for found, rule in _named(contents, FINISHED_RULES, lambda found: found.kind in tuple("iubf") and prod(found.node.shape) <= 1):
        is_near = found.parent in near
        ranked.append(Ranked(found, rule.score + 10 * is_near, f"It is {rule.why}{', beside the keys' if is_near else ''}.", rule))
    return best_of_each(ranked)


def rank_masks(contents: FileContents, shown: list[Ranked]) -> list[Ranked]:
    """Return the pixel masks: integer images named so; those as large as the frames that are shown first."""
    frames = {data.found.node.shape[-2:] for data in shown}
    ranked = []
    for found, rule in _named(contents, MASK_RULES, lambda found: found.kind in tuple("iub") and len(found.node.shape) >= 2):
        fits = found.node.shape[-2:] in frames
        why = f"It is {rule.why}{', as large as the frames' if fits else '; no data set that is shown has frames of its size'}."
        ranked.append(Ranked(found, rule.score if fits else rule.score / 2, why, rule))
    return best_of_each(ranked)


def _named(contents: FileContents, rules: Rules, may_be: Callable[[FileObject], bool]) -> Iterator[tuple[FileObject, Rule]]:
    for found in contents.objects:
        if may_be(found) and (rule := rules.first(found.path)):
            yield found, rule


def _may_be_key(found: FileObject) -> bool:
    if found.node.cannot_be_opened:
        return found.node.kind != "refused" and "external link" in found.node.note
    return found.name not in BOOK_KEEPING and found.kind in ("i", "u") and 0 < len(found.node.shape) <= _MOST_KEY_AXES


def best_of_each(ranked: list[Ranked]) -> list[Ranked]:
    """Return the best first, each object once however many paths lead to it."""
    best: dict[tuple[str, int], Ranked] = {}
    for candidate in sorted(ranked, key=lambda candidate: -candidate.score):
        best.setdefault(candidate.found.identity, candidate)
    return list(best.values())[:_MOST_CANDIDATES]
