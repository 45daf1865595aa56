"""The slider over the scan: only complete frames can be reached, which are painted; it never moves under the user's hand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from swmr_viewer.core.number_text import count_text
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.theme import theme_of_application, tokens
from swmr_viewer.gui.session import Session

Shares = npt.NDArray[np.float64]
MARGIN = 9.0
KNOB = 7.0


class FrameSlider(Painted, QWidget):
    """Its length is the whole scan, so that new frames do not move what is there."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._dragging = False
        self._there = FramesThere()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Drag to any complete frame: those that are there are green; the scan goes on meanwhile")
        self.setAccessibleName("Frame slider")
        for signal in (session.settled, session.mode_changed, session.request_changed):
            signal.connect(self.update)
        session.frames_completed.connect(self._note)
        theme_of_application().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(240, 26)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 26)

    @property
    def value(self) -> int | None:
        """The frame under the knob: the one asked for, or the one that is shown."""
        session = self._session
        return (
            session.scan.wanted_index
            if session.scan.wanted_index is not None
            else session.scan.shown.index
            if session.scan.shown is not None
            else None
        )

    def x_of(self, index: int) -> float:
        """Return where a frame is (widget pixels)."""
        return MARGIN + index / max(1, self._last()) * (self.width() - 2 * MARGIN)

    def index_at(self, x: float) -> int:
        """Return the frame at a place (widget pixels), complete or not."""
        share = (x - MARGIN) / max(1.0, self.width() - 2 * MARGIN)
        return round(min(max(share, 0.0), 1.0) * self._last())

    def _last(self) -> int:
        return max(0, self._session.scan.progress.total - 1) if self._session.scan.progress is not None else 0

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._dragging = True
            self._session.pin_nearest(self.index_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._session.pin_nearest(self.index_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = False

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._session.step(-1 if event.angleDelta().y() > 0 else +1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: +1}
        if event.key() in steps:
            self._session.step(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _note(self, completed: IndexArray) -> None:
        if self._session.scan.progress is not None:
            self._there.note(completed, self._session.scan.progress)

    def paint_on(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors, middle = tokens(), self.height() / 2
        self._groove(painter, MARGIN, self.width() - MARGIN, colors.missing)
        progress, value = self._session.scan.progress, self.value
        if progress is not None:
            self._paint_there(painter, self._there.shares(progress, round(self.width() - 2 * MARGIN)))
        if value is None:
            return
        painter.setPen(QColor(colors.text) if self.hasFocus() else QColor(colors.panel))
        painter.setBrush(QColor(colors.accent))
        painter.drawEllipse(QPointF(self.x_of(value), middle), KNOB, KNOB)
        self.setAccessibleDescription(f"Frame {count_text(value)}")

    def _paint_there(self, painter: QPainter, shares: Shares) -> None:
        """Paint runs of columns (widget pixels): high where every frame is there, low where some are. There are no more than pixels."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        heights = np.where(shares >= 1, 4, np.where(shares > 0, 2, 0))
        edges = np.flatnonzero(np.diff(heights, prepend=0, append=0))
        for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            height = int(heights[start])
            if height:
                painter.fillRect(QRectF(MARGIN + start, self.height() / 2 + 2 - height, stop - start, height), QColor(tokens().good))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _groove(self, painter: QPainter, left: float, right: float, color: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        painter.drawRoundedRect(QRectF(left, self.height() / 2 - 2, max(0.0, right - left), 4), 2, 2)


MOST_BLOCKS = 8192
"""More than a screen has pixels; a longer scan has blocks of 2, 4, 8 ... frames."""


class FramesThere:
    """Complete frames, counted in blocks of equal length over the flat index."""

    def __init__(self) -> None:
        self._counts = np.zeros(MOST_BLOCKS, np.int64)
        self._length = 1
        self._rows: tuple[int, ...] = ()

    def note(self, completed: IndexArray, progress: KeyProgress) -> None:
        """Count frames that became complete; ``progress`` has them already."""
        self._fit(progress)
        if progress.scan_shape[1:] == self._rows:
            self._count(completed)
        self._make_sure(progress)

    def shares(self, progress: KeyProgress, n_parts: int) -> npt.NDArray[np.float64]:
        """Return which share of the frames is complete in each of equal parts of the scan (0 to 1)."""
        self._fit(progress)
        self._make_sure(progress)
        total, n_parts = progress.total, max(1, n_parts)
        if not total:
            return np.zeros(n_parts)
        first, behind = self._blocks(total, n_parts)
        sums = np.concatenate(([0], np.cumsum(self._counts)))
        frames = np.minimum(behind * self._length, total) - first * self._length
        shares: npt.NDArray[np.float64] = (sums[behind] - sums[first]) / frames
        return shares

    def _blocks(self, total: int, n_parts: int) -> tuple[IndexArray, IndexArray]:
        """Return the first block of each part, and the one behind its last; of a short scan each part belongs to one frame."""
        if total <= n_parts:
            first = ((np.arange(n_parts) + 0.5) * total / n_parts).astype(np.int64)
            return first, first + 1
        edges = np.arange(n_parts + 1) * total / n_parts
        first = edges[:-1].astype(np.int64) // self._length
        return first, np.maximum(first + 1, -(-np.ceil(edges[1:]).astype(np.int64) // self._length))

    def _fit(self, progress: KeyProgress) -> None:
        """Make blocks longer until there are enough of them."""
        while progress.total > MOST_BLOCKS * self._length:
            pairs = self._counts.reshape(-1, 2).sum(axis=1)
            self._counts = np.concatenate((pairs, np.zeros(MOST_BLOCKS // 2, np.int64)))
            self._length *= 2

    def _count(self, indices: IndexArray) -> None:
        self._counts += np.bincount(indices // self._length, minlength=MOST_BLOCKS)

    def _make_sure(self, progress: KeyProgress) -> None:
        """Count all anew where that is not what was counted: another file, or an axis grew that moves the frames."""
        is_shorter = self._length > 1 and progress.total <= MOST_BLOCKS * self._length // 2
        if progress.scan_shape[1:] == self._rows and int(self._counts.sum()) == progress.n_complete and not is_shorter:
            return
        self._rows = progress.scan_shape[1:]
        self._counts[:], self._length = 0, 1
        self._fit(progress)
        complete, starts = progress.complete_mask(), range(0, progress.total, self._length)
        # A tenth of what the indices of ten million frames take.
        self._counts[: len(starts)] = [np.count_nonzero(complete[start : start + self._length]) for start in starts]
