"""Choosing what to follow: a file, its tree, and the paths in it."""

from swmr_viewer.gui.opening.open_dialog.dialog import OpenDialog
from swmr_viewer.gui.opening.open_dialog.inspector import Inspector

__all__ = ["Inspector", "OpenDialog"]
