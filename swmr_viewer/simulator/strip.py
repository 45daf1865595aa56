"""The index that a frame carries in its first pixels, so that anybody can tell from the pixels alone which frame it is."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import SwmrViewerError

Frame = npt.NDArray[Any]

DIGITS: Final = 8
"""Base-16 digits of the index; with the mark and the checksum the strip has 10 pixels."""
STRIP_LENGTH: Final = DIGITS + 2
STRIP_ZERO: Final = 64
"""A digit d is written as d + 64 counts: ordinary counts in every dtype, far from any sentinel."""
STRIP_MARK: Final = 11


class NoIndexError(SwmrViewerError, ValueError):
    """The pixels carry no frame index."""


def read_index(frame: Frame) -> int:
    """Return the index in the first ten pixels (C order) of an image or a spectrum.

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


def _checksum(digits: list[int]) -> int:
    return sum((2 * place + 1) * digit for place, digit in enumerate(digits)) % 16
