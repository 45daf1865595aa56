"""What ends following, in short; opening the editor of it; ending it by hand, and going on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from swmr_viewer.core.conditions import AllKeys, Condition, FileClosed, FinishedFlag, FrameCount, Timeout
from swmr_viewer.core.number_text import count_text, seconds_text
from swmr_viewer.gui.controls.termination_editor import TerminationEditor
from swmr_viewer.gui.look.menus import PopupButton
from swmr_viewer.gui.session import Session


class TerminationBar(QWidget):
    """The button of the conditions, and one place for *Stop* and *Go on*."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._n_letters = 0
        self.words: tuple[str, ...] = ()
        """The conditions that can end it, in a few words each."""
        self.conditions = _OpensAbove()
        self.editor = TerminationEditor(session, self.conditions)
        self.conditions.offer(self.editor)
        self.stop = QPushButton("Stop")
        self.stop.setProperty("kind", "stop")
        self.stop.setToolTip("End following now; the scan is not touched (Ctrl+.)")
        self.resume = QPushButton("Go on")
        self.resume.setProperty("kind", "primary")
        self.resume.setToolTip("Go on following where it was; the timeout starts anew (Ctrl+R)")
        self._name_parts()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(7)
        for part in (self.conditions, self.stop, self.resume):
            row.addWidget(part)
        self.stop.clicked.connect(session.stop)
        self.resume.clicked.connect(session.resume)
        for signal in (session.conditions_changed, session.opened, session.request_changed):
            signal.connect(self._show_conditions)
        for signal in (session.state_changed, session.request_changed, session.finished):
            signal.connect(self._show_end)
        self._show_conditions()
        self._show_end()

    def _name_parts(self) -> None:
        """What the editor holds goes by the same names here."""
        editor = self.editor
        self.flag, self.timeout, self.seconds, self.keeps_looking = editor.flag, editor.timeout, editor.seconds, editor.keeps_looking
        self.all_keys, self.closed, self.frames, self.count = editor.all_keys, editor.closed, editor.frames, editor.count
        self.value, self.set_value = editor.value, editor.set_value

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        buttons = (self.stop, self.resume)
        for button in buttons:  # one stands where the other was: nothing should move
            button.ensurePolished()
        width = max(button.sizeHint().width() for button in buttons)
        for button in buttons:
            button.setMinimumWidth(width)

    def set_room(self, n_letters: int) -> None:
        """Say what ends it in so many letters."""
        self._n_letters = n_letters
        self._show_caption()

    def _show_conditions(self) -> None:
        scan = self._session.scan
        given = [one for one in scan.conditions if not (isinstance(one, FinishedFlag) and self.editor.has_no_flag)]
        self.words = condition_words(given)
        told = [f"Following stops when: {', '.join(self.words)}." if self.words else "Nothing ends following but Stop."]
        if any(isinstance(one, Timeout) for one in given):
            told.append("After the timeout keys are still looked for." if scan.looks_on else "The timeout ends it.")
        self.conditions.setToolTip(" ".join((*told, "Click to change it (Ctrl+T)")))
        self._show_caption()

    def _show_caption(self) -> None:
        self.conditions.set_caption(stops_text(self.words, self._n_letters))

    def _show_end(self) -> None:
        scan = self._session.scan
        self.resume.setVisible(scan.can_resume)
        self.stop.setVisible(not scan.can_resume)
        self.stop.setEnabled(scan.request is not None and not scan.is_over)


class _OpensAbove(PopupButton):
    def open(self) -> None:
        """Open the pop-up, as a click does: above, for it stands at the bottom."""
        if self.popup is not None:
            self.popup.open_above(self, right=True)


def condition_words(conditions: Sequence[Condition]) -> tuple[str, ...]:
    """Return a few words for each condition, first those that say most."""
    words: list[str] = []
    for kind in (FrameCount, FinishedFlag, Timeout, AllKeys, FileClosed):
        words += [_words_of(one) for one in conditions if isinstance(one, kind)]
    return tuple(words)


def _words_of(condition: Condition) -> str:
    if isinstance(condition, Timeout):
        return f"{seconds_text(condition.seconds)} quiet"
    if isinstance(condition, FrameCount):
        return f"{count_text(condition.count)} frames"
    return {"finished_flag": "finished flag", "all_keys": "all keys set", "file_closed": "file closed"}.get(condition.name, condition.name)


_SHORTER = {"finished flag": "flag", "all keys set": "all keys", "file closed": "closed"}


def stops_text(words: Sequence[str], n_letters: int) -> str:
    """Return ``stops: finished flag, 10 s quiet, +2`` in so many letters; words that have no room are counted."""
    if not n_letters:
        return "stops"
    if not words:
        return "stops: by hand"
    for n_told in range(len(words), 0, -1):
        rest = [f"+{len(words) - n_told}"] if n_told < len(words) else []
        for told in (words[:n_told], [_SHORTER.get(one, one.removesuffix(" quiet")) for one in words[:n_told]]):
            text = f"stops: {', '.join([*told, *rest])}"
            if len(text) <= n_letters:
                return text
    return f"stops: {len(words)} conditions" if n_letters >= 20 else "stops"
