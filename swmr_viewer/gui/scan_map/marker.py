"""The ring around a scan point: seen on every colour, in light and dark, and found among a million."""

from __future__ import annotations

from math import ceil, floor

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath

from swmr_viewer.gui.look.theme import tokens

WHITE, DARK = "#ffffff", "#0b0d11"
LEAST_SHOWN = 5
LEAST_REVEALED = 11
"""Pixels inside of the rings, however small a cell is."""


def draw_shown(painter: QPainter, cell: QRectF, area: QRect) -> None:
    """Mark the cell of the frame that is shown, inside of the area."""
    inside = _inside(cell, LEAST_SHOWN, area, 3)
    painter.fillRect(inside, QColor(tokens().accent))
    _rings(painter, inside, ((2, WHITE), (1, DARK)))


def draw_ring(painter: QPainter, cell: QRectF, area: QRect) -> None:
    """Mark the cell of the frame that is shown, and leave its colour free."""
    _rings(painter, _inside(cell, LEAST_SHOWN, area, 3), ((2, WHITE), (1, DARK)))


def draw_revealed(painter: QPainter, cell: QRectF, area: QRect) -> None:
    """Ring a cell that somebody looks for, and leave free what is in it."""
    _rings(painter, _inside(cell, LEAST_REVEALED, area, 4), ((1, WHITE), (2, tokens().bad), (1, DARK)))


def _inside(cell: QRectF, least: int, area: QRect, around: int) -> QRect:
    """Return the cell, or what is around its middle and large enough; moved so that the rings around it are in the area."""
    width, height = (max(least, floor(side)) for side in (cell.width() - 2, cell.height() - 2))
    corner = cell.center() - QPointF(width / 2, height / 2)
    left = min(max(ceil(corner.x() - 0.5), area.left() + around), area.right() + 1 - around - width)
    top = min(max(ceil(corner.y() - 0.5), area.top() + around), area.bottom() + 1 - around - height)
    return QRect(left, top, width, height)


def _rings(painter: QPainter, inside: QRect, rings: tuple[tuple[int, str], ...]) -> None:
    """Draw rings (width in pixels, colour) around a rectangle, from the inside outwards."""
    for width, color in rings:
        outside = inside.adjusted(-width, -width, width, width)
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.OddEvenFill)
        path.addRect(QRectF(outside))
        path.addRect(QRectF(inside))
        painter.fillPath(path, QColor(color))
        inside = outside
