"""Numbers as text that reads back as the same numbers, bit for bit (pure functions)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt


def exact_text(value: Any) -> str:
    """Return the shortest text that the value's own type reads back unchanged: 0.1 as float32 is ``0.1``."""
    if isinstance(value, np.bool_ | bool):
        return str(int(value))
    return str(value) if isinstance(value, np.generic) else repr(value)


def table(columns: Mapping[str, npt.NDArray[Any]], separator: str = ",") -> str:
    """Return columns of one length as text with a line of names; what is not a number is empty.

    Parameters
    ----------
    columns : mapping of str to array (n,)
        By name; names with separators or quotes are quoted.
    separator : str
        Between values.
    """
    texts = [[_cell(value) for value in column] for column in columns.values()]
    lines = [separator.join(_quoted(name, separator) for name in columns)]
    lines.extend(separator.join(row) for row in zip(*texts, strict=True))
    return "\n".join(lines) + "\n"


def matrix(pixels: npt.NDArray[Any], separator: str = "\t") -> str:
    """Return an array of up to two axes as lines of numbers, as spreadsheets paste them."""
    rows = np.atleast_2d(pixels) if pixels.ndim != 1 else pixels[:, np.newaxis]
    return "\n".join(separator.join(exact_text(value) for value in row) for row in rows) + "\n"


def _cell(value: Any) -> str:
    return "" if value != value else exact_text(value)


def _quoted(name: str, separator: str) -> str:
    return '"' + name.replace('"', '""') + '"' if any(c in name for c in (separator, '"', "\n")) else name
