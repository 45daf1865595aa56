"""Which file of a watched folder is the next scan (no Qt)."""

from swmr_viewer.watching.scan_files import USUAL_PATTERN, Newest, WatchRule, fits_rule
from swmr_viewer.watching.scan_finder import FolderPoll, ScanFinder

__all__ = ["USUAL_PATTERN", "FolderPoll", "Newest", "ScanFinder", "WatchRule", "fits_rule"]
