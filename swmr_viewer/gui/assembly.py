"""Thread, session and window put together, and taken apart within a bound."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent

from swmr_viewer.gui.desktop.logbook import Logbook
from swmr_viewer.gui.main_window import MainWindow
from swmr_viewer.gui.opening import Opening
from swmr_viewer.gui.session import FollowThread, Session, SupervisorLike
from swmr_viewer.program_log import ProgramLog


class Assembly:
    """The running viewer; the supervisor belongs to the caller.

    Parameters
    ----------
    supervisor : Supervisor
        The reader's, started.
    clock : callable
        Monotonic seconds, the same clock as the reader's.
    log : ProgramLog, optional
        What takes down what happens; its owner closes it.
    """

    def __init__(self, supervisor: SupervisorLike, *, clock: Callable[[], float] = time.monotonic, log: ProgramLog | None = None) -> None:
        self.thread = FollowThread(supervisor, clock=clock)
        self.session = Session(self.thread, clock=clock)
        self.thread.start()  # it makes room for frames, and the reader reads the first one, while the window is built
        try:
            self.logbook = Logbook(log, self.thread, self.session) if log is not None else None
            self.window = MainWindow(self.session, log)
            self.opening = Opening(self.session, self.window)
        except BaseException:
            self.thread.stop()
            raise

    def close(self) -> bool:
        """Stop the thread, give every slot back, delete the window; return whether the thread ended in time."""
        self.opening.close()
        self.window.measuring.close()
        self.window.masks.close()
        self.window.reductions.close()
        self.session.close()
        ended = self.thread.stop()
        QCoreApplication.sendPostedEvents(self.session, QEvent.Type.MetaCall)  # frames on their way are released by the session
        self.session.close()
        self.window.snapshots.close()
        self.window.comparing.close()
        self.window.measuring.fitter.close()
        self.window.close()
        for part in (self.window, self.session, self.thread):
            part.deleteLater()
            QCoreApplication.sendPostedEvents(part, QEvent.Type.DeferredDelete)
        return ended
