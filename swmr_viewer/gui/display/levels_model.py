"""The levels in use: what the picture, the colour bar and the histogram share."""

from __future__ import annotations

from math import isfinite

from PySide6.QtCore import QObject, Signal

from swmr_viewer.gui.display.levels_scale import LevelsAxis, LevelScale, Scale, scale_for
from swmr_viewer.gui.look.turns import Paced

Levels = tuple[float, float]
GRAB_PX = 8


class LevelsModel(QObject):
    """Two values and the scale between the colours."""

    changed = Signal()
    """For whatever reason: for what draws the frame."""
    settled = Signal()
    """As ``changed``, after the picture and at most twenty times a second; at once while a hand is on them."""
    edited = Signal()
    """By the user's hand."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._given: Levels = (0.0, 1.0)
        self._dtype_kind = "u"
        self._grip: tuple[str, float, LevelsAxis] | None = None
        self.scale = LevelScale()
        self._settling = Paced(self.settled.emit, self)

    @property
    def levels(self) -> Levels:
        """The values shown in the first and in the last colour, such as the scale can show them."""
        return self.scale.usable(*self._given)

    def take(self, kind: Scale, dtype_kind: str | None = None, levels: Levels | None = None) -> None:
        """Use this scale, for pixels of this kind (numpy's letter), and these levels, unless a hand is on them."""
        self._dtype_kind = dtype_kind or self._dtype_kind
        if self._grip is not None:
            return
        given = levels or self._given
        self._set(given, scale_for(kind, self._dtype_kind, *given))

    def _set(self, given: Levels, scale: LevelScale) -> None:
        before = (self.levels, self.scale)
        self._given, self.scale = given, scale
        if (self.levels, self.scale) != before:
            self.changed.emit()
            if self._grip is None:
                self._settling.start()
            else:
                self._settling.do()

    # ---- the user's hand

    def axis(self, top: float, bottom: float) -> LevelsAxis:
        """Return the axis of a bar between these heights (widget pixels); it stands still while it is dragged."""
        if self._grip is not None:
            held = self._grip[2]
            return LevelsAxis(held.low, held.high, held.scale, top, bottom)
        return LevelsAxis(*self.levels, self.scale, top, bottom)

    def part_at(self, y: float, axis: LevelsAxis) -> str:
        """Return what a press at this height takes hold of: ``low``, ``high`` or ``both``."""
        low, high = self.levels
        if y < axis.y_of(high) + GRAB_PX:
            return "high"
        return "low" if y > axis.y_of(low) - GRAB_PX else "both"

    def grip(self, y: float, axis: LevelsAxis) -> None:
        """Take hold of a level, or of both."""
        self._grip = (self.part_at(y, axis), y, axis)

    def drag_to(self, y: float) -> None:
        """Move what is held."""
        if self._grip is None:
            return
        part, start_y, axis = self._grip
        low = axis.value_at(axis.y_of(axis.low) + (y - start_y) * (part != "high"))
        high = axis.value_at(axis.y_of(axis.high) + (y - start_y) * (part != "low"))
        low, high = axis.low if part == "high" else low, axis.high if part == "low" else high
        if high > low and isfinite(low) and isfinite(high):
            self._set((low, high), self.scale)
            self.edited.emit()

    def let_go(self) -> None:
        """Let go; the axis fits itself to the levels again."""
        if self._grip is not None:
            self._grip = None
            self.changed.emit()
            self._settling.do()
