"""Regions and the profile's line as a file that people can read, write and pass on: JSON, version 1.

    {"format": "swmr_viewer regions", "version": 1,
     "data_path": "/entry/eiger/data", "frame_shape": [2167, 2070],
     "regions": [{"name": "A", "kind": "rectangle", "points": [[10, 12], [30, 40]]}],
     "line": {"points": [[0, 0], [100, 50]], "width": 3}}

Points are (x, y) in pixels as in `Region`; ``line`` may be null or missing. What else a file holds is left alone, so that other programs
can add to it; whatever this reads is held against these types and bounds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from math import isfinite
from pathlib import Path
from typing import Any
from uuid import uuid4

from swmr_viewer.analysis.regions import Point, Region
from swmr_viewer.analysis.small_texts import read_small_text
from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.new_files import file_gone, give_name, settle_names, write_checked
from swmr_viewer.core.plain_text import plain

FORMAT, VERSION = "swmr_viewer regions", 1
MOST_BYTES = 10_000_000
MOST_REGIONS, MOST_POINTS = 1000, 10_000
LONGEST_NAME = 100
"""Characters of a region's name."""
FARTHEST = 1e7
"""Pixels; no frame is as long."""
WIDEST = 10_000
"""Pixels across a line."""


class RegionFileError(SwmrViewerError):
    """A file of regions cannot be read or written."""


@frozen
class RegionFile:
    """What a file of regions holds."""

    regions: tuple[Region, ...] = ()
    line: tuple[Point, Point] | None = None
    """Of the profile."""
    line_width: int = 1
    """Pixels across."""
    frame_shape: tuple[int, ...] = ()
    """Rows and columns, or channels, of the frames that they were drawn on; empty where that is not told."""
    data_path: str = ""


def save_regions(content: RegionFile, file: str | Path, *, replace: bool = False) -> None:
    """Write regions to a file, which appears complete.

    Parameters
    ----------
    content : RegionFile
        What is written.
    file : path
        Where.
    replace : bool
        Whether a file that is there already may be replaced.

    Raises
    ------
    RegionFileError
        If there is one, or it cannot be written.
    """
    target = Path(file)
    beside = target.with_name(f".{uuid4().hex}.part")
    try:
        write_checked(beside, regions_text(content).encode())
        if replace:
            beside.replace(target)
        else:
            give_name(beside, target)
        settle_names(target.parent)
    except FileExistsError as error:
        raise RegionFileError(f"There is a file {target} already.", "Choose another name.") from error
    except OSError as error:
        raise RegionFileError(f"The regions cannot be written to {target}: {error.strerror or error}.", "Choose another place.") from error
    finally:
        file_gone(beside)


def load_regions(file: str | Path) -> RegionFile:
    """Read regions from a file.

    Raises
    ------
    RegionFileError
        If it cannot be read, or is no file of regions; the sentence says what is wrong.
    """
    try:
        return regions_of_text(read_small_text(file, MOST_BYTES))
    except OSError as error:
        raise RegionFileError(
            f"The regions in {file} cannot be read: {error.strerror or error}.", "Check its name and permissions."
        ) from error
    except ValueError as error:
        raise RegionFileError(
            f"{file} is no file of regions: {plain(str(error))}.", "Choose one that was written by Save regions."
        ) from error


def regions_text(content: RegionFile) -> str:
    """Return regions as JSON."""
    regions = write_regions(content.regions)
    line = None if content.line is None else {"points": _pairs(content.line), "width": content.line_width}
    head = {"format": FORMAT, "version": VERSION, "data_path": content.data_path, "frame_shape": list(content.frame_shape)}
    text = json.dumps({**head, "regions": regions, "line": line}, indent=1, ensure_ascii=False, default=float) + "\n"
    return text.encode(errors="backslashreplace").decode()  # h5py has bytes of older programs' paths as surrogates


def regions_of_text(text: str) -> RegionFile:
    """Return what JSON says.

    Raises
    ------
    ValueError
        If it is not what `regions_text` writes; the words say what.
    """
    try:
        held = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(held, dict) or held.get("format") != FORMAT:
        raise ValueError(f'"format" is not "{FORMAT}"')
    if held.get("version") != VERSION or isinstance(held["version"], bool):
        raise ValueError(f"its version is {str(held.get('version'))[:20]}, and this program reads {VERSION}")
    regions = read_regions(held.get("regions", []))
    line = held.get("line")
    points, width = (None, 1) if line is None else _line(line)
    shape = tuple(_whole(n, "frame_shape", 10**9) for n in _list(held.get("frame_shape", []), 8, "frame_shape"))
    return RegionFile(regions, points, width, shape, _text(held.get("data_path", ""), "data_path", 4096))


def write_regions(regions: Iterable[Region]) -> list[dict[str, Any]]:
    """Return regions as they stand in the JSON of a file."""
    return [{"name": one.name, "kind": one.kind, "points": _pairs(one.points)} for one in regions]


def read_regions(entries: Any) -> tuple[Region, ...]:
    """Return the regions of a list as `write_regions` makes it.

    Raises
    ------
    ValueError
        If it is none; the words say what is wrong.
    """
    regions = tuple(_region(entry) for entry in _list(entries, MOST_REGIONS, "regions"))
    if len({region.name for region in regions}) < len(regions):
        raise ValueError("two regions have one name")
    return regions


def _pairs(points: tuple[Point, ...]) -> list[list[float]]:
    return [[float(x), float(y)] for x, y in points]


def _region(entry: Any) -> Region:
    if not isinstance(entry, dict):
        raise ValueError("a region is no object with name, kind and points")
    name, kind = plain(_text(entry.get("name"), "name", LONGEST_NAME)).strip()[:LONGEST_NAME], entry.get("kind")
    if not name:
        raise ValueError("a region has no name")
    if kind not in ("rectangle", "ellipse", "polygon"):
        raise ValueError(f"region {name} is neither rectangle, ellipse nor polygon")
    return Region(name, kind, _points(entry.get("points"), name))


def _line(entry: Any) -> tuple[tuple[Point, Point], int]:
    if not isinstance(entry, dict):
        raise ValueError("the line is no object with points and width")
    points = _points(entry.get("points"), "line")
    if len(points) != 2:
        raise ValueError("the line has not two points")
    return (points[0], points[1]), max(1, _whole(entry.get("width", 1), "width", WIDEST))


def _points(value: Any, what: str) -> tuple[Point, ...]:
    pairs = [_list(pair, 2, f"points of {what}") for pair in _list(value, MOST_POINTS, f"points of {what}")]
    if any(len(pair) != 2 or not all(map(_is_place, pair)) for pair in pairs):
        raise ValueError(f"the points of {what} are not pairs of numbers (x, y) in pixels")
    return tuple((float(x), float(y)) for x, y in pairs)


def _is_place(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= FARTHEST and isfinite(value)


def _whole(value: Any, what: str, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(f'"{what}" is no whole number up to {most}')
    return value


def _text(value: Any, what: str, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest:
        raise ValueError(f'"{what}" is no text of up to {longest} characters')
    return value


def _list(value: Any, most: int, what: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError(f'"{what}" is no list of up to {most}')
    return value
