"""Two groups of controls side by side, or one under the other where there is no room for both."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QWidget

SPACING = 7
ROW, COLUMN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


def group(*parts: QWidget, stretched: QWidget | None = None) -> QWidget:
    """Return parts in a row; the stretched one, or what comes after all of them, gets the room that is over."""
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACING)
    for part in parts:
        row.addWidget(part, 1 if part is stretched else 0)
    if stretched is None:
        row.addStretch()
    return widget


class FoldingRow(QWidget):
    """Never cuts a word: it folds first, and is never narrower than the wider group.

    Parameters
    ----------
    left, right : QWidget
        The groups.
    stretched : QWidget, optional
        The one that gets the room that is over; by default the left one.
    """

    def __init__(self, left: QWidget, right: QWidget, *, stretched: QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._groups = (left, right)
        box = self._box = QBoxLayout(ROW, self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(SPACING)
        box.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # else the unfolded width would be the least
        for group in self._groups:
            box.addWidget(group, 1 if group is (stretched or left) else 0)

    @property
    def is_folded(self) -> bool:
        """Whether the groups stand one under the other."""
        return self._box.direction() == COLUMN

    def minimumSizeHint(self) -> QSize:
        sizes = self._least_sizes()
        heights = [size.height() for size in sizes]
        return QSize(max(size.width() for size in sizes), sum(heights) + self._box.spacing() if self.is_folded else max(heights))

    def sizeHint(self) -> QSize:
        return self._box.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a group has become wider, or narrower
            self._fold()
        return super().event(event)

    def _least_sizes(self) -> list[QSize]:
        return [group.minimumSizeHint().expandedTo(group.minimumSize()) for group in self._groups]

    def _fold(self) -> None:
        least = sum(size.width() for size in self._least_sizes()) + self._box.spacing()
        direction = ROW if least <= self.width() else COLUMN
        if direction != self._box.direction():
            self._box.setDirection(direction)
            self.updateGeometry()
