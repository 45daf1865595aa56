"""Values of parameters: from texts as they are typed, or as JSON has them, to Python and back. Each error's words end a sentence."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from math import isfinite
from typing import Any

import numpy as np

from swmr_viewer.analysis import Region, RegionFileError, load_regions, read_regions, write_regions
from swmr_viewer.core.frozen import frozen

MOST_VALUES = 1000
LONGEST_TEXT = 4096
_YES, _NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")
_SHORT = re.compile(r"\s*(?P<name>[^=;:,\[\]{}/\\]+?)\s*=\s*(?P<x>[^,;=]+:[^,;=]+?)\s*(?:,\s*(?P<y>[^,;=]+:[^,;=]+?)\s*)?")


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


def value_from(info: ParameterInfo, given: Any) -> Any:
    """Return the value that a parameter gets.

    Parameters
    ----------
    info : ParameterInfo
        Which one.
    given : object
        A text as somebody typed it, a value as JSON has it, or the value itself.

    Raises
    ------
    ValueError
        If it is none of these, or out of bounds; the words say what it is instead.
    """
    text = given.strip() if isinstance(given, str) else None
    if given is None or (info.is_optional and text is not None and text.lower() in ("", "none")):
        if not info.is_optional:
            raise ValueError("nothing")
        return None
    if text is not None and len(text) > (LONGEST_TEXT if info.kind is not ParameterKind.REGIONS else 10_000_000):
        raise ValueError(f"a text of {len(text)} characters")
    value = _FROM[info.kind](info, given if text is None else text)
    _hold_against_bounds(info, value)
    return value


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
        return ", ".join(_number_text(one) for one in value)
    if info.kind is ParameterKind.RANGE:
        return ":".join(map(_number_text, value))
    if info.kind is ParameterKind.RANGES:
        return ", ".join(":".join(map(_number_text, one)) for one in value)
    if info.kind is ParameterKind.REGIONS:
        held = json_of(tuple(value))
        return json.dumps(held, ensure_ascii=False) if held else ""
    return _number_text(value) if info.kind is ParameterKind.NUMBER else str(value)


def _number_text(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def told(given: Any) -> str:
    """Return a value that is wrong, as short as a sentence can hold."""
    return _short(repr(given), 60)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def _number(given: Any) -> float:
    if isinstance(given, bool | np.bool_) or not isinstance(given, str | int | float | np.integer | np.floating):
        raise ValueError(told(given))
    try:
        number = float(given)
    except (ValueError, OverflowError) as error:
        raise ValueError(told(given)) from error
    if not isfinite(number):
        raise ValueError(told(given))
    return number


def _integer(info: ParameterInfo, given: Any) -> int:
    if isinstance(given, int | np.integer) and not isinstance(given, bool):
        return int(given)
    if isinstance(given, str) and re.fullmatch(r"[+-]?\d{1,30}", given):
        return int(given)
    number = _number(given)
    if number != int(number):
        raise ValueError(told(given))
    return int(number)


def _yes_no(info: ParameterInfo, given: Any) -> bool:
    if isinstance(given, bool | np.bool_):
        return bool(given)
    if not isinstance(given, str) or given.lower() not in (*_YES, *_NO):
        raise ValueError(told(given))
    return given.lower() in _YES


def _text(info: ParameterInfo, given: Any) -> str:
    if not isinstance(given, str) or not given.isprintable():
        raise ValueError(told(given))
    return given


def _choice(info: ParameterInfo, given: Any) -> str:
    if given in info.choices:
        return str(given)
    found = [choice for choice in info.choices if isinstance(given, str) and choice.lower() == given.lower()]
    if len(found) != 1:
        raise ValueError(told(given))
    return found[0]


def _file(info: ParameterInfo, given: Any) -> str:
    path = os.fspath(given) if isinstance(given, str | os.PathLike) else None
    if not isinstance(path, str) or "\0" in path:
        raise ValueError(told(given))
    # Who reads it may run elsewhere: what was meant is where it was typed.
    return os.path.abspath(os.path.expanduser(path)) if path and path.lower() != "none" else ""


def _list(given: Any) -> list[Any]:
    if isinstance(given, str):
        given = [one.strip() for one in given.split(",")] if given else []
    if not isinstance(given, list | tuple | np.ndarray) or len(given) > MOST_VALUES:
        raise ValueError(told(given))
    return list(given)


def _numbers(info: ParameterInfo, given: Any) -> tuple[float, ...]:
    return tuple(_number(one) for one in _list([given] if isinstance(given, int | float) else given))


def _range(info: ParameterInfo, given: Any) -> tuple[float, float]:
    ends = given.split(":") if isinstance(given, str) else _list(given)
    if len(ends) != 2:
        raise ValueError(told(given))
    low, high = map(_number, ends)
    if not low < high:
        raise ValueError(f"{told(given)}, whose first number is not the lower one")
    return low, high


def _ranges(info: ParameterInfo, given: Any) -> tuple[tuple[float, float], ...]:
    return tuple(_range(info, one) for one in _list(given))


def _regions(info: ParameterInfo, given: Any) -> tuple[Region, ...]:
    if isinstance(given, os.PathLike):
        given = os.fspath(given)
    if isinstance(given, Region):
        given = [given]
    if isinstance(given, str):
        return _regions_of_text(given)
    if not isinstance(given, list | tuple):
        raise ValueError(told(given))
    held = [write_regions((one,))[0] if isinstance(one, Region) else one for one in given]
    try:
        return read_regions(held)
    except ValueError as error:
        raise ValueError(f"one of which {error}" if len(held) > 1 else f"what is given: {error}") from error


def _regions_of_text(text: str) -> tuple[Region, ...]:
    if not text:
        return ()
    parts = [part for part in text.split(";") if part.strip()]
    short = [_SHORT.fullmatch(part) for part in parts]
    try:
        if text.startswith("["):
            return read_regions(json.loads(text))
        if short and all(short):
            return read_regions([_short_region(one) for one in short if one is not None])
        return load_regions(os.path.expanduser(text)).regions
    except RecursionError as error:
        raise ValueError("JSON that is nested too deeply") from error
    except RegionFileError as error:
        raise ValueError(f"{told(text)} ({_short(error.message.rstrip('.'), 200)})") from error
    except ValueError as error:
        raise ValueError(f"{told(text)} ({_short(str(error), 200)})") from error


def _short_region(found: re.Match[str]) -> dict[str, Any]:
    info = ParameterInfo(found["name"], ParameterKind.RANGE, None)
    (x0, x1), (y0, y1) = _range(info, found["x"]), _range(info, found["y"]) if found["y"] else (0.0, 1.0)
    return {"name": found["name"], "kind": "rectangle", "points": [[x0, y0], [x1, y1]]}


_FROM: dict[ParameterKind, Callable[[ParameterInfo, Any], Any]] = {
    ParameterKind.NUMBER: lambda info, given: _number(given),
    ParameterKind.INTEGER: _integer,
    ParameterKind.YES_NO: _yes_no,
    ParameterKind.TEXT: _text,
    ParameterKind.CHOICE: _choice,
    ParameterKind.FILE: _file,
    ParameterKind.NUMBERS: _numbers,
    ParameterKind.RANGE: _range,
    ParameterKind.RANGES: _ranges,
    ParameterKind.REGIONS: _regions,
}


def _hold_against_bounds(info: ParameterInfo, value: Any) -> None:
    if info.kind in (ParameterKind.YES_NO, ParameterKind.REGIONS):
        return
    for number in _flat(value):
        if (info.low is not None and number < info.low) or (info.high is not None and number > info.high):
            raise ValueError(_number_text(number) if isinstance(number, float) else str(number))


def _flat(value: Any) -> Iterable[float]:
    if isinstance(value, tuple):
        return [number for one in value for number in _flat(one)]
    return [value] if isinstance(value, int | float) else []
