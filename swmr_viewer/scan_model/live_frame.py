"""One frame as the window holds it: views on a shared-memory slot, given back exactly once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import DEFAULT_RULES, FrameStatistics, FrameView, LevelStatistics, MaskRules, Part
from swmr_viewer.core.data_facts import MotorPosition
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.scan import index_of
from swmr_viewer.reader.messages import AS_IT_IS, FrameReady, FrameTimes, Made, OfPoints

Pixels = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]


@frozen(eq=False)
class LiveFrame:
    """A frame and what is known about it; its arrays are valid until ``release``."""

    generation: int
    data_path: str
    index: int
    position: tuple[int, ...]
    raw: Pixels
    """Read-only, the numbers that are shown: an image (2-D), a spectrum (1-D) or a scalar (0-D), never complex."""
    preview: npt.NDArray[np.float32] | None
    """Block maxima with NaN where masked; None where the frame is its own preview."""
    preview_factor: int
    levels: LevelStatistics | None
    key_seen_at_s: float
    """``time.monotonic()`` when its key was seen."""
    received_at_s: float
    live: bool
    """Sent because it is the newest, not because it was asked for."""
    release: Callable[[], None]
    """Gives the slot back; the second call does nothing."""
    statistics: FrameStatistics | None = None
    """Total, hottest pixel, masked and saturated pixels of ``raw``."""
    combined: int = 1
    """How many frames are in it."""
    frame_time: float | None = None
    """When it was taken: seconds since 1970 (UTC); None: the file has none."""
    in_turn: bool = False
    """Sent by `Every frame`, after the one before it."""
    is_new: bool = False
    """Its key just came: it was not there at the opening, and is not sent for a second time."""
    whole: Pixels = field(default_factory=lambda: np.empty(0))
    """Read-only, the frame as the file holds it."""
    view: FrameView = field(default_factory=lambda: FrameView((), ()))
    """What of it is shown."""
    own_mask: Mask | None = None
    """Its own pixel mask, of the shape of ``raw``; True: masked."""
    run: tuple[int, int] | None = None
    """(first, last) of what is combined, where that is each frame from the first to the last."""
    lacks_mask: bool = False
    """The pixel mask that was asked for could not be used."""
    motor_positions: tuple[MotorPosition, ...] = ()
    """Where the motors were, as far as the file has it: at most four, the one that moves fastest first."""
    made: Made = AS_IT_IS
    """What dark and flat frames, and a reference, made of ``raw``: its masked pixels are NaN then, and no rules mask it further."""
    of_points: OfPoints | None = None
    """What it is made of, if it was asked for as the frames of some scan points."""
    beside: bool = False
    """It is of another data set than the shown frame, to be seen beside that."""
    is_doubtful: bool = False
    """As in `FrameReady`."""
    times: FrameTimes | None = None
    """As in `FrameReady`."""
    kept_bytes: int = 0
    """As in `FrameReady`."""

    def copied(self) -> LiveFrame:
        """Return it with arrays of its own, and give its slot back."""
        whole = self.whole.copy()
        is_view = np.may_share_memory(self.raw, self.whole)
        copy = replace(
            self,
            whole=whole,
            raw=self.view.shown(whole) if is_view else self.raw.copy(),
            preview=None if self.preview is None else self.preview.copy(),
            own_mask=None if self.own_mask is None else self.own_mask.copy(),
            release=lambda: None,
        )
        self.release()
        return copy

    def placed_on(self, scan_shape: tuple[int, ...]) -> LiveFrame:
        """Return it with the index that its scan point has on this shape: its position stays while the scan grows."""
        position = self.position + (0,) * (len(scan_shape) - len(self.position))
        try:
            index = index_of(position, scan_shape)
        except IndexError:  # its keys are not known yet
            return self
        return self if index == self.index else replace(self, index=index, position=position, run=None)

    @property
    def picked(self) -> Pixels:
        """The shown pixels as the file has them: complex numbers whole, colours on a last axis."""
        return self.view.picked(self.whole)

    @property
    def is_made(self) -> bool:
        """Whether ``raw`` is what dark and flat frames, or a reference, made of the file's numbers."""
        return bool(self.made.corrected) or self.made.compared != "none"

    @property
    def counts(self) -> Pixels | None:
        """The numbers that say which pixels are saturated: the detector's, whatever was made of them; None where they are not known."""
        if not self.is_made:
            return self.raw
        is_of_file = self.combined == 1 and self.of_points is None and self.whole.dtype.kind in "iuf"
        return self.picked if is_of_file and self.picked.shape == self.raw.shape else None

    @property
    def centre(self) -> float | None:
        """The value that stands for *the same as the reference*, about which levels lie evenly; None where there is none."""
        return self.made.centre

    @property
    def kind(self) -> str:
        """What kind of number is shown, in numpy's letters: the file's, or what was made of them."""
        return str((self.raw if self.is_made else self.whole).dtype.kind)

    def rules(self, chosen: MaskRules) -> MaskRules:
        """Return by which of the chosen rules pixels of ``raw`` are left out: they are about the file's numbers."""
        return DEFAULT_RULES if self.is_made else chosen

    @property
    def is_colored(self) -> bool:
        """Whether it is drawn in its own colours; ``raw`` is their mean."""
        return self.view.part is Part.COLOR

    @property
    def is_camera_picture(self) -> bool:
        """Whether its colours are meant as they are: those of 8 bits."""
        return self.is_colored and self.whole.dtype == np.uint8


def frame_from_event(
    event: FrameReady,
    pixels: tuple[Pixels, Pixels | None],
    shown: tuple[Pixels, Mask | None],
    received_at_s: float,
    release: Callable[[], None],
) -> LiveFrame:
    """Join an event with the pixels in its slot."""
    (whole, preview), (raw, own_mask) = pixels, shown
    view = event.view or FrameView(whole.shape, tuple(range(whole.ndim)))
    return LiveFrame(
        event.generation, event.data_path, event.index, event.position, raw, preview, event.preview_factor,
        event.levels, event.key_seen_at_s, received_at_s, event.live, _once(release),
        event.statistics, event.combined, event.frame_time, event.in_turn, event.is_new, whole, view, own_mask, event.run, event.lacks_mask,
        event.motor_positions, event.made, event.of_points, event.beside, event.is_doubtful, event.times, event.kept_bytes,
    )  # fmt: skip


def _once(function: Callable[[], None]) -> Callable[[], None]:
    """Return what calls the function at the first call, and never again."""
    pending = [function]

    def call() -> None:
        if pending:
            pending.pop()()

    return call
