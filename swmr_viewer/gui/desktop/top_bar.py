"""The one row at the top: the file and those opened before, its data sets, the tools, the snapshot, the menu."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLayout, QMenu, QTabBar, QToolButton, QWidget

from swmr_viewer.core.number_text import dtype_text, shape_text
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.folding_row import FoldingRow
from swmr_viewer.gui.look.icons import wear
from swmr_viewer.gui.look.labels import PlainLabel, button_text, tip
from swmr_viewer.gui.look.menus import ActionButton, PopupButton
from swmr_viewer.gui.session import Session

LONGEST_NAME, LONGEST_SHORT_NAME = 30, 17
"""Characters of a file's name, and where there is little room; longer ones lose their middle, and are told in full in the tooltip."""
LONGEST_FOLDER = 20
SPACING = 6
SNAPSHOT = " Snapshot"
TEXT_ONLY, ICON_ONLY = Qt.ToolButtonStyle.ToolButtonTextOnly, Qt.ToolButtonStyle.ToolButtonIconOnly


class TopBar(QWidget):
    """``i18-353130.nxs \u25be   cm1234-1   detector mca diode   ...   Snapshot   \u22ef``.

    Where there is no room for all, the folder is left out, then tools become icons, and then the row folds.
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
        self.snapshot = ActionButton(SNAPSHOT, snapshot_action)
        self.snapshot.setAccessibleName(SNAPSHOT.strip())
        wear(self.snapshot, "snapshot")
        self.menu = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu.setProperty("slim", "true")
        self.menu.setMenu(menu)
        self.menu.setToolTip("Everything else")
        self.menu.setAccessibleName("Menu")
        self.menu.setText("\u22ef")
        self._files, self._file_row = _row(self.file, self.folder, tabs)
        self._file_row.addStretch(1)
        self._tools, self._tool_row = _row(self.snapshot, self.menu)
        self._tool_row.addStretch(1)
        self._words: dict[QAbstractButton, str] = {self.snapshot: SNAPSHOT}
        """Of the tools that may be icons."""
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        box.addWidget(FoldingRow(self._files, self._tools))
        for signal in (session.request_changed, session.opened, session.data_changed, session.data_joined):
            signal.connect(self._show)
        self._show()

    def add_watch(self, button: QWidget) -> None:
        """Put the watched folder's button beside the file."""
        self._file_row.insertWidget(self._file_row.indexOf(self.tabs), button)

    def add_tool(self, button: QWidget, icon_name: str = "") -> None:
        """Put a button before the snapshot; where there is no room for its words it becomes this icon, if one is named."""
        self._tool_row.insertWidget(self._tool_row.indexOf(self.snapshot), button)
        if icon_name and isinstance(button, QAbstractButton):
            wear(button, icon_name)
            self._words[button] = button.text()
            button.setAccessibleName(button.accessibleName() or button.text().strip(" \u25be"))

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
            origin = f"   {shown.others.short_text(request.path)}".rstrip()
            lines += [f"Shown: {shown.path}   {kind}{origin}", f"Data: {', '.join(description.data_paths)}"]
        if description is not None:
            from_others = [description.key_others.short_text(request.path)] if description.key_others.names else []
            lines.append("   ".join([f"Keys: {', '.join(description.key_paths)}", *from_others]))
        return "\n".join(plain(line) for line in lines)

    def _show(self) -> None:
        request = self._session.scan.request
        path = PurePath("" if request is None else request.path)
        self.file.setToolTip(tip(self.paths_text))
        self.folder.say(_shortened(path.parent.name, LONGEST_FOLDER))
        self.folder.setToolTip(tip(str(path.parent)) if path.name else "")
        self._arrange()

    # ---- what has room

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """As narrow as its icons, also while there is room for words: else the window could not be made smaller."""
        tools = sum(self._width_of_part(part, False) + SPACING for part in self._parts_of(self._tool_row))
        return QSize(max(tools, self._files.minimumSizeHint().width()), super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a tool came or went, or has other words
            self._arrange()
        return super().event(event)

    def _arrange(self) -> None:
        """Take the fullest of the plans that fits: with the folder, words on all tools, the file's name in full."""
        for has_folder, has_words, longest in _PLANS:
            if self._width_of(has_folder, has_words, longest) <= self.width():
                break
        self.folder.setVisible(has_folder and bool(self.folder.text()))
        if self.file.text() != self._name_text(longest):
            self.file.setText(self._name_text(longest))
        for button in self._words:
            self._show_words(button, shown=has_words)

    def _width_of(self, has_folder: bool, has_words: bool, longest: int) -> int:
        folder = self.folder.sizeHint().width() + SPACING if has_folder else 0
        name = self._advance(self.file, self._name_text(longest)) - self._advance(self.file, self.file.text())
        parts = (part for row in (self._file_row, self._tool_row) for part in self._parts_of(row) if part is not self.folder)
        return folder + name + sum(self._width_of_part(part, has_words) + SPACING for part in parts)

    def _width_of_part(self, part: QWidget, has_words: bool) -> int:
        width = part.sizeHint().width()
        if not isinstance(part, QAbstractButton) or part not in self._words or has_words == bool(part.text()):
            return width
        words = self._advance(part, self._words_of(part))
        return width + words if has_words else width - words

    def _words_of(self, button: QAbstractButton) -> str:
        return button.caption if isinstance(button, PopupButton) else self._words[button]

    def _show_words(self, button: QAbstractButton, *, shown: bool) -> None:
        if isinstance(button, PopupButton):
            button.show_caption(shown)
        elif button.text() != (words := self._words[button] if shown else ""):
            button.setText(words)
        if isinstance(button, QToolButton):
            button.setToolButtonStyle(TEXT_ONLY if shown else ICON_ONLY)

    def _advance(self, part: QWidget, words: str) -> int:
        return part.fontMetrics().horizontalAdvance(words)

    def _parts_of(self, row: QHBoxLayout) -> list[QWidget]:
        items = (row.itemAt(number) for number in range(row.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if widget is not None and widget.isVisibleTo(self)]

    def _name_text(self, longest: int) -> str:
        request = self._session.scan.request
        name = "" if request is None else PurePath(request.path).name
        return f"{button_text(_shortened(name, longest)) or 'Open'} \u25be"


_PLANS = ((True, True, LONGEST_NAME), (False, True, LONGEST_NAME), (False, False, LONGEST_NAME), (False, False, LONGEST_SHORT_NAME))


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
