"""Where the time and the memory of shown frames go: a small window for those who ask."""

from swmr_viewer.gui.diagnostics.panel import DiagnosticsPanel

__all__ = ["DiagnosticsPanel"]
