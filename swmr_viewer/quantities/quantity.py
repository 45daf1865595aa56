"""What a quantity is: one number per scan point, with a name and a unit."""

from __future__ import annotations

from enum import StrEnum

from swmr_viewer.core.frozen import frozen


class Kind(StrEnum):
    """Where a quantity comes from, in the order and in the words of menus."""

    SCAN = "scan"
    """Index, time, order of acquisition."""
    POSITION = "positions"
    """Of the scan's axes and of other motors, read back or set."""
    SCALAR = "from the file"
    """Monitors, temperatures and whatever else has a number per scan point."""
    FRAME = "whole frame"
    REGION = "regions"
    EXPRESSION = "expressions"
    REDUCTION = "reductions"


@frozen
class Quantity:
    """One number per scan point."""

    name: str
    """By which it is asked for: ``total``, ``stage_x``, ``A.sum``; of an expression its text."""
    kind: Kind
    unit: str = ""
    """As the file has it, or ""."""
    words: str = ""
    """What the window says."""

    @property
    def title(self) -> str:
        """What the window says of it: its words, or else its name."""
        return self.words or self.name

    @property
    def label(self) -> str:
        """The title with the unit: ``stage_x (mm)``."""
        return f"{self.title} ({self.unit})" if self.unit else self.title


INDEX, TIME, ORDER = "index", "time", "order"
"""Names that no file can take from the scan's own quantities."""

OF_FRAME = {
    "total": "total counts", "maximum": "hottest pixel", "hottest_x": "hottest pixel, x", "hottest_y": "hottest pixel, y",
    "n_masked": "masked pixels", "n_saturated": "saturated pixels",
}  # fmt: skip
"""What is measured of each whole frame, in words."""

OF_REGION = {
    "sum": "sum", "mean": "mean", "maximum": "max", "std": "\u03c3", "centre_x": "centre x", "centre_y": "centre y",
    "centre": "centre", "width": "width",
}  # fmt: skip
"""What is measured of each region, in words; ``centre`` and ``width`` of spectra alone, ``centre_x`` and ``centre_y`` of images alone."""

HAS_UNIT_OF_PIXELS = ("total", "maximum", "sum", "mean", "std")


def of_frame(column: str, unit: str) -> Quantity:
    """Return what a measured column of whole frames is; ``unit`` is that of the pixels."""
    return Quantity(column, Kind.FRAME, _unit(column, unit), OF_FRAME.get(column, column))


def of_region(column: str, unit: str) -> Quantity:
    """Return what a measured column ``REGION.WHAT`` is; ``unit`` is that of the pixels."""
    region, _, what = column.rpartition(".")
    return Quantity(column, Kind.REGION, _unit(what, unit), f"{region} {OF_REGION.get(what, what)}")


def _unit(what: str, unit: str) -> str:
    return unit if what in HAS_UNIT_OF_PIXELS else "px" if what.startswith(("hottest", "centre", "width")) else ""
