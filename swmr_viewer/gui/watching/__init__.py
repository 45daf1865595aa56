"""Following scan after scan in a folder."""

from swmr_viewer.gui.watching.watch import Watch
from swmr_viewer.gui.watching.watch_bar import WatchButton, WatchNote
from swmr_viewer.gui.watching.watch_dialog import WatchDialog

__all__ = [
    "Watch",
    "WatchButton",
    "WatchDialog",
    "WatchNote",
]
