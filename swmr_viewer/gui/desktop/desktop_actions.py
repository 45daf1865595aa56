"""The actions between window and desktop: snapshot panel, bursts, clipboard, the sheet of keys, light or dark, reset."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QActionGroup, QGuiApplication
from PySide6.QtWidgets import QDialog, QMenu, QMessageBox, QWidget

from swmr_viewer.gui.actions import Actions
from swmr_viewer.gui.desktop.shortcuts_sheet import ShortcutsSheet
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.look.menus import make_menu
from swmr_viewer.gui.look.panels import Panels
from swmr_viewer.gui.look.settings import forget_settings, read_setting, write_setting
from swmr_viewer.gui.look.theme import theme_of_application
from swmr_viewer.gui.picture import FramePane
from swmr_viewer.gui.regions import Measurements
from swmr_viewer.gui.session import Session
from swmr_viewer.gui.snapshots import Burst, Clipboard, SnapshotPanel, Snapshots

if TYPE_CHECKING:
    from swmr_viewer.gui.diagnostics import About, DiagnosticsPanel
    from swmr_viewer.program_log import ProgramLog

LOOK_KEY = "window/look"
LOOKS = (("", "As the &desktop"), ("light", "&Light"), ("dark", "D&ark"))


def _stored_look() -> str:
    """Return the look that was chosen; what is stored by hand and is none counts as no choice."""
    return read_setting(LOOK_KEY, "", Literal["light", "dark"])


class DesktopActions(QObject):
    """Knows the window's actions of these matters, and what they do.

    Parameters
    ----------
    session, view, snapshots, panels
        What the actions act on.
    actions : Actions
        The window's actions.
    menu : QMenu
        The window's menu; gets what only exists once the panels do.
    """

    was_reset = Signal()
    """Whatever is kept elsewhere is to be as at the first start too."""

    def __init__(
        self,
        session: Session,
        view: FramePane,
        snapshots: Snapshots,
        panels: Panels,
        actions: Actions,
        menu: QMenu,
        burst: Burst,
        measurements: Measurements,
        display: Display,
        log: ProgramLog | None = None,
    ) -> None:
        super().__init__(snapshots)
        self._session = session
        self._snapshots = snapshots
        self._panels = panels
        self._actions = actions
        self._menu = menu
        self._measurements = measurements
        self._display = display
        self._log = log
        self.burst = burst
        self.clipboard = Clipboard(session, view, snapshots)
        self.sheet: ShortcutsSheet | None = None
        self.question: ResetQuestion | None = None
        self.snapshot_panel: SnapshotPanel | None = None
        self.diagnostics: DiagnosticsPanel | None = None
        self.about: About | None = None
        self.looks = self._look_actions()
        self._fill_menu()
        self._connect()
        if chosen := _stored_look():
            theme_of_application().force(chosen)

    def _connect(self) -> None:
        actions = self._actions
        actions.snapshot_settings.triggered.connect(self.show_snapshot_panel)
        actions.copy_picture.triggered.connect(self.clipboard.copy_picture)
        actions.copy_numbers.triggered.connect(self.clipboard.copy_numbers)
        actions.burst.triggered.connect(self.toggle_burst)
        actions.save_curves.triggered.connect(self.save_curves)
        actions.diagnostics.triggered.connect(self.show_diagnostics)
        actions.copy_diagnostics.triggered.connect(self.copy_diagnostics)
        actions.about.triggered.connect(self.show_about)
        actions.shortcuts.triggered.connect(self.show_sheet)
        actions.reset.triggered.connect(self.ask_to_reset)
        self.burst.changed.connect(lambda: actions.burst.setChecked(self.burst.is_running))

    def _fill_menu(self) -> None:
        window = make_menu("&Window", self._menu)
        window.addActions(list(self._panels.actions_to_show()))
        window.addSeparator()
        window.addActions(self.looks.actions())
        window.addSeparator()
        window.addActions((self._actions.diagnostics, self._actions.copy_diagnostics, self._actions.reset))
        self._menu.insertMenu(self._actions.quit, window)
        for action in (self._actions.shortcuts, self._actions.about):
            self._menu.insertAction(self._actions.quit, action)

    def _look_actions(self) -> QActionGroup:
        group = QActionGroup(self)
        chosen = _stored_look()
        for name, words in LOOKS:
            action = group.addAction(words)
            action.setCheckable(True)
            action.setChecked(name == chosen)
            action.setData(name)
            action.setToolTip("Light or dark by the desktop's setting" if not name else f"Always {name}, whatever the desktop says")
        group.triggered.connect(lambda action: self._take_look(action.data()))
        return group

    def _take_look(self, name: str) -> None:
        write_setting(LOOK_KEY, name)
        theme_of_application().force(name or None)

    def show_snapshot_panel(self) -> None:
        """Show where snapshots go and what is written."""
        if self.snapshot_panel is None:
            self.snapshot_panel = SnapshotPanel(self._snapshots, self.burst, self._panels.window())
        _raise(self.snapshot_panel)

    def show_diagnostics(self) -> None:
        """Show how long each stage of a frame takes."""
        if self.diagnostics is None:
            from swmr_viewer.gui.diagnostics import DiagnosticsPanel

            self.diagnostics = DiagnosticsPanel(self._session, self.copy_diagnostics, self._panels.window())
        _raise(self.diagnostics)

    def show_about(self) -> None:
        """Show what this program is, and where its log lies."""
        if self.about is None:
            from swmr_viewer.gui.diagnostics import About

            self.about = About(self._session, self._log, self.copy_diagnostics, self._panels.window())
        _raise(self.about)

    def copy_diagnostics(self) -> None:
        """Put all that somebody far away needs to know on the clipboard."""
        from swmr_viewer.gui.diagnostics import diagnostics_text

        QGuiApplication.clipboard().setText(diagnostics_text(self._session, self._log, self._session.memory()))
        self._session.note("Copied the diagnostics")

    def show_sheet(self) -> None:
        """Show every action with its keys, as the menu is now."""
        if self.sheet is not None:
            self.sheet.close()
            self.sheet.deleteLater()
        self.sheet = ShortcutsSheet(self._menu, self._panels.window())
        _raise(self.sheet)

    def toggle_burst(self) -> None:
        """Start a burst of every frame until stopped, or stop the one that runs."""
        if self.burst.is_running:
            self.burst.stop()
        else:
            self.burst.start()
        self._actions.burst.setChecked(self.burst.is_running)

    def save_curves(self) -> None:
        """Write all that is known of the scan points of the shown data set as a table; while it is being written, stop."""
        regions = self._measurements.marks.regions
        self._snapshots.write_table([{"name": one.name, "kind": one.kind, "points": [list(at) for at in one.points]} for one in regions])

    def ask_to_reset(self) -> None:
        """Ask first, beside the window: what was drawn and chosen over weeks would be gone at a slip of the mouse."""
        if self.question is None:
            self.question = ResetQuestion(self.reset, self._panels.window())
        _raise(self.question)

    def reset(self) -> None:
        """Forget every setting of this user; the window stands as at its very first start."""
        forget_settings()
        self._panels.put_back()
        self._snapshots.reload_settings()
        self._display.forget()
        self._measurements.forget()
        self.was_reset.emit()
        self.looks.actions()[0].setChecked(True)
        theme_of_application().force(None)
        self._session.note("All settings are as at the first start")


def _raise(dialog: QDialog) -> None:
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()


class ResetQuestion(QMessageBox):
    """Calls ``reset`` if the answer is yes; nothing is modal, for a scan may run."""

    def __init__(self, reset: Callable[[], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Reset")
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowModality(Qt.WindowModality.NonModal)
        self.setModal(False)
        self.setText("Forget every setting, and stand as at the very first start?")
        self.setInformativeText(
            "Looks of data sets, regions, recent files, panels and snapshot settings are forgotten. Files and presets stay as they are."
        )
        self.yes = self.addButton("Reset", QMessageBox.ButtonRole.DestructiveRole)
        self.no = self.addButton(QMessageBox.StandardButton.Cancel)
        self.setDefaultButton(self.no)
        self.setEscapeButton(self.no)
        self.yes.clicked.connect(reset)
