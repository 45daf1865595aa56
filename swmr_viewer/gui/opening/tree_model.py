"""The file's tree for Qt: a model over the plain nodes of an inspection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QFont

from swmr_viewer.core.inspection import Inspection, TreeNode
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.labels import tip
from swmr_viewer.gui.look.painting import guarded
from swmr_viewer.opening import shape_text

Index = QModelIndex | QPersistentModelIndex
PATH_ROLE = int(Qt.ItemDataRole.UserRole)
ROW_HEIGHT = 22
"""Pixels."""
COLUMNS = ("Name", "Kind", "Shape", "Type", "Note")
_TIMES = " \N{MULTIPLICATION SIGN} "
_NO_INDEX = QModelIndex()


class TreeModel(QAbstractItemModel):
    """Read-only; an index's internal id is the place of its node in the inspection's tree."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._nodes: tuple[TreeNode, ...] = ()
        self._children: dict[str, list[int]] = {}
        self._place: dict[str, int] = {}
        self._row: list[int] = []
        self._roles: dict[str, str] = {}

    def show(self, inspection: Inspection | None, containing: str = "") -> None:
        """Show this tree instead of what was shown before.

        Parameters
        ----------
        inspection : Inspection or None
            What to show.
        containing : str
            Show only objects with this text in their name or in another column, with what is inside and around them.
        """
        self.beginResetModel()
        self._roles = _roles(inspection) if inspection else {}
        nodes = inspection.tree if inspection else ()
        self._nodes = self._matching(nodes, containing.casefold()) if containing else nodes
        self._place = {node.path: place for place, node in enumerate(self._nodes)}
        self._children, self._row = {}, []
        for place, node in enumerate(self._nodes):
            siblings = self._children.setdefault(self._parent_path(node.path), [])
            self._row.append(len(siblings))
            siblings.append(place)
        self.endResetModel()

    def _matching(self, nodes: tuple[TreeNode, ...], text: str) -> tuple[TreeNode, ...]:
        """Filtering here and not in a proxy: that one took 2.5 s for 20,000 objects."""
        hits = {node.path for node in nodes if any(text in cell.casefold() for cell in self._texts(node))}
        around = {ancestor for path in hits for ancestor in _ancestors(path)}
        return tuple(node for node in nodes if node.path in hits or node.path in around or not hits.isdisjoint(_ancestors(node.path)))

    def n_shown(self) -> int:
        """Return how many objects are in the tree as it is shown."""
        return len(self._nodes)

    def index_of(self, path: str) -> QModelIndex:
        """Return the index of a path; an invalid one if it is not in the tree."""
        place = self._place.get(path)
        return QModelIndex() if place is None else self.createIndex(self._row[place], 0, place)

    def index(self, row: int, column: int, parent: Index = _NO_INDEX) -> QModelIndex:
        siblings = self._children.get(self._path_at(parent), [])
        if not (0 <= row < len(siblings) and 0 <= column < len(COLUMNS)):
            return QModelIndex()
        return self.createIndex(row, column, siblings[row])

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        return self.index_of(self._parent_path(self._path_at(index))) if index.isValid() else QModelIndex()

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.column() > 0 else len(self._children.get(self._path_at(parent), []))

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        return len(COLUMNS)

    @guarded
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        horizontal = orientation is Qt.Orientation.Horizontal
        return COLUMNS[section] if horizontal and role == Qt.ItemDataRole.DisplayRole else None

    @guarded
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        node = self._nodes[index.internalId()]
        if role == Qt.ItemDataRole.DisplayRole:
            return plain(self._texts(node)[index.column()])
        if role == PATH_ROLE:
            return node.path
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(_details(node))
        if role == Qt.ItemDataRole.FontRole and node.path in self._roles:
            font = QFont()
            font.setBold(True)
            return font
        return QSize(0, ROW_HEIGHT) if role == Qt.ItemDataRole.SizeHintRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
        return usual if index.isValid() else Qt.ItemFlag.NoItemFlags

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        paths = dict.fromkeys(str(index.data(PATH_ROLE)) for index in indexes)
        mime = QMimeData()
        mime.setText("; ".join(paths))
        return mime

    def mimeTypes(self) -> list[str]:
        return ["text/plain"]

    def _path_at(self, index: Index) -> str:
        return self._nodes[index.internalId()].path if index.isValid() else ""

    def _parent_path(self, path: str) -> str:
        """Return the nearest listed ancestor ("" for the file itself)."""
        while path:
            path = path.rpartition("/")[0]
            if path in self._place:
                return path
        return ""

    def _texts(self, node: TreeNode) -> tuple[str, ...]:
        name = node.path.rpartition("/")[2]
        is_dataset = node.kind == "dataset"
        note = ", ".join(filter(None, (self._roles.get(node.path, ""), *node.filters, node.note)))
        return (name, node.kind, shape_text(node) if is_dataset else "", node.dtype, note)


def _ancestors(path: str) -> list[str]:
    return [path[:at] for at, character in enumerate(path) if character == "/" and at]


def _roles(inspection: Inspection) -> dict[str, str]:
    """Path -> the part it was found to play."""
    roles = dict.fromkeys(inspection.data_paths[:1], "frames") | dict.fromkeys(inspection.key_paths, "key")
    return roles | ({inspection.finished_path: "finished flag"} if inspection.finished_path else {})


def _details(node: TreeNode) -> str:
    lines = [node.path]
    if node.chunks:
        lines.append(f"chunks {_TIMES.join(map(str, node.chunks))}")
    if node.maxshape and node.maxshape != node.shape:
        lines.append(f"grows to {_TIMES.join('any' if n is None else str(n) for n in node.maxshape)}")
    return "\n".join(filter(None, (*lines, *node.filters, node.note)))
