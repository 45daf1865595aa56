"""The menu of what is compared with: the scan before, files, and how to be rid of them."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from swmr_viewer.core.number_text import count_text
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.comparing.comparisons import Comparisons
from swmr_viewer.gui.comparing.other_scan import OtherScan
from swmr_viewer.gui.look.labels import button_text
from swmr_viewer.gui.look.menus import make_action, make_menu
from swmr_viewer.gui.session import Session

FILE_FILTER = "HDF5 files (*.h5 *.hdf5 *.hdf *.nxs *.nx *.cxi);;All files (*)"


class CompareMenu:
    """The menu and its actions.

    Parameters
    ----------
    session : Session
        Beside whose file another one is looked for first.
    comparisons : Comparisons
        What is changed.
    window : QWidget
        Owner of the actions.
    """

    def __init__(self, session: Session, comparisons: Comparisons, window: QWidget) -> None:
        self._session, self._comparisons, self._window = session, comparisons, window
        self.chooser: QFileDialog | None = None
        self.add = make_action(
            window, "Compare with a &file\u2026", "Ctrl+Alt+F", "Measure the same in another scan's file, and draw it in grey", self.choose
        )
        self.before = make_action(
            window, "The scan &before", "Ctrl+Alt+B", "Draw the curves of the scan before in grey", checkable=True, checked=True
        )
        self.before.toggled.connect(comparisons.show_before)
        self.menu: QMenu = make_menu("&Compare", window, (self.before, self.add))
        self.menu.aboutToShow.connect(self._fill)
        self._removing: list[QAction] = []
        self._end = self.menu.addSeparator()
        """Before it stand the files that were added."""

    def choose(self) -> None:
        """Ask for a file; the window stays usable."""
        if self.chooser is None:
            self.chooser = QFileDialog(self._window, "Choose a file to compare with", self._session.scan.folder, FILE_FILTER)
            self.chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
            self.chooser.setModal(False)
            self.chooser.fileSelected.connect(self._comparisons.add)
        self.chooser.show()

    def _fill(self) -> None:
        """List the files, each with what it is, and how to be rid of it."""
        for action in self._removing:
            self.menu.removeAction(action)
            action.deleteLater()
        before = self._comparisons.before
        self.before.setText("The scan &before" if before is None else f"The scan &before, {button_text(before.name)}")
        self.before.setEnabled(before is not None)
        self._removing = [self._remover(other) for other in self._comparisons.added]
        self.menu.insertActions(self._end, self._removing)

    def _remover(self, other: OtherScan) -> QAction:
        action = QAction(f"Remove {button_text(_title(other))}", self.menu)
        action.setToolTip(plain(other.path))
        action.triggered.connect(lambda: self._comparisons.remove(other.path))
        return action


def _title(other: OtherScan) -> str:
    name = plain(PurePath(other.path).name)
    if other.problem:
        return f"{name}: {other.problem}"
    return f"{name} ({count_text(other.n_complete)} frames)"
