"""Requests for frames that are shown: which ones, and how each is prepared."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, Self

from swmr_viewer.analysis import DEFAULT_RULES, USUAL_VIEW, MaskRules, ViewChoice
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.ranges import IndexArray, Ranges
from swmr_viewer.reader.messages.corrections import NO_COMPARISON, NO_CORRECTION, Compare, Correction
from swmr_viewer.reader.messages.request import Group, ScanRequest

MOST_COMBINED = 65_536
"""The longest rolling window (frames)."""


@frozen
class ShowLive(ScanRequest):
    """Send the newest complete frame from now on, conflated."""

    group = Group.SHOWN
    is_restored = True
    replaces_waiting = True

    data_path: str | None = None
    """None: the first data path."""


@frozen
class ShowIndex(ScanRequest):
    """Send this frame once and no live ones until ``ShowLive``."""

    group = Group.SHOWN
    is_restored = True
    replaces_waiting = True

    index: int
    data_path: str | None = None
    scan_shape: tuple[int, ...] | None = None
    """What ``index`` counts on: the scan may have grown meanwhile, also for a reader that takes another's place; None: the shape by now."""


@frozen(eq=False)
class ShowPoints(ScanRequest):
    """Send the frames of these scan points as one, and no live ones until ``ShowLive``; another ``Show`` request ends it.

    It is sent now and then while it is being read, and again when a point becomes complete. Points that are not complete (yet),
    or cannot be read, are left out and counted (`OfPoints`).
    """

    group = Group.SHOWN
    is_restored = True
    replaces_waiting = True

    number: int
    """Grows with every such request; the frames that answer it bring it back."""
    frames: Ranges
    """Half-open ranges of flat indices on ``scan_shape``."""
    how: Literal["sum", "mean", "maximum"]
    data_path: str | None
    """None: the first data path."""
    scan_shape: tuple[int, ...]


@frozen
class ShowAlso(ScanRequest):
    """Send frames of these data sets as well, of the index of each frame that is shown, or of the newest of these; conflated.

    What is shown comes first. A data set that is shown itself, or is not there, is left out; none: no more.
    """

    group = Group.BESIDE
    is_restored = True
    replaces_waiting = True

    data_paths: tuple[str, ...] = ()


@frozen
class SetEveryFrame(ScanRequest):
    """The window's `Every frame`: from the shown frame on each complete one is delivered as it completes, waiting for a free slot.

    Sent right after ``Follow``: from the first frame on. Without it (or off) live means the newest, conflated.
    """

    group = Group.EVERY_FRAME
    is_restored = True
    replaces_waiting = True

    on: bool
    shown: tuple[int, ...] | None = None
    """Position of the frame that the window shows live: what completed after it is delivered. None: after the last one that was sent."""
    passed: IndexArray | None = None
    """Set by the supervisor: frames that an earlier reader has passed, on ``passed_shape``."""
    passed_shape: tuple[int, ...] | None = None

    def resumed(self, handled: IndexArray, shape: tuple[int, ...] | None) -> Self | None:
        return replace(self, passed=handled, passed_shape=shape) if self.on else None


@frozen
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


@frozen
class SetDisplay(ScanRequest):
    """How frames are prepared from now on: what is masked, which percentiles are the levels, what is combined, what of a frame is shown.

    In this order: masked, corrected, combined, held against a reference. What is measured is masked and corrected.
    """

    group = Group.DISPLAY
    is_restored = True

    mask: MaskRules = DEFAULT_RULES
    percentiles: tuple[float, float] = (0.5, 99.5)
    """Of the unmasked pixels, low and high, 0 to 100."""
    combine: Combine = Combine()
    data_path: str | None = None
    """The data set that this is about; None: all of them, and what was said of one alone is forgotten."""
    view: ViewChoice = USUAL_VIEW
    """Of frames that have more than a picture shows."""
    correction: Correction = NO_CORRECTION
    compare: Compare = NO_COMPARISON

    @property
    def part(self) -> str | None:
        return self.data_path

    @property
    def shows_frames_as_they_are(self) -> bool:
        """Whether nothing but masking is done to single frames."""
        return not self.correction.names and self.compare.is_plain
