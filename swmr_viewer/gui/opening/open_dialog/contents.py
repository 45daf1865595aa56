"""What stands in the middle of the dialog: the file's tree with the preview beside it, or the files that were opened before."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from swmr_viewer.gui.opening.open_dialog.preview import PreviewPane
from swmr_viewer.gui.opening.open_dialog.recent_files import RecentFiles
from swmr_viewer.gui.opening.open_dialog.recent_list import RecentList
from swmr_viewer.gui.opening.open_dialog.tree_view import FileTree


class Contents(QStackedWidget):
    """One of the two, in the same place."""

    def __init__(self, recent: RecentFiles) -> None:
        super().__init__()
        self._recent = recent
        self.tree = FileTree()
        self.preview = PreviewPane()
        self.recent_list = RecentList(recent)
        inside = QWidget()
        beside = QHBoxLayout(inside)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self.tree, stretch=3)
        beside.addWidget(self.preview, stretch=1)
        self.addWidget(inside)
        self.addWidget(self.recent_list)

    def show_for(self, *, is_named: bool, is_reading: bool, is_known: bool) -> None:
        """Show what fits: whether a file is named, is being read, and whether what is in it is known."""
        self.setCurrentIndex(0 if is_named or not self._recent.requests() else 1)
        if not is_named:
            self.tree.say("The objects in the file appear here.")
        elif is_known:
            self.tree.say("Nothing to show.")
        else:
            self.tree.say("Reading \N{HORIZONTAL ELLIPSIS}" if is_reading else "")

    def enter_recent(self) -> None:
        """Give the keyboard to the files that were opened before, where they are shown."""
        if self.recent_list.isVisible():
            self.recent_list.enter()
