"""A beep or the desktop's notification when the scan ends or an alarm is raised; both are off until somebody wants them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from swmr_viewer.core.conditions import Timeout
from swmr_viewer.gui.look.settings import read_setting, write_setting
from swmr_viewer.gui.session import Session

NO_DESKTOP = "This desktop shows no notifications to programs: it beeps instead"
BEEP_KEY, DESKTOP_KEY = "notify/beep", "notify/desktop"


class Notifier(QObject):
    """Gets the attention of people who do not look at the window.

    Parameters
    ----------
    session : Session
        Whose end is worth it.
    beep : callable
        Makes the sound.
    """

    changed = Signal()

    def __init__(self, session: Session, *, beep: Callable[[], None] = QApplication.beep, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._beep = beep
        self._tray: QSystemTrayIcon | None = None
        self._pause_notified = False
        self.beeps = read_setting(BEEP_KEY, False)
        self.notifies = False
        if read_setting(DESKTOP_KEY, False):
            self._show_tray(_desktop_notifies())
        session.finished.connect(lambda _: self._on_end())
        session.request_changed.connect(self._forget_pause)

    def set_beeps(self, on: bool) -> None:
        """Beep, or be quiet."""
        if on != self.beeps:
            self.beeps = on
            write_setting(BEEP_KEY, on)
            self.changed.emit()

    def set_notifies(self, on: bool) -> None:
        """Use the desktop's notifications where there are any."""
        if on and not _desktop_notifies():
            self._session.note("This desktop shows no notifications to programs; a beep may do.")
            on = False
        write_setting(DESKTOP_KEY, on)
        self._show_tray(on)
        self.changed.emit()

    def _show_tray(self, on: bool) -> None:
        self.notifies = on
        if on and self._tray is None:
            self._tray = QSystemTrayIcon(QApplication.windowIcon(), self)
        if self._tray is not None:
            self._tray.setVisible(on)

    def notify(self, title: str, text: str, *, sound: bool = False, desktop: bool = False) -> None:
        """Beep or notify, for what is worth turning round for: an end, an alarm; ``sound`` and ``desktop``: also where both are off."""
        if self.beeps or sound:
            self._beep()
        if (self.notifies or desktop) and not _desktop_notifies():
            self._session.note(NO_DESKTOP)
            if not (self.beeps or sound):
                self._beep()
            for window in QApplication.topLevelWidgets():
                if window.isVisible() and window.isWindow():
                    QApplication.alert(window)  # its entry in the bar of tasks asks to be looked at
        elif self.notifies or desktop:
            self._tray = self._tray or QSystemTrayIcon(QApplication.windowIcon(), self)
            self._tray.setVisible(True)  # an icon that is hidden shows no message
            self._tray.showMessage(title, text, QApplication.windowIcon())

    def notify_alarm(self, text: str, sound: bool = False, desktop: bool = False) -> None:
        """Beep or notify, for an alarm that was raised."""
        self.notify("Alarm", text, sound=sound, desktop=desktop)

    def _on_end(self) -> None:
        session = self._session
        if session.scan.is_still_following and not self._is_new_pause():
            return
        name = Path(session.scan.request.path).name if session.scan.request is not None else "swmr_viewer"
        self.notify(name, f"{session.scan.state.text}. {session.scan.state.detail}")

    def _forget_pause(self) -> None:
        self._pause_notified = False

    def _is_new_pause(self) -> bool:
        """Whether this timeout is worth a notice: the first one, or one after keys had come for a while again.

        A scan whose points take longer than the timeout would otherwise beep at each of them.
        """
        session = self._session
        limits = [condition.seconds for condition in session.scan.conditions if isinstance(condition, Timeout)]
        since = session.scan.following_since_s
        went_on = since is not None and bool(limits) and session.scan.now_s - since > 2 * min(limits)
        is_new, self._pause_notified = went_on or not self._pause_notified, True
        return is_new


def _desktop_notifies() -> bool:
    return QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()
