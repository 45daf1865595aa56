"""Qt and pyqtgraph: widgets know the session, never one another; only main_window composes."""

from swmr_viewer.gui.lean_pyqtgraph import load_pyqtgraph

load_pyqtgraph()
