"""The file's data sets as tabs over the frame: the chosen one is what the reader sends."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabBar, QWidget

from swmr_viewer.core.number_text import dtype_text, shape_text
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.labels import button_text, tip
from swmr_viewer.gui.look.menus import make_action
from swmr_viewer.gui.session import Session

ALL = "side by side"


class DataTabs(QTabBar):
    """One tab per data set; nothing where there is only one. Those that are not there yet are grey and say why.

    The last one is that of several data sets side by side, where somebody shows them (``offer_all``).
    """

    all_chosen = Signal(bool)
    """They are to be shown side by side, or one of them again."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._paths: tuple[str, ...] = ()
        self._awaited: tuple[tuple[str, str], ...] = ()
        self._can_show_all: Callable[[], bool] = lambda: False
        self._shows_all = False
        self.setAccessibleName("Data sets")
        self.setDrawBase(False)
        self.setProperty("flat", "true")
        self.setUsesScrollButtons(True)
        self.setExpanding(False)
        self.setVisible(False)
        self.next_action = make_action(self, "Next &data set", "Ctrl+D", "Show the next of the file's data sets", self._go_on)
        self.all_action = make_action(
            self, "Data sets &side by side", "Ctrl+Alt+D", "Show up to four data sets of the same frame, or one again", self._toggle_all
        )
        self.currentChanged.connect(self._on_tab)
        self.tabBarClicked.connect(self._on_tab)
        for signal in (session.opened, session.request_changed, session.data_changed, session.data_joined):
            signal.connect(self._show)
        self._show()

    def offer_all(self, can_show: Callable[[], bool]) -> None:
        """Offer to show data sets side by side while that can be done."""
        self._can_show_all = can_show
        self._show()

    def _show(self) -> None:
        description = self._session.scan.description
        paths = description.data_paths if description is not None else ()
        can_show_all = self._can_show_all()
        if description is not None:
            self._show_all(self._shows_all and can_show_all)
        self.blockSignals(True)
        n_tabs = len(paths) + len(self._session.scan.awaited) + can_show_all
        if (paths, self._session.scan.awaited, n_tabs) != (self._paths, self._awaited, self.count()):
            self._rebuild(paths, self._session.scan.awaited)
            if can_show_all:
                self.setTabToolTip(self.addTab(ALL), tip(self.all_action.toolTip()))
            self.updateGeometry()
        if self._shows_all:
            self.setCurrentIndex(self.count() - 1)
        elif self._session.scan.data_path in paths:
            self.setCurrentIndex(paths.index(self._session.scan.data_path))
        self.blockSignals(False)
        self.setVisible(self.count() > 1)
        self.next_action.setEnabled(len(paths) > 1)
        self.all_action.setEnabled(can_show_all)

    def _rebuild(self, paths: tuple[str, ...], awaited: tuple[tuple[str, str], ...]) -> None:
        self._paths, self._awaited = paths, awaited
        while self.count():
            self.removeTab(0)
        description = self._session.scan.description
        for number, name in enumerate(data_names((*paths, *(path for path, _ in awaited)))):
            self.addTab(button_text(name))
            if number >= len(paths):
                path, why = awaited[number - len(paths)]
                self.setTabEnabled(number, False)
                self.setTabToolTip(number, tip(plain(f"Waiting for {path}: {why}")))
            elif description is not None:
                one = description.data[number]
                self.setTabToolTip(number, tip(plain(f"{one.path}   {shape_text(one.frame_shape)} {dtype_text(one.dtype)}")))

    def _on_tab(self, number: int) -> None:
        if 0 <= number < len(self._paths):
            self._show_all(False)
            self._session.show_data(self._paths[number])
        elif self._can_show_all() and number == self.count() - 1:
            self._show_all(True)

    def _go_on(self) -> None:
        if self._session.scan.data_path in self._paths:
            number = (self._paths.index(self._session.scan.data_path) + 1) % len(self._paths)
            self._session.show_data(self._paths[number])

    def show_one(self) -> None:
        """Show the data set that stands first alone again."""
        if self._shows_all:
            self._toggle_all()

    def _toggle_all(self) -> None:
        self._show_all(not self._shows_all)
        self._show()

    def _show_all(self, on: bool) -> None:
        if on != self._shows_all:
            self._shows_all = on
            self.all_chosen.emit(on)


def data_names(paths: tuple[str, ...]) -> list[str]:
    """Return what tells data sets apart: the fewest last parts of their paths, without what all of them end with."""
    split = [[part for part in path.split("/") if part] for path in paths]
    shortest = min((len(parts) for parts in split), default=0)
    start = next((at for at in range(shortest) if len({parts[at] for parts in split}) > 1), max(0, shortest - 1))
    stop = next((at for at in range(shortest - start) if len({parts[-1 - at] for parts in split}) > 1), 0)
    told = [parts[start : len(parts) - stop] for parts in split]
    longest = max((len(parts) for parts in told), default=0)
    n_parts = next((n for n in range(1, longest) if len({tuple(parts[-n:]) for parts in told}) == len(told)), longest)
    return ["/".join(parts[-n_parts:]) or path for parts, path in zip(told, paths, strict=True)]
