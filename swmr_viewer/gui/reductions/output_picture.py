"""A picture that a reduction made of the shown frame, over its own axes, such as a cake over q and azimuth."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Signal
from PySide6.QtWidgets import QWidget

from swmr_viewer.core.number_text import value_text
from swmr_viewer.gui.curves import ChannelAxis, PlotPane, ValuePicture
from swmr_viewer.gui.display.display_settings import DisplaySettings
from swmr_viewer.gui.display.screen_fit import screen_fit
from swmr_viewer.reductions import Output, OutputAxis

_MOST_SAMPLES = 65_536
"""Values that set the levels."""


class OutputPicture(PlotPane):
    """Columns to the right, rows upwards, each where its axis has it."""

    fit_keys = "double click"
    pointed = Signal(str)
    """What is under the pointer, in words; "" outside."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Picture of a reduction", parent)
        self._values: npt.NDArray[np.float64] | None = None
        self._output: Output | None = None
        self._axes = (ChannelAxis(np.zeros(1)), ChannelAxis(np.zeros(1)))
        self.picture = ValuePicture()
        self.plot.addItem(self.picture.item)
        self.view.scene().sigMouseMoved.connect(self._on_pointer)
        self.view.pointer_left.connect(lambda: self.pointed.emit(""))

    def set_output(self, output: Output | None) -> None:
        """Show values of this output from now on."""
        self._output, self._values = output, None
        self.picture.clear()
        if output is None:
            return
        described = output.axes if len(output.axes) == 2 else (None, None)
        self._axes = (_axis(described[0], output.shape[0]), _axis(described[1], output.shape[1]))
        for side, axis, usable, name in zip(("left", "bottom"), described, self._axes, ("row", "column"), strict=True):
            is_told = axis is not None and usable.values is axis.values
            self.label(side, *((axis.name, axis.unit) if axis is not None and is_told else (name,)))
        self.fit()

    def show_values(self, values: npt.NDArray[np.float64] | None, why_not: str = "") -> None:
        """Show a picture, float64 (rows, columns); None: there is none, and these words say why."""
        self._values = values
        self.redraw()
        has_any = values is not None and bool(np.isfinite(values).any())
        self.say_nothing("" if has_any else why_not or "There is no value in it")

    def redraw(self) -> None:
        values = self._values
        if values is None:
            self.picture.clear()
            return
        rows, columns = self._axes
        step = max(1, values.size // _MOST_SAMPLES)
        drawn = screen_fit(values.astype(np.float32), *self._screen_pixels())
        self.picture.show(drawn, values.reshape(-1)[::step], _between(columns.edges, rows.edges))

    def apply_settings(self, settings: DisplaySettings) -> None:
        """Draw in these colours and on this scale; levels are the pixels' and not this picture's."""
        own = DisplaySettings(scale=settings.scale, color_map=settings.color_map, inverted=settings.inverted)
        if self.picture.apply_settings(own):
            self.redraw_soon()

    def _screen_pixels(self) -> tuple[int, int]:
        box, ratio = self.box.sceneBoundingRect(), self.devicePixelRatioF()
        return max(1, round(ratio * box.height())), max(1, round(ratio * box.width()))

    def _on_pointer(self, at: Any) -> None:
        if self._values is None or not self.box.sceneBoundingRect().contains(at):
            self.pointed.emit("")
            return
        place = self.box.mapSceneToView(at)
        row, column = int(np.floor(self._axes[0].channel(place.y()))), int(np.floor(self._axes[1].channel(place.x())))
        rows, columns = self._values.shape
        self.pointed.emit(self._words(row, column) if 0 <= row < rows and 0 <= column < columns else "")

    def _words(self, row: int, column: int) -> str:
        assert self._values is not None
        value = float(self._values[row, column])
        described = self._output.axes if self._output is not None and len(self._output.axes) == 2 else ()
        places = [f"row {row}", f"column {column}"]
        for number, (axis, at) in enumerate(zip(described, (row, column), strict=False)):
            places[number] = f"{axis.name} {axis.values[at]:.6g} {axis.unit}".rstrip()
        return "   ".join((*places, "nothing" if np.isnan(value) else value_text(value)))


def _axis(axis: OutputAxis | None, length: int) -> ChannelAxis:
    """Return where rows or columns are drawn: as the axis has them where it is even, else by their numbers."""
    if axis is not None and len(axis.values) == length:
        given = ChannelAxis(axis.values)
        if given.is_one_way and given.is_even:
            return given
    return ChannelAxis(np.arange(length, dtype=np.float64))


def _between(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> QRectF:
    """Return where all columns and rows lie, between the first and the last edge; the sides may be negative."""
    return QRectF(float(x[0]), float(y[0]), float(x[-1] - x[0]), float(y[-1] - y[0]))
