"""The preview beside the tree: the first complete frame of what is chosen, which one it is, or why there is none."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from swmr_viewer.analysis import Thumbnail
from swmr_viewer.gui.display.color_maps import DEFAULT_COLOR_MAP, color_table
from swmr_viewer.gui.look.labels import ElidedLabel, PlainLabel
from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.theme import theme_of_application, tokens
from swmr_viewer.gui.opening.request_fields import RemarkLabel
from swmr_viewer.opening import preview_text
from swmr_viewer.reader.messages import Previewed

_DETAIL_LINES = 3
_NARROWEST, _WIDEST = 236, 420
"""Pixels."""


class PreviewPane(QFrame):
    """Shows an answer; the lines below the picture are kept free, so that nothing jumps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        self.setMinimumWidth(_NARROWEST)
        self.setMaximumWidth(_WIDEST)
        self.setAccessibleName("First complete frame")
        self.picture = PreviewPicture()
        self.instead = RemarkLabel()
        self.path = ElidedLabel("muted", Qt.TextElideMode.ElideLeft)
        self.title = ElidedLabel("strong", Qt.TextElideMode.ElideRight)
        self.details = [ElidedLabel("muted", Qt.TextElideMode.ElideRight) for _ in range(_DETAIL_LINES)]
        caption = PlainLabel("caption")
        caption.say("FIRST COMPLETE FRAME")
        self._pages = QStackedWidget()
        self._pages.addWidget(_column(self.picture, self.title, *self.details, roomy=self.picture))
        self._pages.addWidget(_scrolling(self.instead))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addWidget(_column(caption, self.path, self._pages, roomy=self._pages))
        self.show_answer("", None)

    def show_answer(self, data_path: str, answer: Previewed | None, reading_s: float | None = None) -> None:
        """Show the preview of a data set, or why there is none; see `preview_text`."""
        text = preview_text(data_path, answer, reading_s)
        has_picture = bool(text.title)
        self.picture.show_thumbnail(answer.thumbnail if has_picture and answer is not None else None)
        self._pages.setCurrentIndex(0 if has_picture else 1)
        self.instead.set_remark(text.instead)
        self.path.say(data_path)
        self.title.say(text.title)
        for number, line in enumerate(self.details):
            line.say(text.details[number] if number < len(text.details) else "")
        self.setAccessibleDescription(". ".join(filter(None, (text.instead.text, text.title, *text.details))))


def _column(*parts: QWidget, roomy: QWidget) -> QWidget:
    """Return the parts one below the other; one of them takes the room that is left."""
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2)
    for part in parts:
        layout.addWidget(part, 1 if part is roomy else 0)
    return column


def _scrolling(label: RemarkLabel) -> QScrollArea:
    """Return a place in which a label may be long without making the dialog grow."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidgetResizable(True)
    area.setWidget(label)
    return area


_MARGIN = 8


class PreviewPicture(Painted, QWidget):
    """As large as it may be, without distorting the image."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnail: Thumbnail | None = None
        self._image: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 80)
        theme_of_application().changed.connect(self._take_theme)

    def thumbnail(self) -> Thumbnail | None:
        """Return what is drawn."""
        return self._thumbnail

    def show_thumbnail(self, thumbnail: Thumbnail | None) -> None:
        """Draw this."""
        if thumbnail is not self._thumbnail:
            self._thumbnail = thumbnail
            self._take_theme()

    def image(self) -> QImage | None:
        """Return the image in its colours, one pixel for each of the small copy; None where it is no image."""
        return self._image

    def sizeHint(self) -> QSize:
        return QSize(240, 200)

    def paint_on(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), QColor(tokens().canvas))
        if self._image is not None:
            self._paint_image(painter, self._image)
        elif self._thumbnail is not None and self._thumbnail.pixels_shape:
            self._paint_curve(painter, self._thumbnail.array())
        elif self._thumbnail is not None:
            self._paint_value(painter, self._thumbnail.value)

    def _take_theme(self) -> None:
        is_image = self._thumbnail is not None and len(self._thumbnail.pixels_shape) == 2
        self._image = colored(self._thumbnail) if self._thumbnail is not None and is_image else None
        self.update()

    def _paint_image(self, painter: QPainter, image: QImage) -> None:
        size = image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
        # Single pixels stay sharp when enlarged, and are not dropped when there is no room for each.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, size.width() < image.width())
        corner = QPointF((self.width() - size.width()) // 2, (self.height() - size.height()) // 2)
        painter.drawImage(QRectF(corner, size), image)

    def _paint_curve(self, painter: QPainter, values: npt.NDArray[np.float32]) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens().accent), 1.2))
        for part in curve_parts(values, QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)):
            painter.drawPolyline(part)

    def _paint_value(self, painter: QPainter, value: str) -> None:
        font = self.font()
        font.setPointSizeF(2 * font.pointSizeF())
        painter.setFont(font)
        painter.setPen(QColor(tokens().text))
        room = self.rect().adjusted(_MARGIN, 0, -_MARGIN, 0)
        text = painter.fontMetrics().elidedText(value, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)


def colored(thumbnail: Thumbnail) -> QImage:
    """Return the image of a small copy between its levels; pixels without a measurement have a colour of their own."""
    values, (low, high) = thumbnail.array(), thumbnail.levels
    masked, (rows, columns) = np.isnan(values), values.shape
    if thumbnail.colors:
        pixels = np.frombuffer(thumbnail.colors, np.uint8).reshape(rows, columns, 3).copy()
    else:
        pixels = _in_map(values, masked, low, high)
    apart = QColor(tokens().masked)
    pixels[masked] = (apart.red(), apart.green(), apart.blue())
    return QImage(pixels.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()


def _in_map(values: npt.NDArray[np.float32], masked: npt.NDArray[np.bool_], low: float, high: float) -> npt.NDArray[np.uint8]:
    shades = (values - low) / (high - low) if high > low else np.where(values > low, 1.0, 0.0)
    return color_table(DEFAULT_COLOR_MAP)[(255 * np.clip(np.where(masked, 0.0, shades), 0.0, 1.0)).astype(np.uint8)]


def curve_parts(values: npt.NDArray[np.float32], room: QRectF) -> list[QPolygonF]:
    """Return the curve in a rectangle, cut where there is no measurement; a single point is a short line."""
    finite = np.isfinite(values)
    if not finite.any():
        return []
    low, high = float(values[finite].min()), float(values[finite].max())
    heights = (values - low) / (high - low) if high > low else np.where(finite, 0.5, np.nan)
    across = room.width() / max(1, values.size - 1)
    points = [QPointF(room.left() + across * at, room.bottom() - float(height) * room.height()) for at, height in enumerate(heights)]
    edges = np.flatnonzero(np.diff(finite.astype(np.int8), prepend=0, append=0)).tolist()
    return [QPolygonF(_at_least_a_line(points[start:stop])) for start, stop in zip(edges[::2], edges[1::2], strict=True)]


def _at_least_a_line(points: list[QPointF]) -> list[QPointF]:
    return points if len(points) > 1 else [points[0] - QPointF(1, 0), points[0] + QPointF(1, 0)]
