"""The map's palette in the theme's colours, and the canvas as Qt paints it."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QColor, QImage

from swmr_viewer.gui.look.theme import Tokens, mixed, tokens
from swmr_viewer.gui.scan_map.map_image import MapCanvas


def map_colors() -> list[str]:
    """Return the colours of the map's palette entries, in their order."""
    return list(_colors(tokens()))


@lru_cache(maxsize=2)
def _colors(colors: Tokens) -> tuple[str, ...]:
    hollow = mixed(colors.missing, colors.panel, 0.6)
    return colors.panel, colors.missing, colors.warn, colors.good, mixed(colors.warn, "#000000", 0.6), hollow, colors.panel


@lru_cache(maxsize=2)
def _table(colors: Tokens) -> list[int]:
    return [QColor(color).rgb() for color in _colors(colors)]


def canvas_image(canvas: MapCanvas, ratio: float) -> QImage:
    """Return the canvas as Qt's image, in 32 bits: those with a table of colours are painted on a slow path, by several threads."""
    height, stride = canvas.buffer.shape
    image = QImage(canvas.buffer.data, canvas.layout.width, height, stride, QImage.Format.Format_Indexed8)
    image.setColorTable(_table(tokens()))
    image.setDevicePixelRatio(ratio)
    return image.convertToFormat(QImage.Format.Format_RGB32)
