"""Qt and pyqtgraph: widgets know the session, never one another; only main_window composes."""
