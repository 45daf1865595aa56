"""The panel of curves: one page at a time, its tab on the left of a line, on the right of it what the page shows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QStackedWidget, QTabBar, QVBoxLayout, QWidget

COMFORTABLE = (450, 400)
"""Room (px) for a curve, some rows of the table and what is chosen; it does with half of it."""


class _Tabs(QTabBar):
    """The arrow keys walk along the tabs while these have the keyboard; elsewhere they step through frames."""

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.ShortcutOverride
            and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right)
        ):
            event.accept()
            return True
        return super().event(event)


class CurvePanel(QFrame):
    """Pages one behind the other: there is no room for two."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        self.bar = _Tabs(documentMode=True, drawBase=False, expanding=False, usesScrollButtons=False, elideMode=Qt.TextElideMode.ElideNone)
        self.bar.setProperty("flat", "true")
        self.bar.setAccessibleName("What is drawn")
        self.bar.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._pages = QStackedWidget()
        self._tools: list[Sequence[QWidget]] = []
        self._line = QHBoxLayout()
        self._line.setSpacing(4)
        self._line.addWidget(self.bar)
        self._line.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 4, 10, 6)
        box.setSpacing(4)
        box.addLayout(self._line)
        box.addWidget(self._pages, 1)
        self.bar.currentChanged.connect(self._show)

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(*COMFORTABLE))

    def add_page(self, title: str, page: QWidget, tools: Sequence[QWidget] = ()) -> None:
        """Add a page; its tools stand in the line while it is seen."""
        self._pages.addWidget(page)
        self._tools.append(tools)
        for tool in tools:
            self._line.addWidget(tool)
        self.bar.addTab(title)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.bar.setMinimumWidth(self.bar.sizeHint().width())  # what is chosen beside it shrinks first

    @property
    def page(self) -> QWidget | None:
        """The one that is seen."""
        return self._pages.currentWidget()

    def show_page(self, page: QWidget) -> None:
        self.bar.setCurrentIndex(self._pages.indexOf(page))

    def _show(self) -> None:
        now = self.bar.currentIndex()
        self._pages.setCurrentIndex(now)
        for number, tools in enumerate(self._tools):
            for tool in tools:
                tool.setVisible(number == now)
