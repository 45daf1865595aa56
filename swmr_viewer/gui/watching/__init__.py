"""Following scan after scan in a folder."""

from swmr_viewer.gui.watching.watch_controls import WatchControls

__all__ = ["WatchControls"]
