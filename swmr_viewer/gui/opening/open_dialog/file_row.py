"""The row that names the file: typed, chosen in a file chooser, or one that was opened before."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from swmr_viewer.gui.opening.open_dialog.form import FieldRow
from swmr_viewer.gui.opening.open_dialog.recent_files import RecentFiles
from swmr_viewer.gui.opening.recent import put_into
from swmr_viewer.opening.assessment import path_from

FILE_FILTER = "HDF5 files (*.h5 *.nxs *.hdf5 *.hdf *.nx *.cxi);;All files (*)"


class FileRow(QWidget):
    """The file's field and the buttons beside it."""

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
        recent.told.connect(self._fill_menu)

    def path(self) -> str:
        """Return the file that is named."""
        return path_from(self.field.text())

    def show_recent(self) -> None:
        """Show what was opened before, below its button; the window behind stays usable."""
        self._recent.look()
        self._fill_menu()
        self.recent_menu.popup(self.recent_button.mapToGlobal(QPoint(0, self.recent_button.height() + 2)))

    def _fill_menu(self) -> None:
        put_into(self.recent_menu, self._recent.requests(), self._recent.choose, self._recent.is_gone)

    def browse(self) -> None:
        """Let the user choose a file; the window behind stays usable."""
        if self.chooser is None:
            self.chooser = QFileDialog(self, "Choose a file to follow", "", FILE_FILTER)
            self.chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
            self.chooser.fileSelected.connect(self.chosen)
        self.chooser.open()
