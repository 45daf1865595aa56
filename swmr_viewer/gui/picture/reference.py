"""A frame that is held: the shown ones are drawn beside it, or as their difference from it, or their ratio."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal

from swmr_viewer.analysis import HowCompared, Part
from swmr_viewer.core.number_text import count_text, shape_text, value_text
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.picture.held_copy import Held, Holder
from swmr_viewer.gui.session import Session
from swmr_viewer.reader.messages import NO_COMPARISON, Compare
from swmr_viewer.scan_model import LiveFrame

BESIDE = "side by side"
_COLORS = (Part.RED, Part.GREEN, Part.BLUE)
VIEWS = ("none", "difference", "ratio", "reference", BESIDE)
"""What is drawn, in the order in which a key goes through them; none: the frame as without a reference."""


class HeldReference(QObject):
    """Holds one frame per place of a data set, also while other scans are opened, until it is released.

    Parameters
    ----------
    session : Session
        Whose frames.
    display : Display
        Knows which pixels are masked.
    """

    changed = Signal()
    """Another frame is held, or none, or it is shown in another way, or another data set is shown."""

    def __init__(self, session: Session, display: Display) -> None:
        super().__init__(session)
        self._session = session
        self._display = display
        self._held: dict[str, Held] = {}
        self._views: dict[str, str] = {}
        self._holder = Holder(self)
        self._holder.copied.connect(self._take, Qt.ConnectionType.QueuedConnection)
        session.opened.connect(self._tell_anew)
        for signal in (session.data_changed, session.opened, session.request_changed):
            signal.connect(self.changed)

    # ---- facts

    @property
    def held(self) -> Held | None:
        """That of the data set that is shown."""
        return self._held.get(self._session.scan.place)

    @property
    def view(self) -> str:
        """One of ``VIEWS``."""
        return self._views.get(self._session.scan.place, "none") if self.held is not None else "none"

    @property
    def words(self) -> str:
        """Which frame is held: ``frame 12``, with the file where that is another one; nothing where none is."""
        return "" if self.held is None else self._words(self.held)

    def values_at(self, frame: LiveFrame, at: tuple[int, ...]) -> str:
        """Return which values a difference or a ratio at a pixel is made of: ``frame 11   reference 14``."""
        held, how = self.held, frame.made.compared
        if held is None or held.reference.shape != frame.raw.shape or (how == "none" and self.view != BESIDE):
            return ""
        reference = float(held.frame.raw[at])
        told = f"reference {_told(reference)}"
        return told if how in ("none", "reference") else f"frame {_told(_frame_value(frame, at, reference))}   {told}"

    # ---- intents

    def toggle(self) -> None:
        """Hold what is shown, or release what is held."""
        if self.held is None:
            self.hold()
        else:
            self.release()

    def hold(self) -> None:
        """Hold the shown frame (or several as one) as it is shown; it is drawn against from now on as before."""
        session, frame = self._session, self._session.scan.shown
        why_not = _why_not(frame)
        if frame is None or why_not:
            session.note(why_not)
            return
        if not self._display.knows_mask:
            session.note("The pixel mask is not read yet: hold the frame again in a moment")
            return
        if not self._holder.is_busy:
            mask = None if frame.is_made else frame.own_mask if frame.own_mask is not None else self._display.pixel_mask
            path = "" if session.scan.request is None else session.scan.request.path
            part = "" if frame.view.part is Part.VALUE else str(frame.view.part)
            part = part or self._display.settings.view.part
            self._holder.begin(frame, frame.rules(self._display.settings.mask), mask, session.scan.place, path, part)

    def _take(self) -> None:
        held = self._holder.take()
        if held is None:
            self._session.note("There is no room in shared memory for the reference")
            return
        self._let_go(self._held.pop(held.place, None))
        self._held[held.place] = held
        self._views[held.place] = "none" if self._views.get(held.place) != BESIDE else BESIDE
        self._session.note(f"Holding {self._words(held)} as the reference: Shift+K compares")
        self._tell(held.place)

    def release(self) -> None:
        """Hold nothing any more, and draw frames as they are."""
        place = self._session.scan.place
        held = self._held.pop(place, None)
        if held is not None:
            self._tell(place)
            self._let_go(held)
            self._session.note("The reference is released")

    def show_as(self, view: str) -> None:
        """Draw what is shown so, from now on."""
        if self.held is None:
            self._session.note(self._why_none())
        elif view != self.view:
            self._views[self._session.scan.place] = view
            self._tell(self._session.scan.place)

    def cycle(self) -> None:
        """Go on to the next way of drawing it."""
        self.show_as(VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)])

    def close(self) -> None:
        """Give the shared memory back."""
        self._holder.close()
        for held in self._held.values():
            self._let_go(held)
        self._held.clear()

    # ---- helpers

    def _tell(self, place: str) -> None:
        """Have the frames in this place drawn as is wished, if the open file has them."""
        held, view, scan = self._held.get(place), self._views.get(place, "none"), self._session.scan
        how: dict[str, HowCompared] = {"difference": "difference", "ratio": "ratio", "reference": "reference"}
        is_plain = held is None or view not in how
        wish = NO_COMPARISON if held is None or is_plain else Compare(how[view], replace(held.reference, words=self._words(held)))
        path = scan.places.path_of(place)
        if path is not None and scan.description is not None and path in scan.description.data_paths:
            self._session.prepare(path, compare=wish)
        self.changed.emit()

    def _tell_anew(self) -> None:
        """Name the file that a reference is from, where that is another one now."""
        for place in self._held:
            self._tell(place)

    def _why_none(self) -> str:
        """Say that nothing is held for frames like these, though something may be for others."""
        others = {shape_text(held.reference.shape) for held in self._held.values()}
        shown = self._session.scan.shown
        if not others or shown is None:
            return "Hold a frame as the reference first (K)"
        return f"The reference has {', '.join(others)} pixels, and this frame {shape_text(shown.raw.shape)}: hold one of these (K)"

    def _words(self, held: Held) -> str:
        frame, request = held.frame, self._session.scan.request
        made_of = f"frame {count_text(frame.index)}" if frame.combined == 1 else f"of {count_text(frame.combined)} frames"
        made_of = f"{made_of} ({held.reference.part})" if held.reference.part else made_of
        return made_of if request is None or request.path == held.path else f"{made_of} of {PurePath(held.path).name}"

    @staticmethod
    def _let_go(held: Held | None) -> None:
        if held is not None:
            held.let_go()


def _why_not(frame: LiveFrame | None) -> str:
    """Return why a frame cannot be held, or nothing."""
    if frame is None:
        return "No frame is shown yet"
    if frame.is_colored:
        return "A frame in colours of its own cannot be the reference: show one of its colours"
    if frame.made.compared != "none":
        return "Show the frame itself first (Shift+K): a difference or a ratio cannot be the reference"
    return "" if frame.raw.size else f"A frame of {shape_text(frame.whole.shape)} holds no values"


def _frame_value(frame: LiveFrame, at: tuple[int, ...], reference: float) -> float:
    """Return what the frame itself has at a pixel: the file's number, or else what it must have been."""
    if not frame.made.corrected and frame.combined == 1 and frame.whole.dtype.kind in "iufc":
        return _part_of(frame.picked[at], frame.view.part)
    value = float(frame.raw[at])
    return value + reference if frame.made.compared == "difference" else value * reference


def _part_of(pixel: Any, part: Part) -> float:
    """Return the number of a pixel that is shown: of a colour one of its values, of a complex number what is made of it."""
    if part in _COLORS:
        return float(pixel[_COLORS.index(part)])
    if part is Part.PHASE:
        return float(np.angle(pixel))
    if part is Part.MAGNITUDE:
        return float(abs(pixel))
    return float(pixel.imag if part is Part.IMAGINARY else pixel.real)


def _told(value: float) -> str:
    return value_text(value) if np.isfinite(value) else "masked"
