"""Files opened before, with the paths that were chosen in them: remembered, and offered in menus and in a list."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMenu, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.labels import PlainLabel, button_text, tip
from swmr_viewer.gui.look.settings import read_setting, settings, write_setting
from swmr_viewer.gui.opening.path_probe import PathProbe
from swmr_viewer.gui.opening.tree_model import ROW_HEIGHT
from swmr_viewer.gui.opening.tree_view import keep_return
from swmr_viewer.gui.session import Session
from swmr_viewer.opening import paths_text, recent_from_json, recent_to_json
from swmr_viewer.reader.messages import FollowRequest

KEY = "recent/files"
KEPT = 12
GONE = "not there"
"""Beside a file that is not where it was; it may come back."""
_COLUMNS = ("Name", "Folder", "Data", "Note")
_WIDTHS = (230, 260, 200)
"""Of the columns but the last (pixels)."""
_REQUEST = int(Qt.ItemDataRole.UserRole)


class Recent(QObject):
    """Remembers what was opened, newest first; only what really opened."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        session.opened.connect(self._remember)

    def requests(self) -> tuple[FollowRequest, ...]:
        """Return what was opened, the newest first, as it can be opened again."""
        return recent_from_json(read_setting(KEY, "[]"))

    def forget(self) -> None:
        """Forget all of them."""
        settings().remove(KEY)

    def fill(self, menu: QMenu, choose: Callable[[FollowRequest], None]) -> None:
        """Put one action per file into a menu, and one that forgets them."""
        fill_menu(menu, self.requests(), choose)
        if self.requests():
            menu.addSeparator()
            menu.addAction("&Forget these").triggered.connect(self.forget)

    def _remember(self) -> None:
        request = self._session.scan.request
        if request is not None:
            before = [earlier for earlier in self.requests() if earlier.path != request.path]
            write_setting(KEY, recent_to_json((request, *before)[:KEPT]))


class RecentFiles(QObject):
    """The files that the open dialog offers again, and which of them are gone.

    Parameters
    ----------
    requests : callable
        Returns what was opened before, the newest first.
    """

    chosen = Signal(object)
    """The `FollowRequest` to fill in."""
    changed = Signal()
    """Another file is known to be there, or to be gone."""

    def __init__(self, requests: Callable[[], tuple[FollowRequest, ...]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.requests = requests
        self._exists: dict[str, bool] = {}
        self._probe = PathProbe(lambda path: os.path.exists(path), self)
        self._probe.answered.connect(self._on_answered)

    def is_gone(self, path: str) -> bool:
        """Whether there is no such file, as far as is known."""
        return not self._exists.get(path, True)

    def check(self) -> None:
        """Find out which files are there."""
        for path in {request.path for request in self.requests()}:
            self._probe.ask(path)

    def close(self) -> None:
        """Wait a moment for the answers that are on their way."""
        self._probe.close()

    def _on_answered(self, path: str, exists: bool) -> None:
        if self._exists.get(path) != exists:
            self._exists[path] = exists
            self.changed.emit()


class RecentList(QWidget):
    """Shown in place of the tree while no file is named: a click, or Return, chooses; what is gone stays until the user forgets it."""

    def __init__(self, recent: RecentFiles) -> None:
        super().__init__()
        self._recent = recent
        self.view = QTreeWidget()
        self.view.setAccessibleName("Files opened before")
        self.view.setColumnCount(len(_COLUMNS))
        self.view.setHeaderLabels(_COLUMNS)
        self.view.setRootIsDecorated(False)
        self.view.setUniformRowHeights(True)
        self.view.setAllColumnsShowFocus(True)
        for column, width in enumerate(_WIDTHS):
            self.view.setColumnWidth(column, width)
        caption = PlainLabel("caption")
        caption.say("OPENED BEFORE")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (caption, self.view):
            layout.addWidget(part)
        self.view.itemClicked.connect(self._choose)
        self.view.itemActivated.connect(self._choose)
        keep_return(self.view)
        recent.changed.connect(self._mark)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.reload()
        self._recent.check()

    def reload(self) -> None:
        """Show what was opened before, the newest first."""
        self.view.clear()
        for request in self._recent.requests():
            folder, name = os.path.split(request.path)
            item = QTreeWidgetItem([*map(plain, (name, folder, "; ".join(request.data_paths) or "what is found", ""))])
            item.setData(0, _REQUEST, request)
            item.setSizeHint(0, QSize(0, ROW_HEIGHT))
            for column in range(len(_COLUMNS)):
                item.setToolTip(column, tip(paths_text(request)))
            self.view.addTopLevelItem(item)
        self._mark()

    def enter(self) -> None:
        """Give the keyboard to the list, at its first row."""
        self.view.setFocus()
        if (first := self.view.topLevelItem(0)) is not None:
            self.view.setCurrentItem(first)

    def _mark(self) -> None:
        for item in filter(None, map(self.view.topLevelItem, range(self.view.topLevelItemCount()))):
            is_gone = self._recent.is_gone(item.data(0, _REQUEST).path)
            item.setText(len(_COLUMNS) - 1, GONE if is_gone else "")
            font = item.font(0)
            font.setItalic(is_gone)
            for column in range(len(_COLUMNS)):
                item.setFont(column, font)

    def _choose(self, item: QTreeWidgetItem) -> None:
        self._recent.chosen.emit(item.data(0, _REQUEST))


def fill_menu(
    menu: QMenu,
    requests: Sequence[FollowRequest],
    choose: Callable[[FollowRequest], None],
    is_gone: Callable[[str], bool] = lambda path: False,
) -> None:
    """Put one action per file into a menu; those that are gone are marked."""
    menu.clear()
    menu.setToolTipsVisible(True)
    for number, request in enumerate(requests, 1):
        text = button_text(os.path.basename(request.path))
        text = f"{text}  ({GONE})" if is_gone(request.path) else text
        action = menu.addAction(f"&{number % 10}  {text}" if number <= 10 else text)
        action.setToolTip(tip(paths_text(request)))
        action.triggered.connect(lambda _=False, request=request: choose(request))
    if menu.isEmpty():
        menu.addAction("Nothing was opened yet").setEnabled(False)
