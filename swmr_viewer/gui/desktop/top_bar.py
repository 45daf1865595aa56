"""The one row at the top: the file and those opened before, its data sets, the tools, the snapshot, the menu."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QTabBar, QToolButton, QWidget

from swmr_viewer.core.number_text import dtype_text, shape_text
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.folding_row import FoldingRow
from swmr_viewer.gui.look.icons import wear
from swmr_viewer.gui.look.labels import PlainLabel, button_text, tip
from swmr_viewer.gui.session import Session

LONGEST_NAME = 30
"""Characters of a file's name; longer ones lose their middle, and are told in full in the tooltip."""
LONGEST_FOLDER = 20
SPACING = 6
SNAPSHOT = " Snapshot"


class TopBar(QWidget):
    """``i18-353130.nxs \u25be   cm1234-1   detector mca diode   ...   Snapshot   \u22ef``.

    Where there is no room for all, the folder is left out, then the snapshot's word, and then the row folds.
    """

    def __init__(self, session: Session, tabs: QTabBar, snapshot_action: QAction, menu: QMenu) -> None:
        super().__init__()
        self._session = session
        self.file = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.file.setProperty("file", "true")
        self.file.setAccessibleName("File")
        self.file_menu = QMenu(self.file)
        """The file, those opened before, the watched folder: filled by who knows them."""
        self.file_menu.setToolTipsVisible(True)
        self.file.setMenu(self.file_menu)
        self.folder = PlainLabel("muted")
        self.tabs = tabs
        self.snapshot = _button(snapshot_action, SNAPSHOT, "snapshot")
        self.menu = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu.setProperty("slim", "true")
        self.menu.setMenu(menu)
        self.menu.setToolTip("Everything else")
        self.menu.setAccessibleName("Menu")
        self.menu.setText("\u22ef")
        self._files, self._file_row = _row(self.file, self.folder, tabs)
        self._file_row.addStretch(1)
        self._tools, self._tool_row = _row(self.snapshot, self.menu)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(FoldingRow(self._files, self._tools))
        for signal in (session.request_changed, session.opened, session.data_changed, session.data_joined):
            signal.connect(self._show)
        self._show()

    def add_watch(self, button: QWidget) -> None:
        """Put the watched folder's button beside the file."""
        self._file_row.insertWidget(self._file_row.indexOf(self.tabs), button)

    def add_tool(self, button: QWidget) -> None:
        """Put a button before the snapshot."""
        self._tool_row.insertWidget(self._tool_row.indexOf(self.snapshot), button)

    @property
    def paths_text(self) -> str:
        """The file's folder, the shown data set and its frames, the keys: what the tooltip of the file tells."""
        request, description = self._session.scan.request, self._session.scan.description
        if request is None:
            return "Open a file, or one that was opened before; watch a folder"
        lines = [request.path]
        if description is not None and description.data:
            shown = self._session.scan.data or description.data[0]
            kind = f"{shape_text(shown.frame_shape) if shown.frame_shape else 'scalar'} {dtype_text(shown.dtype)}"
            lines += [f"Shown: {shown.path}   {kind}", f"Data: {', '.join(description.data_paths)}"]
        if description is not None:
            lines.append(f"Keys: {', '.join(description.key_paths)}")
        return "\n".join(plain(line) for line in lines)

    def _show(self) -> None:
        request = self._session.scan.request
        path = PurePath("" if request is None else request.path)
        self.file.setText(f"{button_text(_shortened(path.name, LONGEST_NAME)) or 'Open'} \u25be")
        self.file.setToolTip(tip(self.paths_text))
        self.folder.say(_shortened(path.parent.name, LONGEST_FOLDER))
        self.folder.setToolTip(tip(str(path.parent)) if path.name else "")
        self._arrange()

    # ---- what has room

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), super().minimumSizeHint().height())

    def _arrange(self) -> None:
        words = self.snapshot.fontMetrics().horizontalAdvance(SNAPSHOT)
        folder = self.folder.sizeHint().width() + SPACING
        least = sum(part.minimumSizeHint().width() for part in (self._files, self._tools)) + SPACING
        least += self.tabs.sizeHint().width() - self.tabs.minimumSizeHint().width() if self.tabs.isVisibleTo(self) else 0
        least -= words if self.snapshot.text() else 0
        least -= folder if self.folder.isVisibleTo(self) else 0
        self.folder.setVisible(bool(self.folder.text()) and least + words + folder <= self.width())
        wanted = SNAPSHOT if least + words <= self.width() else ""
        if wanted != self.snapshot.text():
            self.snapshot.setText(wanted)


def _shortened(text: str, longest: int) -> str:
    """Return a text that has lost its middle where it is longer than that."""
    half = (longest - 1) // 2
    return text if len(text) <= longest else f"{text[:half]}\u2026{text[-half:]}"


def _row(*parts: QWidget) -> tuple[QWidget, QHBoxLayout]:
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACING)
    for part in parts:
        row.addWidget(part)
    return widget, row


def _button(action: QAction, words: str, icon_name: str) -> QPushButton:
    button = QPushButton(words)
    wear(button, icon_name)
    button.setAccessibleName(words.strip())
    button.setToolTip(action.toolTip())
    button.setEnabled(action.isEnabled())
    action.enabledChanged.connect(button.setEnabled)
    button.clicked.connect(action.trigger)
    return button
