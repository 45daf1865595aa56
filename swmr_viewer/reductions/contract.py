"""What a reduction is: what it says of itself, what it is told before it begins, and what it makes of a frame."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import DEFAULT_RULES, MaskRules
from swmr_viewer.core.errors import FailureKind, SwmrViewerError
from swmr_viewer.core.pixel_geometry import NOTHING_TOLD, PixelGeometry

Frame = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]
Outputs = Mapping[str, Any]


class ReductionError(SwmrViewerError):
    """A reduction cannot do what is asked of it, or is none."""

    kind = FailureKind.REDUCTION


@dataclass(frozen=True, eq=False)
class OutputAxis:
    """One axis of an output, such as q of a pattern."""

    name: str
    values: npt.NDArray[np.float64]
    """float64 (n,), as long as the output along this axis."""
    unit: str = ""


@dataclass(frozen=True, eq=False)
class Output:
    """One value that a reduction makes of each frame."""

    name: str
    """A letter first, then letters, digits and ``_``: the data set is ``/entry/REDUCTION/NAME``."""
    shape: tuple[int, ...] = ()
    """(): a number, which is a quantity then; (n,): a pattern; (m, n): a picture."""
    unit: str = ""
    dtype: str = "f8"
    """As numpy names it; floats are NaN where there is nothing."""
    axes: tuple[OutputAxis, ...] = ()
    """One for each axis of ``shape``, or none."""
    words: str = ""
    """What the window says; "": the name."""


@dataclass(frozen=True, eq=False)
class FrameDescription:
    """What is known of all frames of a data set, before the first one comes."""

    frame_shape: tuple[int, ...]
    """Without axes of length 1 that the window drops as well: of data of (n, 1, rows, columns) frames are (rows, columns)."""
    dtype: str
    """As ``numpy.dtype.str``."""
    mask: Mask | None = None
    """bool of ``frame_shape``, True is masked: the file's pixel mask and the user's own. None: there is none."""
    rules: MaskRules = DEFAULT_RULES
    """Which values of single frames are no measurement: see ``swmr_viewer.analysis.valid_mask``."""
    geometry: PixelGeometry = NOTHING_TOLD
    """Where the detector stands, as the file tells it or the user gave it."""
    axes: tuple[OutputAxis | None, ...] = ()
    """Of the frame's axes, slowest first, such as a spectrum's energies; None, or nothing at all: only channels."""
    unit: str = ""
    """Of the pixels' values."""
    saturation_value: float | None = None
    data_path: str = ""


@dataclass(frozen=True)
class NoParameters:
    """Nothing to set."""


class Reduction(ABC):
    """What makes less of a frame: numbers, a pattern, a picture.

    An object is small and can be pickled before it is prepared: it holds its parameters and nothing else. It is sent to where frames are
    read, ``prepare`` is called there once, then it is called with one frame after the other.

    Parameters
    ----------
    parameters : frozen dataclass, optional
        Of the type ``Parameters``; by default one with the defaults.
    """

    name: ClassVar[str]
    """By which it is chosen; results stand below ``/entry/NAME``."""
    words: ClassVar[str] = ""
    """What the window says; "": the name."""
    Parameters: ClassVar[type] = NoParameters
    """A frozen dataclass, each field with a default and made by ``parameter`` (its bounds, its unit, what it means)."""
    is_thread_safe: ClassVar[bool] = False
    """Whether several threads may call one prepared object at once. False: each thread has one of its own."""
    masks_itself: ClassVar[bool] = False
    """Whether it leaves out by itself what the values of a frame tell to be no measurement (``description.rules``), where it reads only a
    part of a frame: ``mask`` is then ``description.mask``, always."""

    def __init__(self, parameters: Any = None) -> None:
        self.parameters = type(self).Parameters() if parameters is None else parameters
        self.outputs: tuple[Output, ...] = ()
        """What it makes of each frame; known once it is prepared."""

    @abstractmethod
    def prepare(self, description: FrameDescription) -> None:
        """Get ready for frames like these, and set ``outputs``.

        Raises
        ------
        ReductionError
            If it cannot be done with such frames or parameters, saying why and what to do.
        """

    @abstractmethod
    def __call__(self, frame: Frame, mask: Mask | None) -> Outputs:
        """Return the outputs of a frame by their names.

        Parameters
        ----------
        frame : ndarray
            Of ``description.frame_shape`` and dtype; not to be changed, nor kept.
        mask : bool ndarray or None
            True is masked: ``description.mask`` (the very same array where nothing else is masked), and what this frame's own values
            tell to be no measurement. None: nothing is masked.

        Raises
        ------
        Exception
            Of any kind: this frame has no result then, with the error as the reason.
        """
