"""In the line above the picture: that a reference is held, and which one; the number of the frame tells what is drawn of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton

from swmr_viewer.core.number_text import shape_text
from swmr_viewer.gui.look.labels import button_text, tip
from swmr_viewer.gui.look.menus import make_menu
from swmr_viewer.gui.picture.reference import HeldReference
from swmr_viewer.gui.session import Session

WIDEST_PX = 240


class ReferenceBadge(QToolButton):
    """Seen while a reference is held for the data set that is shown; a click offers the ways of comparing.

    Parameters
    ----------
    session : Session
        What is shown.
    held : HeldReference
        What is held.
    actions : sequence of sequences of QAction
        Its release, and the ways of comparing.
    """

    changed = Signal()
    """It says something else, or came, or went."""

    def __init__(self, session: Session, held: HeldReference, actions: Sequence[Sequence[QAction]]) -> None:
        super().__init__()
        self._session, self._held = session, held
        self._is_short = False
        self.setProperty("badge", "true")
        self.setMenu(make_menu("Reference", self, *actions))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setAccessibleName("Reference")
        self.hide()
        held.changed.connect(self._show)
        session.frame_settled.connect(self._show_fit)

    @property
    def fits(self) -> bool:
        """Whether the shown frame can be held against it."""
        held, shown = self._held.held, self._session.scan.shown
        return held is None or shown is None or shown.raw.shape == held.reference.shape

    def prefer_short(self, is_short: bool) -> None:
        """Say it in a word where there is little room, and nothing where the number of the frame says it."""
        if is_short != self._is_short:
            self._is_short = is_short
            self._show_words()

    def _show_fit(self) -> None:
        if self._held.held is not None or not self.isHidden():
            self._show()

    def _show(self) -> None:
        self._show_words()
        if (held := self._held.held) is not None:
            corrected = f"{', '.join(held.reference.corrected)} corrected" if held.reference.corrected else "not corrected"
            lines = (
                f"Held as the reference: {self._held.words}",
                held.path,
                f"{held.frame.data_path}   {shape_text(held.reference.shape)} pixels, {corrected}",
                "It stays for the next scans, until it is released (K) or the program ends. Shift+K: the next way of comparing",
            )
            self.setToolTip(tip("\n".join(lines)))
        self.changed.emit()

    def _show_words(self) -> None:
        words, is_plain = self._held.words, self._held.view == "none" or not self.fits
        self.setVisible(bool(words) and (is_plain or not self._is_short))
        told = f"reference: {words}" if self.fits else f"reference {words} does not fit"
        cut = self.fontMetrics().elidedText(told, Qt.TextElideMode.ElideMiddle, WIDEST_PX)
        text = f"{button_text(cut if is_plain and not self._is_short else 'reference')} \u25be"
        if text != self.text():
            self.setText(text)
