"""Which part of a frame to draw, and how finely: pure arithmetic for the picture."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a frame, reduced by block maxima of ``factor`` x ``factor`` pixels."""

    top: int
    bottom: int
    left: int
    right: int
    factor: int

    @property
    def drawn_rect(self) -> tuple[float, float, float, float]:
        """Left, top, width and height (frame pixels) that the reduced part covers; the last block may reach over the edge."""
        height = ceil((self.bottom - self.top) / self.factor) * self.factor
        width = ceil((self.right - self.left) / self.factor) * self.factor
        return float(self.left), float(self.top), float(width), float(height)


def crop_for(
    visible: tuple[float, float, float, float], pixel_size: float, frame_shape: tuple[int, int], preview_factor: int
) -> Crop | None:
    """Return the part of the frame to draw from its raw pixels, or None where the preview is fine enough.

    Parameters
    ----------
    visible : tuple of float
        Left, top, right, bottom of the view, in frame pixels.
    pixel_size : float
        Frame pixels per screen pixel.
    frame_shape : tuple of int
        Rows and columns of the frame.
    preview_factor : int
        Frame pixels per preview pixel.
    """
    factor = max(1, floor(pixel_size))
    if preview_factor <= factor:
        return None
    rows, columns = frame_shape
    left, top, right, bottom = visible
    crop = Crop(
        _aligned(top, factor, rows, floor), _aligned(bottom, factor, rows, ceil),
        _aligned(left, factor, columns, floor), _aligned(right, factor, columns, ceil), factor,
    )  # fmt: skip
    return crop if crop.bottom > crop.top and crop.right > crop.left else None


def _aligned(at: float, factor: int, end: int, direction: object) -> int:
    """Return a border on the grid of blocks, so that panning does not make the picture shimmer."""
    blocks = floor(at / factor) if direction is floor else ceil(at / factor)
    return min(max(blocks * factor, 0), end)
