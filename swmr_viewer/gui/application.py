"""The program's window from start to end: the only place that makes a QApplication."""

from __future__ import annotations

import contextlib
import sys
from contextlib import closing
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.guards import collector_spared, exceptions_reported, interrupt_calls, qt_messages_noted
from swmr_viewer.gui.look.theme import theme_of_application
from swmr_viewer.gui.look.versions import first_line
from swmr_viewer.gui.session import SupervisorLike
from swmr_viewer.program_log import ProgramLog, log_folder
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.resources import ResourceMissingError, resource_path
from swmr_viewer.watching import WatchRule

LINGER_MS = 300
"""After the end, time for the last frame to be painted before the picture is taken (ms)."""


def run_window(
    request: FollowRequest | None,
    supervisor: SupervisorLike,
    *,
    watch: WatchRule | None = None,
    external: bool = True,
    screenshot: Path | None = None,
    quit_when_finished: bool = False,
) -> int:
    """Show the window until it is closed.

    Parameters
    ----------
    request : FollowRequest or None
        What to follow; None: the window opens empty. With ``watch``, its paths inside the file hold for each scan.
    supervisor : Supervisor
        The reader's, started; the caller closes it.
    watch : WatchRule, optional
        The folder whose newer scans are shown as they start.
    external : bool
        Whether data of other files are read, until the user chooses otherwise.
    screenshot : Path, optional
        Where to write a picture of the window before it closes by itself.
    quit_when_finished : bool
        Close when following ended or failed.

    Returns
    -------
    int
        Exit status: 0, or 1 if following failed and the window closed by itself.
    """
    app = application()
    with closing(ProgramLog(log_folder(), first_line())) as log:
        assembly = Assembly(supervisor, log=log)
        session, window = assembly.session, assembly.window
        assembly.opening.set_external(external)
        outcome = _Outcome(assembly, screenshot)
        if quit_when_finished:
            session.finished.connect(lambda _: QTimer.singleShot(LINGER_MS, outcome.leave))
        try:
            with qt_messages_noted(log.warning), exceptions_reported(session.report), interrupt_calls(window.close), collector_spared():
                window.show()
                if request is not None and request.path:
                    session.open(request)
                if watch is not None:
                    assembly.opening.watching.watch_folder(watch, request)
                app.exec()
        finally:
            assembly.close()
            log.info("The window was closed.")
        return outcome.status


def application() -> QApplication:
    """Return the one QApplication, made and dressed at the first call."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("swmr_viewer")
    app.setApplicationDisplayName("swmr_viewer")
    app.setDesktopFileName("swmr-viewer")
    pg.setConfigOptions(useOpenGL=False, imageAxisOrder="row-major", antialias=False, mouseRateLimit=0)
    theme_of_application()
    with contextlib.suppress(ResourceMissingError):  # a window without an icon is still a window
        app.setWindowIcon(QIcon(str(resource_path("swmr-viewer.svg"))))
    return app


class _Outcome:
    """How it ended, when the window closes by itself."""

    def __init__(self, assembly: Assembly, screenshot: Path | None) -> None:
        self._assembly = assembly
        self._screenshot = screenshot
        self.status = 0

    def leave(self) -> None:
        self.status = 1 if self._assembly.session.scan.failed is not None else 0
        if self._screenshot is not None:
            self._assembly.window.grab().save(str(self._screenshot))
        self._assembly.window.close()
