"""Going to a frame by its number or its position: what is typed, rows up and down, and the small pop-up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from swmr_viewer.core.number_text import count_text, shape_text
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.scan import index_of
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.look.menus import Popup
from swmr_viewer.gui.scan_map import missing_text, row_length
from swmr_viewer.gui.session import Session

WIDTH = 350


class ScanPointError(ValueError):
    """What was typed names no point of the scan (a sentence)."""


def parse_scan_point(text: str, scan_shape: Sequence[int]) -> int:
    """Return the flat index that is meant by ``417`` or by ``13, 27``.

    Raises
    ------
    ScanPointError
        If it is neither, or outside the scan.
    """
    bare = text.strip().strip("()[]").replace("\u2009", "")
    if not re.fullmatch(r"\d{1,18}(\s*[,;x\u00d7 ]\s*\d{1,18})*", bare):
        raise ScanPointError("Type a frame number, such as 417, or a position, such as 13, 27.")
    numbers = [int(number) for number in re.findall(r"\d+", bare)]
    total = prod(scan_shape)
    if len(numbers) == 1:
        if numbers[0] >= total:
            raise ScanPointError(f"There is no frame {count_text(numbers[0])}: the last one is {count_text(total - 1)}.")
        return numbers[0]
    try:
        return index_of(numbers, scan_shape)
    except IndexError:
        raise ScanPointError(f"{', '.join(map(str, numbers))} is no position of a scan of {shape_text(scan_shape)} points.") from None


def row_step(progress: KeyProgress, at: int, direction: int) -> int | None:
    """Return the complete frame a row further (+1) or back (-1): the first one from there on, or the last one in that direction."""
    target = at + direction * row_length(progress.scan_shape)
    found = progress.nearest_complete(target - direction, direction) if 0 <= target < progress.total else None
    if found is not None:
        return found
    return progress.newest if direction > 0 else progress.nearest_complete(-1, +1)


def step_row(session: Session, direction: int) -> None:
    """Pin the frame a row further or back."""
    at = (
        session.scan.wanted_index
        if session.scan.wanted_index is not None
        else session.scan.shown.index
        if session.scan.shown is not None
        else None
    )
    if at is not None and session.scan.progress is not None:
        found = row_step(session.scan.progress, at, direction)
        if found is not None:
            session.pin(found)


class GoTo(Popup):
    """A line to type in; Enter goes there, Escape leaves everything as it is."""

    def __init__(self, session: Session, anchor: QWidget) -> None:
        super().__init__(anchor)
        self._session = session
        self._anchor = anchor
        self._offered: str | None = None
        self.setFixedWidth(WIDTH)
        self.line = QLineEdit()
        self.line.setAccessibleName("Frame or position")
        self.line.setToolTip("Return goes there, Esc gives up")
        self.answer = PlainLabel("muted")
        self.answer.setWordWrap(True)
        self.box.addWidget(self.line)
        self.box.addWidget(self.answer)
        self.line.returnPressed.connect(self._go)
        self.line.textEdited.connect(lambda: self._show_answer(""))

    def open(self) -> None:
        """Show it below its anchor, empty."""
        progress = self._session.scan.progress
        if progress is None or progress.total == 0:
            return
        self.line.clear()
        middle = ", ".join(str(n // 2) for n in progress.scan_shape)
        self.line.setPlaceholderText(f"Frame number, or position such as {middle}")
        self._show_answer("")
        self.open_below(self._anchor, right=False)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.line.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._anchor.window().activateWindow()  # not every platform gives the keyboard back by itself

    def _go(self) -> None:
        session, progress = self._session, self._session.scan.progress
        if progress is None:
            return
        try:
            index = parse_scan_point(self.line.text(), progress.scan_shape)
        except ScanPointError as error:
            self._show_answer(str(error))
            return
        if progress.is_complete(index) or self._offered == self.line.text():
            session.pin_nearest(index)
            self.hide()
        else:
            self._offer(index, progress)

    def _offer(self, index: int, progress: KeyProgress) -> None:
        description = self._session.scan.description
        why = missing_text(progress, index, description.key_paths if description is not None else (), self._session.scan.is_over)
        self._show_answer(f"{why} Enter again: the nearest one that is complete." if progress.n_complete else why)
        self._offered = self.line.text()

    def _show_answer(self, text: str) -> None:
        self._offered = None
        self.answer.say(text)
        self.answer.setVisible(bool(text))
        self.adjustSize()
