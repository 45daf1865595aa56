"""Everything of rings, put together for the main window."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.gui.image import FrameOverlay
from swmr_viewer.gui.look.menus import ActionButton, make_action
from swmr_viewer.gui.rings.editor import RingsEditor
from swmr_viewer.gui.rings.geometry_parts import GeometryParts
from swmr_viewer.gui.rings.rings import RingMemory, Rings
from swmr_viewer.gui.rings.rings_beside import RingsBeside
from swmr_viewer.gui.rings.rings_layer import RingsLayer
from swmr_viewer.gui.session import Session


class RingParts(QObject):
    """Owns the parts of rings; the main window gives it the picture, and a menu for its action.

    Parameters
    ----------
    session : Session
        What is shown.
    overlay : FrameOverlay
        Where rings are drawn.
    window : QWidget
        Owner of the action.
    """

    def __init__(self, session: Session, overlay: FrameOverlay, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self.rings = Rings(session)
        self.memory = RingMemory(session, self.rings)
        self.layer = RingsLayer(overlay, self.rings)
        self.geometry = GeometryParts(session, window)
        self._window = window
        self.edit: QAction = make_action(window, "R&ings\u2026", "R", "Rings of a calibrant, or at d, q or 2\u03b8, over the picture")
        for signal in (session.frame_settled, session.request_changed):
            signal.connect(self._enable)
        self.rings.changed.connect(self._say_why_not)
        self._enable()

    @cached_property
    def editor(self) -> RingsEditor:
        """Made when it is first asked for."""
        return RingsEditor(self._session, self.rings, ActionButton("Geometry\u2026", self.geometry.edit), self._window)

    def draw_beside(self, overlay: FrameOverlay, place: str, facts: DataFacts) -> None:
        """Draw the rings of a data set over its picture, which is seen beside the shown one."""
        RingsLayer(overlay, RingsBeside(overlay, self.rings, place, facts))

    @property
    def actions_(self) -> tuple[QAction, ...]:
        """What stands in the menu."""
        return (self.edit, self.geometry.edit)

    def open_below(self, button: QWidget) -> None:
        """Have the editors open below this button."""
        self.geometry.open_below(button)
        self.edit.triggered.connect(lambda: self._open(button))

    def keep(self) -> None:
        """Store what was changed: the window closes."""
        self.memory.keep()
        self.geometry.memory.keep()
        self.geometry.work.close()

    def forget(self) -> None:
        """Have no rings, and the files' geometry, as at the first start."""
        self.rings.forget()
        self.geometry.forget()

    def _open(self, button: QWidget) -> None:
        self.editor.show_choice()
        self.editor.open_below(button)
        self.editor.what.setFocus()

    def _enable(self) -> None:
        for action in self.actions_:
            action.setEnabled(bool(self.rings.frame_shape[0]))

    def _say_why_not(self) -> None:
        if self.rings.why_not:
            self._session.note(self.rings.why_not)
