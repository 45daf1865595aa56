"""Values of parameters, from texts as they are typed, or as JSON has them. Each error's words end a sentence."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any

import numpy as np

from swmr_viewer.reductions.parameter_info import ParameterInfo, ParameterKind, number_text
from swmr_viewer.reductions.region_texts import regions_from, told

MOST_VALUES = 1000
LONGEST_TEXT, LONGEST_REGIONS = 65_536, 10_000_000
_YES, _NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")


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
    if text is not None and len(text) > (LONGEST_REGIONS if info.kind is ParameterKind.REGIONS else LONGEST_TEXT):
        raise ValueError(f"a text of {len(text)} characters")
    value = _FROM[info.kind](info, given if text is None else text)
    _hold_against_bounds(info, value)
    return value


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
    if isinstance(given, np.ndarray):
        given = given.tolist()
    if not isinstance(given, list | tuple) or len(given) > MOST_VALUES:
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
    ParameterKind.REGIONS: lambda info, given: regions_from(given),
}


def _hold_against_bounds(info: ParameterInfo, value: Any) -> None:
    if info.kind in (ParameterKind.YES_NO, ParameterKind.REGIONS):
        return
    for number in _flat(value):
        if (info.low is not None and number < info.low) or (info.high is not None and number > info.high):
            raise ValueError(number_text(number) if isinstance(number, float) else str(number))


def _flat(value: Any) -> Iterable[float]:
    if isinstance(value, tuple):
        return [number for one in value for number in _flat(one)]
    return [value] if isinstance(value, int | float) else []
