"""A pattern of the shown frame against its axis, and under it those of the whole scan as a waterfall."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.number_text import value_text
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.gui.curves import ChannelAxis, CurveView, SharedAxis, WaterfallPlot, WaterfallRows, caption, row_text
from swmr_viewer.gui.display.display_settings import DisplaySettings
from swmr_viewer.gui.look.labels import ElidedLabel
from swmr_viewer.reductions import Output


class PatternView(QWidget):
    """Curve and waterfall of one output with one axis; whoever owns it gives it both."""

    index_clicked = Signal(int)
    pointed = Signal(str)
    """What is under the pointer, in words; "" outside."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._output: Output | None = None
        self._progress: KeyProgress | None = None
        self.curve = CurveView()
        self.curve.view.setAccessibleName("Pattern of the shown frame")
        self.waterfall = WaterfallPlot()
        self.words = ElidedLabel("muted")
        self._shared = SharedAxis(self.curve, self.waterfall)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addWidget(self.curve, 1)
        box.addWidget(self.waterfall, 1)
        box.addWidget(self.words)
        self.waterfall.index_clicked.connect(self.index_clicked)
        self.waterfall.pointer_moved.connect(self._point_at_row)
        self.curve.pointer_moved.connect(self._point_at_curve)

    def set_output(self, output: Output | None) -> None:
        """Draw values of this output from now on."""
        self._output = output
        self.curve.clear()
        self.curve.set_facts(DataFacts() if output is None else facts_of(output))
        if output is not None:
            self.curve.expect(output.shape[0])
            self._see_all_of(self.curve.channels)

    def _see_all_of(self, channels: ChannelAxis | None) -> None:
        """Have the whole axis in view: patterns of the scan may be there before that of the shown frame."""
        if channels is not None:
            self.curve.box.setXRange(*sorted((channels.edges[0], channels.edges[-1])), padding=0.02)

    def show_values(self, values: npt.NDArray[np.float64] | None, why_not: str = "") -> None:
        """Show the pattern of a frame, float64 (n,); None: there is none, and these words say why."""
        if values is not None:
            self.curve.show_values(values)
        self.curve.say_nothing(why_not if values is None else "")  # in its place: the zoom stays for the next one

    def show_rows(self, rows: WaterfallRows, progress: KeyProgress | None) -> None:
        """Show the patterns of the scan, and say how much of it is there."""
        self._progress = progress
        if rows is not self.waterfall.rows:
            self.waterfall.rows = rows
        self.waterfall.redraw_soon()
        for part in (self.waterfall, self.words):
            part.setVisible(bool(rows.known_rows.size))  # of single frames there is no waterfall: theirs is the room
        self.words.say("" if progress is None else caption(rows, progress.n_complete, "complete frames are reduced"))

    def mark(self, index: int | None) -> None:
        """Put the line on the frame that is shown."""
        self.waterfall.mark(index)

    def apply_settings(self, settings: DisplaySettings) -> None:
        """Draw the waterfall in these colours, and both on this scale; levels are the pixels' and no pattern's."""
        self.curve.set_scale(settings.scale)
        self.waterfall.apply_settings(DisplaySettings(scale=settings.scale, color_map=settings.color_map, inverted=settings.inverted))

    # ---- the pointer

    def _point_at_row(self, at: tuple[int, int] | None) -> None:
        if at is None or self._progress is None:
            self.pointed.emit("")
            return
        index, channel = at
        words = row_text(self.waterfall.rows, index, channel, is_complete=self._progress.is_complete(index))
        self.pointed.emit("   ".join(filter(None, (words, self._place_text(channel)))))

    def _point_at_curve(self, at: tuple[int] | None) -> None:
        values = self.curve.curve.getData()[1] if at is not None else None
        if at is None or values is None or at[0] >= len(values):
            self.pointed.emit("")
            return
        value = self.curve.axes["left"].value_scale.value(float(values[at[0]]))
        self.pointed.emit(f"{self._place_text(at[0])}   {'nothing' if np.isnan(value) else value_text(value)}")

    def _place_text(self, channel: int) -> str:
        axis = self._output.axes[0] if self._output is not None and self._output.axes else None
        if axis is None or channel >= len(axis.values):
            return f"channel {channel}"
        return f"{axis.name} {axis.values[channel]:.6g} {axis.unit}".rstrip()


def facts_of(output: Output) -> DataFacts:
    """Return what a spectrum's plot is told of an output with one axis."""
    if not output.axes:
        return DataFacts(unit=output.unit)
    axis = output.axes[0]
    return DataFacts((axis.name,), (axis.unit,), (tuple(map(float, axis.values)),), output.unit)
