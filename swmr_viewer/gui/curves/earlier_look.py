"""How curves of other scans look: grey, each scan in dashes and a shade of its own."""

from __future__ import annotations

from PySide6.QtGui import QPaintDevice, QPen

from swmr_viewer.gui.look.painting import line_pen
from swmr_viewer.gui.look.theme import mixed, tokens

DASHES = ((), (7.0, 3.0), (2.0, 2.0), (8.0, 2.0, 2.0, 2.0), (8.0, 2.0, 2.0, 2.0, 2.0, 2.0))
"""Lengths of lines and gaps, in widths of the pen."""
TINT = 0.45


def earlier_pen(on: QPaintDevice, number: int, color: str = "") -> QPen:
    """Return the pen for the curves of one of the other scans.

    Parameters
    ----------
    number : int
        Of the scan among those that are compared with, from 0.
    color : str
        ``#rrggbb`` of the curve of the scan that is followed, to be told of others; "": there is no other.
    """
    grey = mixed(tokens().muted, tokens().text, 0.5) if number % 2 else tokens().muted
    pen = line_pen(on, mixed(grey, color, TINT) if color else grey, 1.5)
    if dashes := DASHES[number % len(DASHES)]:
        pen.setDashPattern(dashes)
    return pen
