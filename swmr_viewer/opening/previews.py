"""What to preview, and the text beside it: which frame it is, what it is like, or why there is none."""

from __future__ import annotations

from swmr_viewer.analysis import Part, Thumbnail
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.inspection import Inspection
from swmr_viewer.core.number_text import count_text, dtype_text, position_text, shape_text, value_text
from swmr_viewer.opening.assessment import AGAIN_S, SLOW_S, Remark, Tone
from swmr_viewer.opening.checking import can_be_shown
from swmr_viewer.reader.messages import FollowRequest, Previewed, with_patterns_expanded

_NOTHING = Remark()
_PARTS = {Part.MAGNITUDE: "magnitude ", Part.COLOR: "colour mean "}
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


@frozen
class PreviewText:
    """All text of the preview at one moment."""

    instead: Remark = _NOTHING
    """Instead of the picture and the other text; empty where there is a picture."""
    title: str = ""
    """Which frame it is."""
    details: tuple[str, ...] = ()
    """What it is like, a line each."""


def preview_request(request: FollowRequest, found: Inspection, selected: tuple[str, ...] = ()) -> FollowRequest | None:
    """Return what to preview: paths alone, without patterns, for one data set; None where none is chosen.

    Parameters
    ----------
    request : FollowRequest
        As the fields stand.
    found : Inspection
        What an empty field stands for.
    selected : tuple of str
        Paths that are selected in the tree: the first one that can be shown goes before those of the request.
    """
    request = with_patterns_expanded(request, found)
    showable = {node.path for node in found.tree if node.path in selected and can_be_shown(node)}
    data = (*(path for path in selected if path in showable), *request.data_paths, *found.data_paths)[:1]
    if not data:
        return None
    keys = request.key_paths or (() if request.length_paths else found.key_paths)
    lengths = request.length_paths or (() if keys else found.length_paths)
    return FollowRequest(request.path, keys, data, length_paths=lengths, scan_shape=request.scan_shape, external=request.external)


def preview_text(data_path: str, answer: Previewed | None, reading_s: float | None = None) -> PreviewText:
    """Return the text for an answer about a data set ("": none is chosen), which has been read for some seconds (None: is not)."""
    if not data_path:
        return PreviewText(Remark("The first complete frame of the chosen data set appears here."))
    if reading_s is not None and (answer is None or reading_s >= AGAIN_S):
        return PreviewText(_reading(reading_s))
    if answer is None:
        return PreviewText()
    thumbnail = answer.thumbnail
    if thumbnail is None:
        return PreviewText(_why_not(answer))
    title = _title(answer)
    if not (thumbnail.pixels_shape or thumbnail.value):
        return PreviewText(Remark(f"{title}: a frame of {shape_text(thumbnail.shape)} holds no values: there is nothing to draw."))
    return PreviewText(_NOTHING, title, _details(thumbnail))


def _reading(seconds: float) -> Remark:
    if seconds < SLOW_S:
        return Remark(f"Reading the first frame {_ELLIPSIS}")
    return Remark(f"Reading {_ELLIPSIS} {seconds:.0f} s. The storage does not answer, or the file is damaged.", Tone.WARNING)


def _why_not(answer: Previewed) -> Remark:
    if answer.kind is FailureKind.FRAME_NOT_WRITTEN:
        return Remark(f"{answer.message} {answer.remedy}".strip())
    return Remark(f"{answer.message} {answer.remedy}".strip(), Tone.WARNING if answer.kind and answer.kind.can_be_retried else Tone.PROBLEM)


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
