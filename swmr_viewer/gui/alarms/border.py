"""The border that shows alarms: red while it is so, yellow for what was and nobody has acknowledged; words, and a button for that."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from swmr_viewer.gui.alarms.alarms import Alarms
from swmr_viewer.gui.look.menus import ActionButton
from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.theme import theme_of_application, tokens

WIDTH_PX = 4
PADDING_PX = 8
SIDE_PX = 70
"""Left free on both sides, for what stands in the corners."""


class AlarmBorder(Painted, QWidget):
    """Lies over the frame's panel and lets every click through.

    Parameters
    ----------
    alarms : Alarms
        What is shown.
    panel : QWidget
        Round which the border goes.
    below : QWidget
        A part of the panel under whose lower edge the words stand.
    button : ActionButton
        Acknowledges them, beside the words.
    """

    def __init__(self, alarms: Alarms, panel: QWidget, below: QWidget, button: ActionButton) -> None:
        super().__init__(panel)
        self._alarms = alarms
        self._below = below
        self.button = button
        button.setParent(panel)
        button.hide()
        self.words = ""
        """What stands in the border; empty while all is well."""
        self.is_on = False
        """Whether it is so now."""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVisible(False)
        panel.installEventFilter(self)
        alarms.changed.connect(self._show)
        theme_of_application().changed.connect(self.update)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._cover()
        return False

    def _show(self) -> None:
        shown = [(rule, event) for rule, event in self._alarms.raised if rule.border]
        self.is_on = bool(shown) and shown[0][1].found.is_on
        more = f" (+{len(shown) - 1} more)" if len(shown) > 1 else ""
        self.words = f"ALARM {self._alarms.words(*shown[0])}{more}" if shown else ""
        self.setAccessibleName(self.words)
        self.setVisible(bool(shown))
        self.button.setVisible(bool(shown))
        self._cover()
        self.raise_()
        self.button.raise_()
        self.update()

    def _cover(self) -> None:
        panel = self.parentWidget()
        if panel is None:
            return
        self.setGeometry(panel.rect())
        banner = self._banner()
        self.button.adjustSize()
        self.button.move(banner.right() + PADDING_PX, banner.center().y() - self.button.height() // 2)

    def _banner(self) -> QRect:
        """Where the words stand: in the middle, together with the button."""
        font = self.font()
        font.setBold(True)
        self.setFont(font)
        metrics, room = self.fontMetrics(), self.width() - self.button.width() - 2 * SIDE_PX
        size = metrics.size(0, metrics.elidedText(self.words, Qt.TextElideMode.ElideRight, room))
        banner = QRect(0, 0, size.width() + 3 * PADDING_PX, size.height() + PADDING_PX)
        banner.moveLeft((self.width() - banner.width() - self.button.width() - PADDING_PX) // 2)
        banner.moveTop(self._below.geometry().bottom() + PADDING_PX)
        return banner

    def paint_on(self, painter: QPainter) -> None:
        color, is_dark = QColor(tokens().bad if self.is_on else tokens().warn), tokens().is_dark
        painter.setPen(QPen(color, WIDTH_PX))
        half = WIDTH_PX // 2
        painter.drawRoundedRect(self.rect().adjusted(half, half, -half, -half), 6, 6)
        banner = self._banner()
        painter.setFont(self.font())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(banner, 4, 4)
        painter.setPen(QColor("#1a0504") if is_dark else QColor("#ffffff"))
        words = painter.fontMetrics().elidedText(self.words, Qt.TextElideMode.ElideRight, banner.width() - PADDING_PX)
        painter.drawText(banner, int(Qt.AlignmentFlag.AlignCenter), words)
