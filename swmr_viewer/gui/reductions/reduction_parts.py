"""Everything of reductions, put together for the main window: actions, dialogs, and the panel with its model, made when it is opened."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QDockWidget, QFileDialog, QMenu, QToolButton, QVBoxLayout, QWidget

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.look.file_dialog import FileDialog
from swmr_viewer.gui.look.labels import button_text
from swmr_viewer.gui.look.menus import make_action, make_menu
from swmr_viewer.gui.look.panels import Panels
from swmr_viewer.gui.look.settings import presets_file
from swmr_viewer.gui.regions import Measurements
from swmr_viewer.gui.session import Session
from swmr_viewer.scan_model import Problem

if TYPE_CHECKING:
    from swmr_viewer.gui.reductions.panel import ReductionsPanel
    from swmr_viewer.gui.reductions.reductions import Reductions

SCRIPTS = "Python (*.py);;All files (*)"
RESULTS = "NeXus (*.h5 *.nxs *.hdf5)"


class ReductionParts(QObject):
    """Owns the parts of reductions; the main window gives it places for the panel, the menu and the button.

    Most windows never reduce anything: what only reductions need is loaded with the first of them.

    Parameters
    ----------
    session, display, measurements
        What is shown, how, and which regions are drawn.
    window : QWidget
        Owner of actions and dialogs.
    """

    pointed = Signal(str)
    """What is under the pointer in the panel, in words; "" outside."""

    def __init__(self, session: Session, display: Display, measurements: Measurements, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._display, self._measurements, self._window = session, display, measurements, window
        self.dialogs = FileDialog(window, lambda: session.scan.folder)
        self.goes_on_by_itself: Callable[[], bool] = lambda: False
        """Whether the next scan is reduced without being asked: the window watches a folder."""
        self.classes_menu: QMenu | None = None
        self._rules: Any = None
        self._used: set[tuple[str, str]] = set()
        """Presets, and for which places they were used: what is edited after that stays."""
        self._make_actions()
        session.opened.connect(self._look_for_preset)
        for signal in (session.request_changed, session.opened, session.data_changed):
            signal.connect(self._enable)
        self._enable()

    def _make_actions(self) -> None:
        action = partial(make_action, self._window)
        self.show_panel = action("&Reductions\u2026", "Ctrl+Shift+E", "What each frame becomes: numbers, a pattern, a picture", self._open)
        self.start = action("&Start", "Ctrl+Shift+R", "Reduce every frame of the scan, those to come as well", self._start)
        self.stop = action("S&top reducing", "Ctrl+Shift+.", "Reduce no more; what came is kept", lambda: self.reductions.stop())
        self.load_script = action("&Load a script\u2026", "Ctrl+Alt+Y", "A reduction of your own, in a file of Python", self.ask_for_script)
        groups: tuple[tuple[QAction, ...], ...] = ((self.show_panel,), (self.start, self.stop), (self.load_script,))
        self.menu_: QMenu = make_menu("Red&uctions", self._window, *groups)
        self.button = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setProperty("slim", "true")
        self.button.setText("Reduce \u25be")
        self.button.setToolTip("Azimuthal integration and other reductions of each frame")
        self.button.setMenu(self.menu_)

    # ---- made when they are needed

    @property
    def is_made(self) -> bool:
        """Whether anything was reduced, or looked at, so far."""
        return "reductions" in self.__dict__

    @cached_property
    def reductions(self) -> Reductions:
        """What is chosen, as it was remembered, and what runs."""
        from swmr_viewer.gui.reductions.choice_memory import ChoiceMemory
        from swmr_viewer.gui.reductions.reductions import Reductions

        made = Reductions(self._session)
        self.memory = ChoiceMemory(self._session, made.choices)
        made.goes_on_by_itself = lambda: self.goes_on_by_itself()
        for signal in (made.choices.changed, made.run_changed):
            signal.connect(self._enable)
        self._display.changed.connect(self._note_rules)
        return made

    @cached_property
    def panel(self) -> ReductionsPanel:
        """Where they are chosen and seen."""
        from swmr_viewer.gui.reductions.panel import ReductionsPanel

        made = ReductionsPanel(
            self._session,
            self._display,
            self.reductions,
            (self.start, self.stop, self.load_script),
            self._ask_for_file,
            self._ask_for_output,
            lambda: self._measurements.marks.regions,
        )
        made.pointed.connect(self.pointed)
        return made

    def add_panel(self, panels: Panels) -> None:
        """Place the panel, closed."""
        self._dock: QDockWidget = panels.add("reductions", "Reductions", MadeWhenSeen(lambda: self.panel), shown=False)

    def keep(self) -> None:
        """Store what was changed: the window closes."""
        if self.is_made:
            self.memory.keep()

    def forget(self) -> None:
        """Have nothing chosen, and nothing reduced, as at the first start."""
        if self.is_made:
            self.reductions.forget()

    def close(self) -> bool:
        """End what runs, within a bound; return whether it ended."""
        if "panel" in self.__dict__:
            self.panel.work.close()
        return not self.is_made or self.reductions.close()

    # ---- presets

    def of_preset(self) -> dict[str, Any]:
        """Return what a preset keeps: the reduction that is chosen, what is typed for its parameters, where it runs; no script's.

        Where nobody looked at reductions yet, it is the one that is remembered for the place: a preset that is saved anew keeps its own.
        """
        return self.reductions.choices.of_preset

    def _look_for_preset(self) -> None:
        """Have the reduction of the preset by which this scan is opened, once for each place."""
        scan = self._session.scan
        used = (scan.request.preset if scan.request is not None else "", scan.place)
        if used[0] and used not in self._used:
            from swmr_viewer.opening import load_presets

            self._used.add(used)
            self.panel.work.do(partial(load_presets, presets_file()), partial(self._use_preset, *used))

    def _use_preset(self, name: str, place: str, found: Any) -> None:
        preset = next((one for one in found if one.name == name), None) if isinstance(found, tuple) else None
        if preset is not None and preset.reduction and place == self._session.scan.place:
            self.reductions.choices.choose_as(preset)

    # ---- actions

    def _open(self) -> None:
        self._dock.show()
        self._dock.raise_()

    def _start(self) -> None:
        self._open()
        self.reductions.start()

    def _enable(self) -> None:
        is_running = self.is_made and self.reductions.is_running
        is_open = self._session.scan.description is not None
        self.start.setEnabled(not is_running and (self.reductions.can_start if self.is_made else is_open))
        self.stop.setEnabled(is_running)
        self.load_script.setEnabled(is_open)

    def _note_rules(self) -> None:
        """Reduce the shown frame anew where other pixels are masked; not with each change of colours."""
        rules = self._session.scan.preparation.of(self._session.scan.data_path).mask
        if rules != self._rules:
            self._rules = rules
            self.reductions.look_again()

    # ---- files

    def ask_for_script(self) -> None:
        """Ask for a script of the user's own; the window stays usable."""
        self._ask("Load a reduction", SCRIPTS, self.load)

    def load(self, file: str) -> None:
        """Offer the reductions of a script; nothing of it runs before one is chosen."""
        from swmr_viewer.gui.reductions.script_classes import classes_in

        self._open()
        self.panel.work.do(partial(classes_in, file), partial(self._on_classes, file))

    def _on_classes(self, file: str, found: Any) -> None:
        if isinstance(found, SwmrViewerError):
            self._session.report(Problem(found.message, found.remedy, severity="note"))
        elif isinstance(found, Exception):
            self._session.report(Problem(f"{file} cannot be read: {found}.", severity="note"))
        elif len(found) == 1:
            self.reductions.load_script(f"{file}:{found[0]}")
        else:
            self._offer_classes(file, found)

    def _offer_classes(self, file: str, names: tuple[str, ...]) -> None:
        menu = self.classes_menu = make_menu("", self._window)
        for name in names:
            menu.addAction(button_text(name)).triggered.connect(lambda _, name=name: self.reductions.load_script(f"{file}:{name}"))
        menu.popup(self.panel.choice.mapToGlobal(self.panel.choice.rect().bottomLeft()))

    def _ask_for_file(self, title: str, then: Callable[[str], None]) -> None:
        self._ask(title, "All files (*)", then)

    def _ask(self, title: str, kinds: str, then: Callable[[str], None]) -> None:
        dialog = self.dialogs.made(title, kinds, QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(then)
        dialog.show()

    def _ask_for_output(self, title: str, then: Callable[[str], None]) -> None:
        dialog = self.dialogs.made(title, RESULTS, QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # nothing is: it is continued, or refused
        dialog.setDefaultSuffix("h5")
        dialog.fileSelected.connect(then)
        dialog.show()


class MadeWhenSeen(QWidget):
    """A place for a part that is made when it is first seen.

    Parameters
    ----------
    make : callable
        Returns the part.
    """

    def __init__(self, make: Callable[[], QWidget]) -> None:
        super().__init__()
        self._make: Callable[[], QWidget] | None = make
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)

    def showEvent(self, event: QShowEvent) -> None:
        make, self._make = self._make, None
        if make is not None:
            self._box.addWidget(make())
        super().showEvent(event)
