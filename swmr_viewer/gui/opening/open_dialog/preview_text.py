"""What is said beside the preview of a frame: which one it is, what it is like, or why there is none (no Qt here)."""

from __future__ import annotations

from dataclasses import dataclass

from swmr_viewer.analysis.frame_view import Part
from swmr_viewer.analysis.thumbnail import Thumbnail
from swmr_viewer.core.number_text import count_text, dtype_text, position_text, shape_text, value_text
from swmr_viewer.gui.opening.open_dialog.previewing import PreviewState
from swmr_viewer.gui.opening.open_dialog.verdict import AGAIN_S, SLOW_S, Remark, Tone, is_retryable
from swmr_viewer.reader.messages import Previewed

_NOTHING = Remark()
_PARTS = {Part.MAGNITUDE: "magnitude ", Part.COLOR: "colour mean "}
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True, slots=True)
class PreviewWords:
    """Everything that the preview says at one moment."""

    instead: Remark = _NOTHING
    """Instead of the picture and the other words; empty where there is one."""
    title: str = ""
    """Which frame it is."""
    details: tuple[str, ...] = ()
    """What it is like, a line each."""


def text_of(state: PreviewState) -> PreviewWords:
    """Decide what to say."""
    if not state.data_path:
        return PreviewWords(Remark("The first complete frame of the chosen data set appears here."))
    if state.reading_s is not None and (state.answer is None or state.reading_s >= AGAIN_S):
        return PreviewWords(_reading(state.reading_s))
    if state.answer is None:
        return PreviewWords()
    thumbnail = state.answer.thumbnail
    if thumbnail is None:
        return PreviewWords(_why_not(state.answer))
    title = _title(state.answer)
    if not (thumbnail.pixels_shape or thumbnail.value):
        return PreviewWords(Remark(f"{title}: a frame of {shape_text(thumbnail.shape)} holds no values: there is nothing to draw."))
    return PreviewWords(_NOTHING, title, _details(thumbnail))


def _reading(seconds: float) -> Remark:
    if seconds < SLOW_S:
        return Remark(f"Reading the first frame {_ELLIPSIS}")
    return Remark(f"Reading {_ELLIPSIS} {seconds:.0f} s. The storage does not answer, or the file is damaged.", Tone.WARNING)


def _why_not(answer: Previewed) -> Remark:
    if answer.kind == "FrameNotWrittenError":
        return Remark(f"{answer.message} {answer.remedy}".strip())
    return Remark(f"{answer.message} {answer.remedy}".strip(), Tone.WARNING if is_retryable(answer.kind) else Tone.PROBLEM)


def _title(answer: Previewed) -> str:
    where = f" at {position_text(answer.position)}" if len(answer.position) > 1 else ""
    before = "" if answer.index == 0 else ", the first complete one"
    return f"Frame {count_text(answer.index or 0)}{where}{before}"


def _details(thumbnail: Thumbnail) -> tuple[str, ...]:
    dtype = dtype_text(thumbnail.dtype)
    if not thumbnail.pixels_shape:
        return (f"one value, {dtype}",)
    view = thumbnail.view
    points = " points" if len(view.axes) == 1 else ""
    others = shape_text(tuple(view.shape[axis] for axis in view.further)) if view.further else ""
    lines = [f"{shape_text(thumbnail.shape)}{points}, {dtype}" + (f"; the first of {others}" if others else "")]
    if thumbnail.minimum is None or thumbnail.maximum is None:
        return (*lines, "no pixel holds a measurement")
    lines.append(f"{_PARTS.get(view.part, '')}from {value_text(thumbnail.minimum)} to {value_text(thumbnail.maximum)}")
    if thumbnail.n_masked:
        lines.append(f"{count_text(thumbnail.n_masked)} without a measurement")
    return tuple(lines)
