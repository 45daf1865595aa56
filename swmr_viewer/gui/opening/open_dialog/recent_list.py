"""The list of files that were opened before, where the tree will be: shown while no file is named."""

from __future__ import annotations

import os

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.labels import PlainLabel, tip
from swmr_viewer.gui.opening.open_dialog.form import keep_return
from swmr_viewer.gui.opening.open_dialog.recent_files import RecentFiles
from swmr_viewer.gui.opening.open_dialog.tree_model import ROW_HEIGHT
from swmr_viewer.gui.opening.recent import GONE
from swmr_viewer.opening.recent import paths_text
from swmr_viewer.reader.messages import FollowRequest

_COLUMNS = ("Name", "Folder", "Data", "Note")
_WIDTHS = (230, 260, 200)
"""Of the columns but the last (pixels)."""
_REQUEST = int(Qt.ItemDataRole.UserRole)


class RecentList(QWidget):
    """A click, or Return, chooses; what is gone stays until the user forgets it."""

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
        recent.told.connect(self._mark)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.reload()
        self._recent.look()

    def reload(self) -> None:
        """Show what was opened before, the newest first."""
        self.view.clear()
        for request in self._recent.requests():
            folder, name = os.path.split(request.path)
            item = QTreeWidgetItem([plain(one) for one in (name, folder, "; ".join(request.data_paths) or "what is found", "")])
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
        for row in range(self.view.topLevelItemCount()):
            item = self.view.topLevelItem(row)
            if item is None:
                continue
            is_gone = self._recent.is_gone(item.data(0, _REQUEST).path)
            item.setText(len(_COLUMNS) - 1, GONE if is_gone else "")
            font = item.font(0)
            font.setItalic(is_gone)
            for column in range(len(_COLUMNS)):
                item.setFont(column, font)

    def _choose(self, item: QTreeWidgetItem) -> None:
        request = item.data(0, _REQUEST)
        if isinstance(request, FollowRequest):
            self._recent.choose(request)
