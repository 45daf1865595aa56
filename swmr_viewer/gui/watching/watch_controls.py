"""The watched folder in the window: its actions and dialog, its button beside the file, and the offer of a newer scan."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from swmr_viewer.gui.look.file_work import FileWork
from swmr_viewer.gui.look.icons import wear
from swmr_viewer.gui.look.labels import ElidedLabel, tip
from swmr_viewer.gui.look.menus import make_action, make_menu
from swmr_viewer.gui.look.settings import presets_file, read_group, write_group
from swmr_viewer.gui.session import Session
from swmr_viewer.gui.watching.watch import Watch
from swmr_viewer.gui.watching.watch_dialog import WatchDialog
from swmr_viewer.opening import PresetError, load_presets
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.scan_model import Problem
from swmr_viewer.watching import WatchRule

GROUP = "watch"
NOTE_WIDTH = 280


class WatchControls(QObject):
    """Has a folder watched for a window; whoever makes this places ``menu``, ``button`` and ``note``."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self.watch = Watch(session, self)
        self.work = FileWork(self)
        self.dialog: WatchDialog | None = None
        action = partial(make_action, window)
        self.choose_folder = action("&Watch a folder\u2026", "Ctrl+Shift+W", "Show each newer scan of a folder as soon as it starts")
        self.hold = action("&Hold this scan", "Ctrl+H", "Stay with this scan; a newer one is offered, not shown", checkable=True)
        self.show_newer = action("Show the &newer scan", "Ctrl+N", "Go on to the newer scan that is offered")
        self.stop = action("S&top watching", "Ctrl+Shift+X", "Watch the folder no longer; what is open stays open")
        self.menu = make_menu("&Watching", window, (self.choose_folder, self.hold, self.show_newer, self.stop))
        self.button = WatchButton(self.watch, self.choose_folder, self.hold, self.stop)
        self.note = WatchNote(self.watch)
        self.choose_folder.triggered.connect(self.show_dialog)
        self.hold.triggered.connect(self.watch.set_held)
        self.show_newer.triggered.connect(self.watch.show_offered)
        self.stop.triggered.connect(self.watch.stop)
        self.watch.changed.connect(self._enable)
        self._enable()

    def watch_folder(self, rule: WatchRule, template: FollowRequest | None = None) -> None:
        """Watch a folder, and remember it."""
        self.watch.start(rule, template)
        write_group(GROUP, rule)

    def likely_rule(self) -> WatchRule:
        """Return what is watched, else where the open file is, else what was watched before."""
        if self.watch.rule is not None:
            return self.watch.rule
        before = read_group(GROUP, WatchRule(""))
        if self._session.scan.request is None:
            return before
        file = Path(self._session.scan.request.path)
        return replace(before, folder=str(file.parent), pattern=f"*{file.suffix}" if file.suffix else before.pattern)

    def show_dialog(self) -> None:
        """Show the dialog for a folder to watch; it is not modal."""
        if self.dialog is None:
            self.dialog = WatchDialog(self._window)
            self.dialog.accepted_rule.connect(self.watch_folder)
        if not self.dialog.isVisible():
            self.dialog.set_value(self.likely_rule())
        self.work.do(partial(load_presets, presets_file()), self._offer_presets)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def _offer_presets(self, found: Any) -> None:
        if isinstance(found, PresetError):
            self._session.report(Problem(found.message, found.remedy, severity="note"))
        elif isinstance(found, Exception):
            raise found
        elif self.dialog is not None:
            self.dialog.set_presets(found)

    def _enable(self) -> None:
        self.hold.setEnabled(self.watch.is_on)
        self.hold.setChecked(self.watch.held)
        self.stop.setEnabled(self.watch.is_on)
        self.show_newer.setEnabled(bool(self.watch.offered))


class WatchButton(QToolButton):
    """Seen while a folder is watched; it has the menu of what can be done with the watch."""

    def __init__(self, watch: Watch, choose: QAction, hold: QAction, stop: QAction) -> None:
        super().__init__(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self._watch = watch
        self.setProperty("slim", "true")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        wear(self, "folder")
        self.setMenu(make_menu("", self, (hold, stop), (choose,)))
        watch.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.setText("Held \u25be" if self._watch.held else "Watching \u25be")
        self.setToolTip(tip(self._watch.status_text or "The folder that is watched"))
        self.setVisible(self._watch.is_on)


class WatchNote(QWidget):
    """What the user should know of the watch in one line, and the two answers to an offer."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self._watch = watch
        self.text = ElidedLabel("warn", Qt.TextElideMode.ElideMiddle)
        self.text.setFixedWidth(NOTE_WIDTH)
        self.text.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)  # the layout shares out evenly what is "ignored"
        self.show_button = QPushButton("Show")
        self.show_button.setProperty("kind", "primary")
        self.show_button.setToolTip("Go on to the newer scan")
        self.hold_button = QPushButton("Hold")
        self.hold_button.setToolTip("Stay with this scan, whatever starts")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for part in (self.text, self.show_button, self.hold_button):
            row.addWidget(part)
        self.show_button.clicked.connect(watch.show_offered)
        self.hold_button.clicked.connect(watch.keep_current)
        watch.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        watch = self._watch
        text = f"A newer scan is there: {Path(watch.offered).name}" if watch.offered else watch.problem_text
        self.text.say(text)
        for button in (self.show_button, self.hold_button):
            button.setVisible(bool(watch.offered))
        self.setVisible(bool(text))
