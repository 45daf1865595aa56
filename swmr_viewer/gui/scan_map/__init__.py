"""How far the scan is: the map of its points, the detectors, the gaps, the time left."""

from swmr_viewer.gui.scan_map.gaps import ScanGaps
from swmr_viewer.gui.scan_map.map_actions import add_map_menu, make_map_actions
from swmr_viewer.gui.scan_map.map_layout import row_length
from swmr_viewer.gui.scan_map.map_pages import MapPages
from swmr_viewer.gui.scan_map.map_panel import MapPanel
from swmr_viewer.gui.scan_map.map_text import detector_names, missing_text
from swmr_viewer.gui.scan_map.marker import draw_ring

__all__ = [
    "MapPages",
    "MapPanel",
    "ScanGaps",
    "add_map_menu",
    "detector_names",
    "draw_ring",
    "make_map_actions",
    "missing_text",
    "row_length",
]
