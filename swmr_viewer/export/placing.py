"""The names of files from a pattern with fields, and files that appear complete, together, and never in the place of another."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from itertools import count
from pathlib import Path, PurePath
from string import Formatter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from swmr_viewer.core.errors import ExportError
from swmr_viewer.core.new_files import file_gone, give_name, settle_names, write_checked

if TYPE_CHECKING:
    from swmr_viewer.export.snapshot import Snapshot


def place_together(contents: Mapping[str, bytes], folder: Path, stem: str) -> tuple[Path, ...]:
    """Write files that differ in their endings under the first of ``stem``, ``stem-2`` ... that is free for all of them.

    Parameters
    ----------
    contents : mapping of str to bytes
        What goes into the file of each ending (``.png``).
    folder : Path
        Where.
    stem : str
        File name without ending.

    Returns
    -------
    tuple of Path
        The files, in the order of ``contents``. Programs that do this at the same time get different names.

    Raises
    ------
    OSError
        If a file cannot be written, or reads back as something else; nothing is left behind then.
    """
    parts: list[Path] = []
    try:
        for ending, content in contents.items():
            parts.append(part_path(folder, ending))
            write_checked(parts[-1], content)
        return _first_free(parts, list(contents), folder, stem)
    finally:
        for part in parts:
            file_gone(part)


def place_written(parts: Mapping[str, Path], folder: Path, stem: str) -> tuple[Path, ...]:
    """Give files that are written already, one of each ending, their names as `place_together` does.

    Raises
    ------
    OSError
        If a file cannot be renamed; none has its name then, and all are where they were.
    """
    return _first_free(list(parts.values()), list(parts), folder, stem)


def part_path(folder: Path, ending: str) -> Path:
    """Return a hidden name for a file that is being written."""
    return folder / f".{uuid4().hex}{ending}.part"


def _first_free(parts: list[Path], endings: list[str], folder: Path, stem: str) -> tuple[Path, ...]:
    for number in count(1):
        name = stem if number == 1 else f"{stem}-{number}"
        targets = [folder / f"{name}{ending}" for ending in endings]
        if not any(os.path.lexists(target) for target in targets) and _place_all(parts, targets):
            settle_names(folder)
            return tuple(targets)
    raise AssertionError("counting never ends")


def _place_all(parts: list[Path], targets: list[Path]) -> bool:
    """Give all parts their names; False (and none placed) if somebody took one of the names in the meantime."""
    placed: list[tuple[Path, Path]] = []
    try:
        for part, target in zip(parts, targets, strict=True):
            give_name(part, target)
            placed.append((part, target))
    except BaseException as error:
        for part, target in placed:
            _take_back(part, target)
        if isinstance(error, FileExistsError):
            return False
        raise
    return True


def _take_back(part: Path, target: Path) -> None:
    with contextlib.suppress(OSError):
        if part.exists():
            target.unlink()
        else:
            os.replace(target, part)


PATTERN = "{file}_{data}_{index}"
FIELDS = {
    "file": "the file's name without its ending",
    "data": "the data set",
    "index": "the frame's number, six digits; {index:04d} has four",
    "position": "where it is in the scan: 13-27",
    "date": "the day: 2026-03-01",
    "time": "the moment of the snapshot: 12-30-05",
}
"""What a pattern may name, and what it becomes."""
LONGEST = 180
"""Bytes in UTF-8; most file systems take 255, and an ending and a number come behind."""
_RESERVED = re.compile(r"(con|prn|aux|nul|(com|lpt)[\d\u00b9\u00b2\u00b3])(\..*)?", re.IGNORECASE)


class _Fields(Formatter):
    """Fills fields, each on its own: no attributes, no items."""

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> tuple[Any, str]:
        if field_name not in kwargs:
            raise KeyError(field_name)
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        return f"{value:06d}" if isinstance(value, int) and not format_spec else str(format(value, format_spec))


def stem_of(snapshot: Snapshot, pattern: str = PATTERN) -> str:
    """Return a file name without ending.

    Parameters
    ----------
    snapshot : Snapshot
        What the fields are filled from.
    pattern : str
        Text with any of `FIELDS` in braces.

    Raises
    ------
    ExportError
        If the pattern names a field that there is not, or comes to nothing.
    """
    values = {
        "file": PurePath(snapshot.file).stem,
        "data": snapshot.data_path.strip("/"),
        "index": snapshot.index,
        "position": "-".join(map(str, snapshot.position)) or "0",
        "date": snapshot.taken_at.strftime("%Y-%m-%d"),
        "time": snapshot.taken_at.strftime("%H-%M-%S"),
    }
    try:
        name = _Fields().vformat(pattern, (), values)
    except (KeyError, ValueError, IndexError) as error:
        known = ", ".join("{" + field + "}" for field in FIELDS)
        raise ExportError(f"The name pattern {pattern!r} cannot be filled.", f"It may hold {known}.") from error
    return _allowed(name, pattern)


def _allowed(name: str, pattern: str) -> str:
    clean = re.sub(r"[^\w.+-]+", "-", name).encode()[:LONGEST].decode(errors="ignore").strip(". ")
    if not clean.strip("-_"):
        raise ExportError(f"The name pattern {pattern!r} gives no name.", "Put {index} into it.")
    return f"_{clean}" if _RESERVED.fullmatch(clean) else clean
