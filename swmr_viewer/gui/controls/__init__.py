"""Moving through the scan and ending it: live edge, history, playing, termination."""

from swmr_viewer.gui.controls.control_bar import ControlBar
from swmr_viewer.gui.controls.live_edge import LiveEdge

__all__ = ["ControlBar", "LiveEdge"]
