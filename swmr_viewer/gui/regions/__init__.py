"""What is drawn on frames to be measured, and the measurements of it: regions, spans of channels, the line of the profile."""

from swmr_viewer.gui.regions.drawing_tool import DrawingTool, outline
from swmr_viewer.gui.regions.line_mark import BAND_ALPHA, band_of
from swmr_viewer.gui.regions.measurements import Measurements
from swmr_viewer.gui.regions.measuring_actions import MeasureButton, MeasuringActions, make_measuring_actions, make_measuring_menu
from swmr_viewer.gui.regions.region_files import RegionFiles
from swmr_viewer.gui.regions.region_items import HaloPath, draw_with_halo, pen_of
from swmr_viewer.gui.regions.region_memory import RegionMemory
from swmr_viewer.gui.regions.regions import WIDEST, Line, Marks, is_large_enough
from swmr_viewer.gui.regions.regions_layer import LINE_COLOR, RegionsLayer, region_color
from swmr_viewer.gui.regions.spans_layer import SpanItem, SpansLayer, show_span

__all__ = [
    "BAND_ALPHA",
    "LINE_COLOR",
    "WIDEST",
    "DrawingTool",
    "HaloPath",
    "Line",
    "Marks",
    "MeasureButton",
    "Measurements",
    "MeasuringActions",
    "RegionFiles",
    "RegionMemory",
    "RegionsLayer",
    "SpanItem",
    "SpansLayer",
    "band_of",
    "draw_with_halo",
    "is_large_enough",
    "make_measuring_actions",
    "make_measuring_menu",
    "outline",
    "pen_of",
    "region_color",
    "show_span",
]
