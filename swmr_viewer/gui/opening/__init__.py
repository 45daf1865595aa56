"""The ways to a scan: dialog, recent files, drops, presets."""

from swmr_viewer.gui.opening.opening import Opening

__all__ = [
    "Opening",
]
