"""What a reduction made: of the shown frame its numbers, a pattern or a picture; of the scan the patterns. One output at a time."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from swmr_viewer.core.number_text import count_text, value_text
from swmr_viewer.core.plain_text import plain
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.gui.curves import WaterfallRows
from swmr_viewer.gui.display.display_settings import DisplaySettings
from swmr_viewer.gui.look.choice_button import ChoiceButton
from swmr_viewer.gui.look.labels import ElidedLabel
from swmr_viewer.gui.reductions.output_picture import OutputPicture
from swmr_viewer.gui.reductions.pattern_view import PatternView
from swmr_viewer.reducing.messages import Prepared, Reduced, ShownReduced
from swmr_viewer.reductions import Output

NUMBERS = "numbers"
"""The page of all outputs that are numbers; no output has this key, as theirs begin with their number of axes."""
NOT_YET = "This frame is not reduced yet"
NO_FRAME = "No frame to reduce"
"""None was shown yet, or what has the file's name now is another scan."""
PATIENCE_MS = 300
"""So long stays what is drawn of the frame before: nobody takes it for the new one's, and most frames are reduced sooner."""


class ResultViews(QWidget):
    """Shows the outputs of one reduction; it is told what came, and which frame is shown."""

    index_clicked = Signal(int)
    """A frame in the waterfall."""
    pointed = Signal(str)
    """What is under the pointer, in words; "" outside."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outputs: tuple[Output, ...] = ()
        self._rows: dict[str, WaterfallRows] = {}
        self._progress: KeyProgress | None = None
        self._index: int | None = None
        self._shown: ShownReduced | None = None
        self._before: ShownReduced | None = None
        """What is still drawn, of the frame before."""
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._lose_patience)
        self.key = ""
        self.choice = ChoiceButton("Output that is shown", self._offers)
        self.about = ElidedLabel("muted")
        self.numbers = QLabel(textFormat=Qt.TextFormat.RichText, alignment=Qt.AlignmentFlag.AlignTop, wordWrap=True)
        self.numbers.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.numbers.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.numbers.setAccessibleName("Numbers of the shown frame")
        self.pattern, self.picture = PatternView(), OutputPicture()
        self.pages = QStackedWidget()
        self._lay_out()
        self.choice.chosen.connect(self.choose)
        self.pattern.index_clicked.connect(self.index_clicked)
        for part in (self.pattern, self.picture):
            part.pointed.connect(self.pointed)
        self.clear()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.choice)
        head.addWidget(self.about, 1)
        for page in (self.numbers, self.pattern, self.picture):
            self.pages.addWidget(page)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addLayout(head)
        box.addWidget(self.pages, 1)

    # ---- what is told

    def begin(self, prepared: Prepared) -> None:
        """Show the outputs of this reduction from now on: its first pattern or picture, else its numbers."""
        self.clear()
        self._outputs = prepared.outputs
        self.choose(next((_key(output) for output in self._outputs if output.shape), NUMBERS))

    def take(self, reduced: Reduced) -> None:
        """Take patterns of some frames; numbers are the tables' to keep."""
        lengths = {output.name: output.shape[0] for output in self._outputs if len(output.shape) == 1}
        for name, patterns in reduced.patterns.items():
            if name not in lengths:
                continue
            rows = self._rows.setdefault(name, WaterfallRows())
            if rows.scan_shape and rows.scan_shape[1:] != reduced.scan_shape[1:] and not rows.move(reduced.scan_shape):
                rows.clear()
            rows.take(reduced.indices, patterns, np.zeros(len(reduced.indices), np.bool_), lengths[name], reduced.scan_shape)
        self._draw_rows()

    def note_progress(self, progress: KeyProgress | None) -> None:
        """Say of how many complete frames there are patterns; the progress is the scan's own, and only read."""
        self._progress = progress
        self._draw_rows()

    def await_frame(self, index: int | None) -> None:
        """Say that this frame is not reduced yet (None: there is no frame).

        What is drawn of the frame before stays for a moment, under that frame's number: most are reduced at once, and live ones would
        flicker. Then nothing of another frame is left on the screen.
        """
        if index == self._index and (self._shown is not None or self._before is not None):
            return
        if index is not None and self._shown is not None and self._shown.outputs:
            self._before = self._shown
            self._patience.start()
        self._index, self._shown = index, None
        self._draw_frame()

    def _lose_patience(self) -> None:
        self._before = None
        self._draw_frame()

    def show_frame(self, shown: ShownReduced) -> None:
        """Show what was made of a frame, if it is the one that is awaited."""
        if shown.index == self._index:
            self._patience.stop()
            self._shown, self._before = shown, None
            self._draw_frame()

    def clear(self) -> None:
        """Show nothing, and hold no array."""
        self._patience.stop()
        self._outputs, self._shown, self._before, self.key = (), None, None, ""
        self._rows.clear()
        self.pattern.set_output(None)
        self.pattern.show_rows(WaterfallRows(), None)
        self.picture.set_output(None)
        self.numbers.setText("")
        self.choice.show_chosen("", "no output")
        self._draw_frame()

    def choose(self, key: str) -> None:
        """Show this output from now on."""
        self.key = key
        output = self._chosen
        self.choice.show_chosen(key, NUMBERS if output is None else _words(output))
        self.choice.setEnabled(len(self._offers()) > 1)
        is_pattern = output is not None and len(output.shape) == 1
        self.pattern.set_output(output if is_pattern else None)
        self.picture.set_output(None if is_pattern else output)
        self.pages.setCurrentWidget(self.numbers if output is None else self.pattern if is_pattern else self.picture)
        self._draw_rows()
        self._draw_frame()

    def apply_settings(self, settings: DisplaySettings) -> None:
        """Draw in the colours, and on the scale, of the picture."""
        self.pattern.apply_settings(settings)
        self.picture.apply_settings(settings)

    # ---- what is drawn

    def _offers(self) -> Mapping[str, str]:
        offered = {_key(output): _words(output) for output in self._outputs if len(output.shape) in (1, 2)}
        return {**offered, NUMBERS: NUMBERS} if any(not output.shape for output in self._outputs) else offered

    @property
    def _chosen(self) -> Output | None:
        return next((output for output in self._outputs if _key(output) == self.key), None)

    def _draw_rows(self) -> None:
        output = self._chosen
        if output is not None and len(output.shape) == 1:
            self.pattern.show_rows(self._rows.setdefault(output.name, WaterfallRows()), self._progress)

    @property
    def _drawn(self) -> ShownReduced | None:
        """What is drawn: of the shown frame, for a moment of the one before."""
        return self._before if self._shown is None else self._shown

    def _draw_frame(self) -> None:
        output, why_not = self._chosen, self._why_not()
        values = self._values(output) if output is not None else None
        drawn = self._drawn
        self.about.say(f"frame {count_text(drawn.index)}" if drawn is not None and not why_not else why_not)
        self.pattern.mark(self._index)
        self.numbers.setText(self._table() or escape(plain(why_not)))
        if output is None:
            return
        if len(output.shape) == 1:
            self.pattern.show_values(values, why_not or NOT_YET)
        else:
            self.picture.show_values(values, why_not or NOT_YET)

    def _values(self, output: Output) -> npt.NDArray[np.float64] | None:
        found: Any = None if self._drawn is None else self._drawn.outputs.get(output.name)
        return None if found is None else np.asarray(found, np.float64)

    def _why_not(self) -> str:
        if self._index is None:
            return NO_FRAME
        if self._drawn is None:
            return NOT_YET
        return "" if self._drawn.outputs else self._drawn.fault or NOT_YET

    def _table(self) -> str:
        numbers = [output for output in self._outputs if not output.shape]
        drawn = self._drawn
        if drawn is None or not drawn.outputs or not numbers:
            return ""
        told = ((one, _number(drawn.outputs[one.name], one.unit)) for one in numbers)
        rows = (f"<tr><td>{escape(_words(one))}&nbsp;&nbsp;</td><td align=right>{number}</td></tr>" for one, number in told)
        return f"<table cellspacing=3>{''.join(rows)}</table>"


def _number(found: Any, unit: str) -> str:
    value = float(np.asarray(found).reshape(-1)[0])
    shown = "nothing" if np.isnan(value) else value_text(int(value) if value.is_integer() and abs(value) < 2**53 else value)
    return escape(f"{shown} {unit}".rstrip())


def _key(output: Output) -> str:
    return f"{len(output.shape)} {output.name}"


def _words(output: Output) -> str:
    return plain(output.words or output.name)
