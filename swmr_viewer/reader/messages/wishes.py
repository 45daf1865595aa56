"""What the window wishes beyond plain frames: masks, levels, rolling frames, measurements, every frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis.frame_view import USUAL_VIEW, ViewChoice
from swmr_viewer.analysis.masks import DEFAULT_RULES, MaskRules
from swmr_viewer.analysis.regions import Region

IndexArray = npt.NDArray[np.int64]

MOST_COMBINED = 65_536
"""The longest rolling window (frames)."""

FRAME_COLUMNS = ("total", "maximum", "hottest_x", "hottest_y", "n_masked", "n_saturated")
"""What ``Measured`` tells of each frame, before the regions."""
REGION_COLUMNS = ("sum", "mean", "maximum", "std")


@dataclass(frozen=True, slots=True)
class Combine:
    """Show several frames as one.

    Raises
    ------
    ValueError
        If ``n`` is not in 1 to 65,536.
    """

    how: Literal["none", "sum", "mean", "maximum"] = "none"
    n: int | None = 1
    """The last so many complete frames, the shown one included; None: all complete frames."""

    def __post_init__(self) -> None:
        if self.n is not None and not 1 <= self.n <= MOST_COMBINED:
            raise ValueError(f"{self.n} frames cannot be combined; give 1 to {MOST_COMBINED}, or None for all.")

    @property
    def is_plain(self) -> bool:
        """Whether each frame is shown as it is."""
        return self.how == "none" or self.n == 1


@dataclass(frozen=True, slots=True)
class SetDisplay:
    """How frames are prepared from now on: what is masked, which percentiles are the levels, what is combined, what of a frame is shown."""

    generation: int
    mask: MaskRules = DEFAULT_RULES
    percentiles: tuple[float, float] = (0.5, 99.5)
    """Of the unmasked pixels, low and high, 0 to 100."""
    combine: Combine = Combine()
    data_path: str | None = None
    """The data set that this is about; None: all of them, and what was said of one alone is forgotten."""
    view: ViewChoice = USUAL_VIEW
    """Of frames that have more than a picture shows."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Measure every complete frame of a data set, newest first; replaces the ``Measure`` before."""

    generation: int
    revision: int
    """Grows with every ``Measure``; answers to older ones are dropped."""
    data_path: str
    regions: tuple[Region, ...] = ()
    spectra: bool = False
    """Whether each row brings its frame along, if that is a spectrum."""
    already: IndexArray | None = None
    """The supervisor's own: what an earlier reader has measured, on ``already_shape``."""
    already_shape: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class StopMeasuring:
    """Measure nothing more."""

    generation: int


@dataclass(frozen=True, slots=True)
class AcknowledgeMeasured:
    """The last ``Measured`` was handled: the next may be sent. Until then the reader merges."""

    generation: int


@dataclass(frozen=True, slots=True)
class SetEveryFrame:
    """The window's `Every frame`: from the shown frame on each complete one is delivered as it completes, waiting for a free slot.

    Sent right after ``Follow``: from the first frame on. Without it (or off) live means the newest, conflated.
    """

    generation: int
    on: bool
    shown: tuple[int, ...] | None = None
    """Position of the frame that the window shows live: what completed after it is delivered. None: after the last one that was sent."""
    passed: IndexArray | None = None
    """The supervisor's own: frames that an earlier reader has passed, on ``passed_shape``."""
    passed_shape: tuple[int, ...] | None = None


Wish = SetDisplay | Measure | StopMeasuring | AcknowledgeMeasured | SetEveryFrame
