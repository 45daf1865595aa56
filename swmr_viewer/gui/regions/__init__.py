"""What is drawn on frames to be measured, and the measurements of it: regions, spans of channels, the line of the profile."""

from swmr_viewer.gui.regions.drawing_tool import DrawingTool
from swmr_viewer.gui.regions.measurements import Measurements
from swmr_viewer.gui.regions.measuring_actions import MeasureButton, MeasuringActions, make_measuring_actions, make_measuring_menu
from swmr_viewer.gui.regions.region_files import RegionFiles
from swmr_viewer.gui.regions.region_items import HaloPath
from swmr_viewer.gui.regions.region_memory import RegionMemory
from swmr_viewer.gui.regions.regions import WIDEST, Line, is_large_enough
from swmr_viewer.gui.regions.regions_layer import LINE_COLOR, RegionsLayer, region_color
from swmr_viewer.gui.regions.spans_layer import SpansLayer

__all__ = [
    "LINE_COLOR",
    "WIDEST",
    "DrawingTool",
    "HaloPath",
    "Line",
    "MeasureButton",
    "Measurements",
    "MeasuringActions",
    "RegionFiles",
    "RegionMemory",
    "RegionsLayer",
    "SpansLayer",
    "is_large_enough",
    "make_measuring_actions",
    "make_measuring_menu",
    "region_color",
]
