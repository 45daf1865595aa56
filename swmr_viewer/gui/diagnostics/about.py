"""What this program is, with which libraries, and where its log lies."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QIcon, QShowEvent
from PySide6.QtWidgets import QApplication, QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from swmr_viewer import __version__
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.look.versions import library_versions
from swmr_viewer.gui.session import Session

if TYPE_CHECKING:
    from swmr_viewer.program_log import ProgramLog

LICENCE = "BSD 3-Clause licence"
WHAT = "Follows HDF5 files in SWMR mode, and shows each frame once its key is set."
ICON = 48
NO_LOG = "No log is written."


class About(QDialog):
    """Not modal; ``copy`` puts the diagnostics on the clipboard."""

    def __init__(self, session: Session, log: ProgramLog | None, copy: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._log = session, log
        self.setWindowTitle("About swmr_viewer")
        self.setModal(False)
        self.versions: dict[str, PlainLabel] = {}
        self.log_place, self.log_fault = PlainLabel(), PlainLabel("muted")
        self.open_folder, self.copy, self.close_button = (
            QPushButton("&Open folder"),
            QPushButton("&Copy diagnostics"),
            QPushButton("C&lose"),
        )
        self.open_folder.setToolTip("Show the folder of the logs")
        self.copy.setToolTip(
            "Put versions, the state of the file and the end of the log on the clipboard, for a message to whom it concerns"
        )
        self.close_button.setToolTip("Close this window (Esc)")
        self._compose()
        self.open_folder.clicked.connect(self._show_folder)
        self.copy.clicked.connect(copy)
        self.close_button.clicked.connect(self.close)
        self.close_button.setDefault(True)
        self.close_button.setFocus()
        session.opened.connect(self.look)

    def _compose(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 18, 20, 14)
        box.setSpacing(14)
        box.addLayout(self._head())
        box.addLayout(self._grid())
        box.addStretch(1)
        buttons = QHBoxLayout()
        for part in (self.open_folder, self.copy):
            buttons.addWidget(part)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        box.addLayout(buttons)

    def _head(self) -> QHBoxLayout:
        icon, name, what, licence = QLabel(), PlainLabel("strong"), PlainLabel(), PlainLabel("muted")
        icon.setPixmap(QIcon(QApplication.windowIcon()).pixmap(ICON, ICON))
        name.say(f"swmr_viewer {__version__}")
        what.say(WHAT)
        licence.say(LICENCE)
        words = QVBoxLayout()
        words.setSpacing(4)
        for part in (name, what, licence):
            words.addWidget(part)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        return head

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        names = [name for name, _ in library_versions()[1:]]
        values = [self.versions.setdefault(name, PlainLabel()) for name in names]
        for row, (name, value) in enumerate(zip((*names, "Log", ""), (*values, self.log_place, self.log_fault), strict=True)):
            title = PlainLabel("muted")
            title.say(name)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(title, row, 0)
            grid.addWidget(value, row, 1)
        return grid

    def look(self) -> None:
        """Tell what is known now."""
        opened = self._session.scan.description
        for name, words in library_versions(opened.libraries if opened is not None else "")[1:]:
            self.versions[name].say(words)
        log = self._log
        self.log_place.say(NO_LOG if log is None else str(log.path))
        self.log_fault.say("" if log is None or not log.fault else f"It cannot be written: {log.fault}.")
        self.log_fault.setVisible(bool(self.log_fault.text()))
        self.open_folder.setEnabled(log is not None and not log.fault)

    def _show_folder(self) -> None:
        if self._log is not None and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log.path.parent))):
            self._session.note(f"Nothing here shows folders; the logs are in {self._log.path.parent}")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()
