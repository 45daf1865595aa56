"""Where the time and the memory of shown frames go, which program this is, and what it did: for those who ask."""

from swmr_viewer.gui.diagnostics.about import About
from swmr_viewer.gui.diagnostics.panel import DiagnosticsPanel
from swmr_viewer.gui.diagnostics.report import diagnostics_text

__all__ = ["About", "DiagnosticsPanel", "diagnostics_text"]
