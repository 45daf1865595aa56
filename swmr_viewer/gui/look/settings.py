"""Where the window's settings are: one place per user, where the platform keeps such things, and how they are forgotten."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths

NAME = "swmr_viewer"


def settings() -> QSettings:
    """Return the user's settings: a file below ``~/.config`` on Linux, a property list on macOS, the registry on Windows."""
    return QSettings(NAME, NAME)


def presets_file() -> Path:
    """Return where this user's presets are: a JSON file that people can read, in the platform's folder for configuration."""
    base = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return Path(base) / NAME / "presets.json"


def forget_settings() -> None:
    """Forget every setting of this user; what is asked for afterwards is the default."""
    stored = settings()
    stored.clear()
    stored.sync()
