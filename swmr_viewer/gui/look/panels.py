"""The frame in the middle and the panels around it: moved, torn off, closed, brought back, and remembered."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QColor, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QTabWidget, QToolButton, QWidget

from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.settings import read_setting, settings, write_setting
from swmr_viewer.gui.look.theme import tokens

STATE_KEY = "window/panels"
DRAGGED_KEY = "window/side_width_dragged"
LAYOUT_VERSION = 1
"""To be raised when panels change so much that a remembered layout would be wrong."""
GRIP_HEIGHT = 11
LEAST_WIDTH = 296
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
SIDE_SHARE, SIDE_LEAST, SIDE_MOST = 0.31, 420, 720
"""Width of the side column: a share of the window's, between these (px)."""
TOP_SHARE = 0.45
"""Height of the first panel, as a share of the column's."""
LOW = 250
"""A panel that asks for less (px) gets no more: the map of a line of points."""
BESIDE_PICTURE = 140
"""Pixels that axis, colour bar and margins take beside a square picture."""


def side_width(width: int, height: int) -> int:
    """Return how wide (px) the side column stands in a room of this size, unless somebody drags it.

    The picture comes first: where a square one could not be as high as the room any more, the column is narrower.
    """
    left_over = width - height - BESIDE_PICTURE
    return max(LEAST_WIDTH, min(round(max(SIDE_SHARE * width, SIDE_LEAST)), SIDE_MOST, left_over))


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
        self._middle = middle
        self._panels: dict[str, QDockWidget] = {}
        self._default = b""
        self._width_at_press = 0
        self._is_dragged = False
        """Whether somebody gave the side column its width by hand."""
        self._put_away: tuple[QDockWidget, ...] = ()
        self._seen: set[QDockWidget] = set()
        """Those that have stood open: they have the height that somebody gave them."""

    def add(
        self,
        name: str,
        title: str,
        widget: QWidget,
        area: Qt.DockWidgetArea = RIGHT,
        *,
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
        widget.setMinimumWidth(LEAST_WIDTH)
        self._panels[name] = panel
        panel.toggleViewAction().toggled.connect(lambda shown: self._note_shown(panel) if shown else None)
        return panel

    def panel(self, name: str) -> QDockWidget:
        return self._panels[name]

    def _note_shown(self, panel: QDockWidget) -> None:
        if panel not in self._seen and self.isVisible():
            QTimer.singleShot(0, self, self._share_height)
        self._seen.add(panel)

    def _share_height(self) -> None:
        """Give the first of two panels that stand one above the other its share of the height, the other one the rest."""
        column = sorted(self._side_column(), key=QDockWidget.y)
        if len(column) == 2 and column[0].x() == column[1].x():
            total = column[0].height() + column[1].height()
            asked = column[0].sizeHint().height()
            first = asked if asked < LOW else round(TOP_SHARE * total)
            self.resizeDocks(column, [first, total - first], Qt.Orientation.Vertical)

    def put_away(self, *, away: bool) -> None:
        """Leave the middle alone, or bring back the panels that stood beside it."""
        if away and not self._put_away:
            self._put_away = tuple(panel for panel in self._panels.values() if not panel.isHidden() and not panel.isFloating())
            for panel in self._put_away:
                panel.hide()
        elif not away:
            for panel in self._put_away:
                panel.show()
            self._put_away = ()

    def _side_column(self) -> list[QDockWidget]:
        sides = (RIGHT, Qt.DockWidgetArea.LeftDockWidgetArea)
        docked = [panel for panel in self._panels.values() if not panel.isFloating() and not panel.isHidden()]
        return [panel for panel in docked if self.dockWidgetArea(panel) in sides]

    # ---- how wide the side column is

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._widen_side()
        # Qt does not give the middle the height that comes free while panels are being hidden, until it is asked again.
        QTimer.singleShot(0, self, self._middle.updateGeometry)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._widen_side()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress:
            self._width_at_press = self._side_width()
        handled = super().event(event)
        if event.type() == QEvent.Type.MouseButtonRelease and self._side_width() != self._width_at_press:
            self._is_dragged = True
        return handled

    def _side_width(self) -> int:
        return max((panel.width() for panel in self._side_column()), default=0)

    def _widen_side(self) -> None:
        column = self._side_column()
        stands_at_one_side = len({self.dockWidgetArea(panel) for panel in column}) == 1
        if stands_at_one_side and not self._is_dragged:
            self.resizeDocks(column, [side_width(self.width(), self.height())] * len(column), Qt.Orientation.Horizontal)

    def actions_to_show(self) -> tuple[QAction, ...]:
        """Return one checkable action per panel."""
        return tuple(panel.toggleViewAction() for panel in self._panels.values())

    def restore(self) -> None:
        """Stand as the user left it; call it once, when all panels are added."""
        self._default = bytes(self.saveState(LAYOUT_VERSION).data())
        stored = settings().value(STATE_KEY)
        self._is_dragged = read_setting(DRAGGED_KEY, False)
        if stored:
            self.restoreState(stored, LAYOUT_VERSION)
        self._seen = {panel for panel in self._panels.values() if not panel.isHidden()}

    def keep(self) -> None:
        """Remember how it stands now; what is put away for a while is not closed."""
        self.put_away(away=False)
        write_setting(DRAGGED_KEY, self._is_dragged)
        settings().setValue(STATE_KEY, self.saveState(LAYOUT_VERSION))

    def put_back(self) -> None:
        """Stand as at the very first start."""
        self._is_dragged = False
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
