"""A process that reduces, as a window or a command holds it."""
