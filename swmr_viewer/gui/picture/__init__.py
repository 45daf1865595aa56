"""The frame in the middle of the window: its header, its tabs, and the view of its kind."""

from swmr_viewer.gui.picture.comparing import Comparing
from swmr_viewer.gui.picture.data_tabs import DataTabs, data_names
from swmr_viewer.gui.picture.frame_header import FrameHeader
from swmr_viewer.gui.picture.frame_pane import EmptyState, FramePane, ZoomMemory
from swmr_viewer.gui.picture.readout_text import axis_text, file_value, pixel_text, place_text, shown_value, span_text
from swmr_viewer.gui.picture.view_row import ViewRow

__all__ = [
    "Comparing",
    "DataTabs",
    "EmptyState",
    "FrameHeader",
    "FramePane",
    "ViewRow",
    "ZoomMemory",
    "axis_text",
    "data_names",
    "file_value",
    "pixel_text",
    "place_text",
    "shown_value",
    "span_text",
]
