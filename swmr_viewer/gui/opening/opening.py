"""The ways to the next scan, put together: dialog, recent files, drops, and the watched folder."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from swmr_viewer.gui.look.menus import make_action, make_menu
from swmr_viewer.gui.look.settings import presets_file, read_group, write_group
from swmr_viewer.gui.main_window import MainWindow
from swmr_viewer.gui.opening.dialog import OpenDialog
from swmr_viewer.gui.opening.inspector import Inspector
from swmr_viewer.gui.opening.path_probe import Drops
from swmr_viewer.gui.opening.recent import Recent
from swmr_viewer.gui.session.session import Session
from swmr_viewer.gui.watching import Watch, WatchButton, WatchDialog, WatchNote
from swmr_viewer.opening import PresetError, load_presets
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.scan_model import Problem
from swmr_viewer.watching import WatchRule

GROUP = "watch"


class FileChooser:
    """Keeps the one open dialog and its inspector; ``close`` ends the inspector's process."""

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
        _to_front(self.dialog)

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


class Opening(QObject):
    """Knows the window's actions of these matters, and what they do; ``close`` ends its threads and processes."""

    def __init__(self, session: Session, window: MainWindow) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self.recent = Recent(session, self)
        self.chooser = FileChooser(session, window, self.recent)
        self.watch = Watch(session, self)
        self.drops = Drops(window)
        self.watch_dialog: WatchDialog | None = None
        self.recent_menu = QMenu("Open &recent", window.menu_)
        self._make_actions()
        self._fill_menu()
        self.watch_button = WatchButton(self.watch, self.choose_folder, self.hold, self.stop_watching)
        self.watch_note = WatchNote(self.watch)
        window.top_bar.add_watch(self.watch_button, self.watch_note)
        self._connect()

    def close(self) -> None:
        """End what runs, within a bound."""
        self.watch.stop()
        self.drops.close()
        self.chooser.close()

    def watch_folder(self, rule: WatchRule, template: FollowRequest | None = None) -> None:
        """Watch a folder, and remember it."""
        self.watch.start(rule, template)
        write_group(GROUP, rule)

    def ask_folder(self) -> None:
        """Show the dialog for a folder to watch; it is not modal."""
        if self.watch_dialog is None:
            self.watch_dialog = WatchDialog(self._window)
            self.watch_dialog.accepted_rule.connect(self.watch_folder)
        if not self.watch_dialog.isVisible():
            self.watch_dialog.set_value(self._likely_rule())
        try:
            self.watch_dialog.set_presets(load_presets(presets_file()))
        except PresetError as error:
            self._session.report(Problem(error.message, error.remedy, severity="note"))
        _to_front(self.watch_dialog)

    def _likely_rule(self) -> WatchRule:
        """Return what is watched, else where the open file is, else what was watched before."""
        if self.watch.rule is not None:
            return self.watch.rule
        before = read_group(GROUP, WatchRule(""))
        if self._session.scan.request is None:
            return before
        file = Path(self._session.scan.request.path)
        return replace(before, folder=str(file.parent), pattern=f"*{file.suffix}" if file.suffix else before.pattern)

    def _make_actions(self) -> None:
        action = partial(make_action, self._window)
        self.choose_folder = action("&Watch a folder\u2026", "Ctrl+Shift+W", "Show each newer scan of a folder as soon as it starts")
        self.hold = action("&Hold this scan", "Ctrl+H", "Stay with this scan; a newer one is offered, not shown", checkable=True)
        self.show_newer = action("Show the &newer scan", "Ctrl+N", "Go on to the newer scan that is offered")
        self.stop_watching = action("S&top watching", "Ctrl+Shift+X", "Watch the folder no longer; what is open stays open")

    def _fill_menu(self) -> None:
        menu = self._window.menu_
        self.recent_menu.aboutToShow.connect(lambda: self.recent.fill(self.recent_menu))
        watching = make_menu("&Watching", menu, (self.choose_folder, self.hold, self.show_newer, self.stop_watching))
        first = menu.actions()[0]
        menu.insertMenu(first, self.recent_menu)
        menu.insertMenu(first, watching)

    def _connect(self) -> None:
        window, watch = self._window, self.watch
        window.actions_.open.triggered.connect(self.chooser.show)
        self.choose_folder.triggered.connect(self.ask_folder)
        self.hold.triggered.connect(watch.set_held)
        self.show_newer.triggered.connect(watch.show_offered)
        self.stop_watching.triggered.connect(watch.stop)
        self.drops.folder_dropped.connect(lambda folder: self.watch_folder(replace(self._likely_rule(), folder=folder)))
        self.drops.file_dropped.connect(lambda path: self._session.open(FollowRequest(path, conditions=self._session.scan.conditions)))
        watch.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        watch = self.watch
        self.hold.setEnabled(watch.is_on)
        self.hold.setChecked(watch.held)
        self.stop_watching.setEnabled(watch.is_on)
        self.show_newer.setEnabled(bool(watch.offered))
        self._window.empty.say(watch.status_text)


def _to_front(dialog: QDialog) -> None:
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
