"""How actions, menus and pop-ups are made: one way for all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFrame, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from swmr_viewer.gui.look.labels import button_text


def make_action(
    owner: QWidget,
    text: str,
    keys: str = "",
    tip: str = "",
    triggered: Callable[[], object] | None = None,
    *,
    checkable: bool = False,
    checked: bool = False,
) -> QAction:
    """Return an action whose shortcut works wherever its owner is, and is named in its tooltip."""
    action = QAction(text, owner, checkable=checkable, checked=checked)
    action.setShortcut(QKeySequence(keys))
    if tip:
        shortcut = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tip} ({shortcut})" if keys else tip)
    if triggered is not None:
        action.triggered.connect(lambda: triggered())
    owner.addAction(action)
    return action


def make_menu(title: str, parent: QWidget, *groups: Sequence[QAction]) -> QMenu:
    """Return a menu that shows tooltips, with a line between its groups."""
    menu = QMenu(title, parent)
    menu.setToolTipsVisible(True)
    for number, group in enumerate(groups):
        if number:
            menu.addSeparator()
        menu.addActions(group)
    return menu


def menu_below(menu: QMenu, title: str) -> QMenu:
    """Return the menu that opens at this entry of a menu."""
    entry = next(action for action in menu.actions() if action.text() == title)
    below = entry.menu()
    assert isinstance(below, QMenu)
    return below


class Popup(QFrame):
    """Never modal: the scan goes on behind it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("panel", "true")
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(14, 12, 14, 12)
        self.box.setSpacing(7)

    def open_below(self, button: QWidget, *, right: bool = True) -> None:
        """Open with the right edges of both in line, or the left ones."""
        self.adjustSize()
        self._open_at(button, button.mapToGlobal(QPoint(button.width() - self.width() if right else 0, button.height() + 4)))

    def open_beside(self, part: QWidget) -> None:
        """Open on the right of a part, upper edges in line: what is left of it stays seen."""
        self.adjustSize()
        self._open_at(part, part.mapToGlobal(QPoint(part.width() + 8, 0)))

    def open_above(self, button: QWidget, *, right: bool = False) -> None:
        """Open with the left edges of both in line, or the right ones."""
        self.adjustSize()
        self._open_at(button, button.mapToGlobal(QPoint(button.width() - self.width() if right else 0, -self.height() - 6)))

    def open_over(self, part: QWidget, corner: QPoint) -> None:
        """Open with the upper left corner at a place of a part."""
        self.adjustSize()
        self._open_at(part, part.mapToGlobal(corner))

    def _open_at(self, button: QWidget, corner: QPoint) -> None:
        self.setScreen(button.screen())
        self._move_on_screen(corner)
        self.show()

    def _move_on_screen(self, corner: QPoint) -> None:
        """Put the upper left corner there, or as near as the screen has room for."""
        area = self.screen().availableGeometry()
        left = min(max(corner.x(), area.left()), max(area.left(), area.right() - self.width()))
        top = min(max(corner.y(), area.top()), max(area.top(), area.bottom() - self.height()))
        self.move(left, top)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.isVisible():  # rows came, or a label made room for its widest words
            self._move_on_screen(self.pos())


class PopupButton(QToolButton):
    """A button with words and a small arrow that opens a pop-up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.popup: Popup | None = None
        self.beside: QWidget | None = None
        """Where it opens while this is seen; else below the button."""
        self.caption = ""
        self._shows_caption = True
        self.setProperty("slim", "true")
        self.clicked.connect(self.open)

    def offer(self, popup: Popup) -> None:
        """Open this at a click."""
        self.popup = popup

    def set_caption(self, text: str) -> None:
        self.caption = f"{text} \u25be"
        self._show_caption()

    def show_caption(self, shown: bool) -> None:
        """Show its words, or its icon alone."""
        self._shows_caption = shown
        self._show_caption()

    def _show_caption(self) -> None:
        self.setText(self.caption if self._shows_caption else "")

    def open(self) -> None:
        """Open the pop-up, as a click does."""
        if self.popup is None:
            return
        if self.beside is not None and self.beside.isVisible():
            self.popup.open_beside(self.beside)
        else:
            self.popup.open_below(self)


class ActionButton(QPushButton):
    """Does what an action of the window does, in words of its own; flat ones take no more room than a line of text."""

    def __init__(self, words: str, action: QAction, *, is_flat: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(button_text(words), parent)
        self._action = action
        if is_flat:
            self.setProperty("kind", "link")
        self.clicked.connect(action.trigger)
        action.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.setEnabled(self._action.isEnabled())
        self.setToolTip(self._action.toolTip())
