"""File names from a pattern with fields, allowed on every platform (pure functions)."""

from __future__ import annotations

import re
from pathlib import PurePath
from string import Formatter
from typing import TYPE_CHECKING, Any

from swmr_viewer.core.errors import ExportError

if TYPE_CHECKING:
    from swmr_viewer.export.snapshot import Snapshot

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
"""Characters; most file systems take 255 bytes, and an ending and a number come behind."""
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class _Fields(Formatter):
    """Fills fields, each on its own: no attributes, no items, no surprises."""

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
    clean = re.sub(r"[^\w.+-]+", "-", name)[:LONGEST].strip(". ")
    if not clean.strip("-_"):
        raise ExportError(f"The name pattern {pattern!r} gives no name.", "Put {index} into it.")
    return f"_{clean}" if _RESERVED.fullmatch(clean) else clean
