"""What to write: one frozen value with every option of a simulated scan, checked before any work starts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from math import isfinite, prod
from typing import Final, Literal

from swmr_viewer.core.errors import SwmrViewerError

COMPRESSIONS: Final = ("none", "gzip", "bslz4", "blosc")
ORDERS: Final = ("raster", "snake", "random")
LAYOUTS: Final = ("diamond", "areadetector")
FAULTS: Final = ("none", "drop-key", "die")
DTYPES: Final = ("uint8", "uint16", "uint32", "uint64", "int16", "int32", "int64", "float32", "float64")

FRAME_FORMS: Final = "rows and columns as in 512x512, the length of a spectrum as in 1024, or scalar"
MIN_FRAME_PIXELS: Final = 16
"""Fewer cannot carry the frame's index (see ``pattern.index_in``)."""
MAX_KEYS: Final = 16
MAX_DETECTORS: Final = 4
"""Detectors with images: the main one and three further ones (see ``FURTHER_IMAGES``)."""
MAX_BURST: Final = 1_000_000
MAX_JITTER: Final = 10.0
MAX_POINTS: Final = 2**31 - 2
"""Keys are 32-bit integers that hold the number of the visit + 1."""


class PlanError(SwmrViewerError, ValueError):
    """A simulated scan that cannot be written as asked."""


