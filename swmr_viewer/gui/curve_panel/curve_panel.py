"""The panel of curves: one page at a time, its tab on the left of a line, on the right of it, or below, what the page shows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from swmr_viewer.gui.look.choice_button import ChoiceButton

COMFORTABLE = (450, 400)
"""Room (px) for a curve, some rows of the table and what is chosen; it does with half of it."""


MARGINS = (10, 4, 10, 6)
SPACING = 4
WAYS = ((False, True, False), (True, True, False), (True, False, False), (False, True, True), (True, True, True))
"""To have what is chosen in a panel, the first with room is taken: in short or long words, with what can be chosen elsewhere or without
it, on a line of its own or beside the tabs."""


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
        self._tools: list[Sequence[ChoiceButton]] = []
        self._line, self._below = QHBoxLayout(), QHBoxLayout()
        self._is_folded = False
        self._line.addWidget(self.bar)
        box = QVBoxLayout(self)
        box.setContentsMargins(*MARGINS)
        box.setSpacing(SPACING)
        for line in (self._line, self._below):
            line.setSpacing(SPACING)
            line.addStretch(1)
            box.addLayout(line)
        box.addWidget(self._pages, 1)
        self.bar.currentChanged.connect(self._show)

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(*COMFORTABLE))

    def minimumSizeHint(self) -> QSize:
        tools = sum(tool.minimumSizeHint().width() + SPACING for tool in self._offered)
        width = max(self.bar.sizeHint().width(), tools, self._pages.minimumSizeHint().width()) + MARGINS[0] + MARGINS[2]
        return QSize(width, super().minimumSizeHint().height())  # folded, whatever it is now

    def add_page(self, title: str, page: QWidget, tools: Sequence[ChoiceButton] = ()) -> None:
        """Add a page; its tools stand in the line, or below it, while it is seen."""
        self._pages.addWidget(page)
        self._tools.append(tools)
        for tool in tools:
            self._line.addWidget(tool)
            tool.room_changed.connect(self._arrange)
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

    @property
    def _offered(self) -> list[ChoiceButton]:
        """What is chosen on the page that is seen."""
        now = self.bar.currentIndex()
        return [tool for tool in self._tools[now] if tool.is_offered] if 0 <= now < len(self._tools) else []

    def _show(self) -> None:
        self._pages.setCurrentIndex(self.bar.currentIndex())
        self._arrange()

    def _arrange(self) -> None:
        """Have what is chosen where there is room for it, with as many words as have room."""
        room = self.width() - MARGINS[0] - MARGINS[2]
        is_short, has_all, is_folded = next((way for way in WAYS if self._needed(*way) <= room), WAYS[-1])
        if is_folded != self._is_folded:
            self._is_folded = is_folded
            for tool in (tool for tools in self._tools for tool in tools):
                (self._below if is_folded else self._line).addWidget(tool)
        offered = self._offered
        for tool in (tool for tools in self._tools for tool in tools):
            tool.prefer_short(is_short)
            tool.setVisible(tool in offered and (has_all or not tool.has_other_way))

    def _needed(self, is_short: bool, has_all: bool, is_folded: bool) -> int:
        tools = [tool.room_for(short=is_short) for tool in self._offered if has_all or not tool.has_other_way]
        return sum(tools) + SPACING * len(tools) + (0 if is_folded else self.bar.sizeHint().width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
