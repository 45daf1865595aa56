"""The frame that others are held against, as the window has it in shared memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import FrameView, Part
from swmr_viewer.core.number_text import shape_text
from swmr_viewer.reader.blocks import attach_block, let_go
from swmr_viewer.reader.child.event_pipe import EventPipe
from swmr_viewer.reader.messages import Reference, SetDisplay

Pixels = npt.NDArray[Any]


class References:
    """The frames that the window holds, copied when they are first needed."""

    def __init__(self, pipe: EventPipe) -> None:
        self._pipe = pipe
        self._kept: tuple[str, Pixels | None] = ("", None)
        self._reported: set[tuple[str, str]] = set()

    def of(self, settings: SetDisplay, view: FrameView) -> Pixels | None:
        """Return the reference for what is shown like this; None: none is wanted, or it fits no such frames."""
        reference = settings.compare.reference
        if reference is None or settings.compare.is_plain:
            return None
        why_not = _why_not(settings, reference, view)
        if why_not:
            self._report_once(reference, why_not)
            return None
        if self._kept[0] != reference.block:
            self._kept = (reference.block, self._copied(reference))
        return self._kept[1]

    def _copied(self, reference: Reference) -> Pixels | None:
        try:
            block = attach_block(reference.block)
        except OSError:
            self._pipe.report_fault("The reference frame is not held any more, and frames are shown as they are. Hold one again.")
            return None
        try:
            return np.ndarray(reference.shape, np.dtype(reference.dtype), block.buf).copy()
        finally:
            let_go(block)

    def _report_once(self, reference: Reference, why_not: str) -> None:
        if (reference.block, why_not) not in self._reported:
            self._reported.add((reference.block, why_not))
            self._pipe.report_fault(why_not)


def part_of(settings: SetDisplay, view: FrameView) -> str:
    """Return which number of complex or coloured pixels is shown; "": they are no such pixels, or it is not known of frames as one."""
    return settings.view.part if view.part is Part.VALUE else str(view.part)


def _why_not(settings: SetDisplay, reference: Reference, view: FrameView) -> str:
    """Return why frames that are shown like this cannot be held against the reference; nothing where they can."""
    part = part_of(settings, view)
    has, wanted = shape_text(reference.shape), shape_text(view.shown_shape)
    if view.part is Part.COLOR:
        return f"The reference has {has} pixels, and the frames have colours of their own: they are shown as they are. Hold another one."
    if reference.shape != view.shown_shape:
        return f"The reference has {has} pixels, and the frames have {wanted} pixels: they are shown as they are. Hold another one."
    if part and reference.part and part != reference.part:
        return f"The reference is the {reference.part}, and the frames show the {part}: they are shown as they are. Hold another one."
    if part == Part.PHASE and settings.compare.how == "ratio":
        return "A ratio of phases means nothing: frames are shown as they are. Choose the difference."
    return ""
