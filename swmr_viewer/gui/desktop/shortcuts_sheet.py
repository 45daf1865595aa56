"""Every action with its shortcut on one sheet (F1), read from the menu, so that the sheet is never wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QHBoxLayout, QLabel, QMenu, QScrollArea, QVBoxLayout, QWidget

from swmr_viewer.core.frozen import frozen
from swmr_viewer.gui.look.labels import PlainLabel

MOUSE = (
    ("Wheel over the picture", "zoom"),
    ("Drag in the picture", "move it"),
    ("Drag on the colour bar", "set the levels"),
    ("Right click", "what can be done there"),
    ("Double click on a plot", "show all of it"),
    ("Click on the map, a curve", "show that frame and hold it"),
    ("Drag on the map with Shift", "select points: their frames as one"),
    ("Drop a file on the window", "follow it"),
    ("Drag a panel's grip", "move the panel; double-click: tear it off"),
)
COLUMNS = 3
"""At most."""
BESIDE = 80
"""Of the window's width (px): margins, and the bar that scrolls."""


@frozen
class Section:
    """A menu's title and its lines: words and keys."""

    title: str
    lines: tuple[tuple[str, str], ...]


def plain(text: str) -> str:
    """Return a menu's text without its mnemonic."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").strip()


def sections_of(menu: QMenu, title: str = "", seen: list[QMenu] | None = None) -> list[Section]:
    """Return one section per menu that has actions with shortcuts, depth first; a menu that opens in two places is there once."""
    seen = [] if seen is None else seen
    seen.append(menu)
    lines = tuple(
        (plain(action.text()), _keys(action)) for action in menu.actions() if not action.menu() and not action.shortcut().isEmpty()
    )
    found = [Section(title or "Program", lines)] if lines else []
    for action in menu.actions():
        below = action.menu()
        if isinstance(below, QMenu) and below not in seen:
            found.extend(sections_of(below, plain(below.title()), seen))
    return found


def _keys(action: QAction) -> str:
    return " or ".join(keys.toString(QKeySequence.SequenceFormat.NativeText) for keys in action.shortcuts())


class ShortcutsSheet(QDialog):
    """The sheet; not modal, so that people can try what they read."""

    def __init__(self, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and mouse")
        self.setModal(False)
        self.sections = [*sections_of(menu), Section("Mouse", MOUSE)]
        room = parent.size() if parent is not None else self.sizeHint()
        page = next((page for n in range(COLUMNS, 1, -1) if (page := _page(self.sections, n)).width() <= room.width() - BESIDE), None)
        page = page or _page(self.sections, 1)
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        box = QVBoxLayout(self)
        box.addWidget(area, 1)
        box.addWidget(buttons)
        self.resize(min(page.width() + 40, room.width() - 40), min(page.height() + 80, room.height() - 40))


def _page(sections: list[Section], n_columns: int) -> QWidget:
    """Return all sections in so many columns, as large as their words need."""
    page = QWidget()
    columns = QHBoxLayout(page)
    columns.setContentsMargins(6, 6, 16, 6)
    columns.setSpacing(28)
    for members in balanced(sections, n_columns):
        columns.addLayout(_column(members), 1)
    page.ensurePolished()
    page.setMinimumSize(page.sizeHint())
    page.resize(page.sizeHint())
    return page


def balanced(sections: list[Section], n_columns: int) -> list[list[Section]]:
    """Return the sections in columns of about one height, in their order."""
    heights = [len(section.lines) + 2 for section in sections]
    columns: list[list[Section]] = [[] for _ in range(n_columns)]
    done = 0
    for section, height in zip(sections, heights, strict=True):
        columns[min(n_columns - 1, int(n_columns * (done + height / 2) / sum(heights)))].append(section)
        done += height
    return columns


def _column(sections: list[Section]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(4)
    row = 0
    for section in sections:
        title = PlainLabel("caption")
        title.say(section.title.upper())
        title.setContentsMargins(0, 10 if row else 0, 0, 2)
        grid.addWidget(title, row, 0, 1, 2)
        for words, keys in section.lines:
            row += 1
            left, right = (keys, words) if section.title != "Mouse" else (words, keys)
            key_label, word_label = QLabel(left), QLabel(right)
            key_label.setTextFormat(Qt.TextFormat.PlainText)
            word_label.setProperty("role", "muted")
            word_label.setTextFormat(Qt.TextFormat.PlainText)
            grid.addWidget(key_label, row, 0)
            grid.addWidget(word_label, row, 1)
        row += 1
    grid.setColumnStretch(1, 1)
    grid.setRowStretch(row, 1)
    return grid
