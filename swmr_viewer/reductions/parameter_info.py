"""What is to be known of a parameter, to ask for it: plain values; and its values as they are typed, and as JSON has them."""

from __future__ import annotations

import json
import os
from enum import StrEnum
from typing import Any

import numpy as np

from swmr_viewer.analysis import Region, write_regions
from swmr_viewer.core.frozen import frozen


class ParameterKind(StrEnum):
    """What a parameter's value is."""

    NUMBER = "number"
    """A float."""
    INTEGER = "integer"
    YES_NO = "yes/no"
    """A bool."""
    TEXT = "text"
    CHOICE = "choice"
    """One of some texts."""
    FILE = "file"
    """A path, absolute; "": none."""
    NUMBERS = "numbers"
    """A tuple of floats: ``1, 2.5, 4``."""
    RANGE = "range"
    """A pair of floats, the lower one first: ``10:12``."""
    RANGES = "ranges"
    """A tuple of such pairs: ``10:12, 15:16.5``."""
    REGIONS = "regions"
    """A tuple of `Region`: the path of a file of regions, or ``A=10:30, 12:40; B=...``: name, columns and rows (of spectra: channels)."""


@frozen
class ParameterInfo:
    """What is to be known of one parameter, to ask for it and to say what it is; plain values."""

    name: str
    kind: ParameterKind
    default: Any
    """As JSON has it."""
    words: str = ""
    """What it means, for a label: a few words."""
    unit: str = ""
    low: float | None = None
    """The lowest value; of lists and ranges, of each number in them."""
    high: float | None = None
    choices: tuple[str, ...] = ()
    is_optional: bool = False
    """Whether it may be nothing: None, or the text ``none``."""

    @property
    def default_text(self) -> str:
        """The default as it would be typed."""
        return text_of(self, self.default)

    @property
    def expected(self) -> str:
        """What its value is, in words: ``a whole number from 1 to 100000``."""
        what = {
            ParameterKind.NUMBER: "a number",
            ParameterKind.INTEGER: "a whole number",
            ParameterKind.YES_NO: "yes or no",
            ParameterKind.TEXT: "a text",
            ParameterKind.CHOICE: "one of " + ", ".join(self.choices),
            ParameterKind.FILE: "the path of a file",
            ParameterKind.NUMBERS: "numbers such as 1, 2.5, 4",
            ParameterKind.RANGE: "a range such as 10:12",
            ParameterKind.RANGES: "ranges such as 10:12, 15:16.5",
            ParameterKind.REGIONS: "a file of regions, or regions such as A=10:30, 12:40; B=50:60, 12:40",
        }[self.kind]
        limits = {(True, True): " from {:.10g} to {:.10g}", (True, False): " from {:.10g} on", (False, True): " up to {1:.10g}"}
        limit = limits.get((self.low is not None, self.high is not None), "").format(self.low or 0, self.high or 0)
        each = ", each number" if limit and self.kind in (ParameterKind.NUMBERS, ParameterKind.RANGE, ParameterKind.RANGES) else ""
        return what + each + limit + (", or none" if self.is_optional else "")


def json_of(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, tuple) and value and all(isinstance(one, Region) for one in value):
        return write_regions(value)
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    return [json_of(one) for one in value] if isinstance(value, tuple | list) else value


def text_of(info: ParameterInfo, value: Any) -> str:
    """Return a value (or how JSON has it) as it would be typed."""
    if value is None:
        return "none"
    if info.kind is ParameterKind.YES_NO:
        return "yes" if value else "no"
    if info.kind is ParameterKind.NUMBERS:
        return ", ".join(number_text(one) for one in value)
    if info.kind is ParameterKind.RANGE:
        return ":".join(map(number_text, value))
    if info.kind is ParameterKind.RANGES:
        return ", ".join(":".join(map(number_text, one)) for one in value)
    if info.kind is ParameterKind.REGIONS:
        held = json_of(tuple(value))
        return json.dumps(held, ensure_ascii=False) if held else ""
    return number_text(value) if info.kind is ParameterKind.NUMBER else str(value)


def number_text(value: float) -> str:
    """Return a number with all of its digits, and as short as that goes."""
    return repr(float(value)).removesuffix(".0")
