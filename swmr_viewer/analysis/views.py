"""What of a frame is shown: its two picture axes, where on its further ones, and which number of complex or coloured pixels. Pure numpy."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis.masks import Pixels
from swmr_viewer.core.data_facts import color_axis_of
from swmr_viewer.core.frozen import frozen


class Part(StrEnum):
    """Which real number of a pixel is drawn and measured, in the words of the window."""

    VALUE = "value"
    MAGNITUDE = "magnitude"
    PHASE = "phase"
    REAL = "real part"
    IMAGINARY = "imaginary part"
    COLOR = "colour"
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


_OF_COMPLEX = (Part.MAGNITUDE, Part.PHASE, Part.REAL, Part.IMAGINARY)
_OF_COLOR = (Part.COLOR, Part.RED, Part.GREEN, Part.BLUE)


@frozen
class ViewChoice:
    """What somebody chose of frames that have more than a picture shows; what does not fit a frame counts for nothing."""

    places: tuple[int, ...] = ()
    """Where on each further axis, slowest first; 0 where there is none, the last place where it is too large."""
    part: str = ""
    """One of `Part`; "" is the first that a frame has."""


USUAL_VIEW = ViewChoice()


@frozen
class FrameView:
    """How frames of one shape and type become an image, a spectrum or a scalar of real numbers."""

    shape: tuple[int, ...]
    """Of the whole frame."""
    axes: tuple[int, ...]
    """Which of its axes are shown: (rows, columns), (channels,) or none."""
    further: tuple[int, ...] = ()
    """Which axes one place is chosen of, slowest first. Those that are in neither are of length 1, or the colours'."""
    places: tuple[int, ...] = ()
    color_axis: int | None = None
    part: Part = Part.VALUE
    parts: tuple[Part, ...] = (Part.VALUE,)
    """What can be chosen."""
    made: str = ""
    """Type of the shown numbers where dark and flat frames, or a reference, made others of them; else nothing."""

    @property
    def is_computed(self) -> bool:
        """Whether the shown numbers are none that the file holds."""
        return bool(self.made) or self.part in (Part.MAGNITUDE, Part.PHASE, *_OF_COLOR)

    @property
    def shown_shape(self) -> tuple[int, ...]:
        """The shape of what is shown."""
        return tuple(self.shape[axis] for axis in self.axes)

    def shown_dtype(self, dtype: npt.DTypeLike) -> np.dtype[Any]:
        """Return the type of the shown numbers, for frames of this type."""
        kind = np.dtype(self.made or dtype)
        if self.made:
            return kind
        if self.part in _OF_COLOR:
            return np.dtype(np.float32 if kind.itemsize <= 2 else np.float64)
        return kind if self.part is Part.VALUE else np.empty(0, kind).real.dtype.newbyteorder("=")

    def picked(self, frame: Pixels) -> Pixels:
        """Return the shown pixels as the file has them, a view on the frame: of ``shown_shape``, colours on a last axis behind it."""
        at = dict(zip(self.further, self.places, strict=True))
        kept = [axis for axis in range(len(self.shape)) if axis in self.axes or axis == self.color_axis]
        found = frame[tuple(slice(None) if axis in kept else at.get(axis, 0) for axis in range(len(self.shape)))]
        return found if self.color_axis is None else np.moveaxis(found, kept.index(self.color_axis), -1)

    def shown(self, frame: Pixels, out: Pixels | None = None) -> Pixels:
        """Return the shown numbers, of ``shown_shape``: a view on the frame, or written into ``out`` (or a new array) if computed."""
        picked = self.picked(frame)
        if self.part is Part.REAL:
            return picked.real
        if self.part is Part.IMAGINARY:
            return picked.imag
        if not self.is_computed:
            return picked
        out = np.empty(self.shown_shape, self.shown_dtype(frame.dtype)) if out is None else out
        self._compute(picked, out)
        return out

    def _compute(self, picked: Pixels, out: Pixels) -> None:
        with np.errstate(all="ignore"):
            if self.part is Part.MAGNITUDE:
                np.abs(picked, out=out)
            elif self.part is Part.PHASE:
                np.arctan2(picked.imag, picked.real, out=out)
            elif self.part is Part.COLOR:
                np.mean(picked[..., :3], axis=-1, dtype=out.dtype, out=out)
            else:
                np.copyto(out, picked[..., _OF_COLOR.index(self.part) - 1])


@lru_cache(maxsize=64)
def resolve_view(shape: tuple[int, ...], dtype: np.dtype[Any], interpretation: str = "", choice: ViewChoice = USUAL_VIEW) -> FrameView:
    """Return how frames are shown.

    Axes of 1 are dropped. Of what remains the last two are the picture, and of each further one a place is chosen.
    Complex numbers show their magnitude, colours as colour, unless another part is chosen.

    Parameters
    ----------
    shape, dtype :
        Of the whole frame.
    interpretation : str
        NeXus' word for what a frame is, from the file.
    choice : ViewChoice
        What was chosen.
    """
    color = color_axis_of(shape, dtype, interpretation)
    own = [axis for axis in range(len(shape)) if axis != color]
    long = [axis for axis in own if shape[axis] != 1]
    if len(own) <= 1 or (len(own) == 2 and (interpretation == "image" or color is not None)):
        long = own
    axes, further = tuple(long[-2:]), tuple(long[:-2])
    parts = _OF_COLOR if color is not None else _OF_COMPLEX if dtype.kind == "c" else (Part.VALUE,)
    part = next((part for part in parts if part == choice.part), parts[0])
    given = (*choice.places, *(0 for _ in further))[: len(further)]
    places = tuple(max(0, min(place, shape[axis] - 1)) for place, axis in zip(given, further, strict=True))
    return FrameView(shape, axes, further, places, color, part, parts)
