"""Everything of alarms, put together for the main window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from swmr_viewer.core.number_text import exact_text
from swmr_viewer.gui.alarms.alarms import Alarms, Happened
from swmr_viewer.gui.alarms.border import AlarmBorder
from swmr_viewer.gui.alarms.command import AlarmCommand
from swmr_viewer.gui.alarms.editor import AlarmEditor
from swmr_viewer.gui.alarms.memory import AlarmMemory
from swmr_viewer.gui.look.menus import ActionButton, make_action
from swmr_viewer.gui.session import Session
from swmr_viewer.scan_model import EventChange


class AlarmParts(QObject):
    """Owns the parts of alarms; the main window gives it a place for the border and a menu for its actions.

    Parameters
    ----------
    session : Session
        What is watched.
    gaps : callable
        Returns how many frames are lost, and a callable that finds the first of them; None where nobody can tell.
    detectors : callable
        Returns the names of the keys' detectors.
    window : QWidget
        Owner of the actions.
    """

    alerted = Signal(str, bool, bool)
    """What was raised in words, whether it is to be heard, and whether the desktop is to tell."""

    def __init__(
        self,
        session: Session,
        gaps: Callable[[], tuple[int, Callable[[], int | None]] | None],
        detectors: Callable[[], Sequence[str]],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session = session
        self.alarms = Alarms(session, gaps, detectors)
        self.memory = AlarmMemory(session, self.alarms)
        self.command = AlarmCommand(self)
        self.edit = make_action(
            window, "&Alarms\u2026", "Ctrl+Shift+A", "Watch quantities, lost frames, silence: border, sound, notification, command"
        )
        self.acknowledge = make_action(
            window, "Ac&knowledge alarms", "Ctrl+Shift+K", "You know: the border goes until something else happens", self.alarms.acknowledge
        )
        self._window = window
        self.alarms.changed.connect(self._enable)
        self.alarms.happened.connect(self._on_happened)
        self.command.told.connect(session.note)
        self._enable()

    @cached_property
    def editor(self) -> AlarmEditor:
        """Made when it is first asked for."""
        return AlarmEditor(self._session, self.alarms, self.command, ActionButton("Acknowledge", self.acknowledge), self._window)

    @property
    def actions_(self) -> tuple[QAction, ...]:
        """What stands in the menu."""
        return (self.edit, self.acknowledge)

    def open_below(self, button: QWidget) -> None:
        """Have the editor open below this button."""
        self.edit.triggered.connect(lambda: self._open(button))

    def frame(self, panel: QWidget | None, below: QWidget) -> None:
        """Put the border round this panel, its words under the lower edge of this part."""
        button = ActionButton("Acknowledge", self.acknowledge)
        self.border = AlarmBorder(self.alarms, panel or below, below, button)

    def keep(self) -> None:
        """Store what was changed, and end what still runs: the window closes."""
        self.memory.keep()
        self.command.stop()

    def _open(self, button: QWidget) -> None:
        self.editor.show_rules()
        self.editor.open_below(button)

    def _enable(self) -> None:
        self.acknowledge.setEnabled(bool(self.alarms.raised))

    def _on_happened(self, happened: Happened) -> None:
        if happened.change is not EventChange.RAISED:
            return
        rule = happened.rule
        self.alerted.emit(happened.words, rule.sound, rule.desktop)
        if rule.command:
            self.command.start(self._facts(happened))

    def _facts(self, happened: Happened) -> dict[str, str]:
        found, request = happened.event.found, self._session.scan.request
        frame = found.index if found.index is not None else found.first
        return {
            "text": happened.words,
            "rule": self.alarms.rule_words(happened.rule),
            "value": "" if found.value is None else exact_text(found.value),
            "frame": "" if frame is None else str(frame),
            "level": exact_text(happened.rule.level),
            "file": "" if request is None else request.path,
            "since": happened.when.isoformat(timespec="seconds"),
        }
