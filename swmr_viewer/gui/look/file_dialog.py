"""The desktop's dialog for a file, beside a window that stays usable."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QWidget


class FileDialog:
    """One dialog at a time: another one takes its place, and none is left over.

    Parameters
    ----------
    window : QWidget
        Beside which it stands.
    """

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self.now: QFileDialog | None = None
        """The one that is open."""

    def made(self, title: str, filters: str, mode: QFileDialog.AcceptMode, folder: str = "") -> QFileDialog:
        """Return a dialog that is not modal, to be shown by the caller."""
        self.forget()
        dialog = self.now = QFileDialog(self._window, title, folder, filters)
        dialog.setAcceptMode(mode)
        dialog.setModal(False)
        dialog.finished.connect(self.forget)
        return dialog

    def forget(self) -> None:
        """Let go of the one that is open."""
        if self.now is not None:
            self.now.deleteLater()
        self.now = None
