"""The tree of a file with its filter: paths leave it by double click, drag or menu."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QLineEdit, QTreeView, QVBoxLayout, QWidget

from swmr_viewer.core.inspection import Inspection
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.menus import make_action
from swmr_viewer.gui.opening.tree_model import PATH_ROLE, TreeModel
from swmr_viewer.opening import Field

SMALL_TREE = 200
"""Up to so many objects everything is unfolded."""
MANY_HITS = 3000
"""With a filter; unfolding 20,000 rows would take half a second at each key stroke."""

_WIDTHS = (250, 80, 180, 70)
"""Of the columns but the last (pixels)."""

_USES: tuple[tuple[str, Field, str], ...] = (
    ("Use as &Keys", "keys", "Ctrl+K"),
    ("Use as &Length", "length", "Ctrl+L"),
    ("Use as &Data", "data", "Ctrl+D"),
    ("Use as &Finished Flag", "finished", "Ctrl+G"),
)


class FileTree(QWidget):
    """Shows the objects of one file."""

    path_activated = Signal(str)
    """Double click or Return on a path."""
    selection_changed = Signal()
    use_chosen = Signal(str, list)
    """The field (``keys``, ``length``, ``data``, ``finished``) that the selected paths shall go to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = TreeModel(self)
        self._inspection: Inspection | None = None
        self.filter_box = QLineEdit()
        self.filter_box.setPlaceholderText("Filter by name, shape, type or filter (Ctrl+F)")
        self.filter_box.setToolTip("Show only what contains this text, and what is inside it")
        self.filter_box.setAccessibleName("Filter")
        self.filter_box.setClearButtonEnabled(True)
        self.filter_box.textChanged.connect(self._filter)
        self.view = self._make_view()
        self._hint = QLabel(self.view.viewport(), textFormat=Qt.TextFormat.PlainText)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setEnabled(False)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        cover = QVBoxLayout(self.view.viewport())
        cover.addWidget(self._hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.filter_box)
        layout.addWidget(self.view)
        self.set_hint("")

    def show_inspection(self, inspection: Inspection | None) -> None:
        """Show this tree; a tree like the one before keeps what was unfolded and selected."""
        before = self._inspection
        if before is not None and inspection is not None and before.tree == inspection.tree and before.path == inspection.path:
            return
        self._inspection = inspection
        self._filter(self.filter_box.text())

    def set_hint(self, text: str) -> None:
        """Write this where the tree would be (nothing where there is a tree)."""
        self._hint.setText(plain(text))
        self._hint.setVisible(bool(text) and self.model.rowCount() == 0)

    def selected_paths(self) -> list[str]:
        """Return the paths of the selected rows, from top to bottom."""
        rows = sorted(self.view.selectionModel().selectedRows(), key=lambda index: self.view.visualRect(index).top())
        return [str(index.data(PATH_ROLE)) for index in rows]

    def index_of(self, path: str) -> QModelIndex:
        """Return the index of a path; invalid where it is filtered out."""
        return self.model.index_of(path)

    def _make_view(self) -> QTreeView:
        view = QTreeView()
        view.setAccessibleName("Objects in the file")
        view.setModel(self.model)
        view.setUniformRowHeights(True)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setDragEnabled(True)
        view.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        view.setExpandsOnDoubleClick(False)
        view.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        view.header().setStretchLastSection(True)
        for column, width in enumerate(_WIDTHS):
            view.setColumnWidth(column, width)
        view.activated.connect(self._activate)
        keep_return(view)
        view.selectionModel().selectionChanged.connect(self.selection_changed)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for text, field, keys in _USES:
            action = make_action(view, text, keys)
            action.setData(field)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(self._use)
        return view

    def _activate(self, index: QModelIndex) -> None:
        row = index.siblingAtColumn(0)
        if self.model.hasChildren(row):
            self.view.setExpanded(row, not self.view.isExpanded(row))
        else:
            self.path_activated.emit(row.data(PATH_ROLE))

    def _use(self) -> None:
        action = self.sender()
        paths = self.selected_paths()
        if isinstance(action, QAction) and paths:
            self.use_chosen.emit(action.data(), paths)

    def _filter(self, text: str) -> None:
        self.model.show(self._inspection, text)
        if self.model.n_shown() <= (MANY_HITS if text else SMALL_TREE):
            self.view.expandAll()
        elif self._inspection:
            self._unfold_found(self._inspection)

    def _unfold_found(self, inspection: Inspection) -> None:
        for path in (*inspection.key_paths, *inspection.data_paths, inspection.finished_path or ""):
            index = self.index_of(path).parent()
            while index.isValid():
                self.view.expand(index)
                index = index.parent()


def keep_return(view: QAbstractItemView) -> None:
    """Have Return activate the row, and not press the dialog's button as well."""

    def activate() -> None:
        if view.currentIndex().isValid():
            view.activated.emit(view.currentIndex())

    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        QShortcut(QKeySequence(key), view, context=Qt.ShortcutContext.WidgetShortcut).activated.connect(activate)
