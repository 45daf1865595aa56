"""What a file declares of a data set beyond its pixels: axes, units, geometry. Plain frozen values, no h5py here."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class ScanAxis:
    """One axis of the scan."""

    name: str
    unit: str = ""
    values: tuple[float, ...] | None = None
    """One per point along this axis; None where the file has none (or too many to be sent)."""


@dataclass(frozen=True, slots=True)
class DataFacts:
    """NeXus facts of one data set, read once at opening; whatever is missing or unreadable is empty or None."""

    axis_names: tuple[str, ...] = ()
    """Of the frame's axes, slowest first; "" where an axis has no name."""
    axis_units: tuple[str, ...] = ()
    axis_values: tuple[tuple[float, ...] | None, ...] = ()
    """Values along the frame's axes, such as a spectrum's energies."""
    unit: str = ""
    """Of the pixels' values."""
    interpretation: str = ""
    """NeXus' ``interpretation``: image, spectrum, scalar ... or ""."""
    mask_path: str | None = None
    """A pixel mask of the frame's shape: 0 is good."""
    time_path: str | None = None
    """One time per scan point."""
    beam_center: tuple[float, float] | None = None
    """x and y in pixels; the centre of pixel 0 is 0.5."""
    distance_m: float | None = None
    wavelength_m: float | None = None
    pixel_size_m: tuple[float, float] | None = None
    """Along x and y."""
    saturation_value: float | None = None
    """Pixels at or above are saturated (NXdetector/saturation_value)."""
    scan_axes: tuple[ScanAxis, ...] = ()
    """Of the scan's axes, slowest first; empty where the file names none."""
    left_out: tuple[tuple[str, str], ...] = ()
    """Values that are there and of no use: path, and the value as a text, ``0.2 (no unit)``."""

    gap_values: tuple[int, ...] = ()
    """Pixels that hold no measurement, besides the type's maximum: Dectris' defective ones, or the negative ones of signed types."""

    def of_axes(self, axes: tuple[int, ...]) -> DataFacts:
        """Return the same of frames of which these axes alone are shown."""
        if axes == tuple(range(len(self.axis_names))) or max(axes, default=-1) >= len(self.axis_names):
            return self
        return replace(
            self,
            axis_names=tuple(self.axis_names[axis] for axis in axes),
            axis_units=tuple(self.axis_units[axis] for axis in axes),
            axis_values=tuple(self.axis_values[axis] for axis in axes),
        )
