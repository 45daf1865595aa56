"""How far the scan is: the map of its points, the detectors, the gaps, the time left."""

from swmr_viewer.gui.scan_map.detector_list import DetectorList
from swmr_viewer.gui.scan_map.gaps import ScanGaps
from swmr_viewer.gui.scan_map.map_layout import row_length
from swmr_viewer.gui.scan_map.map_pages import MapPages
from swmr_viewer.gui.scan_map.map_panel import MapPanel
from swmr_viewer.gui.scan_map.map_text import missing_text
from swmr_viewer.gui.scan_map.page_actions import add_page_menu, make_page_actions

__all__ = ["DetectorList", "MapPages", "MapPanel", "ScanGaps", "add_page_menu", "make_page_actions", "missing_text", "row_length"]
