"""The rules of the field, as tables: which name plays which part, how surely, and why (swmr-facts' table of layouts)."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern on the path (any case), its score, and the reason for people."""

    pattern: re.Pattern[str]
    score: float
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Several rules, and one pattern for the many paths that none of them fits (several times quicker than each in turn)."""

    each: tuple[Rule, ...]
    any_of: re.Pattern[str]

    def first(self, path: str) -> Rule | None:
        """Return the first rule that fits a path."""
        return next(iter(self.all(path)), None)

    def all(self, path: str) -> list[Rule]:
        """Return every rule that fits a path."""
        return [rule for rule in self.each if rule.pattern.search(path)] if self.any_of.search(path) else []


def _rules(*each: Rule) -> Rules:
    return Rules(each, re.compile("|".join(f"(?:{rule.pattern.pattern})" for rule in each), re.IGNORECASE))


def _rule(pattern: str, score: float, why: str) -> Rule:
    return Rule(re.compile(pattern, re.IGNORECASE), score, why)


KEY_RULES = _rules(
    _rule(r"/diamond_scan/keys/[^/]+$", 100, "in diamond_scan/keys, where Diamond's scans put their keys"),
    _rule(r"/uniquekeys?$", 95, "named like the keys of a Diamond scan"),
    _rule(r"/keys/[^/]+$", 90, "in a group named keys"),
    _rule(r"/[^/]*_keys/[^/]+$", 85, "in a group of keys"),
    _rule(r"/ndarrayuniqueid$", 80, "areaDetector's number of each frame"),
    _rule(r"/(uid|uniqueid|unique_id)$", 75, "named like the frame numbers that odin-data and Malcolm write"),
    _rule(r"/(key|unique_?key)(_?\d+)?$", 70, "named as a key"),
    _rule(r"^/frame$", 65, "named like odin-data's list of frames"),
    _rule(r"/index/trainid$", 60, "European XFEL's train numbers"),
    _rule(r"/frame[ _]?numbers?$", 50, "named like a list of frame numbers"),
)
"""Which integer datasets say that a frame is complete; the first rule that fits a path counts."""

FINISHED_RULES = _rules(
    _rule(r"/scan_finished$", 100, "named scan_finished, as in Diamond's scans"),
    _rule(r"/finished$", 80, "named finished"),
    _rule(r"/(scan_|acquisition_)?(complete|completed|done|ended)$", 40, "named like a flag of the end"),
)
"""Which one-element datasets turn non-zero when the scan ends."""

SURELY_FINISHED = 80

MASK_RULES = _rules(
    _rule(r"/pixel_?mask$", 100, "named as NeXus names a detector's pixel mask"),
    _rule(r"/(bad_?pixels?|mask)$", 60, "named as a mask"),
)
"""Which integer images say which pixels are good."""

SCAN_SHAPE_NAME = "scan_shape"
SCAN_RANK_NAME = "scan_rank"

DATA_RULES = _rules(
    _rule(r"/(ndattributes|attributes|performance|_?meta(data)?|history)/", -80, "among the attributes of frames"),
    _rule(r"/diamond_scan/", -80, "part of the scan's book-keeping"),
    _rule(r"(pixel_?mask|/mask|flat_?field|dark|bad_?pixel|gain_?map)[^/]*$", -90, "a mask or a correction"),
    _rule(r"(time_?stamps?|/time|_time|/epoch|frame_time|duration)[^/]*$", -70, "times"),
    _rule(r"(_set|setpoint|/value_set|_demand|/axis_\d+)$", -50, "a setting"),
    _rule(r"/(x|y|z|energy|angle|omega|phi|chi|kappa|depends_on)[^/]*$", -30, "an axis"),
    _rule(r"/(sum|total|roi_?sum|max_val|min_val|mean)[^/]*$", -15, "a sum"),
    _rule(r"(eiger|pilatus|excalibur|merlin|tristan|lambda|jungfrau|mythen|xspress|percival|medi?pix|timepix)", 15, "of a known detector"),
    _rule(r"(det|cam|image|frames|ccd|cmos)[^/]*/[^/]+$", 10, "in a group named as a detector"),
    _rule(r"/(data|image|images|frames|detector|data_\d+)$", 10, "named as data"),
)
"""What the name of a data set tells; all rules that fit are added up."""

FRAME_WORDS = {2: "images", 1: "spectra", 0: "one value per scan point"}
FRAME_SCORES = {2: 40, 1: 15, 0: 0}
"""What is looked at first: images, then spectra, then scalars."""
