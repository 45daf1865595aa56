"""The reference put together: what is held, its actions, and the picture beside the shown one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.look.menus import make_action
from swmr_viewer.gui.picture.frame_pane import FramePane
from swmr_viewer.gui.picture.reference import BESIDE, VIEWS, HeldReference
from swmr_viewer.gui.picture.reference_badge import ReferenceBadge
from swmr_viewer.gui.session import Session

HOLD = "Hold as &reference"
HOLD_TIP = "Hold the shown frame as the reference, also for the next scans, until it is released or the program ends; or release it"
WORDS = {
    "none": ("The &frame", "Draw the shown frame as it is"),
    "difference": ("&Difference", "Draw the shown frame minus the reference"),
    "ratio": ("Rati&o", "Draw the shown frame divided by the reference"),
    "reference": ("The referen&ce", "Draw the reference in place of the shown frame"),
    BESIDE: ("&Side by side", "Draw the reference beside the shown frame, on the same part of it"),
}


class Comparing(QObject):
    """What holds frames against a reference: the main window gives it places."""

    def __init__(self, session: Session, display: Display, pane: FramePane, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._pane = pane
        self.held = HeldReference(session, display)
        action = partial(make_action, window)
        self.hold = action(HOLD, "K", HOLD_TIP, self.held.toggle)
        self.next = action("&Next way of comparing", "Shift+K", "Frame, difference, ratio, reference, side by side", self.held.cycle)
        self.views: dict[str, QAction] = {}
        group = QActionGroup(window)
        for number, view in enumerate(VIEWS, 1):
            words, tip = WORDS[view]
            one = self.views[view] = action(words, f"Alt+{number}", tip, partial(self.held.show_as, view), checkable=True)
            group.addAction(one)
        self.badge = ReferenceBadge(session, self.held, ((self.hold, self.next), tuple(self.views.values())))
        self.held.changed.connect(self._show)
        session.frame_changed.connect(self._show_beside)
        self._show()

    def add_to(self, menu: QMenu) -> None:
        """Put the actions below what is compared with."""
        menu.addActions((self.hold, self.next))
        menu.addSeparator()
        menu.addActions(tuple(self.views.values()))

    def close(self) -> None:
        """Give the shared memory back."""
        self._pane.pair.show_beside(None)
        self.held.close()

    def _show(self) -> None:
        is_held = self.held.held is not None
        self.hold.setText(f"Release the &reference, {self.held.words}" if is_held else HOLD)
        for view, action in self.views.items():
            action.setEnabled(is_held)
            action.setChecked(is_held and view == self.held.view)
        self._show_beside(anew=True)

    def _show_beside(self, anew: bool = False) -> None:
        held, shown, pair = self.held.held, self._session.scan.shown, self._pane.pair
        fits = held is not None and shown is not None and held.frame.raw.ndim == 2 and held.frame.raw.shape == shown.raw.shape
        wants = held is not None and fits and self.held.view == BESIDE
        if wants and held is not None and (anew or not pair.is_beside):
            pair.show_beside(held.frame, f"reference {self.held.words}")
        elif not wants and pair.is_beside:
            pair.show_beside(None)
