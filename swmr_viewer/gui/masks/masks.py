"""The mask of one's own of the shown data set, and its history of changes."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoStack

from swmr_viewer.analysis import MaskShape, Point
from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.plain_text import plain
from swmr_viewer.export import write_mask
from swmr_viewer.gui.display.display_settings import Display, OwnMask
from swmr_viewer.gui.look.file_work import FileWork
from swmr_viewer.gui.session import Session
from swmr_viewer.scan_model import Problem

MOST_SHAPES = 300
NOTHING: OwnMask = (None, ())


class Masks(QObject):
    """Turns what a person does into changes of ``display``, which can be undone with those of regions.

    Parameters
    ----------
    session, display
        What is shown, and how.
    undo : QUndoStack
        The window's.
    """

    def __init__(self, session: Session, display: Display, undo: QUndoStack) -> None:
        super().__init__(display)
        self._session, self._display, self._undo = session, display, undo
        self.work = FileWork(self)

    @property
    def own(self) -> OwnMask:
        """That of the shown data set."""
        return self._display.own_mask_of(self._session.scan.place)

    def draw(self, kind: Any, points: tuple[Point, ...], *, erases: bool) -> None:
        """Mask a part of the picture, or take it out of the mask."""
        file, drawn = self.own
        if len(drawn) >= MOST_SHAPES:
            self._session.note(f"A mask has up to {MOST_SHAPES} shapes: save it to a file, and load that")
            return
        self._change("erase from the mask" if erases else "mask a part", (file, (*drawn, MaskShape(kind, points, erases))))

    def load(self, file: str) -> None:
        """Use the mask of a file instead of what is loaded and drawn."""
        self._change("load a mask", (str(Path(file).absolute()), ()))
        self._session.note(f"Left out is what is not 0 in {plain(Path(file).name)}; Ctrl+Z takes it back")

    def clear(self) -> None:
        """Take the loaded and the drawn mask away."""
        self._change("clear the mask", NOTHING)

    def save(self, file: str) -> None:
        """Write where pixels are masked: by the data set's own mask, the loaded and the drawn one; not by their values."""
        mask = self._display.pixel_mask
        if mask is None or mask.ndim != 2:
            self._session.note("There is no mask of pixels to be saved: draw one, or load it")
            return
        self.work.do(partial(write_mask, mask.copy(), file), self._on_saved)

    def _change(self, words: str, after: OwnMask) -> None:
        if after != self.own:
            self._undo.push(_Change(self._display, self._session.scan.place, words, self.own, after))

    def _on_saved(self, result: Any) -> None:
        if not isinstance(result, Exception):
            self._session.note(f"The mask is in {plain(str(result))}: 1 is masked")
        elif isinstance(result, SwmrViewerError):
            self._session.report(Problem(result.message, result.remedy, severity="note"))
        else:
            self._session.report(Problem(f"The mask could not be written: {result}.", "Choose another place.", severity="note"))


class _Change(QUndoCommand):
    """One change of the mask; it holds both values, so nothing can be undone wrongly."""

    def __init__(self, display: Display, place: str, words: str, before: OwnMask, after: OwnMask) -> None:
        super().__init__(words)
        self._display, self._place, self._before, self._after = display, place, before, after

    def redo(self) -> None:
        self._display.set_own_mask(self._place, self._after)

    def undo(self) -> None:
        self._display.set_own_mask(self._place, self._before)
