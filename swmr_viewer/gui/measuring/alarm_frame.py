"""The alarm on the screen: a red border round the frame, and the words over its upper edge; nothing moves to make room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.theme import theme_of_application, tokens
from swmr_viewer.gui.measuring.alarm import Alarm

WIDTH_PX = 4
PADDING_PX = 8


class AlarmFrame(Painted, QWidget):
    """Lies over the frame's panel and lets every click through.

    Parameters
    ----------
    alarm : Alarm
        What is shown.
    panel : QWidget
        Round which the border goes.
    below : QWidget
        A part of the panel under whose lower edge the words stand.
    """

    def __init__(self, alarm: Alarm, panel: QWidget, below: QWidget) -> None:
        super().__init__(panel)
        self._alarm = alarm
        self._below = below
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVisible(False)
        panel.installEventFilter(self)
        alarm.changed.connect(self._show)
        theme_of_application().changed.connect(self.update)

    @property
    def words(self) -> str:
        """What stands in the border; empty while all is well."""
        return self._alarm.words

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._cover()
        return False

    def _show(self) -> None:
        self._cover()
        self.setVisible(bool(self.words))
        self.setAccessibleName(self.words)
        self.raise_()
        self.update()

    def _cover(self) -> None:
        panel = self.parentWidget()
        if panel is not None:
            self.setGeometry(panel.rect())

    def paint_on(self, painter: QPainter) -> None:
        red = QColor(tokens().bad)
        painter.setPen(QPen(red, WIDTH_PX))
        half = WIDTH_PX // 2
        painter.drawRoundedRect(self.rect().adjusted(half, half, -half, -half), 6, 6)
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        words = painter.fontMetrics().elidedText(self.words, Qt.TextElideMode.ElideRight, self.width() - 4 * PADDING_PX)
        size = painter.fontMetrics().boundingRect(words).size()
        banner = QRect(0, 0, size.width() + 3 * PADDING_PX, size.height() + PADDING_PX)
        banner.moveCenter(self.rect().center())
        banner.moveTop(self._below.geometry().bottom() + PADDING_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(red)
        painter.drawRoundedRect(banner, 4, 4)
        painter.setPen(QColor("#1a0504") if tokens().is_dark else QColor("#ffffff"))
        painter.drawText(banner, int(Qt.AlignmentFlag.AlignCenter), words)
