"""Which lines across the picture have their profiles drawn: the one that was drawn, or the row and the column at the cross-hair (pure)."""

from __future__ import annotations

from enum import StrEnum

from swmr_viewer.core.frozen import frozen
from swmr_viewer.gui.regions import Line

ROW_COLOR, COLUMN_COLOR = "#4cc9f0", "#b8e986"


class ProfileOf(StrEnum):
    """What the profile is of, in the words of the window."""

    LINE = "line"
    ROW = "row"
    COLUMN = "column"
    BOTH = "row and column"


@frozen
class ProfileLine:
    """One line, and what it is called where its profile is drawn."""

    name: str
    line: Line
    color: str


def lines_at(of: ProfileOf, at: tuple[int, int] | None, shape: tuple[int, ...]) -> tuple[ProfileLine, ...]:
    """Return the row and the column through a pixel, from the middle of their first pixels to that of the last ones.

    Parameters
    ----------
    of : ProfileOf
        Which of them; none for a line.
    at : (row, column) or None
        Where the cross-hair is.
    shape : (rows, columns)
        Of the frame.
    """
    if at is None or len(shape) != 2 or not (at[0] < shape[0] and at[1] < shape[1]):
        return ()
    (row, column), (rows, columns) = at, shape
    y, x = row + 0.5, column + 0.5
    lines = {
        ProfileOf.ROW: ProfileLine(f"row {row}", ((0.5, y), (columns - 0.5, y)), ROW_COLOR),
        ProfileOf.COLUMN: ProfileLine(f"column {column}", ((x, 0.5), (x, rows - 0.5)), COLUMN_COLOR),
    }
    return tuple(line for kind, line in lines.items() if of in (kind, ProfileOf.BOTH))
