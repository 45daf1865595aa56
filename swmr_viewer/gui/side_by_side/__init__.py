"""Side by side: up to four data sets of the file in a grid, all of the same scan point."""

from swmr_viewer.gui.side_by_side.frame_or_grid import FrameOrGrid
from swmr_viewer.gui.side_by_side.side_by_side import SideBySide

__all__ = ["FrameOrGrid", "SideBySide"]
