"""The ways to a scan: dialog, recent files, drops, presets."""
