"""Frames that look like data: any frame of a plan from its index alone, the same in every process.

Cost, on one core: the first frame of a plan builds the banks (see ``bank.py``: about 0.1 s for 512x512 and
2 s for 2167x2070); every further one takes two passes over its pixels (0.5 ms; 4 ms).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.scan import position_of
from swmr_viewer.simulator.bank import N_THICKNESSES, PatternBank
from swmr_viewer.simulator.orders import scan_point_of
from swmr_viewer.simulator.plan import ScanPlan, sentinel_for

Frame = npt.NDArray[Any]

DIGITS: Final = 8
"""Base-16 digits of the index; with the mark and the checksum the strip has 10 pixels."""
STRIP_LENGTH: Final = DIGITS + 2
STRIP_ZERO: Final = 64
"""A digit d is written as d + 64 counts: ordinary counts in every dtype, far from any sentinel."""
STRIP_MARK: Final = 11
SPECTRUM_LENGTH: Final = 256


class NoIndexError(SwmrViewerError, ValueError):
    """The pixels carry no frame index."""


def make_frame(plan: ScanPlan, index: int) -> Frame:
    """Return the frame that the plan stores at this index.

    Parameters
    ----------
    plan : ScanPlan
        The scan.
    index : int
        Flat C-order index on ``plan.stored_shape``.

    Returns
    -------
    ndarray
        Shape ``plan.frame_shape``, dtype ``plan.dtype``, counts. The first ten pixels carry the index.

    Raises
    ------
    IndexError
        If the index is outside the scan.
    """
    if not 0 <= index < plan.n_points:
        raise IndexError(f"Index {index} is outside the scan of {plan.n_points} points.")
    where = _fractions(plan, index)
    frame = _bank_of(plan).draw(where, _thickness(where), np.random.default_rng([plan.seed, 3, index]))
    write_index(frame, index)
    return frame


def index_in(frame: Frame) -> int:
    """Return the index that a frame carries in its first ten pixels (C order).

    Raises
    ------
    NoIndexError
        If they are not a mark, eight digits and their checksum: fill, half a frame, or another detector.
    """
    digits = [int(value) - STRIP_ZERO if np.isfinite(value) else -1 for value in frame.reshape(-1)[:STRIP_LENGTH]]
    if len(digits) < STRIP_LENGTH or not all(0 <= digit < 16 for digit in digits) or digits[0] != STRIP_MARK:
        raise NoIndexError("These pixels carry no frame index.", "Look at a frame that the simulator wrote.")
    if _checksum(digits[1:-1]) != digits[-1]:
        raise NoIndexError("The frame index in these pixels is damaged.", "The frame was not read whole.")
    return int("".join(f"{digit:x}" for digit in digits[1:-1]), 16)


def write_index(frame: Frame, index: int) -> None:
    """Write the index into the first ten pixels (C order) of a contiguous frame."""
    digits = [int(digit, 16) for digit in f"{index:0{DIGITS}x}"]
    frame.reshape(-1)[:STRIP_LENGTH] = [STRIP_ZERO + value for value in (STRIP_MARK, *digits, _checksum(digits))]


def make_side_frame(plan: ScanPlan, number: int, index: int) -> Frame:
    """Return what detector ``number`` (1, 2, ...) gives beside the image: a scalar if odd, a spectrum if even.

    Returns
    -------
    ndarray
        Shape () float64, or (256,) uint32; see ``side_shape`` and ``side_dtype``.
    """
    rng = np.random.default_rng([plan.seed, 4, number, index])
    where = _fractions(plan, index)
    if side_shape(number) == ():
        return np.asarray(1000.0 * (1 + _sample(where)) + rng.normal(0, 5))
    channel = np.arange(SPECTRUM_LENGTH)
    lines = [(60, 4, 400 * _sample(where)), (150 + 40 * where[-1], 6, 250)]
    expected = 8 + sum(height * np.exp(-0.5 * ((channel - centre) / width) ** 2) for centre, width, height in lines)
    return rng.poisson(expected).astype(np.uint32)


def side_shape(number: int) -> tuple[int, ...]:
    """Return the frame shape of detector ``number`` (1, 2, ...)."""
    return () if number % 2 else (SPECTRUM_LENGTH,)


def side_dtype(number: int) -> str:
    """Return the dtype of detector ``number`` (1, 2, ...)."""
    return "float64" if number % 2 else "uint32"


def warm_up(plan: ScanPlan) -> None:
    """Build the banks now, so that the first frames come as fast as the others."""
    _bank_of(plan).build()


def _bank_of(plan: ScanPlan) -> PatternBank:
    rows, columns = plan.frame_shape
    return _bank((rows, columns), plan.dtype, plan.seed)


@lru_cache(maxsize=2)
def _bank(frame_shape: tuple[int, int], dtype: str, seed: int) -> PatternBank:
    return PatternBank(frame_shape, dtype, seed, sentinel_for(dtype))


def _checksum(digits: list[int]) -> int:
    return sum((2 * place + 1) * digit for place, digit in enumerate(digits)) % 16


def _fractions(plan: ScanPlan, index: int) -> tuple[float, ...]:
    """Where on the scan this frame was taken: 0 to 1 along each axis."""
    position = position_of(scan_point_of(plan, index), plan.scan_shape)
    return tuple(at / max(1, length - 1) for at, length in zip(position, plan.scan_shape, strict=True))


def _sample(where: tuple[float, ...]) -> float:
    """How much sample is in the beam, 0 to 1: a round specimen in the middle of the scan."""
    return float(np.exp(-4 * sum((at - 0.5) ** 2 for at in where)))


def _thickness(where: tuple[float, ...]) -> int:
    return min(N_THICKNESSES - 1, int(_sample(where) * N_THICKNESSES))
