"""Events that bring frames, what was measured of them, in which order they were taken, or what else the file has of scan points."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import FrameStatistics, FrameView, LevelStatistics
from swmr_viewer.core.data_facts import MotorPosition, ScalarFact
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.ranges import IndexArray, Ranges
from swmr_viewer.reader.messages.corrections import AS_IT_IS, Made
from swmr_viewer.reader.messages.events import ScanEvent


@frozen
class OfPoints:
    """What a frame is made of that answers ``ShowPoints``."""

    number: int
    """Of the request."""
    how: Literal["sum", "mean", "maximum"]
    n_points: int
    """How many points were asked for."""
    n_to_read: int
    """How many of them are complete, and are not in it yet; those that are neither in it nor to be read are left out."""


@frozen
class FrameTimes:
    """When one frame passed each stage in the reader, by ``time.monotonic()`` (s).

    That clock is one for all processes of a machine (on macOS from Python 3.10 on); on Windows before Python 3.13 it goes in steps
    of 16 ms.
    """

    key_seen: float
    """Its key was seen, or it was asked for."""
    reading_began: float
    read: float
    """It was read and decoded."""
    prepared: float
    """It was masked, corrected, made small, and measured, as far as that was wanted."""
    sent: float
    """Its message was about to be sent."""


@frozen
class FrameReady(ScanEvent):
    """A frame lies in a slot: first the whole raw frame (C order), then, 64-byte aligned, the float32 preview of what is shown of it."""

    data_path: str
    index: int
    position: tuple[int, ...]
    slot: str
    """Name of the shared-memory block."""
    shape: tuple[int, ...]
    dtype: str
    preview_shape: tuple[int, ...]
    preview_offset: int
    """Bytes from the slot's start."""
    preview_factor: int
    """Each preview pixel is the maximum of a factor x factor block (masked pixels are NaN); 1: same size as what is shown."""
    levels: LevelStatistics | None
    """By the mask rules and percentiles asked for; None when every pixel is masked."""
    key_seen_at_s: float
    """``time.monotonic()`` when its key was seen."""
    live: bool
    """True: sent because it is the newest, or in its turn; False: asked for with ``ShowIndex``."""
    statistics: FrameStatistics | None = None
    """Of the shown numbers, by the mask rules asked for (those of the combined frame, if it is one)."""
    combined: int = 1
    """How many frames are in it."""
    frame_time: float | None = None
    """When the frame was taken: seconds since 1970 (UTC), where the file has it."""
    in_turn: bool = False
    """Sent by `Every frame`; a live one that was on its way before is not, and would be out of turn."""
    is_new: bool = False
    """A live one that is sent because its key just came: it was not there before, and it is not sent for a second time."""
    view: FrameView | None = None
    """What of the frame is shown; None: all of it."""
    shown_offset: int = 0
    """Bytes from the slot's start to the shown numbers (C order); 0: they are a view on the frame."""
    mask_offset: int = 0
    """Bytes to this frame's own pixel mask, a bool for each shown pixel; 0: it has none of its own."""
    lacks_mask: bool = False
    """The pixel mask that was asked for could not be used (a ``Fault`` has told why)."""
    motor_positions: tuple[MotorPosition, ...] = ()
    """Where the motors were, as far as the file has it: of the scan's axes, the fastest first, then others that move."""
    run: tuple[int, int] | None = None
    """(first, last) of what is combined, where that is each frame from the first to the last; None: it is not, or it is one frame."""
    made: Made = AS_IT_IS
    """What dark and flat frames, and a reference, made of it."""
    beside: bool = False
    """Of a data set that `ShowAlso` named, sent to be seen beside the frame that is shown."""
    is_doubtful: bool = False
    """It reads as fill, or lacks sources, and was waited for: it is sent as it is, and may not be the frame yet."""
    of_points: OfPoints | None = None
    """Of the frames of scan points that were asked for with ``ShowPoints``; it stands at the index of one of them."""
    times: FrameTimes | None = None
    """When it passed each stage in the reader; of several frames as one, the reading is that of none of them."""
    kept_bytes: int = 0
    """What the reader kept of chunks and buffers then."""


@frozen
class AwaitedBeside(ScanEvent):
    """The frame of a data set that `ShowAlso` named is not there yet, though the one beside which it is to be seen is."""

    data_path: str
    index: int


