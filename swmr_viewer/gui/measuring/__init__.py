"""Measuring on frames: regions, profile, and what the reader measured of every frame."""

from swmr_viewer.gui.measuring.curves_file import NOTHING_MEASURED, columns_of, is_calculated, signal_of
from swmr_viewer.gui.measuring.drawing_tool import DrawingTool
from swmr_viewer.gui.measuring.measurements import Measurements
from swmr_viewer.gui.measuring.measuring import Measuring
from swmr_viewer.gui.measuring.readout_text import axis_text, pixel_text, place_text
from swmr_viewer.gui.measuring.region_items import HaloPath
from swmr_viewer.gui.measuring.regions import is_large_enough

__all__ = [
    "NOTHING_MEASURED",
    "DrawingTool",
    "HaloPath",
    "Measurements",
    "Measuring",
    "axis_text",
    "columns_of",
    "is_calculated",
    "is_large_enough",
    "pixel_text",
    "place_text",
    "signal_of",
]
