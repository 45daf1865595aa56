"""Regions as somebody types them: the path of a file, JSON, or ``A=10:30, 12:40; B=50:60``. Each error's words end a sentence."""

from __future__ import annotations

import json
import os
import re
from typing import Any

from swmr_viewer.analysis import Region, RegionFileError, load_regions, read_regions, write_regions
from swmr_viewer.core.plain_text import plain

_SHORT = re.compile(r"\s*(?P<name>[^=;:,\[\]{}/\\]+?)\s*=\s*(?P<x>[^,;=]+:[^,;=]+?)\s*(?:,\s*(?P<y>[^,;=]+:[^,;=]+?)\s*)?")
_ALL_ROWS = 1e7
"""As far as a region may reach: beyond any image."""


def told(given: Any) -> str:
    """Return a value that is wrong, as short as a sentence can hold."""
    return _short(repr(given), 60)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def regions_from(given: Any) -> tuple[Region, ...]:
    """Return regions that were typed, that JSON has, or that a script built.

    Raises
    ------
    ValueError
        If they are none; the words say what is given in their place.
    """
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
        raise ValueError(f"{told(text)} ({_short(plain(error.message.rstrip('.')), 200)})") from error
    except ValueError as error:
        raise ValueError(f"{told(text)} ({_short(plain(str(error)), 200)})") from error


def _short_region(found: re.Match[str]) -> dict[str, Any]:
    x0, x1 = _ends(found["x"])
    y0, y1 = _ends(found["y"]) if found["y"] else (0.0, _ALL_ROWS)
    return {"name": found["name"], "kind": "rectangle", "points": [[x0, y0], [x1, y1]]}


def _ends(text: str) -> tuple[float, float]:
    low, _, high = text.partition(":")
    try:
        ends = float(low), float(high)
    except ValueError as error:
        raise ValueError(f"{text} is no range") from error
    if not ends[0] < ends[1]:
        raise ValueError(f"{text} has not the lower number first")
    return ends
