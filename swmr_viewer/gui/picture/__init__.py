"""The frame in the middle of the window: its header, its tabs, and the view of its kind."""
