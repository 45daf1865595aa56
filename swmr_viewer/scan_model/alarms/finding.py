"""What a rule finds in the scan at a moment, in words that claim no more than is known."""

from __future__ import annotations

from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.number_text import count_text, seconds_text, value_text
from swmr_viewer.scan_model.alarms.rule import AlarmRule, Watch


@frozen
class Finding:
    """What is found."""

    is_on: bool = False
    """Whether it is so now: of a quantity, whether the newest frame with a value is beyond the level."""
    value: float | None = None
    """Of that frame; how many frames are lost, or behind; how many seconds it is silent."""
    index: int | None = None
    """That frame; the first that is lost."""
    n: int = 0
    """How many frames are beyond the level, whenever they were taken."""
    first: int | None = None
    """The lowest index of these."""
    who: str = ""
    """The detector that is behind."""

    @property
    def is_anything(self) -> bool:
        return self.is_on or self.n > 0


NOTHING = Finding()


def what_is_watched(rule: AlarmRule, title: str = "", unit: str = "") -> str:
    """Return a rule in words: ``hottest pixel above 500 counts``.

    Parameters
    ----------
    rule : AlarmRule
        The rule.
    title, unit : str
        What the window says of its quantity, and its unit.
    """
    level = value_text(rule.level)
    if rule.is_of_values:
        return f"{title or rule.quantity} {rule.watch} {level}{f' {unit}' if unit else ''}"
    if rule.watch is Watch.LOST:
        return "lost frames" if rule.level < 1 else f"more than {level} lost frames"
    return f"no key for {seconds_text(rule.level)}" if rule.watch is Watch.SILENT else f"a detector {level} frames behind"


def found_words(rule: AlarmRule, found: Finding, title: str = "", unit: str = "") -> str:
    """Return what is found now in words: ``hottest pixel 900 above 500 in frame 4``; arguments as of ``what_is_watched``."""
    if rule.is_of_values:
        return _value_words(rule, found, title or rule.quantity, unit)
    value = found.value or 0.0
    if rule.watch is Watch.SILENT:
        return f"no key for {seconds_text(value)}"
    first = "" if found.index is None else f", first frame {count_text(found.index)}"
    n = f"{count_text(round(value))} {'frame' if value == 1 else 'frames'}"
    return f"{n} lost{first}" if rule.watch is Watch.LOST else f"{found.who} is {n} behind"


def _value_words(rule: AlarmRule, found: Finding, title: str, unit: str) -> str:
    level = f"{rule.watch} {value_text(rule.level)}{f' {unit}' if unit else ''}"
    first = "" if found.first is None else f", first in frame {count_text(found.first)}"
    frames = f"{count_text(found.n)} {'frame' if found.n == 1 else 'frames'}"
    if found.is_on and found.value is not None and found.index is not None:
        others = f" ({frames}{first})" if found.n > 1 else ""
        return f"{title} {value_text(found.value)} {level} in frame {count_text(found.index)}{others}"
    return f"{frames} had {title} {level}{first}"
