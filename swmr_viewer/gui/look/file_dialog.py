"""The desktop's dialog for a file, beside a window that stays usable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


class FileDialog:
    """One dialog at a time: another one takes its place, and none is left over.

    Parameters
    ----------
    window : QWidget
        Beside which it stands.
    first_folder : callable
        Returns where to look first; later it is where the last file was.
    """

    def __init__(self, window: QWidget, first_folder: Callable[[], str]) -> None:
        self._window = window
        self._first_folder = first_folder
        self._folder = ""
        self.now: QFileDialog | None = None
        """The one that is open."""

    def made(self, title: str, filters: str, mode: QFileDialog.AcceptMode) -> QFileDialog:
        """Return a dialog that is not modal, to be shown by the caller."""
        self.forget()
        dialog = self.now = QFileDialog(self._window, title, self._folder or self._first_folder(), filters)
        dialog.setAcceptMode(mode)
        dialog.setModal(False)
        dialog.fileSelected.connect(self._note_folder)
        dialog.finished.connect(self.forget)
        return dialog

    def _note_folder(self, file: str) -> None:
        self._folder = str(Path(file).parent)

    def forget(self) -> None:
        """Let go of the one that is open."""
        if self.now is not None:
            self.now.deleteLater()
        self.now = None
