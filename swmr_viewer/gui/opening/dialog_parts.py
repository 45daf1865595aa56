"""The parts of the open dialog around its fields: the row that names the file, what is in the file, and the buttons below."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from swmr_viewer.gui.opening.preview import PreviewPane
from swmr_viewer.gui.opening.recent import RecentFiles, RecentList, fill_menu
from swmr_viewer.gui.opening.request_fields import FieldRow
from swmr_viewer.gui.opening.tree_view import FileTree
from swmr_viewer.opening import Assessment, path_from

FILE_FILTER = "HDF5 files (*.h5 *.nxs *.hdf5 *.hdf *.nx *.cxi);;All files (*)"


class FileRow(QWidget):
    """Names the file: typed, chosen in a file chooser, or one that was opened before."""

    chosen = Signal(str)
    """A file was chosen in the file chooser."""

    def __init__(self, recent: RecentFiles) -> None:
        super().__init__()
        self._recent = recent
        self.chooser: QFileDialog | None = None
        self.field = QLineEdit()
        self.field.setPlaceholderText("/path/to/scan.nxs")
        self.field.setClearButtonEnabled(True)
        self.field.setToolTip("The HDF5 file to follow; it need not be there yet")
        self.recent_button = QToolButton()
        self.recent_button.setText("Recent \u25be")
        self.recent_button.setToolTip("Files that were opened before, with the paths in them (Ctrl+R)")
        self.recent_menu = QMenu(self.recent_button)
        self.browse_button = QPushButton("&Browse\N{HORIZONTAL ELLIPSIS}")
        self.browse_button.setToolTip("Choose the file (Ctrl+O)")
        self.again_button = QToolButton()
        self.again_button.setText("Read again")
        self.again_button.setToolTip("Look into the file again: objects may have been added (F5)")
        row = FieldRow("&File", self.field, self.recent_button, self.browse_button, self.again_button, lines=2)
        self.remark = row.remark
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(row)
        self.recent_button.clicked.connect(self.show_recent)
        self.browse_button.clicked.connect(self.browse)
        recent.changed.connect(self._fill_menu)

    def path(self) -> str:
        """Return the file that is named."""
        return path_from(self.field.text())

    def show_recent(self) -> None:
        """Show what was opened before, below its button; the window behind stays usable."""
        self._recent.check()
        self._fill_menu()
        self.recent_menu.popup(self.recent_button.mapToGlobal(QPoint(0, self.recent_button.height() + 2)))

    def _fill_menu(self) -> None:
        fill_menu(self.recent_menu, self._recent.requests(), self._recent.chosen.emit, self._recent.is_gone)

    def browse(self) -> None:
        """Let the user choose a file; the window behind stays usable."""
        if self.chooser is None:
            self.chooser = QFileDialog(self, "Choose a file to follow", "", FILE_FILTER)
            self.chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
            self.chooser.fileSelected.connect(self.chosen)
        self.chooser.open()


class Contents(QStackedWidget):
    """The file's tree with the preview beside it, or, in the same place, the files that were opened before."""

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
            self.tree.set_hint("The objects in the file appear here.")
        elif is_known:
            self.tree.set_hint("Nothing to show.")
        else:
            self.tree.set_hint("Reading \N{HORIZONTAL ELLIPSIS}" if is_reading else "")

    def enter_recent(self) -> None:
        """Give the keyboard to the files that were opened before, where they are shown."""
        if self.recent_list.isVisible():
            self.recent_list.enter()


class OpenButtons(QDialogButtonBox):
    """Open, or wait for it, and Cancel."""

    def __init__(self) -> None:
        super().__init__(QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel)
        self.open_button = self.button(QDialogButtonBox.StandardButton.Open)

    def show_assessment(self, assessment: Assessment) -> None:
        """Offer what can be done."""
        button = self.open_button
        button.setEnabled(assessment.can_open)
        button.setText("Wait for it" if assessment.waits else "Open")
        button.setToolTip("Open as soon as it is there" if assessment.waits else "Follow this file")
        button.setProperty("kind", "primary" if assessment.can_open else "")
        button.style().unpolish(button)
        button.style().polish(button)
