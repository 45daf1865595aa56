"""What frames are drawn from: noisy pictures made once, so that a new frame costs two passes over its pixels."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from swmr_viewer.simulator.plan import ScanPlan, sentinel_for

Pixels = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

N_THICKNESSES: Final = 3
"""How many strengths of scattering are kept: each is one picture of the frame's size."""
TRAVEL: Final = 0.06
"""How far the beam centre wanders over the whole scan, as a part of the frame's sides."""
RINGS: Final = ((0.16, 1.0), (0.27, 0.55), (0.38, 0.75), (0.52, 0.3), (0.63, 0.22))
"""Radius (as a part of the shorter side) and relative height of each powder ring."""
BEAM_STOP: Final = 0.03
"""Radius of the beam stop's shadow, as a part of the shorter side."""
SPOT_RADIUS: Final = 5
"""Where the strongest spot is down to about one count: cut off sooner, it is seen as a square."""
LEAST_SIDE_WITH_SPOTS: Final = 25
PEAK_PLACE: Final = (0.68, 0.37)
"""Row and column of the reflection of ``add_peak``, as parts of the sides: within a module at every size."""
PEAK_SIGMA: Final = 0.012
PEAK_ROOM: Final = 0.25
"""No spot starts so near to it: they wander."""
PEAK_COUNTS: Final = 6000
N_SPOTS: Final = 40
N_HOT: Final = 6
MODULE_SIZE: Final = (514, 1030)
MODULE_GAP: Final = (37, 10)
"""Pixels of one module and between two: 2167x2070 then has 4 by 2 modules, as the detectors of that size have."""


