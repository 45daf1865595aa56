"""The frame in the middle and the panels around it: moved, torn off, closed, brought back, and remembered."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QColor, QPainter
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QTabWidget, QToolButton, QWidget

from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.settings import settings
from swmr_viewer.gui.look.theme import tokens

STATE_KEY = "window/panels"
LAYOUT_VERSION = 1
"""To be raised when panels change so much that a remembered layout would be wrong."""
GRIP_HEIGHT = 14
LEAST_WIDTH = 316
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea


class Panels(QMainWindow):
    """Holds one widget in the middle and panels at its sides.

    Parameters
    ----------
    middle : QWidget
        What the panels stand around.
    """

    def __init__(self, middle: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Widget)
        self.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setCentralWidget(middle)
        self._panels: dict[str, QDockWidget] = {}
        self._default = b""

    def add(
        self,
        name: str,
        title: str,
        widget: QWidget,
        area: Qt.DockWidgetArea = RIGHT,
        *,
        width: int = 0,
        height: int = 0,
        shown: bool = True,
    ) -> QDockWidget:
        """Add a panel.

        Parameters
        ----------
        name : str
            Its name in the settings; never shown.
        title : str
            Its name in the menu, and on its tab.
        widget : QWidget
            What it holds.
        area : Qt.DockWidgetArea
            The side where it stands at first.
        width, height : int
            What it takes at first, in pixels; 0: what it asks for.
        shown : bool
            Whether it is open at first.
        """
        panel = QDockWidget(title, self)
        panel.setObjectName(name)
        panel.setWidget(widget)
        panel.setTitleBarWidget(Grip(panel))
        self.addDockWidget(area, panel)
        panel.toggleViewAction().setToolTip(f"Show or close the panel \u201c{title}\u201d")
        panel.setVisible(shown)
        if width:
            widget.setMinimumWidth(min(width, LEAST_WIDTH))
            self.resizeDocks([panel], [width], Qt.Orientation.Horizontal)
        if height:
            self.resizeDocks([panel], [height], Qt.Orientation.Vertical)
        self._panels[name] = panel
        return panel

    def panel(self, name: str) -> QDockWidget:
        return self._panels[name]

    def give_room(self, name: str, *, modestly: bool = False) -> None:
        """Give a panel the height that it asks for, as far as the highest of those above and below it can spare it.

        Modestly: only what that one has beyond what it asks for itself.
        """
        panel = self._panels[name]
        others = [one for one in self._panels.values() if one is not panel and self._stands_with(one, panel)]
        if not others:
            return
        giver = max(others, key=QDockWidget.height)
        wanted = panel.sizeHint().height() - panel.height()
        least = giver.sizeHint() if modestly else giver.minimumSizeHint()
        given = min(wanted, max(0, giver.height() - least.height()))
        heights = {one: one.height() for one in others}  # all of them: Qt takes from those that it is not told of
        heights |= {panel: panel.height() + given, giver: giver.height() - given}
        self.resizeDocks(list(heights), list(heights.values()), Qt.Orientation.Vertical)

    def _stands_with(self, one: QDockWidget, other: QDockWidget) -> bool:
        is_there = one.isVisible() and not one.isFloating() and not other.isFloating()
        return is_there and one.x() == other.x() and one.y() != other.y()

    def actions_to_show(self) -> tuple[QAction, ...]:
        """Return one checkable action per panel."""
        return tuple(panel.toggleViewAction() for panel in self._panels.values())

    def restore(self) -> None:
        """Stand as the user left it; call it once, when all panels are added."""
        self._default = bytes(self.saveState(LAYOUT_VERSION).data())
        stored = settings().value(STATE_KEY)
        if stored:
            self.restoreState(stored, LAYOUT_VERSION)

    def keep(self) -> None:
        """Remember how it stands now."""
        settings().setValue(STATE_KEY, self.saveState(LAYOUT_VERSION))

    def put_back(self) -> None:
        """Stand as at the very first start."""
        self.restoreState(self._default, LAYOUT_VERSION)


class Grip(Painted, QWidget):
    """The thin bar by which a panel is moved; panels say for themselves what they show."""

    def __init__(self, panel: QDockWidget) -> None:
        super().__init__(panel)
        self.setToolTip(f"{panel.windowTitle()}: drag to move it, double-click to tear it off or put it back")
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.close_button = QToolButton(self, autoRaise=True)
        self.close_button.setText("\u00d7")
        self.close_button.setProperty("grip", "true")
        self.close_button.setFixedSize(18, GRIP_HEIGHT)
        self.close_button.setCursor(Qt.CursorShape.ArrowCursor)
        self.close_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # by keyboard: the menu's Panels
        self.close_button.setToolTip(f"Close \u201c{panel.windowTitle()}\u201d; the menu's Panels bring it back")
        self.close_button.setAccessibleName(f"Close {panel.windowTitle()}")
        self.close_button.clicked.connect(panel.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 2, 0)
        row.addStretch(1)
        row.addWidget(self.close_button)

    def sizeHint(self) -> QSize:
        return QSize(60, GRIP_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paint_on(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens().border))
        middle = self.rect().center()
        for step in range(-2, 3):
            painter.drawEllipse(middle.x() + 7 * step, middle.y() - 1, 3, 3)
