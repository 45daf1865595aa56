"""The ways to the next scan, put together: the open dialog, recent files, drops, and the watched folder."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from swmr_viewer.gui.look.settings import EXTERNAL_KEY, external_is_read, write_setting
from swmr_viewer.gui.main_window import MainWindow
from swmr_viewer.gui.opening.path_probe import Drops
from swmr_viewer.gui.opening.recent import Recent
from swmr_viewer.gui.session import Session
from swmr_viewer.gui.watching import WatchControls
from swmr_viewer.reader.messages import FollowRequest

if TYPE_CHECKING:
    from swmr_viewer.gui.opening.dialog import OpenDialog
    from swmr_viewer.gui.opening.inspector import Inspector


class Opening(QObject):
    """Opens what is chosen in one of these ways; ``close`` ends its threads and processes."""

    def __init__(self, session: Session, window: MainWindow) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._inspector: Inspector | None = None
        self.dialog: OpenDialog | None = None
        self.recent = Recent(session, self)
        self.watching = WatchControls(session, window)
        self.drops = Drops(window)
        self.recent_menu = QMenu("Open &recent", window.menu_)
        self.recent_menu.aboutToShow.connect(lambda: self.recent.fill(self.recent_menu, self.open))
        first = window.menu_.actions()[0]
        for menu in (self.recent_menu, self.watching.menu):
            window.menu_.insertMenu(first, menu)
        window.top_bar.file_menu.aboutToShow.connect(self._fill_file_menu)
        window.top_bar.add_watch(self.watching.button)
        window.add_note(self.watching.note)
        window.empty.offer("or watch a folder for the next scan\u2026", self.watching.choose_folder)
        window.actions_.open.triggered.connect(self.show_dialog)
        window.actions_.external.setChecked(external_is_read())
        window.actions_.external.toggled.connect(self._set_external)
        window.actions_.external.triggered.connect(lambda on: write_setting(EXTERNAL_KEY, on))
        self._set_external(window.actions_.external.isChecked())
        self.drops.file_dropped.connect(self._take_dropped)
        self.drops.folder_dropped.connect(self._watch_dropped)
        self.watching.watch.changed.connect(self._show_watch)
        window.reductions.goes_on_by_itself = lambda: self.watching.watch.is_on
        self._show_watch()

    def close(self) -> None:
        """End what runs, within a bound."""
        self.watching.watch.stop()
        self.watching.work.close()
        self.drops.close()
        if self.dialog is not None:
            self.dialog.close()
            self.dialog.recent.close()
            self.dialog.presets.work.close()
        if self._inspector is not None:
            self._inspector.close()

    def open(self, request: FollowRequest) -> None:
        """Follow this; it ends by the conditions as they are set in the window by now."""
        self._session.open(replace(request, conditions=self._session.scan.conditions))

    def set_external(self, on: bool) -> None:
        """Read data of other files, or refuse them, from the next file on; not kept for the next start."""
        self._window.actions_.external.setChecked(on)

    def _set_external(self, on: bool) -> None:
        self._session.external = on
        if self._inspector is not None:
            self._inspector.external = on

    def show_dialog(self) -> None:
        """Show the open dialog with what is open now; it is not modal."""
        if self.dialog is None:
            from swmr_viewer.gui.opening.dialog import OpenDialog
            from swmr_viewer.gui.opening.inspector import Inspector

            self._inspector = Inspector()
            self._inspector.external = self._session.external
            self.dialog = OpenDialog(self._inspector, self._window, self.recent.requests, self._window.reductions.of_preset)
            self.dialog.accepted_request.connect(self.open)
        if not self.dialog.isVisible() and self._session.scan.request is not None:
            self.dialog.set_value(self._session.scan.request)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def _fill_file_menu(self) -> None:
        menu, actions = self._window.top_bar.file_menu, self._window.actions_
        self.recent.fill(menu, self.open)
        first = menu.actions()[0]
        menu.insertActions(first, (actions.open, actions.retry))
        menu.insertSeparator(first)
        menu.addSeparator()
        menu.addActions(self.watching.menu.actions())

    def _take_dropped(self, path: str) -> None:
        """Follow a file, or load the regions that it holds."""
        if path.lower().endswith(".json"):
            self._window.measuring.region_files.load(path)
        else:
            self.open(FollowRequest(path))

    def _watch_dropped(self, folder: str) -> None:
        self.watching.watch_folder(replace(self.watching.likely_rule(), folder=folder))

    def _show_watch(self) -> None:
        self._window.empty.say(self.watching.watch.status_text)