class PatternBank:
    """Rings with their noise, at several strengths, and air scatter: the sum of two Poisson counts is one again.

    Parameters
    ----------
    frame_shape : tuple of int
        Rows and columns.
    dtype : str
        The frame's dtype; the banks have it too, so that adding converts nothing.
    seed : int
        Decides the noise, the spots and the hot pixels.
    sentinel : int or float
        Value of the gaps.
    """

    def __init__(self, frame_shape: tuple[int, int], dtype: str, seed: int, sentinel: int | float) -> None:
        self._shape = frame_shape
        self._dtype = np.dtype(dtype)
        self._sentinel = sentinel
        self._seed = seed
        self._travel = tuple(int(TRAVEL * side) for side in frame_shape)
        self._rings: dict[int, Pixels] = {}
        self._expected = _ring_picture(frame_shape, self._travel)
        rng = np.random.default_rng([seed, 5])
        self._air = rng.poisson(2.0, tuple(side + 32 for side in frame_shape)).astype(self._dtype)
        self._gaps = _gap_slices(frame_shape)
        self._hot = tuple(rng.integers(0, side, N_HOT) for side in frame_shape) if min(frame_shape) >= 32 else None
        self._spots = rng.uniform(0.05, 0.95, (N_SPOTS, 2)), rng.uniform(0, 1, N_SPOTS), rng.uniform(0.3, 1, N_SPOTS)

    @property
    def gaps(self) -> tuple[tuple[slice, slice], ...]:
        """The strips between modules."""
        return self._gaps

    @property
    def hot_pixels(self) -> npt.NDArray[np.int64]:
        """Flat indices of pixels that are bright in every frame."""
        return np.empty(0, np.int64) if self._hot is None else np.ravel_multi_index(self._hot, self._shape).astype(np.int64)

    def build(self) -> None:
        """Make every picture that frames may need."""
        for thickness in range(N_THICKNESSES):
            self._rings_of(thickness)

    def draw(self, where: tuple[float, ...], thickness: int, rng: np.random.Generator, *, peak: bool = False) -> Pixels:
        """Return the counts of a new frame, for ``finish``.

        Parameters
        ----------
        where : tuple of float
            The position on the scan, 0 to 1 along each axis: rings and spots move with it.
        thickness : int
            Strength of the scattering, 0 to ``N_THICKNESSES`` - 1.
        rng : Generator
            The frame's own noise.
        peak : bool
            Keep spots away from where ``add_peak`` puts the reflection.
        """
        down, right = (round(part * room) for part, room in zip((where[0], where[-1]), self._travel, strict=True))
        frame = self._crop(self._rings_of(thickness), down, right) + self._crop(self._air, *rng.integers(0, 33, 2))
        if min(self._shape) >= LEAST_SIDE_WITH_SPOTS:
            self._add_spots(frame, where, (down, right), rng, apart=peak)
        return frame

    def finish(self, frame: Pixels) -> None:
        """Set what no beam changes: hot pixels, and the gaps between modules."""
        if self._hot is not None:
            frame[self._hot] = self._ceiling(1_000_000)
        for gap in self._gaps:
            frame[gap] = self._sentinel

    def add_peak(self, frame: Pixels, part: float, rng: np.random.Generator) -> None:
        """Add the reflection that the motors are aligned on, at this part (0 to 1) of its full height."""
        sigma = max(1.0, PEAK_SIGMA * min(self._shape))
        row, column = (at * side for at, side in zip(PEAK_PLACE, self._shape, strict=True))
        rows, columns = (slice(max(0, round(at - 4 * sigma)), round(at + 4 * sigma) + 1) for at in (row, column))
        patch = frame[rows, columns]
        y, x = np.ogrid[: patch.shape[0], : patch.shape[1]]
        distance = (y + rows.start - row) ** 2 + (x + columns.start - column) ** 2
        expected = part * self._ceiling(PEAK_COUNTS) / 2 * np.exp(-0.5 * distance / sigma**2)
        patch[...] = np.minimum(patch + rng.poisson(expected), self._ceiling(60_000))

    def _crop(self, picture: Pixels, down: int, right: int) -> Pixels:
        rows, columns = self._shape
        return picture[down : down + rows, right : right + columns]

    def _rings_of(self, thickness: int) -> Pixels:
        if thickness not in self._rings:
            brightest = min(400, self._ceiling(400) // 4) * (thickness + 1) / N_THICKNESSES
            counts = np.random.default_rng([self._seed, 6, thickness]).poisson(self._expected * brightest)
            self._rings[thickness] = np.minimum(counts, self._ceiling(60_000) - 32).astype(self._dtype)
        return self._rings[thickness]

    def _add_spots(self, frame: Pixels, where: tuple[float, ...], moved: tuple[int, int], rng: np.random.Generator, *, apart: bool) -> None:
        """Add Bragg spots: each lights up at its own angle, and wanders with the beam centre."""
        home, angle, strength = self._spots
        lit = np.exp(-0.5 * ((angle - (0.7 * where[-1] + 0.3 * where[0])) / 0.12) ** 2)
        centres = (home * self._shape).astype(np.int64) - moved + (where[0] * 6 * np.cos(angle * 6.3)[:, None]).astype(np.int64)
        centres = np.clip(centres, SPOT_RADIUS, np.array(self._shape) - SPOT_RADIUS - 1)
        reach = np.arange(-SPOT_RADIUS, SPOT_RADIUS + 1)
        shape = np.exp(-(reach[:, None] ** 2 + reach**2) / 3.0)
        if apart:
            lit = lit * (np.hypot(*(home - PEAK_PLACE).T) > PEAK_ROOM)
        counts = rng.poisson((strength * lit)[:, None, None] * shape * min(5000, self._ceiling(5000)))
        rows = centres[:, 0, None, None] + reach[:, None]
        columns = centres[:, 1, None, None] + reach
        frame[rows, columns] = np.minimum(frame[rows, columns] + counts, self._ceiling(60_000))

    def _ceiling(self, wanted: int) -> int:
        """Return the wanted counts, or what the dtype holds without touching a sentinel."""
        return wanted if self._dtype.kind == "f" else min(wanted, int(np.iinfo(self._dtype).max) - 2)


def bank_of(plan: ScanPlan) -> PatternBank:
    """Return the pictures that a plan of images draws from: made once, at the first call."""
    rows, columns = plan.frame_shape
    return _bank((rows, columns), plan.dtype, plan.seed)


@lru_cache(maxsize=4)
def _bank(frame_shape: tuple[int, int], dtype: str, seed: int) -> PatternBank:
    return PatternBank(frame_shape, dtype, seed, sentinel_for(dtype))


def _ring_picture(frame_shape: tuple[int, int], travel: tuple[int, ...]) -> Floats:
    """Return the expected counts, 0 to 1, on the frame with room for the beam centre to wander."""
    rows, columns = (side + room for side, room in zip(frame_shape, travel, strict=True))
    y, x = np.ogrid[:rows, :columns]
    radius = np.hypot(y - rows / 2, x - columns / 2) / min(frame_shape)
    # A table: the profile depends on the radius alone, and exponentials for each pixel would cost seconds.
    steps = np.linspace(0, float(radius.max()), 20_000)
    return np.interp(radius, steps, _profile(steps))


def _profile(radius: Floats) -> Floats:
    profile = 0.04 + 0.5 * np.exp(-((radius / 0.08) ** 2)) + 0.1 * np.exp(-radius * 4)
    for at, height in RINGS:
        profile += 0.4 * height * np.exp(-0.5 * ((radius - at) / 0.006) ** 2)
    return np.where(radius < BEAM_STOP, 0.01, profile)


def _gap_slices(frame_shape: tuple[int, int]) -> tuple[tuple[slice, slice], ...]:
    """Return the strips between modules; frames too small for a module's edge have none."""
    if min(frame_shape) < 16:
        return ()
    gaps: list[tuple[slice, slice]] = []
    for axis, side in enumerate(frame_shape):
        for strip in _strips(side, MODULE_SIZE[axis], MODULE_GAP[axis]):
            gaps.append((strip, slice(None)) if axis == 0 else (slice(None), strip))
    return tuple(gaps)


def _strips(side: int, module: int, gap: int) -> list[slice]:
    """Cut a side into modules of nearly the real size, at least two, with gaps in proportion."""
    n_modules = max(2, round(side / (module + gap)))
    width = max(1, round(gap * min(1.0, side / (module * 2 + gap))))
    size = (side - width * (n_modules - 1)) / n_modules
    return [slice(start, start + width) for start in (round(size * (n + 1) + width * n) for n in range(n_modules - 1))]
