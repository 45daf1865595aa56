"""The picture of a snapshot: what is seen, with a line that says which frame it is and a bar that says how large."""

from __future__ import annotations

from math import floor, log10
from typing import NamedTuple

from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QApplication

from swmr_viewer.gui.look.theme import Tokens

MARGIN = 8
ASKED_PX = 120
"""About how long the scale bar is, in pixels of the picture."""


class ScaleBar(NamedTuple):
    """A bar of a round length."""

    length_px: float
    """In pixels of the picture."""
    words: str


def round_below(value: float) -> float:
    """Return the largest of 1, 2, 5, 10, 20 ... times a power of ten that is not above ``value`` (> 0)."""
    power = 10.0 ** floor(log10(value) + 1e-12)
    return max(step for step in (1, 2, 5) if step * power <= value * (1 + 1e-9)) * power


def scale_bar(
    frame_pixels_per_px: float, pixel_size_m: tuple[float, float] | None = None, asked_px: float = ASKED_PX, *, across: str = "x"
) -> ScaleBar:
    """Return a bar of about ``asked_px``, which lies across the picture.

    Parameters
    ----------
    frame_pixels_per_px : float
        How many of the frame's pixels one pixel of the picture is, across it.
    pixel_size_m : (float, float), optional
        Along x and y; where it is known, the bar is in millimetres or micrometres.
    asked_px : float
        In pixels of the picture.
    across : str
        Which of the frame's axes runs across the picture: x, or y where it is turned. Pixels need not be square.
    """
    pixel_m = None if pixel_size_m is None else pixel_size_m["xy".index(across)]
    if pixel_m is None or not pixel_m > 0:
        length = max(1.0, round_below(asked_px * frame_pixels_per_px))
        return ScaleBar(length / frame_pixels_per_px, f"{length:g} {'pixel' if length == 1 else 'pixels'}")
    metres = round_below(asked_px * frame_pixels_per_px * pixel_m)
    words = f"{1e3 * metres:g} mm" if metres >= 0.9e-3 else f"{1e6 * metres:g} \u00b5m"
    return ScaleBar(metres / (frame_pixels_per_px * pixel_m), words)


def composed(picture: QImage, title: str, bar: ScaleBar | None, colors: Tokens) -> QImage:
    """Return the picture with the title above and the bar below; without both, the picture."""
    if not title and bar is None:
        return picture
    ratio = picture.devicePixelRatio()
    width, height = picture.width() / ratio, picture.height() / ratio
    font = QApplication.font()
    font.setPointSizeF(10.0)
    line = 26.0
    top, bottom = (line if title else 0.0), (line if bar is not None else 0.0)
    image = QImage(round(width * ratio), round((height + top + bottom) * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(colors.panel))
    painter = QPainter(image)
    painter.setFont(font)
    painter.drawImage(QPointF(0, top), picture)
    painter.setPen(QColor(colors.text))
    if title:
        room = QRectF(MARGIN, 0, width - 2 * MARGIN, line)
        words = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideMiddle, int(room.width()))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)
    if bar is not None:
        y = top + height + line / 2
        painter.setPen(QPen(QColor(colors.text), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(MARGIN, y), QPointF(MARGIN + bar.length_px, y))
        room = QRectF(2 * MARGIN + bar.length_px, y - line / 2, width, line)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), bar.words)
    painter.end()
    return image


def png_of(picture: QImage) -> bytes:
    """Return a picture as the bytes of a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())
