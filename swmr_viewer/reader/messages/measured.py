"""The answers to what the window wishes beyond plain frames: measurements, the pixel mask, where `Every frame` began."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from swmr_viewer.reader.messages.wishes import IndexArray


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Measurements of some frames: a few rows of the table, each frame once per revision."""

    generation: int
    revision: int
    data_path: str
    indices: IndexArray
    columns: tuple[str, ...]
    """``FRAME_COLUMNS``, then ``<region>.sum``, ``.mean``, ``.maximum`` and ``.std`` for each region."""
    values: npt.NDArray[np.float64]
    """(frames, columns); NaN: there is none (every pixel masked), a row of NaN: the frame cannot be read."""
    scan_shape: tuple[int, ...] = ()
    """What ``indices`` count on, in C order. When an axis other than the first grew, the rows told before are at other indices now."""
    spectra: npt.NDArray[np.float32] | None = None
    """(frames, bins), if asked for: the largest unmasked value in every ``spectrum_factor(n_channels)`` channels; NaN: none."""
    n_channels: int = 0
    """Length of the spectra in the file."""


@dataclass(frozen=True, slots=True, eq=False)
class PixelMaskRead:
    """The pixel mask that a ``SetDisplay`` named, sent once: zoomed in, the window draws raw pixels and has to leave out the same."""

    generation: int
    data_path: str
    mask_path: str
    shape: tuple[int, ...]
    bits: bytes
    """``numpy.packbits`` of the mask in C order; 1 is masked."""

    def mask(self) -> npt.NDArray[np.bool_]:
        """Return where pixels are masked, bool of ``shape``."""
        n = int(np.prod(self.shape))
        return np.unpackbits(np.frombuffer(self.bits, np.uint8), count=n).view(np.bool_).reshape(self.shape)


@dataclass(frozen=True, slots=True, eq=False)
class EveryFrameBegan:
    """The supervisor's own: ``Every frame`` begins, and these complete frames (flat indices) will not be delivered."""

    generation: int
    passed: IndexArray
    scan_shape: tuple[int, ...]
