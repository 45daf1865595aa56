"""What to follow, before anything is followed: presets, files opened before, and the scans of a watched folder (no Qt)."""
