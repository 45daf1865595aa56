"""Other scans to compare with: the ones that were followed before, and finished files that are added."""

from swmr_viewer.gui.comparing.compare_menu import CompareMenu
from swmr_viewer.gui.comparing.comparisons import ComparedScan, Comparisons
from swmr_viewer.gui.comparing.other_scan import OtherScan

__all__ = ["CompareMenu", "ComparedScan", "Comparisons", "OtherScan"]
