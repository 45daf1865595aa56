"""Opens the open dialog for the window, once at a time, and has the session follow what is chosen."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from swmr_viewer.gui.opening.open_dialog import Inspector, OpenDialog
from swmr_viewer.gui.opening.recent import Recent
from swmr_viewer.gui.session.session import Session
from swmr_viewer.reader.messages import FollowRequest


class FileChooser:
    """Keeps the one dialog and its inspector; ``close`` ends the inspector's process."""

    def __init__(self, session: Session, window: QWidget, recent: Recent) -> None:
        self._session = session
        self._recent = recent
        self._window = window
        self._inspector: Inspector | None = None
        self.dialog: OpenDialog | None = None

    def show(self) -> None:
        """Show the dialog with what is open now; it is not modal."""
        if self.dialog is None:
            self._inspector = Inspector()
            self.dialog = OpenDialog(self._inspector, self._window, self._recent.requests)
            self.dialog.accepted_request.connect(self._open)
        if not self.dialog.isVisible() and self._session.scan.request is not None:
            self.dialog.set_value(self._session.scan.request)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def close(self) -> None:
        """Close the dialog and wait, with a bound, for its inspector to end."""
        if self.dialog is not None:
            self.dialog.close()
            self.dialog.recent.close()
        if self._inspector is not None:
            self._inspector.close()

    def _open(self, request: FollowRequest) -> None:
        """Keep the termination conditions as they are set in the window by now."""
        self._session.open(replace(request, conditions=self._session.scan.conditions))
