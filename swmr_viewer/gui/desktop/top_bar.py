"""What is open, and the actions that people need most."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from swmr_viewer.core.number_text import dtype_text, shape_text
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.icons import wear
from swmr_viewer.gui.look.labels import ElidedLabel, tip
from swmr_viewer.gui.session import Session


class TopBar(QWidget):
    """Open, the file's name and paths, snapshot, the menu."""

    def __init__(self, session: Session, open_action: QAction, snapshot_action: QAction, menu: QMenu) -> None:
        super().__init__()
        self._session = session
        self.open = _button(open_action, " Open\u2026", "open")
        self.snapshot = _button(snapshot_action, " Snapshot", "snapshot")
        self.menu = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu.setMenu(menu)
        self.menu.setToolTip("Everything else")
        self.menu.setAccessibleName("Menu")
        self.menu.setText("\u22ef")
        self.name = ElidedLabel("strong")
        self.paths = ElidedLabel("muted")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.name)
        words.addWidget(self.paths)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.open)
        row.addSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(self.snapshot)
        row.addWidget(self.menu)
        session.request_changed.connect(self._show)
        session.opened.connect(self._show)
        session.data_changed.connect(self._show)
        session.data_joined.connect(self._show)
        self._show()

    def add_watch(self, button: QWidget, note: QWidget) -> None:
        """Put the watched folder's button beside Open, and its note before the snapshot."""
        self._row.insertWidget(1, button)
        self._row.insertWidget(self._row.indexOf(self.snapshot), note)

    def _show(self) -> None:
        request, description = self._session.scan.request, self._session.scan.description
        self.name.say("No file" if request is None else PurePath(request.path).name)
        self.paths.say("" if request is None else "   \u00b7   ".join(self._parts(str(PurePath(request.path).parent))))
        self.name.setCursor(Qt.CursorShape.ArrowCursor)
        if description is not None:
            told = (("Data", description.data_paths), ("Keys", description.key_paths))
            self.paths.setToolTip(tip("\n".join(plain(f"{what}: {', '.join(paths)}") for what, paths in told)))

    def _parts(self, folder: str) -> list[str]:
        description = self._session.scan.description
        if description is None or not description.data:
            return [folder]
        shown = self._session.scan.data or description.data[0]
        kind = f"{shape_text(shown.frame_shape)} {dtype_text(shown.dtype)}" if shown.frame_shape else f"scalar {dtype_text(shown.dtype)}"
        return [folder, shown.path, kind]


def _button(action: QAction, words: str, icon_name: str) -> QPushButton:
    button = QPushButton(words)
    wear(button, icon_name)
    button.setToolTip(action.toolTip())
    button.setEnabled(action.isEnabled())
    action.enabledChanged.connect(button.setEnabled)
    button.clicked.connect(action.trigger)
    return button