@frozen
class FrameMeasured(ScanEvent):
    """With ``every_frame``: one complete frame, in the request's order."""

    index: int
    position: tuple[int, ...]
    data: dict[str, dict[str, Any]] = field(hash=False)
    """Per data path: ``shape``, ``dtype``, ``min``, ``max``, ``sum`` (JSON-ready); without those of which a ``Fault`` told."""
    scan_shape: tuple[int, ...] = ()
    """What ``index`` counts on, in C order."""
    times: FrameTimes | None = None
    """When it passed each stage in the reader; of several data sets, as if all had been read first, and measured then."""


@frozen(eq=False)
class Measured(ScanEvent):
    """Measurements of some frames: a few rows of the table, each frame once per revision."""

    revision: int
    data_path: str
    indices: IndexArray
    columns: tuple[str, ...]
    """``FRAME_COLUMNS``, then for each region ``<region>.sum`` and the others of `region_columns`."""
    values: npt.NDArray[np.float64]
    """(frames, columns); NaN: there is none (every pixel masked), a row of NaN: the frame cannot be read."""
    scan_shape: tuple[int, ...] = ()
    """What ``indices`` count on, in C order. When an axis other than the first grew, the rows told before are at other indices now."""
    spectra: npt.NDArray[np.float32] | None = None
    """(frames, bins), if asked for: the largest unmasked value in every ``spectrum_factor(n_channels)`` channels; NaN: none."""
    n_channels: int = 0
    """Length of the spectra in the file."""


class OrderSource(StrEnum):
    """What tells the order of acquisition, the best first."""

    KEYS = "the values of the keys"
    TIMES = "the times of the frames"
    ARRIVAL = "the order in which the keys came"
    INDEX = "the index"


@frozen(eq=False)
class OrderRead(ScanEvent):
    """Values that rise as frames were taken, of some complete frames; what was told before stays, unless it is ``whole``.

    One without any frames tells that neither keys nor times say anything (``ARRIVAL``), or only that keys do not (``INDEX``).
    """

    source: OrderSource
    frames: Ranges
    """Half-open ranges of flat indices on ``scan_shape``."""
    values: npt.NDArray[np.float64]
    """One for each frame, in the ranges' order."""
    scan_shape: tuple[int, ...]
    whole: bool
    """True: forget what came before, it was read from somewhere else, or will come again (a reader was replaced)."""


@frozen(eq=False)
class ScalarsFound(ScanEvent):
    """What the file has one number of for each scan point; comes after ``SendScalars``, and again when more is found."""

    scalars: tuple[ScalarFact, ...]
    """All that were found by now, those of the scan's axes first (the fastest axis first), then other positions, then the others."""


@frozen(eq=False)
class ScalarsRead(ScanEvent):
    """Values of some scalars at some complete points; what was told before stays, unless it is ``whole``."""

    names: tuple[str, ...]
    """Some of those that were asked for."""
    frames: Ranges
    """Half-open ranges of flat indices on ``scan_shape``, ascending."""
    values: npt.NDArray[np.float64]
    """(points, names); NaN: it is not known (yet)."""
    scan_shape: tuple[int, ...]
    whole: bool
    """True: forget what came before, of all names: it will come again (a reader was replaced)."""


@frozen(eq=False)
class PixelMaskRead(ScanEvent):
    """The pixel mask that a ``SetDisplay`` named, sent once: zoomed in, the window draws raw pixels and has to leave out the same."""

    data_path: str
    mask_path: str
    shape: tuple[int, ...]
    bits: bytes
    """``numpy.packbits`` of the mask in C order; 1 is masked."""

    def mask(self) -> npt.NDArray[np.bool_]:
        """Return where pixels are masked, bool of ``shape``."""
        n = int(np.prod(self.shape))
        return np.unpackbits(np.frombuffer(self.bits, np.uint8), count=n).view(np.bool_).reshape(self.shape)


@frozen(eq=False)
class EveryFrameBegan(ScanEvent):
    """The supervisor's own: ``Every frame`` begins, and these complete frames (flat indices) will not be delivered."""

    is_internal = True
    passed: IndexArray
    scan_shape: tuple[int, ...]


@frozen
class Fault(ScanEvent):
    """Something is wrong with one frame or one key, and following goes on."""

    message: str
    index: int | None = None
    data_path: str = ""
    """Whose frame it is."""
