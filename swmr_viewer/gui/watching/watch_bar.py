"""The watched folder in the top bar: a button with a menu, what is going on, and the offer of a newer scan."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from swmr_viewer.gui.look.icons import wear
from swmr_viewer.gui.look.labels import ElidedLabel, tip
from swmr_viewer.gui.watching.watch import Watch

NOTE_WIDTH = 280


class WatchButton(QPushButton):
    """Asks for a folder, or, while one is watched, has the menu of what can be done with the watch."""

    def __init__(self, watch: Watch, choose: QAction, hold: QAction, stop: QAction) -> None:
        super().__init__()
        self._watch = watch
        self._choose = choose
        wear(self, "folder")
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.addActions([hold, stop])
        self._menu.addSeparator()
        self._menu.addAction(choose)
        self.clicked.connect(self._click)
        watch.changed.connect(self._show)
        self._show()

    def _click(self) -> None:
        if self.menu() is None:
            self._choose.trigger()

    def _show(self) -> None:
        is_on = self._watch.is_on
        self.setText(" Watching" if is_on else " Watch folder\u2026")
        if is_on != (self.menu() is not None):
            self.setMenu(self._menu if is_on else None)  # type: ignore[arg-type]
        self.setToolTip(tip(self._watch.status_text) or self._choose.toolTip())


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
        if not text and watch.held:
            text = "This scan is held"
        self.text.say(text)
        for button in (self.show_button, self.hold_button):
            button.setVisible(bool(watch.offered))
        self.setVisible(bool(text))
