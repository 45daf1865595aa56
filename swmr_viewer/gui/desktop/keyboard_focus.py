"""The keyboard stays where the user put it, whatever a scan does meanwhile."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

_BACK = (QEvent.Type.EnabledChange, QEvent.Type.Show)


class KeyboardFocus(QObject):
    """Decides who has the keyboard when the part that has it is disabled or hidden.

    Qt gives it to the next part then, as for the Tab key: with a new scan the slider lost it to the field of the timeout,
    and the next key pressed changed a number there.

    Parameters
    ----------
    window : QWidget
        Asks, from its ``focusNextPrevChild``.
    nobody : QWidget
        Takes the keyboard meanwhile and does nothing with it.
    """

    def __init__(self, window: QWidget, nobody: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.nobody = nobody
        self._owner: QWidget | None = None

    def kept(self) -> bool:
        """Keep the keyboard from going on; False: it may, for the user moves it."""
        owner = self._window.focusWidget()
        if owner is None or (owner.isEnabled() and owner.isVisible()):
            return False
        if self._owner is not None and self._owner is not owner and isValid(self._owner):  # a part that is gone is not asked
            self._owner.removeEventFilter(self)
        self._owner = owner
        owner.installEventFilter(self)
        self.nobody.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._owner and event.type() in _BACK and self._owner.isEnabled() and self._owner.isVisible():
            owner, self._owner = self._owner, None
            owner.removeEventFilter(self)
            if self._window.focusWidget() is self.nobody:  # else the user has gone elsewhere
                owner.setFocus(Qt.FocusReason.OtherFocusReason)
        return False