@dataclass(frozen=True, slots=True)
class ScanPlan:
    """A simulated scan; the same plan always gives the same file.

    Raises
    ------
    PlanError
        If a value is impossible.
    """

    scan_shape: tuple[int, ...] = (20, 30)
    """Scan axes, slowest first."""
    frame_shape: tuple[int, ...] = (512, 512)
    """Rows and columns of an image, the length of a spectrum, or () for scalars."""
    dtype: str = "uint16"
    period_s: float = 0.1
    """Seconds from one frame to the next; 0 writes as fast as possible."""
    compression: str = "none"
    n_keys: int = 1
    """Key datasets, one per detector: the first has the images, the others a scalar or a spectrum, and lag behind."""
    order: str = "raster"
    """In which order the scan points are visited."""
    layout: str = "diamond"
    fault: str = "none"
    seed: int = 0
    growing: bool = False
    """Diamond only: the scan axes grow as points are visited, instead of having their full extent from the start."""
    n_detectors: int = 1
    """Detectors of the first rank: the main one, and further ones with images of other sizes, each with its own key."""
    mask: bool = False
    """Images have dead pixels, and a pixel mask tells of them, of hot ones and of gaps."""
    saturate: int = 0
    """How many pixels of each frame are at the highest valid value."""
    alarm: int | None = None
    """From this stored index on, all counts are suddenly many times higher."""
    burst: int = 1
    """How many frames are written before each flush."""
    jitter: float = 0.02
    """How far motors are read back from where they were sent, at most, as a part of a step."""
    spiral: bool = False
    """The scan is a list of points on a spiral, with two motors along its only axis."""
    uneven: bool = False
    """Steps are finer in the middle of each axis."""
    monitor: bool = False
    """The file has a monitor of the beam, which drifts and scales all frames, and the temperature of the sample."""
    peak: bool = False
    """A reflection (in spectra a line) lights up as a Gaussian of the motors."""
    response: bool = False
    """Each pixel has an offset and a gain of its own."""
    dark: int = 0
    """How many frames are taken first without a beam."""
    flat: int = 0
    """How many are taken next, with the beam and without a sample."""

    def __post_init__(self) -> None:
        _check_sizes("scan", self.scan_shape)
        if self.frame_shape:
            _check_sizes("frame", self.frame_shape)
        self._check_extent()
        self._check_names()
        if not (isfinite(self.period_s) and self.period_s >= 0):
            raise PlanError(f"A period of {self.period_s} s is not possible.", "Give 0 or more seconds.")
        self._check_numbers()
        self._check_pixels()
        self._check_motors()

    def _check_extent(self) -> None:
        if len(self.frame_shape) > 2:
            raise PlanError(f"A frame of {frame_text(self.frame_shape)} has more than two sizes.", f"Give {FRAME_FORMS}.")
        if self.frame_shape and prod(self.frame_shape) < MIN_FRAME_PIXELS:
            raise PlanError(
                f"A frame of {frame_text(self.frame_shape)} is too small to carry its index.",
                f"Give at least {MIN_FRAME_PIXELS} pixels, or scalar.",
            )
        if prod(self.scan_shape) > MAX_POINTS:
            raise PlanError(f"A scan of {size_text(self.scan_shape)} has too many points for 32-bit keys.", "Give fewer points.")

    def _check_numbers(self) -> None:
        _check_range("detectors", self.n_detectors, 1, MAX_DETECTORS)
        _check_range("key datasets", self.n_keys, 1, MAX_KEYS)
        _check_range("frames per burst", self.burst, 1, MAX_BURST)
        if self.alarm is not None:
            _check_range("frames before the alarm", self.alarm, 0, self.n_points - 1)
        if self.seed < 0:
            raise PlanError(f"A seed of {self.seed} is not possible.", "Give 0 or more.")

    def _check_pixels(self) -> None:
        if self.mask and self.n_detectors == 1 and len(self.frame_shape) != 2:
            raise PlanError("Only images have a pixel mask.", "Give rows and columns, as in --frame 512x512.")
        if not self.frame_shape and self.n_detectors == 1 and self.saturate:
            raise PlanError("Scalars have no pixels that could saturate.", "Give images or spectra.")
        _check_range("saturated pixels", self.saturate, 0, prod(self.frame_shape or (2**14,)) // 16)

        if self.imperfect and len(self.frame_shape) != 2:
            raise PlanError("Only images have dark and flat frames.", "Give rows and columns, as in --frame 512x512.")
        _check_range("dark frames", self.dark, 0, self.n_points)
        _check_range("flat frames", self.flat, 0, self.n_points - self.dark)

    def _check_motors(self) -> None:
        if self.spiral and len(self.scan_shape) != 1:
            raise PlanError(f"A spiral of {size_text(self.scan_shape)} points is not possible.", "Give the number of its points.")
        if not 0 <= self.jitter <= MAX_JITTER:
            raise PlanError(f"A jitter of {self.jitter} steps is not possible.", f"Give 0 to {MAX_JITTER:g}.")

    def _check_names(self) -> None:
        _check_choice("compression", self.compression, COMPRESSIONS)
        _check_choice("order", self.order, ORDERS)
        _check_choice("layout", self.layout, LAYOUTS)
        _check_choice("fault", self.fault, FAULTS)
        _check_choice("dtype", self.dtype, DTYPES)
        if self.fault == "drop-key" and self.n_points < 2:
            raise PlanError("A scan of one point leaves no key to drop.", "Give two points or more.")

    @property
    def n_points(self) -> int:
        """How many frames the scan has."""
        return prod(self.scan_shape)

    @property
    def stored_shape(self) -> tuple[int, ...]:
        """The scan axes as the file has them: areaDetector writes one frame after the other, on one axis."""
        return (self.n_points,) if self.layout == "areadetector" else self.scan_shape

    @property
    def sentinel(self) -> int | float:
        """The value of the gaps between modules."""
        return sentinel_for(self.dtype)

    @property
    def imperfect(self) -> bool:
        """Whether frames show what the detector adds: dark and flat ones would be empty otherwise."""
        return self.response or self.dark + self.flat > 0

    @property
    def n_channels(self) -> int:
        """How many detectors have data and keys: the main one, diodes and spectra beside it, further images."""
        return self.n_keys + self.n_detectors - 1

    @property
    def lags(self) -> tuple[int, ...]:
        """By how many ticks each key dataset lags behind the first one."""
        return tuple(2 * number for number in range(self.n_channels))

    @property
    def n_ticks(self) -> int:
        """How many times something is written until the slowest detector is done: once per frame, or per burst."""
        return -(-self.n_points // self.burst) + max(self.lags)


def parse_size(text: str, what: str) -> tuple[int, ...]:
    """Read sizes such as ``20x30`` or ``600``.

    Raises
    ------
    PlanError
        If the text is not whole numbers of 1 or more, joined by x.
    """
    if not re.fullmatch(r"\d+([xX]\d+)*", text.strip(), re.ASCII):
        raise PlanError(f"{text!r} is not a {what} size.", "Give whole numbers joined by x, as in 20x30.")
    sizes = tuple(int(part) for part in re.split("[xX]", text.strip()))
    _check_sizes(what, sizes)
    return sizes


def parse_frame(text: str) -> tuple[int, ...]:
    """Read the shape of a frame: ``512x512``, ``1024`` (a spectrum), ``scalar`` or ``1``.

    Raises
    ------
    PlanError
        If the text is none of these.
    """
    if text.strip().lower() in ("scalar", "1"):
        return ()
    try:
        return parse_size(text, "frame")
    except PlanError as error:
        raise PlanError(error.message, f"Give {FRAME_FORMS}.") from error


def frame_text(frame_shape: tuple[int, ...]) -> str:
    """Write a frame's shape as people give it."""
    return size_text(frame_shape) or "scalar"


def sentinel_for(dtype: str) -> int | float:
    """Return the value of gaps and bad pixels: the type's maximum, NaN for floats."""
    if dtype.startswith("float"):
        return float("nan")
    bits = int(dtype.lstrip("uint"))
    return int(2 ** (bits if dtype.startswith("u") else bits - 1) - 1)


def saturation_value(dtype: str) -> int | float:
    """Return the highest valid value: just below the sentinel, 2**20 for floats."""
    return 2.0**20 if dtype.startswith("float") else int(sentinel_for(dtype)) - 1


def size_text(sizes: tuple[int, ...]) -> str:
    """Write sizes as people give them: ``20x30``."""
    return "x".join(map(str, sizes))


def _check_sizes(what: str, sizes: tuple[int, ...]) -> None:
    if not sizes or any(size < 1 for size in sizes):
        raise PlanError(f"A {what} of {size_text(sizes) or 'no size'} is not possible.", "Give sizes of 1 or more, as in 20x30.")


def _check_range(what: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise PlanError(f"{value} {what} are not possible.", f"Give {least} to {most}.")


def _check_choice(what: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise PlanError(f"There is no {what} {value!r}.", f"Choose from: {', '.join(choices)}.")


FURTHER_IMAGES: Final = (((256, 128), "uint32"), ((96, 160), "uint16"), ((64, 80), "float32"))
"""Shape and dtype of each further detector with images."""

Kind = Literal["main", "side", "image"]


def kind_of(plan: ScanPlan, number: int) -> Kind:
    """Return what detector ``number`` is."""
    return "main" if number == 0 else "side" if number < plan.n_keys else "image"


def further_plan(plan: ScanPlan, number: int) -> ScanPlan:
    """Return the same scan as the further detector ``number`` (``n_keys`` and up) sees it: ``make_frame`` takes it."""
    frame_shape, dtype = FURTHER_IMAGES[number - plan.n_keys]
    if frame_shape == plan.frame_shape:
        frame_shape = (frame_shape[1], frame_shape[0])  # two of a size would have the same frames
    return replace(plan, frame_shape=frame_shape, dtype=dtype, n_detectors=1, n_keys=1)


def further_plans(plan: ScanPlan) -> tuple[ScanPlan, ...]:
    """Return the plan of every further detector with images."""
    return tuple(further_plan(plan, number) for number in range(plan.n_keys, plan.n_channels))


def detector_name(plan: ScanPlan, number: int) -> str:
    """Return the name of the main detector, or of a further one with images."""
    return "detector" if number == 0 else f"detector{number - plan.n_keys + 2}"
